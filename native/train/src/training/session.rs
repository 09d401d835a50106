//! One run from its beginning to the model that it leaves.

use super::events::EventLog;
use super::request_config::trained_notes;
use super::start::Start;
use super::{TrainAnswer, TrainRequest};
use crate::compute::Compute;
use crate::config::AnyArchitecture;
use crate::dataset::Dataset;
use crate::error::TrainError;
use crate::event::RunEvent;
use crate::export::{ADAPTER, export_adapter, export_known_passages, export_model};
use crate::family::{Family, Source};
use crate::gain::Gain;
use crate::run::{HeldOutSet, Inputs, Listeners, Run};
use crate::sides::Sides;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

/// One call.
pub(super) struct Session<'a> {
    pub request: &'a TrainRequest,
    /// In words.
    pub device: String,
    pub dataset: &'a Dataset,
    pub is_stopped: &'a dyn Fn() -> bool,
    pub tell: &'a mut dyn FnMut(&RunEvent),
}

impl Session<'_> {
    /// Errors: those of the run; where the loss diverges, the model of the best held-out loss is left.
    pub fn run<F: Family>(
        self,
        family: &F,
        start: Start,
        source: &dyn Source<F::Batch>,
        held_out: &[HeldOutSet<F::Batch>],
        mut compute: Box<dyn Compute<F::Batch> + '_>,
    ) -> Result<TrainAnswer, TrainError> {
        let Session {
            request,
            device,
            dataset,
            is_stopped,
            tell,
        } = self;
        let folder = request.run.clone();
        let hash = dataset.hash();
        let mut run = match start.checkpoint {
            Some(checkpoint) => {
                Run::resume(family, (checkpoint, start.config), hash, folder.clone())?
            }
            None => Run::start(family, start.config, hash, start.weights, folder.clone())?,
        };
        run.checkpoint.state.replay_hash = start.replay_hash;
        if start.grown_from.is_some() {
            run.has_grown();
        }
        start.sides.save(&folder)?;
        let mut events = EventLog::open(&folder, run.checkpoint.state.step)?;
        let stop = AtomicBool::new(false);
        let mut event = |event: &RunEvent| {
            events.add(event);
            tell(event);
        };
        event(&start_event(
            device,
            dataset,
            &start.sides,
            start.grown_from,
            &run,
        ));
        let mut update = |_| {
            if is_stopped() {
                stop.store(true, Ordering::Relaxed);
            }
        };
        let inputs = Inputs {
            source,
            held_out,
            compute: compute.as_mut(),
            stop: &stop,
        };
        let listeners = Listeners {
            event: &mut event,
            update: &mut update,
        };
        match run.train(inputs, listeners) {
            Ok(()) => {}
            // The current weights are unusable, but those of the best loss are good.
            Err(error @ TrainError::Diverged { .. }) => {
                if run.checkpoint.state.best_step.is_some() {
                    leave_model(request, dataset, &mut run)?;
                }
                return Err(error);
            }
            Err(error) => return Err(error),
        }
        let model = leave_model(request, dataset, &mut run)?;
        let state = &run.checkpoint.state;
        Ok(TrainAnswer {
            updates: state.step,
            notes_seen: state.notes_seen,
            trained_seconds: state.trained_seconds,
            held_out_loss: state.best_loss,
            held_out_before: state.data.before,
            held_out_gain: Gain::of(&state.pieces.before, &state.pieces.best),
            replay_loss: state.replay.after,
            replay_before: state.replay.before,
            model,
            stopped: stop.load(Ordering::Relaxed),
        })
    }
}

/// Write the model of the best held-out loss, or of the last update where nothing was held out.
fn leave_model<F: Family>(
    request: &TrainRequest,
    dataset: &Dataset,
    run: &mut Run<'_, F>,
) -> Result<PathBuf, TrainError> {
    let folder = &request.run;
    let model = folder.join("model");
    let state = run.checkpoint.state.clone();
    let config = run.config.clone();
    let weights = run.best_weights()?;
    let record = serde_json::json!({
        "updates": state.step,
        "bestUpdate": state.best_step,
        "notes": state.notes_seen,
        "seconds": state.trained_seconds,
        "heldOutLoss": state.best_loss,
        "heldOutBefore": state.data.before,
        "heldOutGain": Gain::of(&state.pieces.before, &state.pieces.best),
        "dataHash": state.data_hash,
        "base": config.base,
    });
    export_model(
        &model,
        &config.model_id,
        &config.architecture,
        weights,
        record,
    )?;
    if matches!(config.architecture, AnyArchitecture::Infill(_)) {
        export_known_passages(&model, dataset, request.from.as_deref())?;
    }
    continuo_model::seal(&model)?;
    if config.lora > 0 {
        export_adapter(&folder.join(ADAPTER), &config, &run.checkpoint.weights)?;
    }
    Ok(model)
}

fn start_event<F: Family>(
    device: String,
    dataset: &Dataset,
    sides: &Sides,
    grown_from: Option<usize>,
    run: &Run<'_, F>,
) -> RunEvent {
    let config = &run.config;
    let has_goal = config.updates > 0 || config.notes > 0;
    RunEvent::Start {
        model_id: config.model_id.clone(),
        family: config.architecture.family(),
        device,
        parameters: run.checkpoint.weights.len(),
        pieces: dataset.len(),
        held_out_pieces: sides.pieces(true).count(),
        notes: trained_notes(dataset, sides, config),
        updates: (config.updates > 0).then_some(config.updates),
        seconds: (!has_goal).then_some(config.seconds),
        step: run.checkpoint.state.step,
        from: config.base.as_ref().map(|base| base.sha256.clone()),
        grown_from,
    }
}
