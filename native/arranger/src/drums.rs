//! Drums: a groove of the piece's own, that changes by phrase, with fills and dynamics.

use crate::dice::Dice;
use crate::form::{Kind, Section};
use crate::line::{Line, SIXTEENTH, loudness};
use crate::meter::Meter;
use crate::style::Style;

const CRASH: i32 = 49;
const OPEN_HAT: u8 = 46;
const CLOSED_HAT: u8 = 42;
const RIDE: u8 = 51;
/// High to low.
const TOMS: [i32; 4] = [50, 48, 47, 43];

/// A voice of the kit: pitch, and a loudness for each sixteenth.
#[derive(Clone, Debug)]
struct Voice {
    pitch: u8,
    steps: Vec<Option<f64>>,
}

/// What this piece's drummer plays.
pub struct Drummer {
    kick: Vec<Voice>,
    snare: Vec<Voice>,
    quiet_top: Voice,
    loud_top: Voice,
    more: Vec<Voice>,
    fills: f64,
    has_kit: bool,
}

impl Drummer {
    pub fn new(style: &Style, meter: &Meter, dice: &mut Dice) -> Drummer {
        let kick_pitch = *dice.pick(&[36, 36, 35]);
        let snare_pitch = *dice.pick(&[38, 38, 38, 40]);
        // Two bars that answer each other.
        let pair = |patterns: &[&'static str], pitch: u8, dice: &mut Dice| -> Vec<Voice> {
            let first = *dice.pick(patterns);
            let steps = fitted(first, meter);
            let mut second = steps.clone();
            vary(&mut second, meter, dice);
            vec![
                Voice { pitch, steps },
                Voice {
                    pitch,
                    steps: second,
                },
            ]
        };
        let kick = pair(style.kick, kick_pitch, dice);
        let snare = pair(style.snare, snare_pitch, dice);
        let (pitch, pattern) = *dice.pick(style.top);
        let quiet_top = Voice {
            pitch,
            steps: fitted(pattern, meter),
        };
        let loud_top = if dice.chance(0.6) {
            let (pitch, pattern) = *dice.pick(style.top);
            Voice {
                pitch,
                steps: fitted(pattern, meter),
            }
        } else {
            let pitch = if pitch == CLOSED_HAT && dice.chance(0.6) {
                *dice.pick(&[RIDE, OPEN_HAT])
            } else {
                pitch
            };
            Voice {
                pitch,
                ..quiet_top.clone()
            }
        };
        let more = style
            .more
            .iter()
            .filter(|_| dice.chance(0.55))
            .map(|&(pitch, pattern)| Voice {
                pitch,
                steps: fitted(pattern, meter),
            })
            .collect();
        let sounds = kick
            .iter()
            .chain(&snare)
            .flat_map(|v| &v.steps)
            .flatten()
            .count();
        Drummer {
            kick,
            snare,
            quiet_top,
            loud_top,
            more,
            fills: 0.35 + 0.5 * dice.uniform(),
            has_kit: sounds > 2,
        }
    }

    /// Play a section that starts at a tick. Returns the ticks of the kicks.
    pub fn play(
        &self,
        section: &Section,
        start: i32,
        meter: &Meter,
        line: &mut Line,
        dice: &mut Dice,
    ) -> Vec<i32> {
        let bar = meter.bar();
        let mut kicks = Vec::new();
        if section.kind == Kind::Ending {
            line.add(start, bar / 2, CRASH, 108.0);
            line.add(start, SIXTEENTH, i32::from(self.kick[0].pitch), 104.0);
            return vec![start];
        }
        let is_sparse = matches!(section.kind, Kind::Intro | Kind::Break);
        // An intro may be hats alone, or nothing.
        let plays = [
            !is_sparse || dice.chance(0.5),
            !is_sparse || dice.chance(0.35),
            dice.chance(0.85),
        ];
        for index in 0..section.bars {
            let at = start + index as i32 * bar;
            let is_last = index + 1 == section.bars;
            let ends_phrase = index % 4 == 3 || is_last;
            let fills = self.has_kit
                && (is_last && dice.chance(self.fills.max(0.6))
                    || ends_phrase && dice.chance(self.fills * 0.4));
            let fill_length = if fills { *dice.pick(&[2, 4, 4, 8]) } else { 0 };
            let until = meter.sixteenths() - fill_length.min(meter.sixteenths());
            let loud = 0.78 + 0.28 * section.energy;
            let side = usize::from(index % 2 == 1);
            if plays[0] {
                for step in sounding(&self.kick[side], until) {
                    kicks.push(at + step.0 * SIXTEENTH);
                    put(line, at, step, self.kick[side].pitch, loud);
                }
            }
            if plays[1] {
                sounding(&self.snare[side], until)
                    .for_each(|step| put(line, at, step, self.snare[side].pitch, loud));
            }
            if plays[2] {
                let top = if section.energy > 0.7 {
                    &self.loud_top
                } else {
                    &self.quiet_top
                };
                let opens = ends_phrase && !fills && top.pitch == CLOSED_HAT && dice.chance(0.45);
                let last = sounding(top, until).last().map(|s| s.0);
                for step in sounding(top, until) {
                    let pitch = if opens && Some(step.0) == last {
                        OPEN_HAT
                    } else {
                        top.pitch
                    };
                    put(line, at, step, pitch, loud);
                }
                for voice in self.more.iter().filter(|_| section.energy > 0.4) {
                    sounding(voice, until)
                        .for_each(|step| put(line, at, step, voice.pitch, loud * 0.9));
                }
            }
            if index == 0 && section.energy > 0.55 && self.has_kit && dice.chance(0.8) {
                line.add(at, SIXTEENTH * 4, CRASH, 100.0 + 10.0 * section.energy);
            }
            if fills {
                fill(
                    line,
                    at + until * SIXTEENTH,
                    meter.sixteenths() - until,
                    i32::from(self.snare[0].pitch),
                    loud,
                    dice,
                );
            }
        }
        kicks
    }
}

