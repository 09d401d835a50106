//! The command: one request, one report.

use crate::ablation::Ablation;
use crate::error::EvalError;
use crate::new_parts::load_parts;
use crate::options::EvalOptions;
use crate::regions::{draw_regions, load_regions};
use crate::report::{EvalInputs, EvalProgress, EvalReport, evaluate};
use continuo_model::{DeviceChoice, Model};
use continuo_sampler::{CancelFlag, Engine, EngineOptions, SamplerError};
use continuo_train::dataset::Dataset;
use serde::Deserialize;
use std::path::PathBuf;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EvalRequest {
    /// Folder of MIDI files.
    pub data: PathBuf,
    /// A list of regions, one JSON a line; else some are drawn with a fixed seed.
    pub regions: Option<PathBuf>,
    /// A list of whole parts to generate again, one JSON a line.
    pub parts: Option<PathBuf>,
    pub model: PathBuf,
    pub runtime_library: Option<PathBuf>,
    /// A dataset that the order-1 counts are taken from.
    pub counts: Option<PathBuf>,
    pub candidates: usize,
    pub seed: u64,
    pub context_notes: usize,
    pub ablations: bool,
    pub without_fills: bool,
    pub behaviour: bool,
    /// What the model or the sampler does without.
    pub ablation: Option<Ablation>,
    /// Every n-th region only.
    pub every: usize,
}

/// Regions drawn from each piece where no list is given.
const REGIONS_PER_PIECE: usize = 2;
const REGION_SEED: u64 = 7;

/// Evaluate. Errors: those of the dataset, the model, the regions; `CANCELLED`.
pub fn run(
    request: &EvalRequest,
    cancel: &CancelFlag,
    progress: EvalProgress<'_>,
) -> Result<EvalReport, EvalError> {
    let regions = match &request.regions {
        Some(path) => load_regions(path)?,
        None => draw_regions(&request.data, REGIONS_PER_PIECE, REGION_SEED)?,
    };
    let regions: Vec<_> = regions.into_iter().step_by(request.every.max(1)).collect();
    let parts = request.parts.as_deref().map(load_parts).transpose()?;
    let parts: Vec<_> = parts
        .into_iter()
        .flatten()
        .step_by(request.every.max(1))
        .collect();
    let options = EngineOptions {
        device: DeviceChoice::default(),
        threads: 0,
        runtime_library: request.runtime_library.clone(),
    };
    let mut engine = match request.ablation {
        None => Engine::load(&request.model, &options)?,
        Some(ablation) => {
            let mut model = Model::load(&request.model).map_err(SamplerError::from)?;
            ablation.change_model(&mut model);
            Engine::from_model(model, &options)?
        }
    };
    let counts = request.counts.as_deref().map(Dataset::open).transpose()?;
    let options = EvalOptions {
        candidates: request.candidates,
        seed: request.seed,
        context_notes: request.context_notes,
        ablations: request.ablations,
        without_fills: request.without_fills,
        behaviour: request.behaviour,
        ablation: request.ablation,
    };
    let inputs = EvalInputs {
        folder: &request.data,
        regions: &regions,
        parts: &parts,
        training: counts.as_ref(),
    };
    evaluate(inputs, &mut engine, &options, cancel, progress)
}
