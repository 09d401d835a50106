//! A recurrent model's folder: model.json and model.safetensors.

use super::RecurrentArchitecture;
use crate::ModelError;
use crate::checksums::{Checksums, unseal};
use crate::family::{Family, require_family};
use crate::files::{Precision, values};
use crate::folder::{CONFIG_FILE, WEIGHTS_FILE, damaged, read};
use crate::half::{f16_from_f32, f32_bytes, f32_from_f16};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::Path;

const FORMAT: &str = "continuo-model";
const VERSION: u32 = 1;
const ENCODING: &str = "howl";
const ENCODING_VERSION: u32 = 1;

/// The whole of a recurrent model's model.json.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecurrentConfig {
    pub format: String,
    pub version: u32,
    pub id: String,
    pub architecture: RecurrentArchitecture,
    pub encoding: Encoding,
    /// How it was trained; for people and for `models info`.
    #[serde(default)]
    pub training: serde_json::Value,
}

/// How notes become numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encoding {
    pub name: String,
    pub version: u32,
}

/// A recurrent model: sizes, and all weights in the order of [`RecurrentArchitecture::tensors`].
#[derive(Clone, Debug)]
pub struct RecurrentModel {
    pub config: RecurrentConfig,
    flat: Vec<f32>,
    sha256: String,
}

impl RecurrentModel {
    /// A model of weights in memory, as training makes them; `flat` has all tensors in order.
    pub fn new(
        id: &str,
        architecture: RecurrentArchitecture,
        flat: Vec<f32>,
        training: serde_json::Value,
    ) -> RecurrentModel {
        let config = RecurrentConfig {
            format: FORMAT.to_owned(),
            version: VERSION,
            id: id.to_owned(),
            architecture,
            encoding: Encoding {
                name: ENCODING.to_owned(),
                version: ENCODING_VERSION,
            },
            training,
        };
        let sha256 = sha256(&encode(&config.architecture, &flat, Precision::F32));
        RecurrentModel {
            config,
            flat,
            sha256,
        }
    }

    /// A model with random weights, for tests and for speed measurements. They are values of f16.
    pub fn random(architecture: RecurrentArchitecture, seed: u64) -> RecurrentModel {
        let mut state = seed;
        let mut flat = Vec::with_capacity(architecture.parameter_count());
        for (_, shape) in architecture.tensors() {
            let scale = match shape[..] {
                [inputs, _] => 1.7 / (inputs as f32).sqrt(),
                _ => 0.2,
            };
            let count = shape.iter().product::<usize>();
            let values =
                (0..count).map(|_| scale * (2.0 * crate::weights::uniform(&mut state) - 1.0));
            let values: Vec<f32> = values.collect();
            flat.extend(f32_from_f16(&f16_from_f32(&values)).unwrap_or_default());
        }
        RecurrentModel::new("random", architecture, flat, serde_json::Value::Null)
    }

    /// Read a model folder.
    ///
    /// Errors: `MODEL_NOT_FOUND`, `MODEL_DAMAGED` (also a wrong shape, size or encoding, or a value
    /// that is not finite), `MODEL_FAMILY`.
    pub fn load(folder: &Path) -> Result<RecurrentModel, ModelError> {
        let path = folder.join(CONFIG_FILE);
        require_family(folder, Family::Recurrent)?;
        let config: RecurrentConfig =
            serde_json::from_slice(&read(folder, CONFIG_FILE)?).map_err(|e| damaged(&path, e))?;
        if config.format != FORMAT || config.version != VERSION {
            let found = format!("format {} {}", config.format, config.version);
            return Err(damaged(
                &path,
                format!("{found}, expected {FORMAT} {VERSION}"),
            ));
        }
        if config.encoding.name != ENCODING || config.encoding.version != ENCODING_VERSION {
            let Encoding { name, version } = &config.encoding;
            let found = format!("encoding {name} {version}");
            return Err(damaged(
                &path,
                format!("{found}, expected {ENCODING} {ENCODING_VERSION}"),
            ));
        }
        config.architecture.check().map_err(|e| damaged(&path, e))?;
        let path = folder.join(WEIGHTS_FILE);
        let bytes = read(folder, WEIGHTS_FILE)?;
        Checksums::of(folder)?.check(folder, WEIGHTS_FILE, Some(&bytes))?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(|e| damaged(&path, e))?;
        let mut flat = Vec::new();
        for (name, shape) in config.architecture.tensors() {
            let found = tensors.tensor(&name);
            let tensor = found.map_err(|_| damaged(&path, format!("no tensor {name}")))?;
            let read = values(&tensor, &shape);
            flat.extend(read.map_err(|reason| damaged(&path, format!("{name}: {reason}")))?);
        }
        Ok(RecurrentModel {
            config,
            flat,
            sha256: sha256(&bytes),
        })
    }

