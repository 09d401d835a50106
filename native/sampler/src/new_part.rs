//! What makes a part that is not there yet fit: rules of its role, for ranking its candidates.
//!
//! Bars around it say how a part goes on; a new part has none, so these say how its role usually sounds (design
//! 0024).

use crate::register::Register;
use crate::request::Sampling;
use continuo_tokenizer::chord::{ChordSpan, chord_at};
use continuo_tokenizer::grid::QUARTER;
use continuo_tokenizer::part::{Part, SNARES};
use continuo_tokenizer::piece::{Bar, COMMON_BAR};
use continuo_tokenizer::{Scene, SceneNote};
use std::collections::{BTreeMap, BTreeSet};

/// Cost of a semitone between the mean pitch and the register, beyond those that are free.
const REGISTER: f32 = 0.08;
const FREE_SEMITONES: f32 = 2.0;
/// Cost of each natural logarithm by which the notes a bar are outside the usual.
const DENSITY: f32 = 1.0;
/// Cost of shares that are too low.
const CHORD_TONES: f32 = 4.0;
const ROOTS: f32 = 0.7;
const BACKBEATS: f32 = 0.6;
/// Cost of a semitone that a melody's range lacks, and of the share of notes that stay on one pitch.
const RANGE: f32 = 0.1;
const SAME_PITCH: f32 = 1.5;
/// Cost of bars that are all alike, and of bars that have nothing in common.
const SAMENESS: f32 = 0.5;

/// Draws of which the best are given: nothing around holds a single one.
const DRAWS: usize = 4;
/// Factor on the temperature of parts that say little at a low one.
const WARMER: f32 = 1.4;

const DRUM: u8 = 128;

/// A role and what surrounds it.
#[derive(Clone, Debug)]
pub(crate) struct NewPart {
    part: Part,
    /// Mean pitch, as the model names pitches.
    register: Option<f32>,
    /// Grid time of each bar of the region.
    bars: Vec<i32>,
    /// Grid time of the second and fourth quarter of its bars of 4/4.
    backbeats: Vec<i32>,
    chords: Vec<ChordSpan>,
}

impl NewPart {
    /// Of target `slot`; `None` where it plays already, or nobody knows what it is to do.
    pub fn of(scene: &Scene, slot: usize, register: Option<Register>) -> Option<NewPart> {
        let part = scene.targets.get(slot)?.part?;
        let mean = |r: Register| f32::from(scene.model_pitch(r.mean, false));
        scene.is_new(slot).then(|| NewPart {
            part,
            register: register.map(mean),
            bars: (0..=scene.last_bar())
                .map(|bar| scene.time_of(bar, 0))
                .collect(),
            backbeats: (0..=scene.last_bar())
                .filter(|&bar| is_common(scene.bar(bar)))
                .flat_map(|bar| backbeats(scene.time_of(bar, 0)))
                .collect(),
            chords: scene.chords.clone(),
        })
    }

    /// How it is drawn; with a deadline, no more candidates than were asked for.
    pub fn sampling(&self, asked: &Sampling) -> Sampling {
        let factor = if self.part == Part::Bass { 1.0 } else { WARMER };
        let least = if asked.deadline_ms.is_none() {
            DRAWS
        } else {
            1
        };
        Sampling {
            candidates: asked.candidates.max(least),
            temperature: (asked.temperature * factor).min(5.0),
            ..asked.clone()
        }
    }

    /// Cost of a candidate that is not empty, sorted by (onset, pitch): 0 breaks no rule.
    pub fn cost(&self, notes: &[SceneNote]) -> f32 {
        let per_bar = notes.len() as f32 / self.bars.len().max(1) as f32;
        let (least, most) = usual_density(self.part);
        let outside = (least / per_bar).max(per_bar / most).max(1.0);
        let mut cost = DENSITY * outside.ln() + SAMENESS * self.sameness(notes);
        if self.part == Part::Drums {
            return cost + BACKBEATS * (1.0 - self.backbeats(notes));
        }
        let mean = notes.iter().map(|n| f32::from(n.pitch)).sum::<f32>() / notes.len() as f32;
        if let Some(register) = self.register {
            cost += REGISTER * ((mean - register).abs() - FREE_SEMITONES).max(0.0);
        }
        let (wanted, is_tune) = match self.part {
            Part::Melody | Part::Counter => (0.75, true),
            Part::Chords | Part::Pad => (1.0, false),
            _ => (0.9, false),
        };
        cost += CHORD_TONES * (wanted - self.chord_tones(notes)).max(0.0);
        if is_tune {
            cost += tune_cost(notes);
        }
        if self.part == Part::Bass {
            cost += ROOTS * (1.0 - self.roots(notes));
        }
        cost
    }

