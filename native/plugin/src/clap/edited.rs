//! Which parameters the musician changed in the editor: the next block, or the next flush, tells the host.

use clack_plugin::events::Pckn;
use clack_plugin::events::event_types::ParamValueEvent;
use clack_plugin::prelude::*;
use continuo_plugin_engine::{ParameterId, Shared};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::AcqRel};

/// A bit for each parameter.
#[derive(Clone, Default)]
pub(crate) struct Edited(Arc<AtomicU64>);

impl Edited {
    pub fn mark(&self, id: ParameterId) {
        self.0.fetch_or(1 << id as u32, AcqRel);
    }

    /// Neither waits nor allocates. One that the host has no room for is told the next time.
    pub fn tell(&self, values: &Shared, output: &mut OutputEvents) {
        let mut marked = self.0.swap(0, AcqRel);
        while marked != 0 {
            let index = marked.trailing_zeros();
            marked &= marked - 1;
            let Some(id) = ParameterId::from_index(index) else {
                continue;
            };
            let event =
                ParamValueEvent::new(0, ClapId::new(index), Pckn::match_all(), values.value(id));
            if output.try_push(event).is_err() {
                self.mark(id);
            }
        }
    }
}
