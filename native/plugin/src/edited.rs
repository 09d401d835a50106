//! Which parameters the musician changed in the editor: the host is told when it asks.

use continuo_plugin_engine::ParameterId;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::AcqRel};

/// A bit for each parameter.
#[derive(Clone, Default)]
pub(crate) struct Edited(Arc<AtomicU64>);

impl Edited {
    pub fn mark(&self, id: ParameterId) {
        self.0.fetch_or(1 << id as u32, AcqRel);
    }

    /// Calls `tell` for each; one for which it says no is told the next time. Neither waits nor allocates.
    pub fn take(&self, mut tell: impl FnMut(ParameterId) -> bool) {
        let mut marked = self.0.swap(0, AcqRel);
        while marked != 0 {
            let index = marked.trailing_zeros();
            marked &= marked - 1;
            if let Some(id) = ParameterId::from_index(index)
                && !tell(id)
            {
                self.mark(id);
            }
        }
    }
}
