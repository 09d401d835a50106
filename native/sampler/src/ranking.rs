//! Which candidate is offered first: simple musical rules, and how likely it is.
//!
//! Likelihood alone does not measure what makes a fill sound wrong: it is thinner or denser than the bars
//! around, it repeats less than the part does, it leaps where it begins and ends, it leaves the scale. Each rule
//! compares with the part's own bars nearby. A new part has none, and there the likeliest draw is the dullest.

use crate::new_part::NewPart;
use crate::register::Register;
use continuo_tokenizer::{Scene, SceneNote};
use std::collections::{BTreeMap, BTreeSet};

/// Bars on each side that are compared with.
const BARS: i32 = 8;
/// Weights of the rules, found on the validation lists (docs/design/0025-likelihood-counts-in-ranking.md).
const DENSITY: f32 = 0.5;
const LIKENESS: f32 = 3.0;
const SEAM: f32 = 0.05;
const OUT_OF_SCALE: f32 = 3.0;
/// Cost of each nat a note, of a part that plays already and of a new one.
const UNLIKELY: f32 = 0.5;
const UNLIKELY_NEW: f32 = 0.1;

/// (position, pitch) of a bar's notes.
type BarContent = BTreeSet<(u8, u8)>;

/// What the part does around a region.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usual {
    bars: Vec<BarContent>,
    notes_per_bar: f32,
    /// How much one of its bars is like the most similar other, on average.
    likeness: f32,
    /// Mean step between successive onsets, semitones.
    step: f32,
    before: Option<u8>,
    after: Option<u8>,
    /// Where it has no bars at all.
    new: Option<NewPart>,
}

impl Usual {
    /// Of target `slot`'s own visible notes; of its role and `register` where it has none.
    pub fn of(scene: &Scene, slot: usize, register: Option<Register>) -> Usual {
        let Some(target) = scene.targets.get(slot) else {
            return Usual::default();
        };
        let last_bar = scene.last_bar();
        let own: Vec<&SceneNote> = scene
            .notes
            .iter()
            .filter(|n| n.track == target.track)
            .collect();
        let near = |n: &&&SceneNote| {
            (-BARS..0).contains(&n.bar) || (last_bar + 1..=last_bar + BARS).contains(&n.bar)
        };
        let bars = contents(own.iter().filter(near).copied());
        let count: usize = bars.values().map(BTreeSet::len).sum();
        let spanned = bars.len().max(1);
        let before = own.iter().rev().find(|n| n.onset < 0).map(|n| n.pitch);
        let after = own
            .iter()
            .find(|n| n.onset >= scene.region_length)
            .map(|n| n.pitch);
        let tops = tops(own.iter().copied());
        let bars: Vec<BarContent> = bars.into_values().collect();
        Usual {
            notes_per_bar: count as f32 / spanned as f32,
            likeness: mean((0..bars.len()).map(|i| {
                let others = bars.iter().enumerate().filter(|&(j, _)| j != i);
                others
                    .map(|(_, other)| overlap(&bars[i], other))
                    .fold(0.0, f32::max)
            })),
            step: mean(tops.windows(2).map(|w| f32::from(w[0].abs_diff(w[1])))),
            bars,
            before,
            after,
            new: NewPart::of(scene, slot, register),
        }
    }

    /// The part, if its role is known and it does not play yet.
    pub fn new_part(&self) -> Option<&NewPart> {
        self.new.as_ref()
    }

