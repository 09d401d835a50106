//! Work on a thread of the pool, answered as a promise of JSON text.

use napi::bindgen_prelude::{AsyncTask, JsObjectValue, Object, Unknown};
use napi::{Env, Error, JsValue, Result, Status, Task};
use serde::Serialize;
use serde::de::DeserializeOwned;

use continuo_jobs::JobError;

use crate::failure::Failure;
use crate::panics::guarded;

type Work = Box<dyn FnOnce() -> std::result::Result<String, Failure> + Send>;

/// One job, run once.
pub struct JobTask {
    work: Option<Work>,
}

impl Task for JobTask {
    type Output = std::result::Result<String, Failure>;
    type JsValue = String;

    fn compute(&mut self) -> Result<Self::Output> {
        let work = self.work.take();
        Ok(guarded(|| match work {
            Some(work) => work(),
            None => Err(Failure::panic("a job ran twice")),
        }))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> Result<Self::JsValue> {
        output.map_err(|failure| to_js_error(env, &failure))
    }
}

/// Decode the request, run `job` off the JavaScript thread, encode its answer.
pub fn start<Request, Answer>(
    request: String,
    job: impl FnOnce(Request) -> std::result::Result<Answer, JobError> + Send + 'static,
) -> AsyncTask<JobTask>
where
    Request: DeserializeOwned,
    Answer: Serialize,
{
    let work = move || {
        let request: Request =
            serde_json::from_str(&request).map_err(|reason| Failure::request(&reason))?;
        let answer = job(request)?;
        serde_json::to_string(&answer).map_err(|reason| Failure::request(&reason))
    };
    AsyncTask::new(JobTask {
        work: Some(Box::new(work)),
    })
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
