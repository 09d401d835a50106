//! The start of a run: from scratch, from a model, or from its own checkpoint.

use super::TrainRequest;
use super::request_config::{config_of_request, config_to_resume};
use crate::checkpoint::{BEST, Checkpoint, LATEST};
use crate::config::{AnyArchitecture, RunConfig};
use crate::dataset::Dataset;
use crate::error::TrainError;
use crate::export::{ADAPTER, LoadedBase, load_base};
use crate::sides::{Met, Sides};
use std::path::Path;

/// Where a run begins.
pub(super) struct Start {
    pub config: RunConfig,
    /// Of the model that a new run goes on from.
    pub weights: Option<Vec<f32>>,
    /// Of the run that is gone on with.
    pub checkpoint: Option<Checkpoint>,
    /// Which pieces are learnt from.
    pub sides: Sides,
    /// Pieces that the run had before its data grew.
    pub grown_from: Option<usize>,
    /// Of the dataset that should not be forgotten.
    pub replay_hash: Option<String>,
}

/// Files that a run must not write over. One that was killed before its first checkpoint has none of them,
/// nothing to lose, and starts over.
const RUN_FILES: [&str; 4] = [LATEST, BEST, "model/model.json", ADAPTER];

/// The run to go on with. Errors: `RUN_NOT_FOUND`, `CHECKPOINT_DAMAGED`, `TRAIN_IO`.
pub(super) fn latest(folder: &Path) -> Result<(Checkpoint, RunConfig), TrainError> {
    let latest = folder.join(LATEST);
    if latest.exists() {
        return Checkpoint::load(&latest);
    }
    let path = folder.to_owned();
    Err(TrainError::RunNotFound { path })
}

impl Start {
    /// A new run. Errors: `RUN_EXISTS`, those of the model and of what is asked for.
    pub fn fresh(
        request: &TrainRequest,
        dataset: &Dataset,
        replay: Option<&Dataset>,
    ) -> Result<Start, TrainError> {
        let folder = &request.run;
        if RUN_FILES.iter().any(|name| folder.join(name).exists()) {
            let path = folder.clone();
            return Err(TrainError::RunExists { path });
        }
        let (config, weights) = Start::network(request)?;
        let sides = Sides::of(dataset);
        let replay_path = request.replay.as_deref();
        Ok(Start {
            config: config_of_request(config, request, (dataset, &sides), replay_path)?,
            weights,
            checkpoint: None,
            sides,
            grown_from: None,
            replay_hash: replay.map(|r| r.hash().to_owned()),
        })
    }

    /// One that is gone on with. Errors: `DATA_CHANGED`, `TRAIN_CONFIG`.
    pub fn resumed(
        request: &TrainRequest,
        (mut checkpoint, config): (Checkpoint, RunConfig),
        dataset: &Dataset,
        replay: Option<&Dataset>,
    ) -> Result<Start, TrainError> {
        let replay_hash = replay.map(|r| r.hash().to_owned());
        if config.replay_share > 0.0 {
            let Some(found) = &replay_hash else {
                let what = "this run hears a second dataset: name it again by --replay".into();
                return Err(TrainError::Config { what });
            };
            if let Some(expected) = checkpoint.state.replay_hash.clone()
                && expected != *found
            {
                let found = found.clone();
                return Err(TrainError::DataChanged { expected, found });
            }
        }
        let met = Met::load(&request.run);
        let has_grown = checkpoint.state.data_hash != dataset.hash();
        let sides = match &met {
            Some(met) => Sides::after(dataset, met),
            None => (!has_grown).then(|| Sides::of(dataset)),
        };
        let Some(sides) = sides else {
            let (expected, found) = (checkpoint.state.data_hash, dataset.hash().to_owned());
            return Err(TrainError::DataChanged { expected, found });
        };
        if has_grown {
            dataset.hash().clone_into(&mut checkpoint.state.data_hash);
        }
        let data = (dataset, &sides);
        Ok(Start {
            config: config_to_resume(config, &checkpoint.state, request, data)?,
            weights: None,
            grown_from: met.filter(|_| has_grown).map(|met| met.count()),
            sides,
            replay_hash,
            checkpoint: Some(checkpoint),
        })
    }

    /// The network that is asked for, and the weights of the model that it goes on from.
    fn network(request: &TrainRequest) -> Result<(RunConfig, Option<Vec<f32>>), TrainError> {
        let asked = match (&request.architecture, &request.preset) {
            (Some(architecture), _) => Some(architecture.clone()),
            (None, Some(name)) => Some(AnyArchitecture::by_name(name).ok_or_else(|| {
                let what = format!("unknown preset {name}");
                TrainError::Config { what }
            })?),
            (None, None) => None,
        };
        let lora = request.lora.unwrap_or(0);
        let Some(folder) = &request.from else {
            if lora > 0 {
                let what = "adapters need a trained model: add --from".into();
                return Err(TrainError::Config { what });
            }
            return Ok((asked.map_or_else(RunConfig::default, RunConfig::new), None));
        };
        let LoadedBase {
            architecture,
            weights,
            base,
        } = load_base(folder)?;
        match asked.filter(|asked| *asked != architecture) {
            Some(asked) => Err(TrainError::ModelMismatch {
                base: base.id,
                found: described(&architecture),
                asked: described(&asked),
            }),
            None => {
                let config = RunConfig::fine_tuning(architecture, base, lora);
                Ok((config, Some(weights)))
            }
        }
    }
}

/// Sizes in a few words.
fn described(architecture: &AnyArchitecture) -> String {
    match architecture {
        AnyArchitecture::Infill(a) => format!("infill {} wide, {} layers", a.d_model, a.layers),
        AnyArchitecture::Recurrent(a) => {
            format!("{:?} {} wide, {} layers", a.cell, a.width, a.layers).to_lowercase()
        }
    }
}