    /// Share of notes that belong to their chord.
    fn chord_tones(&self, notes: &[SceneNote]) -> f32 {
        share(notes.iter().filter_map(|n| {
            let chord = chord_at(&self.chords, n.onset)?;
            Some(chord.has(n.pitch % 12))
        }))
    }

    /// Share of bars that begin on the chord's root.
    fn roots(&self, notes: &[SceneNote]) -> f32 {
        share(self.bars.iter().filter_map(|&start| {
            let chord = chord_at(&self.chords, start)?;
            let lowest = notes
                .iter()
                .filter(|n| n.onset == start)
                .map(|n| n.pitch)
                .min();
            Some(lowest.is_some_and(|pitch| pitch % 12 == chord.bass))
        }))
    }

    /// Share of the second and fourth quarters that have a snare.
    fn backbeats(&self, notes: &[SceneNote]) -> f32 {
        share(self.backbeats.iter().map(|&time| {
            let mut here = notes.iter().filter(|n| n.onset == time);
            here.any(|n| SNARES.contains(&(n.pitch & !DRUM)))
        }))
    }

    /// 1 where all bars are alike or none resembles another, 0 where some return.
    fn sameness(&self, notes: &[SceneNote]) -> f32 {
        if self.bars.len() < 4 {
            return 0.0;
        }
        let mut bars: BTreeMap<i32, BTreeSet<u8>> = BTreeMap::new();
        for note in notes {
            bars.entry(note.bar).or_default().insert(note.position);
        }
        let kinds: BTreeSet<&BTreeSet<u8>> = bars.values().collect();
        let returning = 1.0 - kinds.len() as f32 / bars.len().max(1) as f32;
        let all_alike = f32::from(u8::from(kinds.len() == 1));
        all_alike.max((0.25 - returning).max(0.0) * 4.0)
    }
}

/// A whole bar of 4/4.
fn is_common(bar: Bar) -> bool {
    bar.meter == 0 && bar.length == COMMON_BAR
}

/// Of a bar of 4/4 that starts at a grid time.
fn backbeats(start: i32) -> [i32; 2] {
    [1, 3].map(|beat| start + beat * QUARTER)
}

/// A tune that moves: neither on one note, nor wherever its instrument reaches.
fn tune_cost(notes: &[SceneNote]) -> f32 {
    let pitches = || notes.iter().map(|n| n.pitch);
    let range = pitches().max().unwrap_or(0) - pitches().min().unwrap_or(0);
    let same = share(notes.windows(2).map(|pair| pair[0].pitch == pair[1].pitch));
    let outside = (9.0 - f32::from(range))
        .max(f32::from(range) - 19.0)
        .max(0.0);
    RANGE * outside + SAME_PITCH * (same - 0.3).max(0.0)
}

/// Fewest and most notes a bar.
fn usual_density(part: Part) -> (f32, f32) {
    match part {
        Part::Drums => (6.0, 24.0),
        Part::Bass => (2.0, 10.0),
        Part::Chords => (3.0, 20.0),
        Part::Melody | Part::Counter => (2.0, 10.0),
        Part::Pad => (2.0, 8.0),
        Part::Arp => (6.0, 16.0),
    }
}

