//! What the targets of both writers check in a written file.

use continuo_midi::{MidiError, Note, ParseOptions, ParsedFile, TrackLocation, parse_nth};

const END_OF_TRACK: &[u8] = &[0, 0xff, 0x2f, 0];

/// One of the songs of the bytes.
pub fn read(bytes: &[u8], song: usize) -> Result<ParsedFile, MidiError> {
    parse_nth(bytes, song, &ParseOptions::default())
}

/// The notes at a place; none where the file has no such track.
pub fn notes_of(file: &ParsedFile, location: TrackLocation) -> Vec<Note> {
    let found = file.track_at(location);
    found.map_or_else(Vec::new, |index| file.song.tracks[index].notes.clone())
}

/// End notes of the file that have no note-off where a new note of their pitch begins.
pub fn give_way(notes: &mut [Note], held: &[Note], new: &[Note]) {
    for note in notes.iter_mut().filter(|note| held.contains(note)) {
        let is_after = |new: &&Note| new.pitch == note.pitch && new.start_tick > note.start_tick;
        if let Some(next) = new.iter().filter(is_after).map(|new| new.start_tick).min() {
            note.duration_ticks = note.duration_ticks.min(next - note.start_tick);
        }
    }
}

/// The other tracks of a chunk play what they played.
pub fn assert_other_tracks_are_same(old: &ParsedFile, new: &ParsedFile, location: TrackLocation) {
    let others = |file: &ParsedFile| -> Vec<(TrackLocation, Vec<Note>)> {
        let tracks = file.details.iter().zip(&file.song.tracks);
        tracks
            .map(|(details, track)| (details.location, track.notes.clone()))
            .filter(|(other, notes)| *other != location && !notes.is_empty())
            .collect()
    };
    assert_eq!(others(new), others(old));
}

/// The same notes, in whatever order.
pub fn assert_same_notes(mut found: Vec<Note>, mut expected: Vec<Note>) {
    let order = |note: &Note| {
        (
            note.start_tick,
            note.pitch,
            note.duration_ticks,
            note.velocity,
        )
    };
    expected.sort_by_key(order);
    found.sort_by_key(order);
    assert_eq!(found, expected);
}

/// Everything but one chunk is as it was.
pub fn assert_rest_is_same(
    (before, old): (&[u8], &ParsedFile),
    (after, new): (&[u8], &ParsedFile),
    chunk: usize,
) {
    assert_eq!(new.song.meters, old.song.meters);
    assert_eq!(new.song.tempo_map, old.song.tempo_map);
    assert_eq!(new.raw.chunks.len(), old.raw.chunks.len());
    let bodies = old
        .raw
        .track_bodies()
        .zip(new.raw.track_bodies())
        .enumerate();
    for (index, (was, is)) in bodies {
        if index != chunk {
            let (was, is) = (&before[was], &after[is]);
            // In a broken container every track gets an end.
            let is_ended = old.raw.is_broken && is.strip_suffix(END_OF_TRACK) == Some(was);
            assert!(is == was || is_ended);
        }
    }
    assert_eq!(
        before[old.raw.trailing.clone()],
        after[new.raw.trailing.clone()]
    );
    // What comes before this song, without what was in front of the first.
    assert_eq!(
        before[old.raw.data.start..old.raw.header.start],
        after[new.raw.data.start..new.raw.header.start]
    );
    assert!(
        before == after || !new.raw.is_broken,
        "what is written is right"
    );
}
