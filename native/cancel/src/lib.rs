//! A flag that another thread raises to cancel work in progress.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared between who asks and who works; looked at in every step.
#[derive(Clone, Debug, Default)]
pub struct CancelFlag(Arc<AtomicBool>);

impl CancelFlag {
    pub fn new() -> CancelFlag {
        CancelFlag::default()
    }

    /// Stop within one step.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
