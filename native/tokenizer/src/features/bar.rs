//! Bar delta or END: is there more to come in this bar, and in the region?

use super::arrangement;
use super::{COUNT_BUCKETS, MATCH_ROWS, REFERENCES, count_bucket, match_bucket, next_in_reference};
use crate::composer::Composer;
use crate::grid::QUARTER;
use crate::head_inputs::HeadInputs;
use crate::vocabulary::BAR_END;

const REFERENCE: usize = 0;
const REFERENCE_ROWS: usize = COUNT_BUCKETS + 2;
const OTHERS: usize = REFERENCE + 4 * REFERENCE_ROWS;
const BARS_LEFT: usize = OTHERS + COUNT_BUCKETS;
const BARS_LEFT_ROWS: usize = 18;
const TICKS_LEFT: usize = BARS_LEFT + BARS_LEFT_ROWS;
const TICKS_LEFT_EDGES: [i32; 7] = [
    0,
    QUARTER / 8,
    QUARTER / 4,
    QUARTER / 2,
    QUARTER,
    2 * QUARTER,
    4 * QUARTER,
];
const TICKS_LEFT_ROWS: usize = TICKS_LEFT_EDGES.len() + 1;
const MEAN: usize = TICKS_LEFT + TICKS_LEFT_ROWS;
const IN_BAR: usize = MEAN + COUNT_BUCKETS;
const CHORD: usize = IN_BAR + COUNT_BUCKETS;
const DENSITY: usize = CHORD + 5;
const POLYPHONY: usize = DENSITY + 11;
const MATCH: usize = POLYPHONY + 8;
const LAST_END: usize = MATCH + MATCH_ROWS;

pub const SIZE_1: usize = LAST_END + 3;
const ARRANGEMENT: usize = SIZE_1;
pub const SIZE: usize = ARRANGEMENT + arrangement::SIZE;
pub const EXPERTS_1: usize = 7;
/// Context match, four references, the other tracks, where the last note ends; the next chord, the
/// next kick drum.
pub const EXPERTS: usize = 9;

pub(crate) fn fill(composer: &Composer, out: &mut HeadInputs) {
    let around = &composer.around;
    let scene = &around.scene;
    let cursor = composer.cursor;
    for (i, &distance) in REFERENCES.iter().enumerate() {
        let first = REFERENCE + i * REFERENCE_ROWS;
        let (mut total, mut left, mut here) = (0, 0, 0);
        for note in composer.own_in_bar(cursor.bar + distance) {
            total += 1;
            let position = i32::from(note.position);
            left += usize::from(position > cursor.position);
            here += usize::from(position == cursor.position);
        }
        out.one_hot(first, count_bucket(left), COUNT_BUCKETS);
        out.feature(
            first + COUNT_BUCKETS,
            f32::from(u8::from(here > cursor.chord)),
        );
        out.feature(first + COUNT_BUCKETS + 1, f32::from(u8::from(total == 0)));
        if let Some((bar, position)) = next_in_reference(composer, cursor, distance, None) {
            expert(composer, out, 1 + i, bar, scene.time_of(bar, position), 1.0);
        }
    }
    let others = around.others_in_bar(cursor.bar);
    let left = others
        .iter()
        .filter(|n| i32::from(n.position) > cursor.position)
        .count();
    out.one_hot(OTHERS, count_bucket(left), COUNT_BUCKETS);
    let next = (0..4).find_map(|ahead| {
        let after = if ahead == 0 { cursor.position } else { -1 };
        around
            .others_in_bar(cursor.bar + ahead)
            .iter()
            .find(|n| i32::from(n.position) > after)
    });
    if let Some(note) = next {
        expert(composer, out, 5, note.bar, note.onset, 1.0);
    }

    let bars_left = (scene.last_bar() - cursor.bar).max(0) as usize;
    out.one_hot(BARS_LEFT, bars_left, BARS_LEFT_ROWS);
    let now = composer.generated.last().map_or(-1, |n| n.onset);
    let ticks_left = (scene.region_length - 1 - now).max(0);
    let bucket = TICKS_LEFT_EDGES
        .iter()
        .filter(|&&edge| ticks_left > edge)
        .count();
    out.one_hot(TICKS_LEFT, bucket, TICKS_LEFT_ROWS);
    let mean = around.context.own_notes / around.context.own_bars.max(1);
    out.one_hot(MEAN, count_bucket(mean), COUNT_BUCKETS);
    let in_bar = composer
        .generated
        .iter()
        .rev()
        .take_while(|n| n.bar == cursor.bar)
        .count();
    out.one_hot(IN_BAR, count_bucket(in_bar), COUNT_BUCKETS);
    let chord = if cursor.chord == usize::MAX {
        0
    } else {
        cursor.chord
    };
    out.one_hot(CHORD, chord, 5);
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
    out.one_hot(MATCH, match_bucket(composer.matcher.longest()), MATCH_ROWS);

    if let Some(last) = composer.generated.last() {
        let end = last.onset + last.duration;
        let (bar, _) = scene.bar_and_position(end);
        expert(composer, out, 6, bar, end, 1.0);
        out.one_hot(LAST_END, (bar - last.bar).clamp(0, 2) as usize, 3);
    }

    arranged(composer, now, out);

    let total: f32 = composer.matcher.candidates().iter().map(|c| c.weight).sum();
    let mut mass = [0f32; BAR_END + 1];
    for candidate in composer.matcher.candidates() {
        if candidate.onset >= 0 && candidate.onset > now - 1 {
            let (bar, _) = scene.bar_and_position(candidate.onset);
            if let Some(class) = class_of(composer, bar, candidate.onset) {
                mass[class] += candidate.weight / total;
            }
        }
    }
    for (class, &share) in mass.iter().enumerate().filter(|(_, share)| **share > 0.0) {
        out.expert(0, class, share);
    }
}

/// The arrangement from the last note on.
fn arranged(composer: &Composer, now: i32, out: &mut HeadInputs) {
    let scene = &composer.around.scene;
    let from = now.max(0);
    arrangement::fill(composer, from, ARRANGEMENT, out);
    if let Some(next) = arrangement::changes_after(composer, now.max(-1)).first() {
        let (bar, _) = scene.bar_and_position(next.start);
        expert(composer, out, 7, bar, next.start, 1.0);
    }
    let cursor = composer.cursor;
    let kick = (0..2).find_map(|ahead| {
        let bar = cursor.bar + ahead;
        let from = if ahead == 0 { cursor.position + 1 } else { 0 };
        arrangement::kicks(composer, bar, from)
            .next()
            .map(|position| (bar, position))
    });
    if let Some((bar, position)) = kick {
        expert(composer, out, 8, bar, scene.time_of(bar, position), 1.0);
    }
}

fn class_of(composer: &Composer, bar: i32, time: i32) -> Option<usize> {
    if time >= composer.around.scene.region_length {
        return Some(BAR_END);
    }
    usize::try_from(bar - composer.cursor.bar)
        .ok()
        .filter(|&delta| delta < BAR_END)
}

fn expert(
    composer: &Composer,
    out: &mut HeadInputs,
    expert: usize,
    bar: i32,
    time: i32,
    share: f32,
) {
    if let Some(class) = class_of(composer, bar, time) {
        out.expert(expert, class, share);
    }
}
