//! The function as a device that a run can use.

use super::{GradientAnswer, GradientTask, SequenceBatch, TensorShape};
use crate::failure;
use continuo_border::{CancelHandle, Failure};
use continuo_train::TrainError;
use continuo_train::batch::Batch;
use continuo_train::compute::{Compute, Devices};
use continuo_train::infill::Infill;
use continuo_train::network::Losses;
use continuo_train::parameters::Tensor;
use continuo_train::recurrent::{Recurrent, RecurrentBatch, RecurrentLayout};
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Result, Status};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

/// How often a thread that waits for JavaScript looks whether that is still there.
const LOOK: Duration = Duration::from_millis(50);

/// Calls JavaScript and waits; none where it failed or is gone.
type Call = dyn Fn(GradientTask) -> Option<GradientOf> + Send + Sync;

/// [`GradientAnswer`] in memory that any thread may keep.
struct GradientOf {
    gradient: Vec<f32>,
    losses: Losses,
}

/// The function as a device.
pub struct Scripted {
    call: Arc<Call>,
    has_failed: Arc<AtomicBool>,
}

impl Scripted {
    pub fn new(
        compute: Function<GradientTask, Option<GradientAnswer>>,
        gone: &CancelHandle,
    ) -> Result<Scripted> {
        let gone = gone.flag();
        let function = compute
            .build_threadsafe_function()
            .build_callback(|context| Ok(context.value))?;
        let call = move |task: GradientTask| {
            let (sender, receiver) = sync_channel(1);
            let answered = move |answer: Result<Option<GradientAnswer>>, _| {
                // Copied here, on the thread of the engine that owns the array.
                let found = answer.ok().flatten().map(|answer| GradientOf {
                    gradient: answer.gradient.to_vec(),
                    losses: Losses {
                        nats: [answer.pitch_nats, answer.value_squares, 0.0, 0.0, 0.0],
                        misses: answer.misses as usize,
                        ..Losses::default()
                    },
                });
                let _ = sender.send(found);
                Ok(())
            };
            let mode = ThreadsafeFunctionCallMode::Blocking;
            let status = function.call_with_return_value(task, mode, answered);
            if status != Status::Ok {
                return None;
            }
            loop {
                match receiver.recv_timeout(LOOK) {
                    Ok(answer) => return answer,
                    Err(RecvTimeoutError::Timeout) if !gone.is_cancelled() => {}
                    Err(_) => return None,
                }
            }
        };
        Ok(Scripted {
            call: Arc::new(call),
            has_failed: Arc::default(),
        })
    }

    pub fn failure(&self, error: TrainError) -> Failure {
        match error {
            TrainError::DeviceUnavailable { .. } if self.has_failed.load(Ordering::Relaxed) => {
                failure("BACKEND_FAILED", error.to_string())
            }
            TrainError::DeviceUnavailable { .. } => {
                failure("BACKEND_UNSUPPORTED", error.to_string())
            }
            error => crate::train_failure(error),
        }
    }
}

impl Devices for Scripted {
    fn infill<'a>(
        &self,
        device: &str,
        _: &'a Infill,
        _: usize,
    ) -> std::result::Result<Box<dyn Compute<Batch> + 'a>, TrainError> {
        Err(TrainError::DeviceUnavailable {
            device: device.to_owned(),
            reason: "it trains recurrent models only; leave out --backend, or --model lstm-192"
                .into(),
        })
    }

    fn recurrent<'a>(
        &self,
        _: &str,
        family: &'a Recurrent,
        _: usize,
    ) -> std::result::Result<Box<dyn Compute<RecurrentBatch> + 'a>, TrainError> {
        Ok(Box::new(ScriptedCompute::new(&family.layout, self)))
    }
}

pub struct ScriptedCompute {
    cell: String,
    layers: u32,
    blocks: u32,
    tensors: Vec<TensorShape>,
    call: Arc<Call>,
    has_failed: Arc<AtomicBool>,
}

impl ScriptedCompute {
    pub fn new(layout: &RecurrentLayout, device: &Scripted) -> ScriptedCompute {
        let shape = |tensor: &Tensor| TensorShape {
            name: tensor.name.clone(),
            shape: tensor.shape.iter().map(|&size| size as u32).collect(),
        };
        ScriptedCompute {
            cell: format!("{:?}", layout.architecture.cell).to_lowercase(),
            layers: layout.architecture.layers as u32,
            blocks: layout.architecture.blocks as u32,
            tensors: layout.tensors.iter().map(shape).collect(),
            call: device.call.clone(),
            has_failed: device.has_failed.clone(),
        }
    }
}

impl Compute<RecurrentBatch> for ScriptedCompute {
    fn gradient(
        &mut self,
        weights: &[f32],
        batches: &[RecurrentBatch],
        gradient: &mut [f32],
    ) -> std::result::Result<Losses, TrainError> {
        let task = GradientTask {
            cell: self.cell.clone(),
            layers: self.layers,
            blocks: self.blocks,
            tensors: self.tensors.clone(),
            weights: weights.to_vec().into(),
            batches: batches.iter().map(arrays).collect(),
        };
        let answer = (self.call)(task).filter(|answer| answer.gradient.len() == gradient.len());
        let Some(answer) = answer else {
            self.has_failed.store(true, Ordering::Relaxed);
            return Err(TrainError::DeviceUnavailable {
                device: "tfjs".into(),
                reason: "it gave no gradient".into(),
            });
        };
        gradient.copy_from_slice(&answer.gradient);
        let notes = batches.iter().map(|batch| batch.notes).sum();
        Ok(Losses {
            notes,
            predictions: notes,
            ..answer.losses
        })
    }
}

fn arrays(batch: &RecurrentBatch) -> SequenceBatch {
    let begins: Vec<u8> = batch
        .begins
        .iter()
        .map(|&begins| u8::from(begins))
        .collect();
    SequenceBatch {
        lanes: batch.lanes as u32,
        steps: batch.steps as u32,
        values: batch.values.as_flattened().to_vec().into(),
        classes: batch.classes.clone().into(),
        target_values: batch.target_values.as_flattened().to_vec().into(),
        target_classes: batch.target_classes.clone().into(),
        begins: begins.into(),
        dropout_seed: batch.dropout_seed.map(|seed| seed as u32),
    }
}
