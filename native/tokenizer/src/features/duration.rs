//! Duration: how long the same places last, and how far the next onset may be.

use super::arrangement;
use super::{MATCH_ROWS, REFERENCES, match_bucket, next_in_reference};
use crate::composer::{Composer, Cursor};
use crate::head_inputs::HeadInputs;
use crate::step::StepFields;
use crate::vocabulary::{DURATION_CLASSES, duration_class};

const HISTOGRAM: usize = 0;
const SAME_POSITION: usize = HISTOGRAM + DURATION_CLASSES;
const GAP: usize = SAME_POSITION + DURATION_CLASSES;
const OTHERS: usize = GAP + DURATION_CLASSES;
const TO_END: usize = OTHERS + DURATION_CLASSES;
const CHORD: usize = TO_END + DURATION_CLASSES;
const LAST: usize = CHORD + DURATION_CLASSES;
const MATCH: usize = LAST + DURATION_CLASSES;
const DRUM: usize = MATCH + MATCH_ROWS;

pub const SIZE_1: usize = DRUM + DURATION_CLASSES;
const ARRANGEMENT: usize = SIZE_1;
const TO_CHANGE: usize = ARRANGEMENT + arrangement::SIZE;
pub const SIZE: usize = TO_CHANGE + DURATION_CLASSES;
pub const EXPERTS_1: usize = 8;
/// Context match, the same place before, the same place elsewhere, the histogram, the chord so far,
/// other tracks, the gap to the next onset of the bar before, the same drum; the time to the next chord.
pub const EXPERTS: usize = 9;

pub(crate) fn fill(composer: &Composer, drawn: &StepFields, out: &mut HeadInputs) {
    let around = &composer.around;
    let scene = &around.scene;
    let bar = composer.cursor.bar + i32::from(drawn.bar);
    let onset = scene.time_of(bar, drawn.position);

    histogram(out, 3, HISTOGRAM, &around.context.own_durations);

    for (i, &distance) in REFERENCES.iter().enumerate() {
        let mut here: Vec<(u16, f32)> = Vec::new();
        for note in composer
            .own_in_bar(bar + distance)
            .filter(|n| n.position == drawn.position)
        {
            out.feature(SAME_POSITION + usize::from(note.duration_class), 0.5);
            let same = if note.pitch == drawn.pitch { 2.0 } else { 1.0 };
            here.push((u16::from(note.duration_class), same));
        }
        match i {
            0 => out.distribution(1, &here),
            1 => out.distribution(2, &here),
            _ => {}
        }
    }
    let cursor = Cursor {
        bar,
        position: i32::from(drawn.position),
        chord: usize::MAX,
    };
    if let Some((next, position)) = next_in_reference(composer, cursor, -1, Some(2)) {
        let class = duration_class((scene.time_of(next, position) - onset).max(1) as u32);
        out.feature(GAP + class, 1.0);
        out.expert(6, class, 1.0);
    }
    let mut others: Vec<(u16, f32)> = Vec::new();
    for note in around
        .others_in_bar(bar)
        .iter()
        .filter(|n| n.onset == onset)
    {
        out.feature(OTHERS + usize::from(note.duration_class), 0.5);
        others.push((u16::from(note.duration_class), 1.0));
    }
    out.distribution(5, &others);
    let to_end = duration_class((scene.region_length - onset).max(1) as u32);
    out.one_hot(TO_END, to_end, DURATION_CLASSES);

    if let Some(below) = composer.chord_below(onset) {
        out.feature(CHORD + usize::from(below.duration_class), 1.0);
        out.expert(4, usize::from(below.duration_class), 1.0);
    }
    if let Some(last) = composer.generated.last() {
        out.feature(LAST + usize::from(last.duration_class), 1.0);
    }
    out.one_hot(MATCH, match_bucket(composer.matcher.longest()), MATCH_ROWS);

    arrangement::fill(composer, onset, ARRANGEMENT, out);
    if let Some(next) = arrangement::changes_after(composer, onset).first() {
        let class = duration_class((next.start - onset).max(1) as u32);
        out.feature(TO_CHANGE + class, 1.0);
        out.expert(8, class, 1.0);
    }

    if drawn.pitch >= 128 {
        let mut counts = [0f32; DURATION_CLASSES];
        for note in around.own.iter().filter(|n| n.pitch == drawn.pitch) {
            counts[usize::from(note.duration_class)] += 1.0;
        }
        histogram(out, 7, DRUM, &counts);
    }

    let guesses: Vec<(u16, f32)> = composer
        .matcher
        .candidates()
        .iter()
        .filter(|c| c.onset == onset && c.pitch == Some(drawn.pitch))
        .map(|c| (u16::from(c.duration_class), c.weight))
        .collect();
    out.distribution(0, &guesses);
}

/// Counts as features from `first` on and as a distribution.
pub(super) fn histogram(out: &mut HeadInputs, expert: usize, first: usize, counts: &[f32]) {
    let total: f32 = counts.iter().sum();
    for (class, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
        out.feature(first + class, (count / total).sqrt());
        out.expert(expert, class, count / total);
    }
}
