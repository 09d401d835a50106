//! What both addons need at the border to JavaScript: jobs on another thread, one shape of failure,
//! panics that stop here, and a way to cancel.

mod cancel;
mod failure;
mod panics;
mod task;

pub use cancel::CancelHandle;
pub use failure::Failure;
pub use task::{CheckedReporter, JobTask, Reporter, checked_reporter, reporter, start};
