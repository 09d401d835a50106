//! The loaded model, kept between jobs: loading takes longer than a short fill.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use continuo_model::recurrent::{Family, family_of};
use continuo_sampler::recurrent::RecurrentEngine;
use continuo_sampler::{
    CancelFlag, Engine, EngineOptions, FillRequest, FillResult, Progress, SamplerError,
};
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

/// A model of either family, ready to fill.
pub enum AnyEngine {
    Infill(Box<Engine>),
    Recurrent(Box<RecurrentEngine>),
}

impl AnyEngine {
    fn load(choice: &EngineChoice) -> Result<AnyEngine, JobError> {
        let device = choice.device.parse()?;
        let folder = &choice.model.folder;
        if family_of(folder)? == Family::Recurrent {
            let engine = RecurrentEngine::load(folder)?;
            return Ok(AnyEngine::Recurrent(Box::new(engine)));
        }
        let options = EngineOptions {
            device,
            threads: choice.threads,
            runtime_library: Some(choice.runtime_library.clone()),
        };
        Ok(AnyEngine::Infill(Box::new(Engine::load(folder, &options)?)))
    }

    /// Errors: those of the family's engine.
    pub fn fill(
        &mut self,
        request: &FillRequest<'_>,
        cancel: &CancelFlag,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<FillResult, SamplerError> {
        match self {
            AnyEngine::Infill(engine) => engine.fill(request, cancel, progress),
            AnyEngine::Recurrent(engine) => engine.fill(request, cancel, progress),
        }
    }
}

static LOADED: Mutex<Option<(EngineChoice, AnyEngine)>> = Mutex::new(None);

/// More threads than this only wait for each other, whatever the machine.
const MAX_THREADS: usize = 256;

/// Run `work` with the engine that is asked for, loaded now or by an earlier job.
///
/// Jobs that generate run one after the other. Errors: `DEVICE_UNKNOWN`, `THREADS_OUT_OF_RANGE`,
/// those of `Engine::load`, those of `work`.
pub fn with_engine<T>(
    choice: &EngineChoice,
    work: impl FnOnce(&mut AnyEngine) -> Result<T, JobError>,
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
        None => AnyEngine::load(choice)?,
    };
    let (_, engine) = loaded.insert((choice.clone(), engine));
    work(engine)
}
