//! Where a run begins: from nothing, from a model, or from its own checkpoint.

use super::TrainRequest;
use super::wishes::{wished, wished_of_run};
use crate::checkpoint::{BEST, Checkpoint, LATEST};
use crate::config::{AnyArchitecture, RunConfig};
use crate::dataset::Dataset;
use crate::error::TrainError;
use crate::export::{LoadedBase, load_base};

/// Where a run begins.
pub(super) struct Start {
    pub config: RunConfig,
    /// Of the model that a new run goes on from.
    pub weights: Option<Vec<f32>>,
    /// Of the run that is gone on with.
    pub checkpoint: Option<Checkpoint>,
    /// Of the dataset that should not be forgotten.
    pub replay_hash: Option<String>,
}

impl Start {
    pub fn of(
        request: &TrainRequest,
        dataset: &Dataset,
        replay: Option<&Dataset>,
    ) -> Result<Start, TrainError> {
        let folder = &request.run;
        if request.resume {
            return Start::resumed(request, dataset, replay);
        }
        // A run that was killed before its first checkpoint has nothing to lose and begins anew.
        if [LATEST, BEST].iter().any(|name| folder.join(name).exists()) {
            let path = folder.clone();
            return Err(TrainError::RunExists { path });
        }
        let (config, weights) = Start::network(request)?;
        Ok(Start {
            config: wished(config, request, dataset, replay.is_some())?,
            weights,
            checkpoint: None,
            replay_hash: replay.map(|r| r.hash().to_owned()),
        })
    }

    fn resumed(
        request: &TrainRequest,
        dataset: &Dataset,
        replay: Option<&Dataset>,
    ) -> Result<Start, TrainError> {
        let latest = request.run.join(LATEST);
        if !latest.exists() {
            let path = request.run.clone();
            return Err(TrainError::RunNotFound { path });
        }
        let (checkpoint, config) = Checkpoint::load(&latest)?;
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
        Ok(Start {
            config: wished_of_run(config, &checkpoint.state, request, dataset)?,
            weights: None,
            replay_hash,
            checkpoint: Some(checkpoint),
        })
    }

    /// The network that is asked for, and the weights of the model that it goes on from.
    fn network(request: &TrainRequest) -> Result<(RunConfig, Option<Vec<f32>>), TrainError> {
        let asked = match (&request.architecture, &request.preset) {
            (Some(architecture), _) => Some(architecture.clone()),
            (None, Some(name)) => Some(AnyArchitecture::by_name(name).ok_or_else(|| {
                let what = format!("there is no preset {name}");
                TrainError::Config { what }
            })?),
            (None, None) => None,
        };
        let lora = request.lora.unwrap_or(0);
        let Some(folder) = &request.from else {
            if lora > 0 {
                let what = "adapters need a model to stand beside: add --from".into();
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
