//! Accompaniment: voicings that move little, and the rhythms they are played in.

mod voice;

use self::voice::Voice;
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
    use crate::chart::{At, Chart};
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
