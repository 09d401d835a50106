//! The loaded model, kept between jobs: loading takes longer than a short fill.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use continuo_sampler::{Engine, EngineOptions};
use serde::Deserialize;

use crate::error::JobError;

/// Which model, where.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EngineChoice {
    pub model: ModelChoice,
    /// `auto` or the name of a device.
    pub device: String,
    /// 0 leaves the choice to the engine.
    #[serde(default)]
    pub threads: usize,
    pub runtime_library: PathBuf,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ModelChoice {
    /// As the manifest names it; the id in the answer.
    pub id: String,
    pub folder: PathBuf,
}

static LOADED: Mutex<Option<(EngineChoice, Engine)>> = Mutex::new(None);

/// More threads than this only wait for each other, whatever the machine.
const MAX_THREADS: usize = 256;

/// Run `work` with the engine that is asked for, loaded now or by an earlier job.
///
/// Jobs that generate run one after the other. Errors: `DEVICE_UNKNOWN`, `THREADS_OUT_OF_RANGE`,
/// those of `Engine::load`, those of `work`.
pub fn with_engine<T>(
    choice: &EngineChoice,
    work: impl FnOnce(&mut Engine) -> Result<T, JobError>,
) -> Result<T, JobError> {
    if choice.threads > MAX_THREADS {
        return Err(JobError::ThreadsOutOfRange {
            threads: choice.threads,
            limit: MAX_THREADS,
        });
    }
    let mut loaded = LOADED.lock().unwrap_or_else(|poisoned: PoisonError<_>| {
        // A panic may have left the engine in the middle of a step.
        let mut guard = poisoned.into_inner();
        *guard = None;
        LOADED.clear_poison();
        guard
    });
    let kept = loaded.take().filter(|(of, _)| of == choice);
    let engine = match kept {
        Some((_, engine)) => engine,
        None => {
            let options = EngineOptions {
                device: choice.device.parse()?,
                threads: choice.threads,
                runtime_library: Some(choice.runtime_library.clone()),
            };
            Engine::load(&choice.model.folder, &options)?
        }
    };
    let (_, engine) = loaded.insert((choice.clone(), engine));
    work(engine)
}