/// Share of what is true; 1 of nothing.
fn share(of: impl Iterator<Item = bool>) -> f32 {
    let (mut count, mut all) = (0.0, 0.0);
    for is_so in of {
        all += 1.0;
        count += f32::from(u8::from(is_so));
    }
    if all > 0.0 { count / all } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_tokenizer::chord::parse_symbol;

    const BAR: i32 = 4 * QUARTER;

    fn part(part: Part) -> NewPart {
        let chord = |symbol: &str| parse_symbol(symbol).expect("a chord");
        NewPart {
            part,
            register: (part != Part::Drums).then_some(60.0),
            bars: (0..4).map(|bar| bar * BAR).collect(),
            backbeats: (0..4).flat_map(|bar| backbeats(bar * BAR)).collect(),
            chords: (0..4)
                .map(|bar| ChordSpan {
                    start: bar * BAR,
                    end: (bar + 1) * BAR,
                    chord: chord(["C", "Am", "F", "G"][bar as usize]),
                    confidence: 1.0,
                })
                .collect(),
        }
    }

    /// Notes of (position, pitch) in each of four bars, moved by the bar's own semitones.
    fn notes(bars: [(&[(u8, u8)], i8); 4]) -> Vec<SceneNote> {
        let bars = bars.iter().enumerate();
        bars.flat_map(|(bar, (notes, up))| {
            notes.iter().map(move |&(position, pitch)| SceneNote {
                onset: bar as i32 * BAR + i32::from(position),
                duration: 12,
                bar: bar as i32,
                position,
                pitch: pitch.saturating_add_signed(*up),
                duration_class: 0,
                velocity_class: 8,
                track: 0,
                is_locked: false,
            })
        })
        .collect()
    }

    #[test]
    fn a_bass_on_the_roots_in_its_register_is_before_one_that_is_not() {
        let bar: &[(u8, u8)] = &[(0, 60), (24, 60), (48, 67), (72, 60)];
        let bass = part(Part::Bass);
        let roots = bass.cost(&notes([(bar, 0), (bar, -3), (bar, 5), (bar, -5)]));
        let thirds = bass.cost(&notes([(bar, 4), (bar, 1), (bar, 9), (bar, -1)]));
        let high = bass.cost(&notes([(bar, 12), (bar, 9), (bar, 17), (bar, 7)]));
        assert!(roots < thirds && roots < high, "{roots} {thirds} {high}");
    }

    #[test]
    fn drums_with_a_backbeat_that_vary_are_before_a_loop_without_one() {
        let beat: &[(u8, u8)] = &[
            (0, 164),
            (12, 170),
            (24, 166),
            (36, 170),
            (48, 164),
            (72, 166),
        ];
        let fill: &[(u8, u8)] = &[
            (0, 164),
            (24, 166),
            (48, 166),
            (60, 166),
            (72, 166),
            (84, 166),
        ];
        let pulse: &[(u8, u8)] = &[
            (0, 164),
            (12, 170),
            (24, 164),
            (36, 170),
            (48, 164),
            (72, 164),
        ];
        let drums = part(Part::Drums);
        let varied = drums.cost(&notes([(beat, 0), (beat, 0), (beat, 0), (fill, 0)]));
        let looped = drums.cost(&notes([(beat, 0); 4]));
        let without = drums.cost(&notes([(pulse, 0); 4]));
        assert!(
            varied < looped && looped < without,
            "{varied} {looped} {without}"
        );
    }

    #[test]
    fn a_tune_that_moves_is_before_one_that_stays_on_its_note() {
        let moving: &[(u8, u8)] = &[(0, 60), (24, 64), (48, 67), (72, 72)];
        let still: &[(u8, u8)] = &[(0, 60), (24, 60), (48, 60), (72, 60)];
        let tune = part(Part::Melody);
        let line = |bar| tune.cost(&notes([(bar, 0), (bar, -3), (bar, 5), (bar, -5)]));
        assert!(line(moving) < line(still));
    }

    #[test]
    fn too_few_notes_and_too_many_cost() {
        let chords = part(Part::Chords);
        let one: &[(u8, u8)] = &[(0, 60)];
        let some: &[(u8, u8)] = &[(0, 60), (0, 64), (0, 67), (48, 60), (48, 64)];
        let line = |bar| chords.cost(&notes([(bar, 0), (bar, 0), (bar, 5), (bar, 7)]));
        assert!(line(some) < line(one));
    }
}
