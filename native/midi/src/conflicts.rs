//! Which pitches still sound when a region starts.

use crate::song::Track;

/// A pitch that a kept note holds from the start of a region on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub pitch: u8,
    /// From this tick on the pitch is free; after the region's start, at most its end.
    pub end_tick: u32,
}

/// Pitches of `track` that began before `start_tick` and sound into the region, by pitch.
///
/// A new note of such a pitch must not start before the conflict's `end_tick`: MIDI has no way to
/// say which of two sounding notes of one pitch and channel ends, so `replace_region` refuses it.
/// Notes that start after the region cannot be in the way, for new notes end inside it. Without
/// conflicts if crossing notes are cut.
pub fn conflicts(track: &Track, start_tick: u32, end_tick: u32) -> Vec<Conflict> {
    let mut free_from = [0u32; 128];
    let before = track
        .notes
        .partition_point(|note| note.start_tick < start_tick);
    for note in &track.notes[..before] {
        let slot = &mut free_from[usize::from(note.pitch & 127)];
        *slot = note.end_tick().max(*slot);
    }
    (0u8..128)
        .zip(free_from)
        .filter(|&(_, free)| free > start_tick)
        .map(|(pitch, free)| Conflict {
            pitch,
            end_tick: free.min(end_tick),
        })
        .collect()
}
