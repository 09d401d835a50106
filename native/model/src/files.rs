//! A model folder: model.json and model.safetensors.

use crate::checksums::{Checksums, unseal};
use crate::config::{ModelConfig, VocabularyId};
use crate::family::{Family, require_family};
use crate::folder::{CONFIG_FILE, KNOWN_PASSAGES_FILE, WEIGHTS_FILE};
use crate::half::{f16_from_f32, f32_bytes, f32_from_f16};
use crate::upgrade::{padded, shape_in_version_1};
use crate::weights::Weights;
use crate::{Architecture, ModelError};
use continuo_tokenizer::passages::PassageFilter;
use memmap2::Mmap;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Larger files are not fingerprints.
const MAX_KNOWN_PASSAGES: u64 = 1 << 30;

/// A config and its weights.
#[derive(Clone, Debug)]
pub struct Model {
    pub config: ModelConfig,
    pub weights: Arc<Weights>,
    /// Long passages of the pieces that it was trained on, which a fill must not repeat.
    pub known_passages: Option<Arc<PassageFilter>>,
    file: Arc<WeightsFile>,
}

/// The bytes that were read, kept for their hash.
#[derive(Debug)]
struct WeightsFile {
    bytes: Bytes,
    sha256: OnceLock<String>,
}

#[derive(Debug)]
enum Bytes {
    Mapped(Mmap),
    Owned(Vec<u8>),
}

impl Bytes {
    fn as_slice(&self) -> &[u8] {
        match self {
            Bytes::Mapped(map) => map,
            Bytes::Owned(bytes) => bytes,
        }
    }
}

/// How values are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    F16,
    F32,
}

/// The filter of a model folder; none where it has no such file.
fn known_passages(folder: &Path, sums: &Checksums) -> Result<Option<PassageFilter>, ModelError> {
    let path = folder.join(KNOWN_PASSAGES_FILE);
    let damaged = |reason: String| ModelError::Damaged {
        path: path.clone(),
        reason,
    };
    match std::fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return sums.check(folder, KNOWN_PASSAGES_FILE, None).map(|()| None);
        }
        Err(error) => return Err(damaged(error.to_string())),
        Ok(meta) if meta.len() > MAX_KNOWN_PASSAGES => {
            return Err(damaged(format!("{} bytes are too many", meta.len())));
        }
        Ok(_) => {}
    }
    let bytes = std::fs::read(&path).map_err(|error| damaged(error.to_string()))?;
    sums.check(folder, KNOWN_PASSAGES_FILE, Some(&bytes))?;
    let filter = PassageFilter::from_bytes(&bytes);
    filter
        .map(Some)
        .ok_or_else(|| damaged("no fingerprints of passages".to_owned()))
}

