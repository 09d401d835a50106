//! The deadline of a fill, and the clock that checks it.

use std::sync::Arc;
use std::time::{Duration, Instant};

/// Where time comes from: the machine, or a test that sets it by hand.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Clock {
    /// A clock that shows what `now` gives: the time since any moment, as long as it stays the same one.
    pub fn new(now: impl Fn() -> Duration + Send + Sync + 'static) -> Clock {
        Clock(Arc::new(now))
    }

    /// So many milliseconds from now.
    pub(crate) fn deadline(&self, ms: Option<u64>) -> Option<Deadline> {
        ms.map(|ms| Deadline {
            ms,
            end: (self.0)() + Duration::from_millis(ms),
            clock: self.clone(),
        })
    }
}

impl Default for Clock {
    fn default() -> Clock {
        let started = Instant::now();
        Clock::new(move || started.elapsed())
    }
}

pub(crate) struct Deadline {
    /// As it was asked for.
    pub ms: u64,
    end: Duration,
    clock: Clock,
}

impl Deadline {
    pub fn is_over(&self) -> bool {
        self.left().is_zero()
    }

    /// Nothing once it is over.
    pub fn left(&self) -> Duration {
        self.end.saturating_sub((self.clock.0)())
    }
}
