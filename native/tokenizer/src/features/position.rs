//! Position in the bar: which onsets do the same bars nearby have?

use super::arrangement;
use super::{MATCH_ROWS, REFERENCES, match_bucket, next_in_reference};
use crate::composer::Composer;
use crate::head_inputs::HeadInputs;
use crate::step::StepFields;
use crate::vocabulary::POSITIONS;

const OTHERS: usize = 4 * POSITIONS;
const HISTOGRAM: usize = OTHERS + POSITIONS;
const DENSITY: usize = HISTOGRAM + POSITIONS;
const POLYPHONY: usize = DENSITY + 11;
const CHORD: usize = POLYPHONY + 8;
const MATCH: usize = CHORD + 5;
const LAST: usize = MATCH + MATCH_ROWS;
const LAST_ROWS: usize = POSITIONS + 1;

pub const SIZE_1: usize = LAST + LAST_ROWS;
const ARRANGEMENT: usize = SIZE_1;
const CHANGES: usize = ARRANGEMENT + arrangement::SIZE;
const KICKS: usize = CHANGES + POSITIONS;
const BASSES: usize = KICKS + POSITIONS;
pub const SIZE: usize = BASSES + POSITIONS;
pub const EXPERTS_1: usize = 8;
/// Context match, four references, the other tracks, the histogram, where the last note ends; chord
/// changes, kick drums and bass notes to come in the bar.
pub const EXPERTS: usize = 11;

pub(crate) fn fill(composer: &Composer, drawn: &StepFields, out: &mut HeadInputs) {
    let around = &composer.around;
    let scene = &around.scene;
    let bar = composer.cursor.bar + i32::from(drawn.bar);
    let cursor = composer.cursor_in(bar);
    for (i, &distance) in REFERENCES.iter().enumerate() {
        for note in composer.own_in_bar(bar + distance) {
            out.feature(i * POSITIONS + usize::from(note.position), 1.0);
        }
        if let Some((_, position)) = next_in_reference(composer, cursor, distance, Some(1)) {
            out.expert(1 + i, usize::from(position), 1.0);
        }
    }
    let mut others: Vec<(u16, f32)> = Vec::new();
    for note in around.others_in_bar(bar) {
        match others.last_mut() {
            Some((position, count)) if *position == u16::from(note.position) => {
                *count = (*count + 1.0).min(2.0);
            }
            _ => others.push((u16::from(note.position), 1.0)),
        }
    }
    for &(position, count) in &others {
        out.feature(OTHERS + usize::from(position), count);
    }
    others.retain(|&(position, _)| i32::from(position) >= cursor.position.max(0));
    out.distribution(5, &others);

    let mut histogram: Vec<(u16, f32)> = Vec::new();
    for (position, &count) in around.context.own_positions.iter().enumerate() {
        if count > 0.0 {
            out.feature(HISTOGRAM + position, (1.0 + count).ln() * 0.5);
            if position as i32 >= cursor.position.max(0) {
                histogram.push((position as u16, count));
            }
        }
    }
    out.distribution(6, &histogram);

    out.one_hot(
        DENSITY,
        around.controls.density.map_or(0, |d| usize::from(d) + 1),
        11,
    );
    out.one_hot(
        POLYPHONY,
        around.controls.polyphony.map_or(0, |p| usize::from(p) + 1),
        8,
    );
    let chord = if cursor.chord == usize::MAX {
        0
    } else {
        cursor.chord
    };
    out.one_hot(CHORD, chord, 5);
    out.one_hot(MATCH, match_bucket(composer.matcher.longest()), MATCH_ROWS);
    out.one_hot(LAST, (cursor.position + 1).max(0) as usize, LAST_ROWS);

    if let Some(last) = composer.generated.last() {
        let (end_bar, position) = scene.bar_and_position(last.onset + last.duration);
        if end_bar == bar {
            out.expert(7, usize::from(position), 1.0);
        }
    }
    arranged(composer, bar, cursor.position.max(0), out);

    let now = composer.generated.last().map_or(0, |n| n.onset);
    let guesses: Vec<(u16, f32)> = composer
        .matcher
        .candidates()
        .iter()
        .filter(|c| c.onset >= now)
        .map(|c| (scene.bar_and_position(c.onset), c.weight))
        .filter(|&((b, _), _)| b == bar)
        .map(|((_, position), weight)| (u16::from(position), weight))
        .collect();
    out.distribution(0, &guesses);
}

/// Where in a bar chords change and the rhythm section plays.
fn arranged(composer: &Composer, bar: i32, from: i32, out: &mut HeadInputs) {
    let scene = &composer.around.scene;
    let start = scene.time_of(bar, 0);
    let now = start + from;
    arrangement::fill(composer, now, ARRANGEMENT, out);
    let next_bar = scene.time_of(bar + 1, 0);
    let mut changes: Vec<(u16, f32)> = Vec::new();
    for span in arrangement::changes_after(composer, start - 1) {
        if span.start >= next_bar {
            break;
        }
        let position = (span.start - start).clamp(0, POSITIONS as i32 - 1);
        out.feature(CHANGES + position as usize, 1.0);
        if position >= from {
            changes.push((position as u16, 1.0));
        }
    }
    out.distribution(8, &changes);
    let mut ahead: Vec<(u16, f32)> = Vec::new();
    for position in arrangement::kicks(composer, bar, 0) {
        out.feature(KICKS + usize::from(position), 1.0);
        if i32::from(position) >= from {
            ahead.push((u16::from(position), 1.0));
        }
    }
    out.distribution(9, &ahead);
    ahead.clear();
    for position in arrangement::basses(composer, bar, 0) {
        out.feature(BASSES + usize::from(position), 1.0);
        if i32::from(position) >= from {
            ahead.push((u16::from(position), 1.0));
        }
    }
    out.distribution(10, &ahead);
}
