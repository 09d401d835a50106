//! A device that is a function of JavaScript: it gets weights and batches and gives losses and their
//! gradient. The rest of a run is the same as on every device.

mod device;

use crate::failure;
use continuo_border::{CancelHandle, WorkerTask, reporter};
use continuo_train::agreement::agreement;
use continuo_train::config::AnyArchitecture;
use continuo_train::event::RunEvent;
use continuo_train::recurrent::RecurrentLayout;
use continuo_train::training::{TrainRequest, train_on};
use device::{Scripted, ScriptedCompute};
use napi::Result;
use napi::bindgen_prelude::{AsyncTask, Float32Array, Function, Uint8Array};
use napi_derive::napi;

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
    /// Those of the note to predict; class 255 if there is none.
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
) -> Result<AsyncTask<WorkerTask>> {
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
) -> Result<AsyncTask<WorkerTask>> {
    let devices = Scripted::new(compute, gone)?;
    Ok(continuo_border::start(
        request,
        move |request: CheckRequest| {
            let Some(AnyArchitecture::Recurrent(architecture)) =
                AnyArchitecture::by_name(&request.preset)
            else {
                let message = format!("{} is not a recurrent network", request.preset);
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
