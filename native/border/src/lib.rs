//! What both addons need at the border to JavaScript: work on another thread, one shape of failure,
//! panics that stop here, and a way to cancel.

mod cancel;
mod failure;
mod panics;
mod task;

pub use cancel::CancelHandle;
pub use failure::Failure;
pub use task::{CheckedReporter, Reporter, WorkerTask, checked_reporter, reporter, start};