impl Model {
    /// Read a model folder.
    ///
    /// Errors: `MODEL_NOT_FOUND`, `MODEL_DAMAGED` (also a wrong shape or a value that is not
    /// finite), `MODEL_FAMILY`, `VOCAB_MISMATCH`.
    pub fn load(folder: &Path) -> Result<Model, ModelError> {
        let open = |file: &'static str| {
            let path = folder.join(file);
            match std::fs::metadata(&path) {
                Ok(meta) if meta.is_file() => Ok(path),
                _ => Err(ModelError::NotFound {
                    folder: folder.to_owned(),
                    file,
                }),
            }
        };
        let (config_path, weights_path) = (open(CONFIG_FILE)?, open(WEIGHTS_FILE)?);
        let damaged = |path: &PathBuf, error: std::io::Error| ModelError::Damaged {
            path: path.clone(),
            reason: error.to_string(),
        };
        let sums = Checksums::of(folder)?;
        let json = std::fs::read(&config_path).map_err(|e| damaged(&config_path, e))?;
        require_family(folder, Family::Infill)?;
        let config = ModelConfig::parse(&json, &config_path)?;
        let file = File::open(&weights_path).map_err(|e| damaged(&weights_path, e))?;
        // SAFETY: the map is only read. Model files are replaced by renaming, never written in
        // place, so the bytes do not change under us.
        let map = unsafe { Mmap::map(&file) }.map_err(|e| damaged(&weights_path, e))?;
        sums.check(folder, WEIGHTS_FILE, Some(&map))?;
        let mut model = Model::from_bytes(config, Bytes::Mapped(map), &weights_path)?;
        model.known_passages = known_passages(folder, &sums)?.map(Arc::new);
        Ok(model)
    }

    /// A model with random weights, for tests and for speed measurements.
    pub fn random(architecture: Architecture, seed: u64) -> Model {
        let weights = Weights::random(&architecture, seed);
        Model::new(ModelConfig::new("random", architecture), weights)
    }

    /// A model of weights in memory, as training makes them.
    pub fn new(config: ModelConfig, weights: Weights) -> Model {
        let bytes = Bytes::Owned(encode(&config.architecture, &weights, Precision::F32));
        let file = Arc::new(WeightsFile {
            bytes,
            sha256: OnceLock::new(),
        });
        Model {
            config,
            weights: Arc::new(weights),
            known_passages: None,
            file,
        }
    }

    /// Write model.json and model.safetensors, each under a temporary name and then renamed.
    ///
    /// Errors: `MODEL_WRITE_FAILED`.
    pub fn save(&self, folder: &Path, precision: Precision) -> Result<(), ModelError> {
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            let temporary = folder.join(format!("{name}.part"));
            std::fs::write(&temporary, bytes)
                .and_then(|()| std::fs::rename(&temporary, &path))
                .map_err(|source| ModelError::Write { path, source })
        };
        std::fs::create_dir_all(folder).map_err(|source| ModelError::Write {
            path: folder.to_owned(),
            source,
        })?;
        unseal(folder)?;
        write(
            WEIGHTS_FILE,
            &encode(&self.config.architecture, &self.weights, precision),
        )?;
        let json = serde_json::to_vec_pretty(&self.config).unwrap_or_default();
        write(CONFIG_FILE, &json)
    }

    /// Hex sha256 of the weights file; computed at the first call.
    pub fn sha256(&self) -> &str {
        self.file.sha256.get_or_init(|| {
            let digest = Sha256::digest(self.file.bytes.as_slice());
            digest.iter().map(|byte| format!("{byte:02x}")).collect()
        })
    }

    /// Bits of the trunk's matrices by name, if the file holds them as f16.
    pub(crate) fn half_layers(&self) -> HashMap<String, Vec<u16>> {
        let Ok(tensors) = SafeTensors::deserialize(self.file.bytes.as_slice()) else {
            return HashMap::new();
        };
        let halves = tensors.iter().filter(|(name, tensor)| {
            name.starts_with("layers.") && tensor.dtype() == Dtype::F16 && tensor.shape().len() == 2
        });
        halves
            .map(|(name, tensor)| {
                let pairs = tensor.data().as_chunks::<2>().0.iter();
                (
                    name.to_owned(),
                    pairs.map(|pair| u16::from_le_bytes(*pair)).collect(),
                )
            })
            .collect()
    }

    fn from_bytes(mut config: ModelConfig, bytes: Bytes, path: &Path) -> Result<Model, ModelError> {
        let damaged = |reason: String| ModelError::Damaged {
            path: path.to_owned(),
            reason,
        };
        let tensors =
            SafeTensors::deserialize(bytes.as_slice()).map_err(|e| damaged(e.to_string()))?;
        let is_older = config.vocabulary.is_version_1();
        let weights = Weights::build(&config.architecture, |name, shape| {
            let tensor = tensors
                .tensor(name)
                .map_err(|_| damaged(format!("no tensor {name}")))?;
            let stored = if is_older {
                shape_in_version_1(name, shape)
            } else {
                shape.to_vec()
            };
            values(&tensor, &stored)
                .map(|values| padded(values, &stored, shape))
                .map_err(|reason| damaged(format!("{name}: {reason}")))
        })?;
        // Written again, they are weights of today's vocabulary.
        config.vocabulary = VocabularyId::current();
        let file = Arc::new(WeightsFile {
            bytes,
            sha256: OnceLock::new(),
        });
        Ok(Model {
            config,
            weights: Arc::new(weights),
            known_passages: None,
            file,
        })
    }
}

pub(crate) fn values(tensor: &TensorView<'_>, shape: &[usize]) -> Result<Vec<f32>, String> {
    if tensor.shape() != shape {
        return Err(format!("shape {:?}, expected {shape:?}", tensor.shape()));
    }
    let finite = match tensor.dtype() {
        Dtype::F16 => f32_from_f16(tensor.data()),
        Dtype::F32 => {
            let (quads, _) = tensor.data().as_chunks::<4>();
            let values: Vec<f32> = quads.iter().map(|quad| f32::from_le_bytes(*quad)).collect();
            values.iter().all(|v| v.is_finite()).then_some(values)
        }
        other => return Err(format!("type {other:?}, expected F16 or F32")),
    };
    finite.ok_or_else(|| "a value is not finite".to_owned())
}

fn encode(architecture: &Architecture, weights: &Weights, precision: Precision) -> Vec<u8> {
    let stored: Vec<(String, Vec<usize>, Vec<u8>)> = weights
        .tensors(architecture)
        .into_iter()
        .map(|(name, shape, values)| {
            let bytes = match precision {
                Precision::F16 => f16_from_f32(values),
                Precision::F32 => f32_bytes(values).into_owned(),
            };
            (name, shape, bytes)
        })
        .collect();
    let dtype = if precision == Precision::F16 {
        Dtype::F16
    } else {
        Dtype::F32
    };
    let views = stored.iter().filter_map(|(name, shape, bytes)| {
        Some((
            name.as_str(),
            TensorView::new(dtype, shape.clone(), bytes).ok()?,
        ))
    });
    // Shapes and lengths come from the same place, so neither step can fail.
    safetensors::serialize(views, None).unwrap_or_default()
}
