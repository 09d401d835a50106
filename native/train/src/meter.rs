//! Measurements between two reports of a run.

use crate::event::{Parts, RunEvent};
use crate::family::Family;
use crate::network::Losses;

const REPORT_SECONDS: f64 = 2.0;
/// Updates that are waited for before a rising loss counts.
const CALM_UPDATES: usize = 30;
/// Share of the mean loss that each update keeps: some 25 count. Single updates of mixed data differ
/// by as much as a loss that has left, and how many fall into one report depends on the machine.
const KEPT: f64 = 0.96;

/// Sums since the last report, and the mean loss of the latest updates with its lowest value so far.
pub struct Meter {
    sum: Losses,
    units: usize,
    norm: f32,
    reported: f64,
    updates: usize,
    /// Nats and notes of the latest updates, the older the less.
    recent: (f64, f64),
    lowest: f64,
}

impl Meter {
    pub fn new(seconds: f64) -> Meter {
        Meter {
            sum: Losses::default(),
            units: 0,
            norm: 0.0,
            reported: seconds,
            updates: 0,
            recent: (0.0, 0.0),
            lowest: f64::INFINITY,
        }
    }

    pub fn add(&mut self, losses: &Losses, units: usize, norm: f32) {
        self.sum.add(losses);
        self.updates += 1;
        let (nats, notes) = self.recent;
        let notes = notes * KEPT + losses.notes.max(1) as f64;
        self.recent = (nats * KEPT + losses.nats.iter().sum::<f64>(), notes);
        let mean = self.recent.0 / self.recent.1;
        // A mean of few updates may be low by chance.
        let counts = self.updates == CALM_UPDATES || self.lowest > mean;
        self.lowest = if counts { mean } else { self.lowest };
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

    /// Whether the loss has left for good: not finite, or its mean far above the lowest so far. It may
    /// jump in the beginning, unless that is all there is.
    pub fn diverges(&self, loss: f64, is_last: bool) -> bool {
        let limit = if is_last || self.updates > CALM_UPDATES {
            2.0 * self.lowest + 2.0
        } else {
            10.0 * self.lowest + 10.0
        };
        let mean = self.recent.0 / self.recent.1.max(1.0);
        // `f64::min` passes over what is not a number, so that the lowest stays one.
        !loss.is_finite() || !mean.is_finite() || mean > limit
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

#[cfg(test)]
mod tests {
    use super::*;

    fn losses(nats_per_note: f64) -> Losses {
        Losses {
            nats: [nats_per_note * 100.0, 0.0, 0.0, 0.0, 0.0],
            notes: 100,
            ..Losses::default()
        }
    }

    fn run(all: impl Iterator<Item = f64>) -> bool {
        let mut meter = Meter::new(0.0);
        let mut last = 0.0;
        let left = all.map(|loss| {
            last = loss;
            meter.add(&losses(loss), 1, 1.0);
            meter.diverges(loss, false)
        });
        left.filter(|&has_left| has_left).count() > 0
    }

    #[test]
    fn updates_of_easy_and_hard_music_in_turn_are_no_divergence() {
        assert!(!run((0..500).map(|i| if i % 7 == 0 { 0.3 } else { 3.2 })));
    }

    #[test]
    fn a_loss_that_stays_high_or_explodes_is_one() {
        assert!(run((0..200).map(|i| if i < 100 { 1.5 } else { 6.0 })));
        assert!(run((0..100).map(|i| if i < 60 { 1.5 } else { 1e6 })));
        assert!(run((0..100).map(|i| if i == 60 { f64::NAN } else { 1.5 })));
    }

    #[test]
    fn a_jump_in_the_beginning_is_none_unless_it_is_the_end() {
        let mut meter = Meter::new(0.0);
        meter.add(&losses(9.0), 1, 1.0);
        meter.add(&losses(40.0), 1, 1.0);
        assert!(!meter.diverges(40.0, false));
        assert!(meter.diverges(40.0, true));
    }
}
