//! The program of each track, from its first note on.

use crate::song::{ProgramChange, Song, TrackDetails, TrackLocation};

/// A program change of a file.
#[derive(Clone, Copy)]
pub(crate) struct ProgramEvent {
    pub(crate) tick: u32,
    pub(crate) chunk: usize,
    pub(crate) port: u8,
    pub(crate) channel: u8,
    pub(crate) program: u8,
    /// No note of its channel came before it in its chunk.
    pub(crate) is_before_notes: bool,
}

/// Give each track its program at the first note and those that follow.
///
/// A chunk's own changes count; where it has none before its first note, those of other chunks on its
/// port and channel do, if chunks share channels at all. `events`: by chunk, then in file order. Answers
/// whose own chunk sets a program before their first note.
pub(crate) fn set_programs(
    song: &mut Song,
    details: &mut [TrackDetails],
    events: &mut [ProgramEvent],
) -> Vec<bool> {
    let mut sets_program = vec![false; song.tracks.len()];
    if events.is_empty() {
        return sets_program;
    }
    let own_key = |event: &ProgramEvent| (event.chunk, event.port, event.channel);
    events.sort_by_key(own_key);
    let shares_channels = song.format != 2;
    // Most files need none of it.
    let mut shared: Option<Vec<ProgramEvent>> = None;
    let shared_key = |event: &ProgramEvent| (event.port, event.channel, event.tick);
    let tracks = song.tracks.iter_mut().zip(details);
    for ((track, details), sets_program) in tracks.zip(&mut sets_program) {
        let TrackLocation {
            chunk,
            port,
            channel,
            ..
        } = details.location;
        let key = (chunk, port, channel);
        let first = events.partition_point(|event| own_key(event) < key);
        let own = &events[first..];
        let own = &own[..own.partition_point(|event| own_key(event) == key)];
        let before = own.partition_point(|event| event.is_before_notes);
        let (mut program, mut later) = match before.checked_sub(1) {
            Some(last) => (Some(own[last].program), &own[before..]),
            None => (None, own),
        };
        *sets_program = program.is_some();
        if program.is_none() && shares_channels {
            let all = shared.get_or_insert_with(|| {
                let mut all = events.to_vec();
                all.sort_by_key(shared_key);
                all
            });
            let first_tick = track.notes.first().map_or(0, |note| note.start_tick);
            let key = (port, channel);
            let from = all.partition_point(|event| (event.port, event.channel) < key);
            let end = all.partition_point(|event| (event.port, event.channel) <= key);
            let until =
                all.partition_point(|event| shared_key(event) <= (key.0, key.1, first_tick));
            program = all[from..until].last().map(|event| event.program);
            if own.is_empty() {
                later = &all[until..end];
            }
        }
        track.program = program.unwrap_or(0);
        let mut in_force = track.program;
        for event in later {
            if event.program != in_force {
                in_force = event.program;
                let (tick, program) = (event.tick, event.program);
                details
                    .program_changes
                    .push(ProgramChange { tick, program });
            }
        }
    }
    sets_program
}
