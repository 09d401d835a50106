//! Accompaniment: voicings that move little, and the rhythms they are played in.

use crate::chart::{At, third};
use crate::dice::Dice;
use crate::line::{Line, PPQ, SIXTEENTH};
use crate::meter::Meter;
use crate::passage::Passage;
use crate::style::CompKind;
use continuo_tokenizer::chord::Chord;

/// What this piece's pianist or guitarist plays.
pub struct Comper {
    pub kind: CompKind,
    center: i32,
    voices: usize,
    /// An order of voices for arpeggios.
    order: Vec<usize>,
    /// Onsets in sixteenths of a rhythm of the piece's own.
    stabs: Vec<(i32, i32)>,
    density: f64,
    habits: u64,
}

impl Comper {
    pub fn new(kind: CompKind, center: i32, meter: &Meter, dice: &mut Dice) -> Comper {
        let orders: [&[usize]; 7] = [
            &[0, 1, 2, 3],
            &[0, 2, 1, 2],
            &[0, 1, 2, 1],
            &[3, 2, 1, 0],
            &[0, 2, 3, 2, 1, 2, 3, 2],
            &[0, 1, 2, 3, 2, 1],
            &[0, 3, 1, 2],
        ];
        Comper {
            kind,
            center,
            voices: *dice.pick(&[3, 3, 4]),
            order: dice.pick(&orders).to_vec(),
            stabs: stabs(meter, dice),
            density: 0.7 + 0.3 * dice.uniform(),
            habits: dice.seed(),
        }
    }

    pub fn play(&self, passage: Passage<'_>, line: &mut Line, dice: &mut Dice) {
        let velocity = 60.0 + 26.0 * passage.loud;
        let mut before: Vec<i32> = Vec::new();
        for (at, span, slot) in passage.chords() {
            let dice = &mut dice.habit(self.habits, slot);
            let voicing = self.voicing(&span.chord, &before);
            before.clone_from(&voicing);
            let mut say = Voice {
                line,
                span,
                voicing,
                velocity,
            };
            self.bar(&mut say, at, passage.meter, dice);
        }
        line.hits.sort_by_key(|h| (h.tick, h.pitch));
    }

    fn bar(&self, say: &mut Voice<'_>, bar: i32, meter: &Meter, dice: &mut Dice) {
        let keeps = self.density;
        match self.kind {
            CompKind::Block => say.at_groups(bar, meter, |length| length * 9 / 10),
            CompKind::HalfNotes | CompKind::PowerHeld => say.chord(0, say.length(), 1.0),
            CompKind::Strum8 => say.strum(SIXTEENTH * 2, "XoxoXoxo", keeps, dice),
            CompKind::Strum16 => say.strum(SIXTEENTH, "X.xoX.xo.oxoX.xo", keeps, dice),
            CompKind::Arp8 => say.arpeggio(SIXTEENTH * 2, &self.order),
            CompKind::Arp16 => say.arpeggio(SIXTEENTH, &self.order),
            CompKind::Offbeat => say.every(PPQ, SIXTEENTH * 2, SIXTEENTH * 2),
            CompKind::Skank => say.every(
                PPQ,
                if meter.is_compound() {
                    SIXTEENTH * 4
                } else {
                    SIXTEENTH * 2
                },
                SIXTEENTH,
            ),
            CompKind::Stabs | CompKind::Funk => say.rhythm(bar, &self.stabs, 0.95, dice),
            CompKind::Power8 => say.muted(dice),
            CompKind::Gallop => say.gallop(),
            CompKind::Charleston => say.charleston(dice),
            CompKind::FourToTheBar => say.every(PPQ, 0, PPQ * 3 / 4),
            CompKind::Bossa => {
                say.rhythm(bar, &[(0, 3), (3, 3), (6, 2), (10, 3), (13, 3)], 0.9, dice)
            }
            CompKind::Montuno => say.montuno(bar),
            CompKind::BoomChick => say.every(PPQ, SIXTEENTH * 2, SIXTEENTH * 2),
            CompKind::Waltz => {
                for beat in 1..say.length() / PPQ {
                    say.chord(beat * PPQ, PPQ / 2, 0.9);
                }
            }
            CompKind::Organ => say.chord(0, say.length() - SIXTEENTH, 0.85),
            CompKind::Travis => say.travis(),
        }
    }

