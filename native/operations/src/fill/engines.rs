//! The loaded model, kept between fills: loading takes longer than a short fill.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use continuo_model::recurrent::{Family, family_of};
use continuo_sampler::recurrent::RecurrentEngine;
use continuo_sampler::{
    CancelFlag, Engine, EngineOptions, FillRequest, FillResult, Progress, SamplerError,
};
use serde::Deserialize;

use crate::error::OperationError;
use crate::fill::blocks::BLOCK_BARS;
use crate::fill::draw_parts::Fills;

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
    /// Of its weights, where the caller knows it: another one in the same folder is another model.
    #[serde(default)]
    pub sha256: Option<String>,
}

/// A model of either family, ready to fill.
pub enum AnyEngine {
    Infill(Box<Engine>),
    Recurrent(Box<RecurrentEngine>),
}

impl AnyEngine {
    fn load(choice: &EngineChoice) -> Result<AnyEngine, OperationError> {
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
}

impl Fills for AnyEngine {
    /// Errors: those of the family's engine.
    fn fill(
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

    fn most_bars(&self) -> Option<u32> {
        match self {
            AnyEngine::Infill(_) => Some(BLOCK_BARS),
            // It goes on for as long as it is asked to.
            AnyEngine::Recurrent(_) => None,
        }
    }
}

/// Engines that wait for their next fill, the longest waiting first.
static IDLE: Mutex<Vec<(EngineChoice, AnyEngine)>> = Mutex::new(Vec::new());

/// Engines that wait at most: a model in use, and a copy of it or the one before it.
const MAX_IDLE: usize = 2;
/// More threads than this only wait for each other, whatever the machine.
const MAX_THREADS: usize = 256;

/// Run `work` with the engine that is asked for: one that waits, or a new one.
///
/// As many fills as call this at once run side by side, each with an engine of its own; how many that
/// are is the caller's to choose. An engine whose fill failed inside the model or panicked is not
/// used again. Errors: `DEVICE_UNKNOWN`, `THREADS_OUT_OF_RANGE`, those of `Engine::load`, those of
/// `work`.
pub fn with_engine<T>(
    choice: &EngineChoice,
    work: impl FnOnce(&mut AnyEngine) -> Result<T, OperationError>,
) -> Result<T, OperationError> {
    if choice.threads > MAX_THREADS {
        return Err(OperationError::ThreadsOutOfRange {
            threads: choice.threads,
            limit: MAX_THREADS,
        });
    }
    let waiting = {
        let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
        let found = idle.iter().rposition(|(of, _)| of == choice);
        found.map(|at| idle.remove(at).1)
    };
    let mut engine = match waiting {
        Some(engine) => engine,
        None => AnyEngine::load(choice)?,
    };
    let result = work(&mut engine);
    let is_sound = !matches!(&result, Err(error) if error.code() == "MODEL_RUN_FAILED");
    if is_sound {
        let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push((choice.clone(), engine));
        let excess = idle.len().saturating_sub(MAX_IDLE);
        // Dropped after the lock is free again: closing a session takes its time.
        let dropped: Vec<_> = idle.drain(..excess).collect();
        drop(idle);
        drop(dropped);
    }
    result
}
