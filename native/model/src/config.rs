//! model.json: the weights' architecture and vocabulary.

use crate::ModelError;
use continuo_tokenizer::identity;
use continuo_tokenizer::rotary::ANGLES;
use serde::{Deserialize, Serialize};
use std::path::Path;

const FORMAT: &str = "continuo-model";
const VERSION: u32 = 1;
/// Bounds that no honest model passes; they keep a damaged file from asking for much memory.
const MAX_WIDTH: usize = 8192;
const MAX_LAYERS: usize = 128;
const MAX_STEPS: usize = 8192;

/// The whole of model.json.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelConfig {
    pub format: String,
    pub version: u32,
    pub id: String,
    pub architecture: Architecture,
    pub vocabulary: VocabularyId,
    /// How it was trained; for people and for `models info`.
    #[serde(default)]
    pub training: serde_json::Value,
}

/// Sizes of the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Architecture {
    /// Always "infill".
    pub family: String,
    pub d_model: usize,
    pub layers: usize,
    pub heads: usize,
    pub ff_size: usize,
    /// Width of the hidden layer of the output heads.
    pub head_size: usize,
    /// Longest sequence that the model was trained for, in steps.
    #[serde(default = "default_max_steps")]
    pub max_steps: usize,
}

fn default_max_steps() -> usize {
    1024
}

impl Architecture {
    /// The default model: 256 wide, 6 layers, 4 heads; about 5 M parameters.
    pub fn infill_s() -> Architecture {
        Architecture {
            family: "infill".to_owned(),
            d_model: 256,
            layers: 6,
            heads: 4,
            ff_size: 1024,
            head_size: 256,
            max_steps: default_max_steps(),
        }
    }

    /// 384 wide, 8 layers, 6 heads; about 15 M parameters.
    pub fn infill_m() -> Architecture {
        Architecture {
            d_model: 384,
            layers: 8,
            heads: 6,
            ff_size: 1536,
            head_size: 384,
            ..Architecture::infill_s()
        }
    }
}

/// Which table of rows and classes the weights were trained on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VocabularyId {
    pub version: u32,
    pub hash: String,
}

impl VocabularyId {
    /// That of this program.
    pub fn current() -> VocabularyId {
        VocabularyId {
            version: identity::VERSION,
            hash: identity::hash(),
        }
    }

    /// That of the first models, whose weights are still read.
    pub fn is_version_1(&self) -> bool {
        self.version == 1 && self.hash == identity::version_1::hash()
    }
}

impl ModelConfig {
    /// A config for weights that were not trained, with this program's vocabulary.
    pub fn new(id: &str, architecture: Architecture) -> ModelConfig {
        ModelConfig {
            format: FORMAT.to_owned(),
            version: VERSION,
            id: id.to_owned(),
            architecture,
            vocabulary: VocabularyId::current(),
            training: serde_json::Value::Null,
        }
    }

    /// Read and check model.json; the vocabulary is today's or one that `upgrade.rs` reads.
    ///
    /// Errors: `MODEL_DAMAGED`, `VOCAB_MISMATCH`.
    pub fn parse(json: &[u8], path: &Path) -> Result<ModelConfig, ModelError> {
        let damaged = |reason: String| ModelError::Damaged {
            path: path.to_owned(),
            reason,
        };
        let config: ModelConfig =
            serde_json::from_slice(json).map_err(|error| damaged(error.to_string()))?;
        if config.format != FORMAT || config.version != VERSION {
            let found = format!("format {} {}", config.format, config.version);
            return Err(damaged(format!("{found}, expected {FORMAT} {VERSION}")));
        }
        config.architecture.check().map_err(damaged)?;
        let expected = VocabularyId::current();
        if config.vocabulary != expected && !config.vocabulary.is_version_1() {
            return Err(ModelError::VocabMismatch {
                expected_version: expected.version,
                expected_hash: expected.hash,
                found_version: config.vocabulary.version,
                found_hash: config.vocabulary.hash,
            });
        }
        Ok(config)
    }
}

impl Architecture {
    fn check(&self) -> Result<(), String> {
        let ranges = [
            ("dModel", self.d_model, MAX_WIDTH),
            ("layers", self.layers, MAX_LAYERS),
            ("heads", self.heads, MAX_WIDTH),
            ("ffSize", self.ff_size, 4 * MAX_WIDTH),
            ("headSize", self.head_size, MAX_WIDTH),
            ("maxSteps", self.max_steps, MAX_STEPS),
        ];
        for (name, value, limit) in ranges {
            if value == 0 || value > limit {
                return Err(format!("{name} is {value}, it must be 1 to {limit}"));
            }
        }
        if self.family != "infill" {
            return Err(format!("family \"{}\" is not known", self.family));
        }
        if self.d_model != self.heads * 2 * ANGLES {
            let (d, heads) = (self.d_model, self.heads);
            return Err(format!(
                "dModel {d} with {heads} heads: a head must be {} wide",
                2 * ANGLES
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(change: impl Fn(&mut ModelConfig)) -> Result<(), &'static str> {
        let mut config = ModelConfig::new("test", Architecture::infill_s());
        change(&mut config);
        let json = serde_json::to_vec(&config).expect("serializes");
        ModelConfig::parse(&json, Path::new("model.json"))
            .map(|_| ())
            .map_err(|e| e.code())
    }

    #[test]
    fn a_written_config_is_read_back() {
        assert_eq!(code_of(|_| ()), Ok(()));
    }

    #[test]
    fn sizes_formats_and_vocabularies_that_do_not_fit_are_refused() {
        assert_eq!(code_of(|c| c.format = "other".into()), Err("MODEL_DAMAGED"));
        assert_eq!(code_of(|c| c.version = 2), Err("MODEL_DAMAGED"));
        assert_eq!(code_of(|c| c.architecture.layers = 0), Err("MODEL_DAMAGED"));
        assert_eq!(
            code_of(|c| c.architecture.ff_size = 1 << 40),
            Err("MODEL_DAMAGED")
        );
        assert_eq!(code_of(|c| c.architecture.heads = 8), Err("MODEL_DAMAGED"));
        assert_eq!(
            code_of(|c| c.architecture.family = "lstm".into()),
            Err("MODEL_DAMAGED")
        );
        assert_eq!(
            code_of(|c| c.vocabulary.hash = "00".into()),
            Err("VOCAB_MISMATCH")
        );
        assert_eq!(
            code_of(|c| c.vocabulary.version += 1),
            Err("VOCAB_MISMATCH")
        );
        let text = ModelConfig::parse(b"not json", Path::new("x")).map_err(|e| e.code());
        assert_eq!(text.err(), Some("MODEL_DAMAGED"));
    }
}