    /// The chord near the centre, moved as little as can be from the one before.
    fn voicing(&self, chord: &Chord, before: &[i32]) -> Vec<i32> {
        let root = i32::from(chord.root);
        if matches!(
            self.kind,
            CompKind::Power8 | CompKind::PowerHeld | CompKind::Gallop
        ) {
            let low = 40 + (root - 40).rem_euclid(12);
            return vec![low, low + 7, low + 12];
        }
        let tones: Vec<i32> = (0..12).filter(|&pc| chord.has(pc as u8)).collect();
        // Four notes or more leave out the fifth, which says least.
        let fifth = (root + 7) % 12;
        let tones: Vec<i32> = if tones.len() > self.voices {
            tones.into_iter().filter(|&t| t != fifth).collect()
        } else {
            tones
        };
        let middle = if before.is_empty() {
            self.center
        } else {
            (before.iter().sum::<i32>() / before.len() as i32 + self.center) / 2
        };
        let mut best: (i32, Vec<i32>) = (i32::MAX, Vec::new());
        for inversion in 0..tones.len() {
            for octave in -1..=1 {
                let first = tones[inversion];
                let mut pitch =
                    middle - 4 + (first - (middle - 4)).rem_euclid(12) + 12 * octave - 6;
                pitch += (first - pitch).rem_euclid(12);
                let mut voicing = vec![pitch];
                for step in 1..self.voices.max(tones.len().min(4)) {
                    let class = tones[(inversion + step) % tones.len()];
                    pitch += (class - pitch - 1).rem_euclid(12) + 1;
                    voicing.push(pitch);
                }
                let mean = voicing.iter().sum::<i32>() / voicing.len() as i32;
                let moved: i32 = voicing.iter().zip(before).map(|(a, b)| (a - b).abs()).sum();
                let cost = 2 * (mean - self.center).abs() + moved;
                if cost < best.0 {
                    best = (cost, voicing);
                }
            }
        }
        best.1
    }
}

struct Voice<'a> {
    line: &'a mut Line,
    span: At,
    voicing: Vec<i32>,
    velocity: f64,
}

