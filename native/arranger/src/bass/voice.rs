//! The figures of a bass over one chord.

use crate::chart::{At, Chart, fifth, nearest, third};
use crate::dice::Dice;
use crate::line::{Line, PPQ, SIXTEENTH};
use crate::meter::Meter;

/// Where and how loud the bass plays one chord.
pub(super) struct Voice<'a> {
    pub line: &'a mut Line,
    pub root: i32,
    pub span: At,
    pub velocity: f64,
    pub chart: &'a Chart,
    pub low: i32,
}

impl Voice<'_> {
    pub fn note(&mut self, after: i32, duration: i32, above: i32, loud: f64) {
        let tick = self.span.start + after;
        let duration = duration.min(self.span.end - tick) - SIXTEENTH / 12;
        self.line
            .add(tick, duration, self.root + above, self.velocity * loud);
    }

    pub fn length(&self) -> i32 {
        self.span.end - self.span.start
    }

    pub fn repeat(&mut self, step: i32, fill: f64, dice: &mut Dice) {
        for (i, after) in (0..self.length()).step_by(step as usize).enumerate() {
            let above = if i % 8 == 7 && dice.chance(0.15) {
                *dice.pick(&[7, 12, -5])
            } else {
                0
            };
            let loud = if i % 4 == 0 { 1.06 } else { 0.94 };
            self.note(after, (f64::from(step) * fill) as i32, above, loud);
        }
    }

    pub fn every(&mut self, step: i32, first: i32, duration: i32) {
        for after in (first..self.length()).step_by(step as usize) {
            self.note(after, duration, 0, 1.0);
        }
    }

    pub fn groups(&mut self, bar: i32, meter: &Meter) {
        for start in meter.starts() {
            let after = bar + start * SIXTEENTH - self.span.start;
            if (0..self.length()).contains(&after) {
                self.note(after, SIXTEENTH * 4, 0, 1.0);
            }
        }
    }

    pub fn alternate(&mut self, meter: &Meter) {
        let step = if meter.is_compound() {
            SIXTEENTH * 6
        } else {
            PPQ * 2
        };
        let fifth = fifth(&self.span.chord);
        let other = if self.root + fifth - 12 >= self.low {
            fifth - 12
        } else {
            fifth
        };
        for (i, after) in (0..self.length()).step_by(step as usize).enumerate() {
            self.note(after, step * 2 / 3, if i % 2 == 0 { 0 } else { other }, 1.0);
        }
    }

    pub fn octaves(&mut self) {
        for (i, after) in (0..self.length())
            .step_by(SIXTEENTH as usize * 2)
            .enumerate()
        {
            self.note(
                after,
                SIXTEENTH * 3 / 2,
                if i % 2 == 0 { 0 } else { 12 },
                1.0,
            );
        }
    }

    pub fn gallop(&mut self) {
        for after in (0..self.length()).step_by(PPQ as usize) {
            self.note(after, SIXTEENTH * 2, 0, 1.05);
            self.note(after + SIXTEENTH * 2, SIXTEENTH, 0, 0.9);
            self.note(after + SIXTEENTH * 3, SIXTEENTH, 0, 0.9);
        }
    }

    /// Root, then steps of chord and scale, then a semitone beside the next root.
    pub fn walk(&mut self, dice: &mut Dice) {
        let beats = self.length() / PPQ;
        let next = self
            .chart
            .next(self.span.start)
            .map_or(self.root, |at| nearest(i32::from(at.chord.bass), self.root));
        let (third, fifth) = (third(&self.span.chord), fifth(&self.span.chord));
        let mut above = 0;
        for beat in 0..beats {
            let is_last = beat + 1 == beats && beats > 1;
            if is_last {
                above = next - self.root + *dice.pick(&[-1, 1, -2, 2]);
            } else if beat > 0 {
                above = *dice.pick(&[third, fifth, third - 12, 12, fifth - 12, 2, 9]);
                if self.root + above < self.low {
                    above += 12;
                }
            }
            self.note(
                beat * PPQ,
                PPQ,
                above,
                if beat % 2 == 0 { 1.0 } else { 1.04 },
            );
            if !is_last && dice.chance(0.1) {
                self.note(beat * PPQ + SIXTEENTH * 2, SIXTEENTH, above, 0.7);
            }
        }
        if beats == 0 {
            self.note(0, self.length(), 0, 1.0);
        }
    }

    /// With the bass drum, and at the chord's start.
    pub fn on(&mut self, kicks: &[i32], dice: &mut Dice) {
        let mut ticks: Vec<i32> = kicks
            .iter()
            .copied()
            .filter(|t| (self.span.start..self.span.end).contains(t))
            .collect();
        if ticks.first() != Some(&self.span.start) {
            ticks.insert(0, self.span.start);
        }
        for (i, &tick) in ticks.iter().enumerate() {
            let until = ticks.get(i + 1).copied().unwrap_or(self.span.end);
            let above = if i > 0 && dice.chance(0.15) {
                *dice.pick(&[7, 12, -5])
            } else {
                0
            };
            self.note(
                tick - self.span.start,
                (until - tick).min(PPQ * 2),
                above,
                1.0,
            );
        }
    }

    /// A pattern of sixteenths from the chord's start; thirds and fifths are the chord's.
    pub fn pattern(&mut self, notes: &[(i32, i32, i32)], dice: &mut Dice) {
        let (third, fifth) = (third(&self.span.chord), fifth(&self.span.chord));
        for &(step, length, above) in notes {
            let above = match above {
                4 => third,
                7 => fifth,
                other => other,
            };
            if dice.chance(0.93) && step * SIXTEENTH < self.length() {
                self.note(
                    step * SIXTEENTH,
                    length * SIXTEENTH,
                    above,
                    if step % 4 == 0 { 1.04 } else { 0.92 },
                );
            }
        }
    }

    pub fn riff(&mut self, riff: &[(i32, i32, i32)], bar: i32) {
        for &(step, length, above) in riff {
            let after = bar + step * SIXTEENTH - self.span.start;
            if (0..self.length()).contains(&after) {
                self.note(after, length * SIXTEENTH, above, 1.0);
            }
        }
    }

    /// A last sixteenth or two that lead into the next chord.
    pub fn approach(&mut self, dice: &mut Dice) {
        let Some(next) = self.chart.next(self.span.start) else {
            return;
        };
        let target = nearest(i32::from(next.chord.bass), self.root) - self.root;
        let from = if dice.chance(0.5) { -1 } else { 1 };
        let length = self.length();
        if target != 0 && length >= PPQ {
            if dice.chance(0.4) {
                self.note(length - SIXTEENTH * 2, SIXTEENTH, target + 2 * from, 0.85);
            }
            self.note(length - SIXTEENTH, SIXTEENTH, target + from, 0.9);
        }
    }
}