fn sounding(voice: &Voice, until: i32) -> impl Iterator<Item = (i32, f64)> + '_ {
    let steps = voice.steps.iter().zip(0..until);
    steps.filter_map(|(loudness, step)| loudness.map(|l| (step, l)))
}

fn put(line: &mut Line, bar: i32, (step, loudness): (i32, f64), pitch: u8, loud: f64) {
    line.add(
        bar + step * SIXTEENTH,
        SIXTEENTH,
        i32::from(pitch),
        loudness * loud,
    );
}

/// A pattern for a meter: as it is where it fits; its beats group by group elsewhere.
fn fitted(pattern: &str, meter: &Meter) -> Vec<Option<f64>> {
    let steps: Vec<Option<f64>> = pattern.bytes().map(loudness).collect();
    let wanted = meter.sixteenths() as usize;
    if steps.len() == wanted {
        return steps;
    }
    if meter.is_common() || steps.len() > wanted && meter.groups.iter().all(|&g| g == 4) {
        return steps.iter().cycle().take(wanted).copied().collect();
    }
    // Each group begins as a beat of the pattern does; longer ones go on by eighths.
    let beats: Vec<&[Option<f64>]> = steps.chunks(4).collect();
    let mut out = Vec::with_capacity(wanted);
    for (i, &group) in meter.groups.iter().enumerate() {
        let beat = beats[i % beats.len()];
        for step in 0..group as usize {
            out.push(if step < 4 {
                beat[step.min(beat.len() - 1)]
            } else {
                beat[(step - 2) % 4].map(|l| l * 0.85)
            });
        }
    }
    out
}

/// One or two hits fewer or more, never at the start of the bar.
fn vary(steps: &mut [Option<f64>], meter: &Meter, dice: &mut Dice) {
    if steps.iter().flatten().count() < 2 {
        return;
    }
    let strong = meter.starts();
    for _ in 0..dice.below(3) {
        let at = dice.below(steps.len());
        let is_strong = strong.contains(&(at as i32));
        match steps[at] {
            Some(_) if at > 0 && !is_strong => steps[at] = None,
            None if at.is_multiple_of(2) || dice.chance(0.4) => {
                steps[at] = Some(62.0 + 20.0 * dice.uniform())
            }
            _ => {}
        }
    }
}

/// A fill: a roll on the snare, down the toms, or both, growing to the next bar.
fn fill(line: &mut Line, start: i32, sixteenths: i32, snare: i32, loud: f64, dice: &mut Dice) {
    let kind = dice.below(4);
    let is_dense = dice.chance(0.6);
    for step in 0..sixteenths {
        if !is_dense && step % 2 == 1 && dice.chance(0.7) {
            continue;
        }
        let progress = step as f64 / sixteenths.max(1) as f64;
        let tom = TOMS[((progress * TOMS.len() as f64) as usize).min(TOMS.len() - 1)];
        let pitch = match kind {
            0 => snare,
            1 => tom,
            2 if progress < 0.5 => snare,
            2 => tom,
            _ => *dice.pick(&[snare, tom, tom]),
        };
        line.add(
            start + step * SIXTEENTH,
            SIXTEENTH,
            pitch,
            (72.0 + 30.0 * progress + 5.0 * dice.normal()) * loud,
        );
    }
    if dice.chance(0.5) {
        line.add(start, SIXTEENTH, 36, 90.0 * loud);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::Role;
    use crate::styles::styles;

    #[test]
    fn every_groove_fits_every_meter_and_keeps_inside_its_section() {
        for style in styles() {
            for meter in ["4/4", "3/4", "7/8", "5/4", "6/8", "12/8"] {
                let mut dice = Dice::new(3);
                let meter = Meter::parse(meter, &mut dice);
                let drummer = Drummer::new(&style, &meter, &mut dice);
                assert!(
                    drummer
                        .kick
                        .iter()
                        .all(|v| v.steps.len() == meter.sixteenths() as usize)
                );
                let mut line = Line::new("Drums", Role::Drums, 0);
                let section = Section {
                    kind: Kind::Chorus,
                    bars: 8,
                    energy: 0.9,
                    progression: 0,
                };
                drummer.play(&section, 960, &meter, &mut line, &mut dice);
                let end = 960 + 8 * meter.bar();
                assert!(
                    line.hits.iter().all(|h| (960..end).contains(&h.tick)),
                    "{}",
                    style.name
                );
            }
        }
    }
}
