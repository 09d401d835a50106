//! The schedule of a run: what is due at which training time.

use crate::config::RunConfig;
use std::time::Instant;

/// A crash costs no more training than this.
const LATEST_SECONDS: f64 = 300.0;

/// Whether the latest checkpoint is written again, so long after the last time.
fn is_due(seconds: f64) -> bool {
    seconds >= LATEST_SECONDS
}

/// The clock of a run, and when each thing was done last; in seconds of training.
pub(super) struct Schedule {
    began: Instant,
    /// By the process that began the run.
    earlier: f64,
    paused: f64,
    evaluated: f64,
    saved: f64,
    kept: f64,
}

/// What is due before an update.
pub(super) struct Due {
    pub seconds: f64,
    /// Of the whole run.
    pub fraction: f64,
    pub is_over: bool,
    pub is_evaluated: bool,
    pub is_saved: bool,
    /// The checkpoint is one to keep.
    pub is_kept: bool,
}

impl Schedule {
    /// `earlier`: seconds that were trained before.
    pub fn new(earlier: f64) -> Schedule {
        Schedule {
            began: Instant::now(),
            earlier,
            paused: 0.0,
            evaluated: earlier,
            saved: earlier,
            kept: earlier,
        }
    }

    pub fn seconds(&self) -> f64 {
        self.earlier + self.began.elapsed().as_secs_f64() - self.paused
    }

    /// Do what does not count as training.
    pub fn pausing<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let pause = Instant::now();
        let done = work();
        self.paused += pause.elapsed().as_secs_f64();
        done
    }

    /// What is due now; it counts as done.
    pub fn due(&mut self, config: &RunConfig, seconds: f64, fraction: f64, is_over: bool) -> Due {
        let is_evaluated = is_over || seconds - self.evaluated >= config.evaluate_seconds;
        let is_kept = seconds - self.kept >= config.checkpoint_seconds;
        let is_saved = is_over || is_kept || is_due(seconds - self.saved);
        if is_evaluated {
            self.evaluated = seconds;
        }
        if is_saved {
            self.saved = seconds;
        }
        if is_kept {
            self.kept = seconds;
        }
        Due {
            seconds,
            fraction,
            is_over,
            is_evaluated,
            is_saved,
            is_kept: is_kept && !is_over,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::AnyArchitecture;

    #[test]
    fn the_latest_checkpoint_is_a_few_minutes_old_at_most_whatever_is_kept() {
        let howl = AnyArchitecture::by_name("lstm-192").map(RunConfig::new);
        // Howl keeps one every two hours.
        assert_eq!(howl.expect("a preset").checkpoint_seconds, 7200.0);
        assert!(!is_due(60.0) && is_due(LATEST_SECONDS) && LATEST_SECONDS <= 600.0);
    }
}
