//! Tunes, riffs, second voices and arpeggios: motifs that return, varied, over the chords.

use crate::chart::{Chart, nearest};
use crate::dice::Dice;
use crate::line::{Hit, Line, PPQ, SIXTEENTH};
use crate::meter::Meter;
use crate::passage::Passage;

/// A figure of one or two bars: onset and length in sixteenths, steps of the scale from its first note.
type Motif = Vec<(i32, i32, i32)>;

/// Who sings: the piece's motifs and how they are put together.
pub struct Singer {
    motifs: Vec<Motif>,
    bars: i32,
    low: i32,
    high: i32,
    scale: [u8; 7],
    /// Order of motifs in four units: AABA, ABAC ...
    motif_order: [usize; 4],
    /// Units that are silent, for another to answer.
    rests: f64,
}

impl Singer {
    /// `range`: lowest and highest pitch; `busy` 0-1.
    pub fn new(
        range: (i32, i32),
        scale: [u8; 7],
        busy: f64,
        meter: &Meter,
        dice: &mut Dice,
    ) -> Singer {
        let bars = if dice.chance(0.6) { 2 } else { 1 };
        let motifs = (0..3)
            .map(|_| motif(bars * meter.sixteenths(), busy, meter, dice))
            .collect();
        let orders = [
            [0, 0, 1, 0],
            [0, 1, 0, 2],
            [0, 0, 0, 1],
            [0, 1, 0, 1],
            [0, 1, 2, 1],
        ];
        Singer {
            motifs,
            bars,
            low: range.0,
            high: range.1,
            scale,
            motif_order: *dice.pick(&orders),
            rests: if dice.chance(0.3) { 0.35 } else { 0.04 },
        }
    }

    pub fn play(&self, passage: Passage<'_>, line: &mut Line, dice: &mut Dice) {
        let Passage {
            start,
            end,
            loud,
            meter,
            chart,
        } = passage;
        let unit = self.bars * meter.bar();
        let velocity = 74.0 + 22.0 * loud;
        let middle = (self.low + self.high) / 2;
        let mut last = middle;
        for (index, at) in (start..end).step_by(unit as usize).enumerate() {
            if dice.chance(self.rests) {
                continue;
            }
            let motif = &self.motifs[self.motif_order[index % 4]];
            let closes = index % 4 == 3 || at + unit >= end;
            // The same motif begins at the same height, so that it is heard again.
            let anchor = if index % 2 == 0 {
                middle
            } else {
                (last + middle) / 2
            };
            let mut begin = anchor;
            for (i, &(step, length, above)) in motif.iter().enumerate() {
                let tick = at + step * SIXTEENTH;
                if tick >= end {
                    break;
                }
                let Some(chord) = chart.at(tick) else { break };
                let is_strong = tick % PPQ == 0;
                if i == 0 {
                    begin = self.tone(&chord.chord, anchor, tick, is_strong);
                }
                let wanted = self.step(begin, above);
                let pitch = if is_strong || length >= 4 {
                    self.tone(&chord.chord, wanted, tick, true)
                } else {
                    self.in_scale(wanted)
                };
                let pitch = self.fold(pitch);
                let is_last = i + 1 == motif.len();
                let duration = if closes && is_last {
                    length.max(6)
                } else {
                    length
                } * SIXTEENTH;
                let accent = if tick % meter.bar() == 0 {
                    10.0
                } else if is_strong {
                    5.0
                } else {
                    0.0
                };
                let rise = 4.0 * ((f64::from(pitch - middle)) / 12.0);
                line.add(
                    tick,
                    (duration * 19 / 20).min(end - tick),
                    pitch,
                    velocity + accent + rise,
                );
                last = pitch;
            }
        }
        line.hits.sort_by_key(|h| h.tick);
        line.hits.dedup_by_key(|h| h.tick);
        for i in 1..line.hits.len() {
            let next = line.hits[i].tick;
            let before = &mut line.hits[i - 1];
            before.duration = before.duration.min((next - before.tick).max(1));
        }
    }

    fn fold(&self, pitch: i32) -> i32 {
        if pitch < self.low {
            pitch + 12
        } else if pitch > self.high {
            pitch - 12
        } else {
            pitch
        }
    }

    /// The tone of a chord nearest to a pitch; off the beat any note of the scale will do.
    fn tone(
        &self,
        chord: &continuo_tokenizer::chord::Chord,
        to: i32,
        _tick: i32,
        is_strong: bool,
    ) -> i32 {
        if !is_strong {
            return self.in_scale(to);
        }
        (0..12)
            .filter(|&pc| chord.has(pc as u8))
            .map(|pc| nearest(pc, to))
            .min_by_key(|pitch| (pitch - to).abs())
            .unwrap_or(to)
    }

    fn in_scale(&self, pitch: i32) -> i32 {
        let is_in = |p: i32| self.scale.contains(&(p.rem_euclid(12) as u8));
        [0, -1, 1, -2, 2]
            .into_iter()
            .map(|by| pitch + by)
            .find(|&p| is_in(p))
            .unwrap_or(pitch)
    }

    /// A pitch some steps of the scale away.
    fn step(&self, from: i32, steps: i32) -> i32 {
        let mut pitch = from;
        for _ in 0..steps.abs() {
            pitch += steps.signum();
            while !self.scale.contains(&(pitch.rem_euclid(12) as u8)) {
                pitch += steps.signum();
            }
        }
        pitch
    }
}

