//! The figures of an accompaniment over one chord.

use crate::chart::{At, third};
use crate::dice::Dice;
use crate::line::{Line, PPQ, SIXTEENTH};
use crate::meter::Meter;

/// Where and how loud one chord is played.
pub(super) struct Voice<'a> {
    pub line: &'a mut Line,
    pub span: At,
    pub voicing: Vec<i32>,
    pub velocity: f64,
}

impl Voice<'_> {
    pub fn length(&self) -> i32 {
        self.span.end - self.span.start
    }

    pub fn chord(&mut self, after: i32, duration: i32, loud: f64) {
        let tick = self.span.start + after;
        let duration = duration.min(self.span.end - tick) - SIXTEENTH / 12;
        for pitch in self.voicing.clone() {
            self.line.add(tick, duration, pitch, self.velocity * loud);
        }
    }

    pub fn every(&mut self, step: i32, first: i32, duration: i32) {
        for after in (first..self.length()).step_by(step as usize) {
            self.chord(after, duration, 1.0);
        }
    }

    pub fn at_groups(&mut self, bar: i32, meter: &Meter, duration: impl Fn(i32) -> i32) {
        let starts = meter.starts();
        for (i, start) in starts.iter().enumerate() {
            let after = bar + start * SIXTEENTH - self.span.start;
            if (0..self.length()).contains(&after) {
                self.chord(
                    after,
                    duration(meter.groups[i] * SIXTEENTH),
                    if i % 2 == 0 { 1.05 } else { 0.92 },
                );
            }
        }
    }

    /// Strokes over a pattern; the ear fills in what is left out.
    pub fn strum(&mut self, step: i32, pattern: &str, keeps: f64, dice: &mut Dice) {
        let signs = pattern.as_bytes();
        for (i, after) in (0..self.length()).step_by(step as usize).enumerate() {
            let loud = match signs[i % signs.len()] {
                b'X' => 1.1,
                b'x' => 0.95,
                b'o' => 0.78,
                _ => continue,
            };
            if i == 0 || dice.chance(keeps) {
                self.chord(after, step, loud);
            }
        }
    }

    pub fn arpeggio(&mut self, step: i32, order: &[usize]) {
        for (i, after) in (0..self.length()).step_by(step as usize).enumerate() {
            let voice = order[i % order.len()];
            let octave = 12 * (voice / self.voicing.len()) as i32;
            let pitch = self.voicing[voice % self.voicing.len()] + octave;
            let loud = if after % PPQ == 0 { 1.05 } else { 0.88 };
            self.line.add(
                self.span.start + after,
                (step * 9 / 10).min(self.length() - after),
                pitch,
                self.velocity * loud,
            );
        }
    }

    pub fn rhythm(&mut self, bar: i32, onsets: &[(i32, i32)], keeps: f64, dice: &mut Dice) {
        for &(step, length) in onsets {
            let after = bar + step * SIXTEENTH - self.span.start;
            if (0..self.length()).contains(&after) && dice.chance(keeps) {
                self.chord(
                    after,
                    length * SIXTEENTH,
                    if step % 4 == 0 { 1.05 } else { 0.95 },
                );
            }
        }
    }

    /// Palm-muted eighths with open accents.
    pub fn muted(&mut self, dice: &mut Dice) {
        for (i, after) in (0..self.length())
            .step_by(SIXTEENTH as usize * 2)
            .enumerate()
        {
            let is_open = i == 0 || dice.chance(0.12);
            self.chord(
                after,
                if is_open { SIXTEENTH * 2 } else { SIXTEENTH },
                if is_open { 1.15 } else { 0.95 },
            );
        }
    }

    pub fn gallop(&mut self) {
        for after in (0..self.length()).step_by(PPQ as usize) {
            self.chord(after, SIXTEENTH * 2, 1.1);
            self.chord(after + SIXTEENTH * 2, SIXTEENTH, 0.92);
            self.chord(after + SIXTEENTH * 3, SIXTEENTH, 0.92);
        }
    }

    pub fn charleston(&mut self, dice: &mut Dice) {
        let rhythms: [&[i32]; 5] = [&[0, 6], &[2, 10], &[6, 14], &[0, 10], &[4]];
        for &step in *dice.pick(&rhythms) {
            if step * SIXTEENTH < self.length() {
                let length = *dice.pick(&[1, 2, 4]);
                self.chord(step * SIXTEENTH, length * SIXTEENTH, 0.95);
            }
        }
    }

    /// Octaves and thirds of a Cuban piano, over two bars' clave.
    pub fn montuno(&mut self, bar: i32) {
        let root = self.voicing[0];
        let third = third(&self.span.chord);
        for (i, step) in [0, 2, 3, 5, 7, 8, 10, 12, 13, 15].into_iter().enumerate() {
            let after = bar + step * SIXTEENTH - self.span.start;
            if !(0..self.length()).contains(&after) {
                continue;
            }
            let above = [0, third, 7, 12, third, 7, 0, third, 12, 7][i];
            let duration = (SIXTEENTH * 3 / 2).min(self.length() - after);
            for octave in [0, 12] {
                let pitch = root + above + octave;
                self.line
                    .add(self.span.start + after, duration, pitch, self.velocity);
            }
        }
    }

    /// A thumb on the beats and fingers between.
    pub fn travis(&mut self) {
        let low = self.voicing[0] - 12;
        for (i, after) in (0..self.length())
            .step_by(SIXTEENTH as usize * 2)
            .enumerate()
        {
            let pitch = match i % 8 {
                0 | 4 => low,
                2 | 6 => low + 7,
                1 => self.voicing[self.voicing.len() - 1],
                3 | 7 => self.voicing[1 % self.voicing.len()],
                _ => self.voicing[2 % self.voicing.len()],
            };
            self.line.add(
                self.span.start + after,
                (SIXTEENTH * 2).min(self.length() - after),
                pitch,
                self.velocity * if i % 2 == 0 { 1.0 } else { 0.9 },
            );
        }
    }
}
