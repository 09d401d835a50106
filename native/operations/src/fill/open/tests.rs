use std::path::PathBuf;

use continuo_midi::{parse, replace_region};

use super::*;
use crate::files::source::{Reading, read_source};

fn source(name: &str) -> Source {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../test/odd-files");
    read_source(&PathBuf::from(folder).join(name), Reading::default()).unwrap()
}

fn request(track: &str, region: &str, end_held_notes: bool) -> &'static FileRegion {
    let json = format!(
        r#"{{"input":"a.mid","track":{track},"region":{region},"endHeldNotes":{end_held_notes}}}"#
    );
    Box::leak(Box::new(serde_json::from_str(&json).unwrap()))
}

fn open(source: &Source, track: usize, bars: (u32, u32), end_held: bool) -> OpenRegion<'static> {
    let region = format!(r#"{{"bars":{{"first":{},"last":{}}}}}"#, bars.0, bars.1);
    let request = request(&format!(r#"{{"number":{track}}}"#), &region, end_held);
    open_region(request, source.clone(), 1).unwrap()
}

fn said(open: &OpenRegion<'_>) -> Vec<(String, String)> {
    let warnings = open.warnings().into_iter();
    let own = warnings.filter(|warning| warning.code.starts_with("NOTE_"));
    own.map(|warning| (warning.code, warning.message)).collect()
}

#[test]
fn note_without_an_end_leaves_its_pitch_free_and_is_named() {
    let source = source("pitch-unclosed-once.mid");
    let held = open(&source, 1, (5, 8), false);
    let first = held.song().tracks[0].notes[0];
    assert_eq!(
        (first.pitch, first.end_tick()),
        (60, held.parts[0].region.start)
    );
    let said = said(&held);
    assert_eq!(said.len(), 1);
    assert_eq!(
        said[0],
        (
            "NOTE_HELD".to_owned(),
            "C4 of bar 1 has no note-off and sounds through the region, until a new note of the pitch begins; --end-held-notes ends what is held where the region starts".to_owned()
        )
    );
    // The file itself is as it was.
    assert_eq!(held.source.bytes, source.bytes);
}

#[test]
fn note_without_an_end_is_ended_on_request() {
    let source = source("pitch-unclosed-once.mid");
    let ended = open(&source, 1, (5, 8), true);
    assert_eq!(said(&ended), []);
    let first = ended.source.parsed.song.tracks[0].notes[0];
    assert_eq!(
        (first.pitch, first.end_tick()),
        (60, ended.parts[0].region.start)
    );
    let (old, new) = (&source.parsed.song, &ended.source.parsed.song);
    assert_eq!(old.tracks[0].notes[1..], new.tracks[0].notes[1..]);
}

#[test]
fn note_that_a_lost_note_off_makes_unclear_stays_unless_what_is_missing_is_written() {
    let source = source("lost-note-off.mid");
    let unclear = open(&source, 1, (9, 10), false);
    let starts: Vec<u32> = unclear.bound[0]
        .iter()
        .map(|note| note.start_tick)
        .collect();
    assert_eq!(starts, [15_360]);
    let said = said(&unclear);
    assert_eq!(said.len(), 1);
    assert!(
        said[0]
            .1
            .starts_with("C4 of bar 9 stays: a note-off of the pitch is missing earlier"),
        "{said:?}"
    );
    let clear = open(&source, 1, (9, 10), true);
    assert_eq!(clear.bound, [vec![]]);
    assert_eq!(self::said(&clear), []);
    // Every note keeps the length that it is read with.
    let (old, new) = (&source.parsed.song, &clear.source.parsed.song);
    assert_eq!(old.tracks, new.tracks);
}

#[test]
fn note_that_overlaps_one_outside_stays_and_is_named() {
    let mut source = source("lost-note-off.mid");
    let location = source.parsed.details[0].location;
    // A note from bar 2 into bar 3, and one of its pitch from there into bar 4.
    let notes = [(3000, 1000), (3900, 2000)].map(|(start_tick, duration_ticks)| Note {
        start_tick,
        duration_ticks,
        pitch: 40,
        velocity: 80,
        channel: location.channel,
    });
    for note in notes {
        let all: Vec<Note> = source.parsed.song.tracks[0]
            .notes
            .iter()
            .chain([&note])
            .copied()
            .collect();
        let bytes = continuo_midi::exchange_notes(&source.bytes, location, &all).unwrap();
        let parsed = parse(&bytes, &ParseOptions::default()).unwrap();
        source = Source {
            bytes,
            parsed,
            song_index: 0,
        };
    }
    let opened = open(&source, 1, (3, 3), true);
    assert_eq!(opened.bound[0].len(), 1);
    let said = said(&opened);
    assert!(
        said[0].1.starts_with("E2 of bar 3 stays: it overlaps"),
        "{said:?}"
    );
    // What is bound stays even if nobody asks for it.
    let request = continuo_midi::ReplaceRequest {
        location,
        start_tick: opened.parts[0].region.start,
        end_tick: opened.parts[0].region.end,
        notes: &[],
        keep: &[],
        cut_crossing: false,
    };
    let removed = replace_region(&opened.source.bytes, &request)
        .unwrap()
        .removed;
    assert!(removed.iter().all(|note| note.pitch != 40));
}

#[test]
fn region_of_a_pattern_is_counted_in_its_own_bars_and_hears_nothing_else() {
    let source = source("format-2.mid");
    let second = open(&source, 2, (3, 4), false);
    assert_eq!(second.parts[0].region, 2880..5760);
    let song = second.song();
    assert!(song.tracks[0].notes.is_empty() && !song.tracks[1].notes.is_empty());
    assert_eq!(song.tempo_map[0].tempo_qpm, 150.0);
}

#[test]
fn parts_of_several_tracks_and_regions_are_looked_at_each() {
    let source = source("lost-note-off.mid");
    let region = r#"{"several":[{"bars":{"first":3,"last":4}},{"bars":{"first":9,"last":10}}]}"#;
    let request = request(r#"{"number":1}"#, region, false);
    let opened = open_region(request, source, 1).unwrap();
    let starts = opened.bound.iter().map(|bound| bound[0].start_tick);
    assert_eq!(starts.collect::<Vec<_>>(), [3840, 15_360]);
    let said = said(&opened);
    assert!(
        said[0].1.starts_with("2 notes, first C4 of bar 3, stay"),
        "{said:?}"
    );
}

#[test]
fn patterns_are_not_filled_together() {
    let source = source("format-2.mid");
    let both = r#"{"several":[{"number":1},{"number":2}]}"#;
    let request = request(both, r#"{"bars":{"first":1,"last":2}}"#, false);
    let error = open_region(request, source, 1).err().unwrap();
    assert_eq!(error.code(), "PATTERNS_SEVERAL");
}
