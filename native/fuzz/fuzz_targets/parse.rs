//! Any bytes: no panic, strict reading no laxer than lenient, and a song that keeps its promises.
#![no_main]

use continuo_midi::{Bars, MAX_TICK, ParseOptions, TempoMap, Tick, parse, parse_nth, write_new};
use libfuzzer_sys::fuzz_target;

const STRICT: ParseOptions = ParseOptions { strict: true };
/// Songs of a file that are looked at.
const MOST_SONGS: usize = 3;

fuzz_target!(|bytes: &[u8]| {
    let lenient = parse(bytes, &ParseOptions::default());
    let strict = parse(bytes, &STRICT);
    let Ok(file) = lenient else {
        assert!(strict.is_err());
        return;
    };
    if let Ok(strict) = strict {
        assert_eq!(strict.song, file.song);
    }
    for song in 1..file.raw.song_count.min(MOST_SONGS) {
        if let Ok(other) = parse_nth(bytes, song, &ParseOptions::default()) {
            assert_eq!(other.raw.song_count, file.raw.song_count);
            assert!(other.raw.header.start > file.raw.header.start);
        }
    }
    let mut codes: Vec<&str> = file.warnings.iter().map(|warning| warning.code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), file.warnings.len(), "one warning a code");
    let song = &file.song;
    assert!(song.duration_ticks <= MAX_TICK);
    let note_count: usize = song.tracks.iter().map(|track| track.notes.len()).sum();
    assert!(note_count <= bytes.len());
    for track in &song.tracks {
        assert!(
            track
                .notes
                .is_sorted_by_key(|note| (note.start_tick, note.pitch))
        );
        assert!(track.notes.iter().all(|note| note.duration_ticks >= 1));
    }
    let bars = Bars::of(song);
    let bar = bars.bar_at_tick(song.duration_ticks);
    assert!(bars.start_tick(bar) <= song.duration_ticks);
    assert_eq!(bars.bar_at_tick(bars.start_tick(bar)), bar);
    let seconds = TempoMap::of(song).seconds_from_ticks(Tick(song.duration_ticks));
    assert!(seconds.is_finite() && seconds >= 0.0);
    if let Ok(written) = write_new(song) {
        let again = parse(&written, &STRICT);
        let again = again.map(|file| file.song.tracks);
        let pitches = |tracks: &[continuo_midi::Track]| -> Vec<(u8, u32, u8, u8)> {
            let notes = tracks.iter().flat_map(|track| &track.notes);
            notes
                .map(|note| (note.channel, note.start_tick, note.pitch, note.velocity))
                .collect()
        };
        assert_eq!(
            again.map(|tracks| pitches(&tracks)).ok(),
            Some(pitches(&song.tracks))
        );
    }
});
