//! Work on a thread of the pool, answered as a promise of JSON text.

use napi::bindgen_prelude::{AsyncTask, Function, JsObjectValue, Object, Unknown};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Env, Error, JsValue, Result, Status, Task};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::panics::guarded;

type Work = Box<dyn FnOnce() -> std::result::Result<String, Failure> + Send>;

/// Work that runs once.
pub struct WorkerTask {
    work: Option<Work>,
}

impl Task for WorkerTask {
    type Output = std::result::Result<String, Failure>;
    type JsValue = String;

    fn compute(&mut self) -> Result<Self::Output> {
        let work = self.work.take();
        Ok(guarded(|| match work {
            Some(work) => work(),
            None => Err(Failure::panic("the work of a task ran twice")),
        }))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> Result<Self::JsValue> {
        output.map_err(|failure| to_js_error(env, &failure))
    }
}

/// Decode the request, run `operation` off the JavaScript thread, encode its answer.
pub fn start<Request, Answer>(
    request: String,
    operation: impl FnOnce(Request) -> std::result::Result<Answer, Failure> + Send + 'static,
) -> AsyncTask<WorkerTask>
where
    Request: DeserializeOwned,
    Answer: Serialize,
{
    let work = move || {
        let request: Request =
            serde_json::from_str(&request).map_err(|reason| Failure::request(&reason))?;
        let answer = operation(request)?;
        serde_json::to_string(&answer).map_err(|reason| Failure::request(&reason))
    };
    AsyncTask::new(WorkerTask {
        work: Some(Box::new(work)),
    })
}

/// Tells JavaScript something while the work runs; what it has no time for is left out.
pub type Reporter<T> = Box<dyn FnMut(&T) + Send>;

/// A reporter that gives values to `callback` as JSON text, with at most `QUEUE` waiting.
pub fn reporter<T: Serialize, const QUEUE: usize>(
    callback: Function<String, ()>,
) -> Result<Reporter<T>> {
    let steps = callback
        .build_threadsafe_function()
        .max_queue_size::<QUEUE>()
        .build_callback(|context| Ok(context.value))?;
    Ok(Box::new(move |step| {
        if let Ok(step) = serde_json::to_string(step) {
            steps.call(step, ThreadsafeFunctionCallMode::NonBlocking);
        }
    }))
}

/// As [`Reporter`], and says whether the value was taken.
pub type CheckedReporter<T> = Box<dyn FnMut(&T) -> bool + Send>;

/// As [`reporter`] with one value waiting at most; what finds no room is refused, so that it can be
/// told with the next.
pub fn checked_reporter<T: Serialize>(
    callback: Function<String, ()>,
) -> Result<CheckedReporter<T>> {
    let steps = callback
        .build_threadsafe_function()
        .max_queue_size::<1>()
        .build_callback(|context| Ok(context.value))?;
    Ok(Box::new(move |step| {
        serde_json::to_string(step).is_ok_and(|step| {
            steps.call(step, ThreadsafeFunctionCallMode::NonBlocking) == Status::Ok
        })
    }))
}

/// A JavaScript `Error` with `code`, `data` (JSON text) and `retryable`.
fn to_js_error(env: Env, failure: &Failure) -> Error {
    let built = || -> Result<Error> {
        let plain = Error::new(Status::GenericFailure, failure.message.clone());
        let mut error: Object = env.create_error(plain)?;
        error.set_named_property("code", failure.code)?;
        error.set_named_property("data", failure.data.as_str())?;
        error.set_named_property("retryable", failure.retryable)?;
        let unknown: Unknown = error.to_unknown();
        Ok(Error::from(unknown))
    };
    built().unwrap_or_else(|error| error)
}
