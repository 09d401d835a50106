//! Features of the arrangement for every head: the target's part, and the chord that sounds.

use crate::chord::{Chord, ChordSpan, span_at};
use crate::composer::Composer;
use crate::grid::QUARTER;
use crate::head_inputs::HeadInputs;
use crate::part::{PARTS, Part};

const PART: usize = 0;
const NEW: usize = PART + PARTS + 1;
const CERTAINTY: usize = NEW + 1;
const CERTAINTIES: usize = 4;
const TO_CHANGE: usize = CERTAINTY + CERTAINTIES;
const CHANGE_EDGES: [i32; 5] = [QUARTER / 4, QUARTER / 2, QUARTER, 2 * QUARTER, 4 * QUARTER];

/// Rows that each head begins its version 2 with.
pub(crate) const SIZE: usize = TO_CHANGE + CHANGE_EDGES.len() + 1;

/// General MIDI's bass drums, as the model names them.
const KICKS: [u8; 2] = [128 + 35, 128 + 36];

/// Fill rows `[first, first + SIZE)` for a draw at a time.
pub(crate) fn fill(composer: &Composer, time: i32, first: usize, out: &mut HeadInputs) {
    let around = &composer.around;
    let part = around.part.map_or(0, |part| part as usize + 1);
    out.one_hot(first + PART, part, PARTS + 1);
    out.feature(first + NEW, f32::from(u8::from(around.own.is_empty())));
    let span = span_at(&around.scene.chords, time).map(|(_, span)| span);
    let certainty = match span.filter(|s| s.chord.is_some()) {
        None => 0,
        Some(_) if around.scene.are_chords_given => 3,
        Some(span) if span.confidence >= 0.7 => 2,
        Some(_) => 1,
    };
    out.one_hot(first + CERTAINTY, certainty, CERTAINTIES);
    let to_change = span.map_or(i32::MAX, |s| s.end - time);
    let bucket = CHANGE_EDGES
        .iter()
        .filter(|&&edge| to_change > edge)
        .count();
    out.one_hot(first + TO_CHANGE, bucket, CHANGE_EDGES.len() + 1);
}

/// The chord at a time, and the one after it.
pub(crate) fn chords_at(composer: &Composer, time: i32) -> (Option<Chord>, Option<Chord>) {
    let spans = &composer.around.scene.chords;
    match span_at(spans, time) {
        Some((at, span)) => (span.chord, spans.get(at + 1).and_then(|next| next.chord)),
        None => (None, None),
    }
}

/// Spans whose chord begins after a time.
pub(crate) fn changes_after(composer: &Composer, time: i32) -> &[ChordSpan] {
    let spans = &composer.around.scene.chords;
    &spans[spans.partition_point(|s| s.start <= time)..]
}

/// Positions in a bar, from one on, at which a kick drum starts in other tracks.
pub(crate) fn kicks(composer: &Composer, bar: i32, from: i32) -> impl Iterator<Item = u8> + '_ {
    positions(composer, bar, from, |n| KICKS.contains(&n.0))
}

/// Positions in a bar, from one on, at which another track that is the bass starts a note.
pub(crate) fn basses(composer: &Composer, bar: i32, from: i32) -> impl Iterator<Item = u8> + '_ {
    let parts = &composer.around.scene.parts;
    positions(composer, bar, from, |n| {
        parts.get(usize::from(n.1)) == Some(&Some(Part::Bass))
    })
}

/// Positions of the notes (pitch, track) that count, each once.
fn positions<'a>(
    composer: &'a Composer,
    bar: i32,
    from: i32,
    counts: impl Fn((u8, u16)) -> bool + 'a,
) -> impl Iterator<Item = u8> + 'a {
    let mut last = None;
    let notes = composer.around.others_in_bar(bar).iter();
    notes
        .filter(move |n| i32::from(n.position) >= from && counts((n.pitch, n.track)))
        .filter_map(move |n| (last.replace(n.position) != Some(n.position)).then_some(n.position))
}
