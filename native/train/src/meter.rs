//! What is measured between two reports of a run.

use crate::event::{Parts, RunEvent};
use crate::family::Family;
use crate::network::Losses;

const REPORT_SECONDS: f64 = 2.0;
/// Reports that are waited for before a rising loss counts.
const CALM_REPORTS: usize = 3;

/// Sums since the last report, and the lowest loss so far.
pub struct Meter {
    sum: Losses,
    units: usize,
    norm: f32,
    reported: f64,
    reports: usize,
    lowest: f64,
}

impl Meter {
    pub fn new(seconds: f64) -> Meter {
        Meter {
            sum: Losses::default(),
            units: 0,
            norm: 0.0,
            reported: seconds,
            reports: 0,
            lowest: f64::INFINITY,
        }
    }

    pub fn add(&mut self, losses: &Losses, units: usize, norm: f32) {
        if self.lowest.is_infinite() {
            // The first update's loss: what may come later has something to be compared with.
            self.lowest = losses.nats_per_note();
        }
        self.sum.add(losses);
        self.units += units;
        self.norm = norm;
    }

    pub fn has_any(&self) -> bool {
        self.units > 0
    }

    pub fn is_due(&self, seconds: f64) -> bool {
        self.has_any() && seconds - self.reported >= REPORT_SECONDS
    }

    /// Tell what was measured and begin again. Returns the loss.
    pub fn report<F: Family>(
        &mut self,
        step: u64,
        seconds: f64,
        fraction: f64,
        learning_rate: f32,
        event: &mut dyn FnMut(&RunEvent),
    ) -> f64 {
        let span = (seconds - self.reported).max(1e-9);
        let loss = self.sum.nats_per_note();
        event(&RunEvent::Step {
            step,
            loss,
            parts: parts::<F>(&self.sum),
            learning_rate,
            gradient_norm: self.norm,
            steps_per_second: self.units as f64 / span,
            notes_per_second: self.sum.notes as f64 / span,
            seconds,
            seconds_left: seconds_left(seconds, fraction),
            memory_mib: memory_mib(),
        });
        (self.sum, self.units) = (Losses::default(), 0);
        self.reported = seconds;
        loss
    }

    /// Whether the loss has left for good: not finite, or far above the lowest so far. It may jump in
    /// the beginning, unless that is all there is.
    pub fn diverges(&mut self, loss: f64, is_last: bool) -> bool {
        self.reports += 1;
        self.lowest = self.lowest.min(loss);
        let limit = if is_last || self.reports > CALM_REPORTS {
            2.0 * self.lowest + 2.0
        } else {
            10.0 * self.lowest + 10.0
        };
        !loss.is_finite() || loss > limit
    }
}

/// Of training, where `fraction` of it took `seconds`.
pub fn seconds_left(seconds: f64, fraction: f64) -> f64 {
    seconds / fraction.max(1e-9) * (1.0 - fraction).max(0.0)
}

/// Parts of a loss by name, as events carry them.
pub fn parts<F: Family>(losses: &Losses) -> Parts {
    F::parts(losses)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect()
}

/// Resident memory of the process; 0 where the system does not tell.
fn memory_mib() -> f64 {
    memory_stats::memory_stats().map_or(0.0, |m| m.physical_mem as f64 / (1u64 << 20) as f64)
}
