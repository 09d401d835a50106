//! The notes that a fill finds: those that go, those that stay, and those that sound into the region.

use crate::request::{FillRequest, Mode};
use crate::shuffle::keep_some;
use continuo_midi::{Note, Tick, Track};

/// Notes of a track that start in a tick range.
pub(super) fn starting_in(track: &Track, from: Tick, to: Tick) -> impl Iterator<Item = &Note> {
    let first = track.notes.partition_point(|n| n.start() < from);
    track.notes[first..]
        .iter()
        .take_while(move |n| n.start() < to)
}

/// Old notes of the region: those that go, and those that stay. The request's track must be there.
pub fn split(request: &FillRequest<'_>) -> (Vec<Note>, Vec<Note>) {
    let track = &request.song.tracks[request.track];
    let region = request.start_tick..request.end_tick;
    let first = track.notes.partition_point(|n| n.start() < region.start);
    let inside = track.notes[first..]
        .iter()
        .take_while(|n| region.contains(&n.start()));
    let (mut locked, mut removed): (Vec<Note>, Vec<Note>) =
        inside.copied().partition(|n| request.locks.holds(n));
    if request.mode == Mode::Vary {
        let (stay, go) = keep_some(
            &removed,
            1.0 - request.controls.amount,
            request.sampling.seed,
        );
        locked.extend(stay);
        removed = go;
    }
    (removed, locked)
}

/// Notes that start before the region and sound into it.
pub(super) fn sounding_in<'a>(
    request: &FillRequest<'_>,
    track: &'a Track,
) -> impl Iterator<Item = Note> + use<'a> {
    let start_tick = request.start_tick;
    let before = track.notes.partition_point(|n| n.start() < start_tick);
    track.notes[..before]
        .iter()
        .copied()
        .filter(move |n| n.end() > start_tick)
}