impl Voice<'_> {
    fn length(&self) -> i32 {
        self.span.end - self.span.start
    }

    fn chord(&mut self, after: i32, duration: i32, loud: f64) {
        let tick = self.span.start + after;
        let duration = duration.min(self.span.end - tick) - SIXTEENTH / 12;
        for pitch in self.voicing.clone() {
            self.line.add(tick, duration, pitch, self.velocity * loud);
        }
    }

    fn every(&mut self, step: i32, first: i32, duration: i32) {
        for after in (first..self.length()).step_by(step as usize) {
            self.chord(after, duration, 1.0);
        }
    }

    fn at_groups(&mut self, bar: i32, meter: &Meter, duration: impl Fn(i32) -> i32) {
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
    fn strum(&mut self, step: i32, pattern: &str, keeps: f64, dice: &mut Dice) {
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

    fn arpeggio(&mut self, step: i32, order: &[usize]) {
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

    fn rhythm(&mut self, bar: i32, onsets: &[(i32, i32)], keeps: f64, dice: &mut Dice) {
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
    fn muted(&mut self, dice: &mut Dice) {
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

    fn gallop(&mut self) {
        for after in (0..self.length()).step_by(PPQ as usize) {
            self.chord(after, SIXTEENTH * 2, 1.1);
            self.chord(after + SIXTEENTH * 2, SIXTEENTH, 0.92);
            self.chord(after + SIXTEENTH * 3, SIXTEENTH, 0.92);
        }
    }

    fn charleston(&mut self, dice: &mut Dice) {
        let rhythms: [&[i32]; 5] = [&[0, 6], &[2, 10], &[6, 14], &[0, 10], &[4]];
        for &step in *dice.pick(&rhythms) {
            if step * SIXTEENTH < self.length() {
                let length = *dice.pick(&[1, 2, 4]);
                self.chord(step * SIXTEENTH, length * SIXTEENTH, 0.95);
            }
        }
    }

    /// Octaves and thirds of a Cuban piano, over two bars' clave.
    fn montuno(&mut self, bar: i32) {
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
    fn travis(&mut self) {
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

/// Onsets and lengths of a syncopated rhythm, the same in every bar of a piece.
fn stabs(meter: &Meter, dice: &mut Dice) -> Vec<(i32, i32)> {
    let mut onsets: Vec<i32> = Vec::new();
    let mut at = *dice.pick(&[0, 0, 2, 3, 4]);
    while at < meter.sixteenths() {
        onsets.push(at);
        at += *dice.pick(&[2, 3, 3, 4, 5, 6]);
    }
    onsets
        .into_iter()
        .map(|step| (step, *dice.pick(&[1, 1, 2, 3])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Chart;
    use crate::line::Role;
    use continuo_tokenizer::chord::Quality;

    #[test]
    fn voicings_are_of_the_chord_and_move_little() {
        let mut dice = Dice::new(2);
        let meter = Meter::parse("4/4", &mut dice);
        let roots = [0, 9, 5, 7];
        let chords: Vec<At> = (0..4)
            .map(|i| At {
                start: i * 1920,
                end: (i + 1) * 1920,
                chord: Chord::new(roots[i as usize], Quality::Major),
            })
            .collect();
        let chart = Chart { chords };
        let mut line = Line::new("Piano", Role::Chords, 0);
        Comper::new(CompKind::HalfNotes, 60, &meter, &mut dice).play(
            Passage {
                start: 0,
                end: 4 * 1920,
                loud: 0.5,
                meter: &meter,
                chart: &chart,
            },
            &mut line,
            &mut dice,
        );
        let bars: Vec<Vec<u8>> = line
            .hits
            .chunk_by(|a, b| a.tick == b.tick)
            .map(|c| c.iter().map(|h| h.pitch).collect())
            .collect();
        assert_eq!(bars.len(), 4);
        for (bar, &root) in bars.iter().zip(&roots) {
            let chord = Chord::new(root, Quality::Major);
            assert!(
                bar.len() >= 3 && bar.iter().all(|&p| chord.has(p % 12)),
                "{bar:?}"
            );
            assert!(bar.iter().all(|p| (45..=76).contains(p)), "{bar:?}");
        }
        for pair in bars.windows(2) {
            let moved = pair[0]
                .iter()
                .zip(&pair[1])
                .map(|(a, b)| a.abs_diff(*b))
                .max();
            assert!(moved <= Some(5), "{bars:?}");
        }
    }

    #[test]
    fn every_kind_stays_inside_its_bars() {
        use CompKind::*;
        let kinds = [
            Block,
            HalfNotes,
            Strum8,
            Strum16,
            Arp8,
            Arp16,
            Offbeat,
            Stabs,
            Power8,
            PowerHeld,
            Gallop,
            Charleston,
            FourToTheBar,
            Bossa,
            Montuno,
            Skank,
            BoomChick,
            Waltz,
            Funk,
            Organ,
            Travis,
        ];
        for meter in ["4/4", "3/4", "6/8", "7/8"] {
            for kind in kinds {
                let mut dice = Dice::new(9);
                let meter = Meter::parse(meter, &mut dice);
                let bar = meter.bar();
                let chords = vec![
                    At {
                        start: 0,
                        end: bar / 2,
                        chord: Chord::new(2, Quality::Minor7),
                    },
                    At {
                        start: bar / 2,
                        end: 2 * bar,
                        chord: Chord::new(7, Quality::Dominant7),
                    },
                ];
                let chart = Chart { chords };
                let mut line = Line::new("x", Role::Chords, 0);
                Comper::new(kind, 60, &meter, &mut dice).play(
                    Passage {
                        start: 0,
                        end: 2 * bar,
                        loud: 0.5,
                        meter: &meter,
                        chart: &chart,
                    },
                    &mut line,
                    &mut dice,
                );
                assert!(
                    line.hits
                        .iter()
                        .all(|h| h.tick >= 0 && h.tick + h.duration <= 2 * bar),
                    "{kind:?}"
                );
            }
        }
    }
}