    /// Cost of a candidate: 0 is as the part usually is. `notes`: sorted by (onset, pitch).
    pub fn cost(&self, notes: &[SceneNote], bars: i32, out_of_scale: f64, log_prob: f64) -> f32 {
        if notes.is_empty() {
            return f32::INFINITY;
        }
        let unlikely = -log_prob as f32;
        let mut cost = OUT_OF_SCALE * out_of_scale as f32;
        if let Some(new) = &self.new {
            return cost + UNLIKELY_NEW * unlikely + new.cost(notes);
        }
        cost += UNLIKELY * unlikely;
        if self.bars.is_empty() {
            return cost;
        }
        let expected = self.notes_per_bar * bars.max(1) as f32;
        cost += DENSITY * ((notes.len() as f32 + 1.0) / (expected + 1.0)).ln().abs();
        let filled = contents(notes.iter());
        let likeness = mean(filled.values().map(|bar| {
            let alike = self.bars.iter().map(|other| overlap(bar, other));
            alike.fold(0.0, f32::max)
        }));
        // More alike than usual is no fault: draws repeat less than music does.
        cost += LIKENESS * (self.likeness - likeness).max(0.0);
        let is_pitched = notes.iter().all(|n| n.pitch < 128);
        if is_pitched {
            let tops = tops(notes.iter());
            let seam = |outside: Option<u8>, inside: Option<&u8>| match (outside, inside) {
                (Some(a), Some(&b)) => (f32::from(a.abs_diff(b)) - self.step).max(0.0),
                _ => 0.0,
            };
            cost += SEAM * (seam(self.before, tops.first()) + seam(self.after, tops.last()));
        }
        cost
    }
}

/// Contents of each bar that has notes.
fn contents<'a>(notes: impl Iterator<Item = &'a SceneNote>) -> BTreeMap<i32, BarContent> {
    let mut bars: BTreeMap<i32, BarContent> = BTreeMap::new();
    for note in notes {
        bars.entry(note.bar)
            .or_default()
            .insert((note.position, note.pitch));
    }
    bars
}

/// Highest pitch of each onset, in order.
fn tops<'a>(notes: impl Iterator<Item = &'a SceneNote>) -> Vec<u8> {
    let mut tops: Vec<(i32, u8)> = Vec::new();
    for note in notes {
        match tops.last_mut() {
            Some(last) if last.0 == note.onset => last.1 = last.1.max(note.pitch),
            _ => tops.push((note.onset, note.pitch)),
        }
    }
    tops.into_iter().map(|t| t.1).collect()
}

/// Harmonic mean of what two bars share.
fn overlap(a: &BarContent, b: &BarContent) -> f32 {
    2.0 * a.intersection(b).count() as f32 / (a.len() + b.len()).max(1) as f32
}

fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (mut sum, mut count) = (0.0, 0);
    for value in values {
        sum += value;
        count += 1;
    }
    sum / count.max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const BARS_FILLED: i32 = 2;

    /// A part of four notes a bar on one pitch, whose bars are usually half alike.
    fn usual() -> Usual {
        Usual {
            bars: contents(bar(0, 60).iter().chain(&bar(1, 72)))
                .into_values()
                .collect(),
            notes_per_bar: 4.0,
            likeness: 0.5,
            ..Usual::default()
        }
    }

    fn bar(bar: i32, pitch: u8) -> Vec<SceneNote> {
        let note = |quarter: u8| SceneNote {
            onset: bar * 96 + i32::from(quarter) * 24,
            duration: 24,
            bar,
            position: quarter * 24,
            pitch,
            duration_class: 0,
            velocity_class: 8,
            track: 0,
            is_locked: false,
        };
        (0..4).map(note).collect()
    }

    fn cost(pitches: [u8; 2], log_prob: f64) -> f32 {
        let notes = [bar(0, pitches[0]), bar(1, pitches[1])].concat();
        usual().cost(&notes, BARS_FILLED, 0.0, log_prob)
    }

    #[test]
    fn bars_that_repeat_more_than_usual_cost_nothing_and_fewer_do() {
        let all = cost([60, 72], 0.0);
        let half = cost([60, 67], 0.0);
        let none = cost([65, 67], 0.0);
        assert_eq!(all, half);
        assert!(half < none, "{half} {none}");
    }

    #[test]
    fn of_two_that_are_alike_the_likelier_is_first() {
        assert!(cost([60, 72], -0.5) < cost([60, 72], -1.0));
    }
}
