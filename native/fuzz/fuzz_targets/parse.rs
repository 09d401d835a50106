//! Any bytes: no panic, strict reading no laxer than lenient, and a song that keeps its promises.
#![no_main]

use continuo_midi::{Bars, MAX_TICK, ParseOptions, TempoMap, parse, write_new};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let lenient = parse(bytes, &ParseOptions { strict: false });
    let strict = parse(bytes, &ParseOptions { strict: true });
    let Ok(file) = lenient else {
        assert!(strict.is_err());
        return;
    };
    if let Ok(strict) = strict {
        assert_eq!(strict.song, file.song);
    }
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
    let seconds = TempoMap::of(song).seconds_from_ticks(song.duration_ticks);
    assert!(seconds.is_finite() && seconds >= 0.0);
    if let Ok(written) = write_new(song) {
        let again = parse(&written, &ParseOptions { strict: true });
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
