//! Finds notes of a region that cannot be removed from a chunk without changing a note outside it, in the
//! reading of any program.
//!
//! Programs agree on notes of one pitch that do not overlap. Where they overlap, or where a note-off is
//! missing, the same note-off ends one note for programs in which the first note ends first, and another
//! for those in which the last one does. A note-off that ends a note outside for either stays, and the
//! note of the region that it ends for us stays with it.

use super::scan::{Pitch, Scan};
use crate::song::Note;
use crate::strikes::{pair_first, pair_last};

/// Of the notes that are to go or to be cut, those that are bound to stay, by index in `scan.found`.
///
/// Of notes of one pitch that sound together all are cut, or none: the first note-off ends the first.
pub(super) fn bound_notes(
    scan: &Scan,
    goes: impl Fn(&Note) -> bool,
    is_cut: impl Fn(&Note) -> bool,
) -> Vec<bool> {
    let mut is_bound = vec![false; scan.found.len()];
    for pitch in &scan.pitches {
        let notes = || pitch.found.iter().map(|&at| &scan.found[at].note);
        let goes: Vec<bool> = notes().map(&goes).collect();
        let is_cut: Vec<bool> = notes().map(&is_cut).collect();
        let touched = |number: usize| goes[number] || is_cut[number];
        let mut bound = bound_of_pitch(
            scan,
            pitch,
            &(0..goes.len()).map(touched).collect::<Vec<_>>(),
        );
        if bound
            .iter()
            .zip(&is_cut)
            .any(|(bound, is_cut)| *bound && *is_cut)
        {
            bound = bound_of_pitch(scan, pitch, &goes);
            for (bound, is_cut) in bound.iter_mut().zip(&is_cut) {
                *bound |= is_cut;
            }
        }
        for (&at, bound) in pitch.found.iter().zip(bound) {
            is_bound[at] = bound;
        }
    }
    is_bound
}

/// By number of the note, of those that are touched.
fn bound_of_pitch(scan: &Scan, pitch: &Pitch, touched: &[bool]) -> Vec<bool> {
    // All or none: no note of the pitch is outside, or none is touched.
    if touched.iter().all(|&touched| touched) || !touched.contains(&true) {
        return vec![false; touched.len()];
    }
    let ends_first = ends_other_first(pitch, touched);
    let ends_last = ends_other_last(scan, pitch, touched);
    (0..touched.len())
        .map(|number| touched[number] && (ends_first[number] || ends_last[number]))
        .collect()
}

/// By number of the note: whether its note-off ends a note that stays, where the first note ends first.
fn ends_other_first(pitch: &Pitch, goes: &[bool]) -> Vec<bool> {
    let notes = &pitch.pairs.notes;
    let mut ends_other = vec![false; notes.len()];
    if notes.iter().all(|(_, ending)| ending.off().is_some()) {
        // That is how they were paired.
        return ends_other;
    }
    let (first, _) = pair_first(&pitch.strikes, |_| true);
    let mut ends_staying = vec![false; pitch.strikes.len()];
    for (&(_, off), goes) in first.iter().zip(goes) {
        if let (Some(off), false) = (off, goes) {
            ends_staying[off] = true;
        }
    }
    for (ends_other, (_, ending)) in ends_other.iter_mut().zip(notes) {
        *ends_other = ending.off().is_some_and(|off| ends_staying[off]);
    }
    ends_other
}

/// More notes than this are not kept for the sake of one reading.
const MOST_KEPT: usize = 4;

/// The same where the last note ends first.
///
/// Taking out a note to which both ways give the same note-off leaves every other note as it is. So all
/// others of those that overlap a note outside are kept, if they are few. In a long chain of notes that
/// overlap their neighbours, the first one would last until the chain ends: there only those are kept
/// whose note-off ends a note that stays.
fn ends_other_last(scan: &Scan, pitch: &Pitch, goes: &[bool]) -> Vec<bool> {
    let mut ends_other = vec![false; goes.len()];
    let mut last = None;
    let mut first = 0;
    while first < goes.len() {
        let end = end_of_group(scan, pitch, first);
        let group = first..end;
        first = end;
        if goes[group.clone()].iter().all(|&goes| goes) || group.len() == 1 {
            continue;
        }
        let last = last.get_or_insert_with(|| pair_last(&pitch.strikes));
        let differs = |number: usize| last[number].1 != pitch.ending(number).off();
        let kept = group
            .clone()
            .filter(|&number| goes[number] && differs(number));
        if kept.count() <= MOST_KEPT {
            group.for_each(|number| ends_other[number] = differs(number));
            continue;
        }
        let mut ends_staying = vec![false; pitch.strikes.len()];
        for number in group.clone().filter(|&number| !goes[number]) {
            if let Some(off) = last[number].1 {
                ends_staying[off] = true;
            }
        }
        for number in group {
            let off = pitch.ending(number).off();
            ends_other[number] = off.is_some_and(|off| ends_staying[off]);
        }
    }
    ends_other
}

/// Where the notes end that overlap the one with this number, or one another.
fn end_of_group(scan: &Scan, pitch: &Pitch, first: usize) -> usize {
    let mut until = 0;
    let mut end = first;
    for &at in &pitch.found[first..] {
        let found = &scan.found[at];
        if end > first && found.note.start_tick >= until {
            break;
        }
        until = until.max(found.end_tick);
        end += 1;
    }
    end
}