    /// Write model.json and model.safetensors, each under a temporary name and then renamed.
    ///
    /// Errors: `MODEL_WRITE_FAILED`.
    pub fn save(&self, folder: &Path, precision: Precision) -> Result<(), ModelError> {
        let weights = encode(&self.config.architecture, &self.flat, precision);
        let json = serde_json::to_vec_pretty(&self.config).unwrap_or_default();
        std::fs::create_dir_all(folder).map_err(|source| ModelError::Write {
            path: folder.to_owned(),
            source,
        })?;
        unseal(folder)?;
        for (name, bytes) in [(WEIGHTS_FILE, weights), (CONFIG_FILE, json)] {
            let (path, temporary) = (folder.join(name), folder.join(format!("{name}.part")));
            std::fs::write(&temporary, bytes)
                .and_then(|()| std::fs::rename(&temporary, &path))
                .map_err(|source| ModelError::Write { path, source })?;
        }
        Ok(())
    }

    /// All weights in the order of [`RecurrentArchitecture::tensors`].
    pub fn flat(&self) -> &[f32] {
        &self.flat
    }

    /// Hex sha256 of the weights file.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The file's bytes. Shapes and sizes come from the same place, so no step can fail.
fn encode(architecture: &RecurrentArchitecture, flat: &[f32], precision: Precision) -> Vec<u8> {
    let mut at = 0;
    let mut stored = Vec::new();
    for (name, shape) in architecture.tensors() {
        let size: usize = shape.iter().product();
        let part = flat.get(at..at + size).unwrap_or_default();
        at += size;
        let (dtype, bytes) = match precision {
            Precision::F16 => (Dtype::F16, f16_from_f32(part)),
            Precision::F32 => (Dtype::F32, f32_bytes(part).into_owned()),
        };
        stored.push((name, dtype, shape, bytes));
    }
    let views = stored.iter().filter_map(|(name, dtype, shape, bytes)| {
        let view = TensorView::new(*dtype, shape.clone(), bytes).ok()?;
        Some((name.as_str(), view))
    });
    safetensors::serialize(views, None).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::family_of;
    use crate::recurrent::Cell;

    fn model() -> RecurrentModel {
        let architecture = RecurrentArchitecture::new(Cell::Gru, 8, 2);
        let sizes = architecture.tensors();
        let count = sizes.iter().map(|(_, s)| s.iter().product::<usize>()).sum();
        let flat = (0..count).map(|i: usize| (i % 97) as f32 / 97.0).collect();
        RecurrentModel::new("test", architecture, flat, serde_json::Value::Null)
    }

    #[test]
    fn a_written_model_is_read_back_bit_for_bit() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let model = model();
        model
            .save(folder.path(), Precision::F32)
            .expect("it is written");
        let again = RecurrentModel::load(folder.path()).expect("it is read");
        assert_eq!(again.flat(), model.flat());
        assert_eq!(again.config, model.config);
        assert_eq!(again.sha256(), model.sha256());
        assert_eq!(family_of(folder.path()).ok(), Some(Family::Recurrent));
    }

    #[test]
    fn damage_is_named() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let code = || RecurrentModel::load(folder.path()).err().map(|e| e.code());
        assert_eq!(code(), Some("MODEL_NOT_FOUND"));
        let mut other = model();
        other.config.encoding.version = 2;
        other.save(folder.path(), Precision::F32).expect("written");
        assert_eq!(code(), Some("MODEL_DAMAGED"));
        let mut wider = model();
        wider.config.architecture.width = 9;
        wider.save(folder.path(), Precision::F32).expect("written");
        assert_eq!(code(), Some("MODEL_DAMAGED"));
        let mut infinite = model();
        infinite.flat[3] = f32::INFINITY;
        infinite
            .save(folder.path(), Precision::F32)
            .expect("written");
        assert_eq!(code(), Some("MODEL_DAMAGED"));
    }
}
