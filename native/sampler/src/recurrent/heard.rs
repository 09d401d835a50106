//! Snaps predictions to recently played values, so that tempo, length and loudness do not drift.
//!
//! A prediction that is slightly too small each time, and is fed back, would shrink to nothing. So each value becomes
//! the recent one that is nearest to it, if one is near enough, and a drift away from the beginning is corrected.

use std::cmp::Ordering;
use std::collections::VecDeque;

/// Values that are remembered.
const REMEMBERED: usize = 32;
/// A value in one of these relations to one that was heard fits it: halves, doubles, triplets, dots.
const RELATIONS: [f32; 7] = [0.5, 2.0, 1.5, 2.0 / 3.0, 3.0, 1.0 / 3.0, 4.0];
/// Farther from what is predicted nothing fits.
const FAR: f32 = 1.25;

#[derive(Clone, Debug, Default)]
pub struct Heard {
    values: VecDeque<f32>,
}

impl Heard {
    /// Values above 0.
    pub fn hear(&mut self, value: f32) {
        if value > 0.0 {
            if self.values.len() == REMEMBERED {
                self.values.pop_front();
            }
            self.values.push_back(value);
        }
    }

    /// One that was heard and lies in a range, or not farther from it than by the factor `near`; else one in
    /// a simple relation to one that was heard; else the middle of the range.
    pub fn draw(
        &self,
        (low, high): (f32, f32),
        near: f32,
        mut uniform: impl FnMut() -> f32,
    ) -> f32 {
        if low.partial_cmp(&high).is_none_or(Ordering::is_gt) {
            return low;
        }
        let range = low / near..=high * near;
        let likely = || self.values.iter().filter(|value| range.contains(*value));
        let index = (uniform() * likely().count() as f32) as usize;
        match likely().nth(index) {
            Some(&heard) => heard,
            None => self.related(low, high),
        }
    }

    fn related(&self, low: f32, high: f32) -> f32 {
        let middle = (low * high).sqrt();
        let factor = |a: f32, b: f32| if a > b { a / b } else { b / a };
        let (mut nearest, mut least) = (middle, FAR);
        for value in &self.values {
            for value in RELATIONS.map(|relation| value * relation) {
                // Inside the range the middle is a little better.
                let away = factor(value, value.clamp(low, high)) + 0.01 * factor(value, middle);
                if away < least {
                    (nearest, least) = (value, away);
                }
            }
        }
        nearest
    }
}

/// What a piece begins with counts as this many notes of what is usual.
const USUAL_NOTES: f64 = 64.0;
/// Notes from the beginning that say how fast, long or loud a piece is.
const FIRST: u32 = 256;
/// Notes over which it is seen how it is lately.
const LATELY: f32 = 64.0;
/// A prediction is changed by no more than e to this.
const MOST: f32 = 0.3;

/// The mean of a value in the beginning and lately.
#[derive(Clone, Debug)]
pub struct Pace {
    sum: f64,
    count: u32,
    lately: f32,
}

impl Pace {
    /// `usual`: the mean in pieces of which nothing is known yet.
    pub fn new(usual: f32) -> Pace {
        Pace {
            sum: USUAL_NOTES * f64::from(usual),
            count: 0,
            lately: usual,
        }
    }

    pub fn hear(&mut self, value: f32) {
        if self.count < FIRST {
            self.sum += f64::from(value);
            self.count += 1;
        }
        self.lately += (value - self.lately) / LATELY;
    }

    /// What to multiply a prediction by, so that it stays as it was.
    pub fn factor(&self) -> f32 {
        let first = (self.sum / (USUAL_NOTES + f64::from(self.count))) as f32;
        let away = (first.max(1e-3) / self.lately.max(1e-3)).ln();
        away.clamp(-MOST, MOST).exp()
    }
}

#[cfg(test)]
pub fn numbers() -> impl FnMut() -> f32 {
    let mut state = 1u32;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_that_was_heard_or_fits_one() {
        let mut heard = Heard::default();
        let mut uniform = numbers();
        assert_eq!(heard.draw((0.3, 0.3), 1.2, &mut uniform), 0.3);
        [0.4, 0.5, 0.0]
            .into_iter()
            .for_each(|value| heard.hear(value));
        assert_eq!(heard.draw((0.42, 0.42), 1.15, &mut uniform), 0.4);
        // Half of 0.4, and nothing that fits.
        assert_eq!(heard.draw((0.21, 0.21), 1.1, &mut uniform), 0.2);
        assert_eq!(heard.draw((9.0, 9.0), 1.1, &mut uniform), 9.0);
        assert!(heard.draw((f32::NAN, f32::NAN), 1.1, &mut uniform).is_nan());
        let drawn: Vec<f32> = (0..200)
            .map(|_| heard.draw((0.4, 0.5), 1.0, &mut uniform))
            .collect();
        let count = drawn.iter().filter(|&&value| value == 0.4).count();
        assert!((60..140).contains(&count), "{count}");
    }

    #[test]
    fn what_shrinks_each_time_it_is_heard_stays_as_it_was() {
        let mut pace = Pace::new(0.6);
        let mut value = 0.6;
        for _ in 0..5000 {
            value = 0.97 * value * pace.factor();
            pace.hear(value);
        }
        assert!((0.45..0.65).contains(&value), "{value}");
        // A piece that began slowly is slow.
        let mut slow = Pace::new(0.1);
        (0..500).for_each(|_| slow.hear(0.4));
        (0..100).for_each(|_| slow.hear(0.2));
        assert!(slow.factor() > 1.25, "{}", slow.factor());
    }
}
