//! A device that is a function of JavaScript: it gets weights and batches and gives losses and their
//! gradient. All else of a run is as on every device.

use crate::failure;
use continuo_border::{CancelHandle, Failure, JobTask, reporter};
use continuo_train::TrainError;
use continuo_train::agreement::agreement;
use continuo_train::batch::Batch;
use continuo_train::compute::{Compute, Devices};
use continuo_train::config::AnyArchitecture;
use continuo_train::event::RunEvent;
use continuo_train::infill::Infill;
use continuo_train::network::Losses;
use continuo_train::parameters::Tensor;
use continuo_train::recurrent::{Recurrent, RecurrentBatch, RecurrentLayout};
use continuo_train::training::{TrainRequest, train_on};
use napi::bindgen_prelude::{AsyncTask, Float32Array, Function, Uint8Array};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Result, Status};
use napi_derive::napi;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

/// One update's work.
#[napi(object, object_from_js = false)]
pub struct GradientTask {
    /// "lstm" or "gru"; gates in the order of ONNX.
    pub cell: String,
    pub layers: u32,
    pub blocks: u32,
    /// Names, shapes and the order of what `weights` holds.
    pub tensors: Vec<TensorShape>,
    pub weights: Float32Array,
    pub batches: Vec<SequenceBatch>,
}

#[napi(object, object_from_js = false)]
#[derive(Clone)]
pub struct TensorShape {
    pub name: String,
    /// Matrices are `[in, out]` for `y = x W`.
    pub shape: Vec<u32>,
}

/// Sequences side by side, time-major: row `t * lanes + lane`.
#[napi(object, object_from_js = false)]
pub struct SequenceBatch {
    pub lanes: u32,
    pub steps: u32,
    /// Delay, duration, volume of each row's note, `[rows, 3]`.
    pub values: Float32Array,
    /// Its pitch class, 0-119.
    pub classes: Uint8Array,
    /// Those of the note to predict; class 255 where there is none.
    pub target_values: Float32Array,
    pub target_classes: Uint8Array,
    /// 1 where a piece begins, so that the state is zero.
    pub begins: Uint8Array,
    /// Below 2^32; none for no dropout.
    pub dropout_seed: Option<u32>,
}

/// Sums over all rows with a target.
#[napi(object, object_to_js = false)]
pub struct GradientAnswer {
    /// Of `pitch_nats + value_squares`, flat as the weights.
    pub gradient: Float32Array,
    pub pitch_nats: f64,
    /// Squared errors of the three values.
    pub value_squares: f64,
    /// Pitches that were not the likeliest.
    pub misses: u32,
}

/// How often a thread that waits for JavaScript looks whether that is still there.
const LOOK: Duration = Duration::from_millis(50);

/// As `train`, with gradients by `compute`, which answers null where it failed. `gone` is cancelled when the
/// process exits, since nothing is answered then and its end waits for this thread. Recurrent models only.
/// Errors: also `BACKEND_UNSUPPORTED`, `BACKEND_FAILED`.
#[napi]
pub fn train_by(
    request: String,
    compute: Function<GradientTask, Option<GradientAnswer>>,
    gone: &CancelHandle,
    cancel: &CancelHandle,
    on_progress: Function<String, ()>,
) -> Result<AsyncTask<JobTask>> {
    let flag = cancel.flag();
    let mut report = reporter::<RunEvent, 64>(on_progress)?;
    let devices = Scripted::new(compute, gone)?;
    Ok(continuo_border::start(
        request,
        move |request: TrainRequest| {
            let is_stopped = || flag.is_cancelled();
            let trained = train_on(&devices, &request, &is_stopped, &mut |event| report(event));
            trained.map_err(|error| devices.failure(error))
        },
    ))
}

/// How far `compute` is from the CPU on a small network: `{preset}` to `{loss, gradient}`, both null
/// where a value is not a number.
#[napi]
pub fn check_compute(
    request: String,
    compute: Function<GradientTask, Option<GradientAnswer>>,
    gone: &CancelHandle,
) -> Result<AsyncTask<JobTask>> {
    let devices = Scripted::new(compute, gone)?;
    Ok(continuo_border::start(
        request,
        move |request: CheckRequest| {
            let Some(AnyArchitecture::Recurrent(architecture)) =
                AnyArchitecture::by_name(&request.preset)
            else {
                let message = format!("{} is no recurrent network", request.preset);
                return Err(failure("MODEL_UNKNOWN", message));
            };
            let layout = RecurrentLayout::new(&architecture);
            let mut compute = ScriptedCompute::new(&layout, &devices);
            let found = agreement(&architecture, &mut compute);
            let found = found.map_err(|error| devices.failure(error))?;
            Ok(CheckAnswer {
                loss: found.loss,
                gradient: found.gradient,
            })
        },
    ))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckRequest {
    preset: String,
}

#[derive(serde::Serialize)]
struct CheckAnswer {
    loss: f64,
    gradient: f64,
}

/// Calls JavaScript and waits; none where it failed or is gone.
type Call = dyn Fn(GradientTask) -> Option<GradientOf> + Send + Sync;

/// [`GradientAnswer`] in memory that any thread may keep.
struct GradientOf {
    gradient: Vec<f32>,
    losses: Losses,
}

/// The function as a device.
struct Scripted {
    call: Arc<Call>,
    has_failed: Arc<AtomicBool>,
}

impl Scripted {
    fn new(
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

    fn failure(&self, error: TrainError) -> Failure {
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

struct ScriptedCompute {
    cell: String,
    layers: u32,
    blocks: u32,
    tensors: Vec<TensorShape>,
    call: Arc<Call>,
    has_failed: Arc<AtomicBool>,
}

impl ScriptedCompute {
    fn new(layout: &RecurrentLayout, device: &Scripted) -> ScriptedCompute {
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