fn motif(sixteenths: i32, busy: f64, meter: &Meter, dice: &mut Dice) -> Motif {
    let strong = meter.starts();
    let mut motif = Motif::new();
    let mut at = *dice.pick(&[0, 0, 0, 2, 4]);
    let mut above = 0;
    let lengths: &[i32] = if busy > 0.6 {
        &[1, 2, 2, 2, 3, 4]
    } else if busy > 0.3 {
        &[2, 2, 3, 4, 4, 6]
    } else {
        &[4, 4, 6, 8, 8, 12]
    };
    // The end of a phrase breathes.
    let until = sixteenths - *dice.pick(&[2, 4, 4, 6]);
    while at < until {
        let mut length = *dice.pick(lengths);
        let in_bar = (at + length) % meter.sixteenths();
        if !strong.contains(&in_bar) && length % 2 == 1 && dice.chance(0.5) {
            length += 1;
        }
        motif.push((at, length.min(sixteenths - at), above));
        at += length
            + if dice.chance(0.12) {
                *dice.pick(&[1, 2, 2])
            } else {
                0
            };
        above += *dice.pick(&[-1, 1, 1, -1, 0, 2, -2, 1, -1, 3, -4]);
        above = above.clamp(-5, 6);
    }
    motif
}

/// A second voice below a tune: thirds and sixths on its longer notes, of the chord.
pub fn second_voice(tune: &[Hit], chart: &Chart, line: &mut Line) {
    for hit in tune.iter().filter(|h| h.duration >= SIXTEENTH * 2) {
        let Some(at) = chart.at(hit.tick) else {
            continue;
        };
        let pitch = i32::from(hit.pitch);
        let below = (3..=9)
            .map(|by| pitch - by)
            .find(|p| at.chord.has(p.rem_euclid(12) as u8));
        if let Some(below) = below {
            line.add(
                hit.tick,
                hit.duration,
                below,
                f64::from(hit.velocity) * 0.86,
            );
        }
    }
}

/// A counter-line: long tones that move by step where the chord changes, against the tune.
pub fn counter_line(
    start: i32,
    end: i32,
    center: i32,
    chart: &Chart,
    line: &mut Line,
    loud: f64,
    dice: &mut Dice,
) {
    let mut last = center;
    for at in chart.between(start, end).collect::<Vec<_>>() {
        let tones: Vec<i32> = (0..12)
            .filter(|&pc| at.chord.has(pc as u8))
            .map(|pc| nearest(pc, last))
            .collect();
        let Some(&pitch) = tones
            .iter()
            .min_by_key(|&&p| (p - last).abs() * 3 + (p - center).abs())
        else {
            continue;
        };
        let velocity = 58.0 + 22.0 * loud;
        let length = at.end - at.start;
        if length >= PPQ * 3 && dice.chance(0.4) {
            line.add(at.start, length / 2, pitch, velocity);
            let passing = pitch + *dice.pick(&[-2, -1, 1, 2]);
            let passing = if at.chord.has(passing.rem_euclid(12) as u8) {
                passing
            } else {
                pitch
            };
            line.add(
                at.start + length / 2,
                length / 2 - SIXTEENTH / 4,
                passing,
                velocity * 0.95,
            );
            last = passing;
        } else {
            line.add(at.start, length - SIXTEENTH / 4, pitch, velocity);
            last = pitch;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::At;
    use crate::harmony::{Tonality, scale};
    use crate::line::Role;
    use continuo_tokenizer::chord::{Chord, Quality};
    use std::collections::BTreeSet;

    #[test]
    fn a_tune_is_one_voice_in_range_and_its_motifs_return() {
        let roots = [0, 5, 7, 0];
        let chords = (0..16)
            .map(|i| At {
                start: i * 1920,
                end: (i + 1) * 1920,
                chord: Chord::new(roots[i as usize % 4], Quality::Major),
            })
            .collect();
        let chart = Chart { chords };
        let mut repeats = 0;
        for seed in 0..20 {
            let mut dice = Dice::new(seed);
            let meter = Meter::parse("4/4", &mut dice);
            let singer = Singer::new(
                (60, 79),
                scale(Tonality {
                    tonic: 0,
                    is_minor: false,
                }),
                0.5,
                &meter,
                &mut dice,
            );
            let mut line = Line::new("Tune", Role::Lead, 73);
            singer.play(
                Passage {
                    start: 0,
                    end: 16 * 1920,
                    loud: 0.6,
                    meter: &meter,
                    chart: &chart,
                },
                &mut line,
                &mut dice,
            );
            assert!(
                line.hits
                    .windows(2)
                    .all(|w| w[0].tick + w[0].duration <= w[1].tick)
            );
            assert!(line.hits.iter().all(|h| (58..=81).contains(&h.pitch)));
            let bars: Vec<BTreeSet<(i32, u8)>> = (0..16)
                .map(|bar| {
                    line.hits
                        .iter()
                        .filter(|h| h.tick / 1920 == bar)
                        .map(|h| (h.tick % 1920, h.pitch))
                        .collect()
                })
                .collect();
            let again = (0..16)
                .filter(|&i| !bars[i].is_empty() && (0..16).any(|j| j != i && bars[i] == bars[j]))
                .count();
            repeats += again;
        }
        assert!(repeats > 20 * 4, "{repeats}");
    }
}
