//! One block of a part: its request, and its old notes in the song while it is drawn.

use std::ops::Range;

use continuo_midi::{Note, Song, Tick};
use continuo_sampler::{FillRequest, Locks, Mode, Sampling};

use crate::fill::draw_parts::PartsRequest;

/// What is drawn at once.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub part: usize,
    pub region: Range<u32>,
}

/// The notes of a block that make room: the engine takes them out, and looks at their rhythm where that is kept.
pub(super) fn put_back(song: &mut Song, track: usize, removed: &[Note], block: &Range<u32>) {
    let notes = &mut song.tracks[track].notes;
    notes.extend(
        removed
            .iter()
            .filter(|note| block.contains(&note.start_tick)),
    );
    notes.sort_by_key(|note| (note.start_tick, note.pitch));
}

/// What `put_back` put back.
pub(super) fn take_out(song: &mut Song, track: usize, removed: &[Note], block: &Range<u32>) {
    let goes = |note: &Note| block.contains(&note.start_tick) && removed.contains(note);
    song.tracks[track].notes.retain(|note| !goes(note));
}

/// What is asked of the engine for a block. `locked`: notes of its part that stay.
pub(super) fn block_request<'s>(
    request: &PartsRequest<'_>,
    song: &'s Song,
    block: &Block,
    locked: &[Note],
    sampling: Sampling,
) -> FillRequest<'s> {
    let inside = locked
        .iter()
        .filter(|note| block.region.contains(&note.start_tick));
    FillRequest {
        song,
        track: request.parts[block.part].track,
        start_tick: Tick(block.region.start),
        end_tick: Tick(block.region.end),
        mode: match request.mode {
            // What is kept is chosen from the whole region, once for all candidates.
            Mode::Vary => Mode::Fill,
            mode => mode,
        },
        controls: request.controls_of(&request.parts[block.part]),
        sampling,
        locks: Locks {
            notes: inside.copied().collect(),
            ..Locks::default()
        },
    }
}
