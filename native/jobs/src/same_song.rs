//! Whether a file is another one with other notes in some regions, and nothing else.

use std::collections::HashSet;
use std::ops::Range;

use continuo_midi::{
    Event, EventReader, MidiError, ParseOptions, ReplaceRequest, Song, Track, parse_nth,
    replace_region_in_song,
};

use crate::parts::Part;

/// A region of the notes of one (chunk, channel).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub chunk: usize,
    pub channel: u8,
    pub region: Range<u32>,
}

/// Where the notes of some parts lie in the file.
pub fn places_of(song: &Song, parts: &[Part]) -> Vec<Place> {
    let place = |part: &Part| Place {
        chunk: song.tracks[part.track].chunk,
        channel: song.tracks[part.track].channel,
        region: part.region.clone(),
    };
    parts.iter().map(place).collect()
}

/// Share of the notes outside a place that a song must have in common with another to be the same song.
const SAME_NOTES: f64 = 0.9;

/// Is one song the other with other notes in a place? An editor may have changed a little elsewhere too.
pub fn is_same_song(one: &Song, other: &Song, place: &Place) -> bool {
    if one.ppq != other.ppq {
        return false;
    }
    let (of_one, of_other) = (outside(one, place), outside(other, place));
    let most = of_one.len().max(of_other.len());
    if most == 0 {
        return (&one.meters, &one.tempo_map) == (&other.meters, &other.tempo_map);
    }
    let common = of_one.intersection(&of_other).count();
    common as f64 >= SAME_NOTES * most as f64
}

/// (onset, pitch) of the notes that are not in a place.
fn outside(song: &Song, place: &Place) -> HashSet<(u32, u8)> {
    let is_place = |track: &Track| (track.chunk, track.channel) == (place.chunk, place.channel);
    let tracks = song.tracks.iter();
    tracks
        .flat_map(|track| {
            let notes = track.notes.iter();
            notes.filter(move |n| !is_place(track) || !place.region.contains(&n.start_tick))
        })
        .map(|note| (note.start_tick, note.pitch))
        .collect()
}

/// Are two files the same, event for event, but for notes that start in these places of a song?
///
/// `song`: from 0, where the files hold several. How long each track lasts does not count, since new notes may make it
/// longer. False where one is no file.
pub fn differs_only_in(one: &[u8], other: &[u8], song: usize, places: &[Place]) -> bool {
    let emptied = |bytes: &[u8]| emptied(bytes, song, places);
    match (emptied(one), emptied(other)) {
        (Ok(one), Ok(other)) => is_same(&one, &other).unwrap_or(false),
        _ => false,
    }
}

fn emptied(bytes: &[u8], song: usize, places: &[Place]) -> Result<Vec<u8>, MidiError> {
    let mut bytes = bytes.to_vec();
    for place in places {
        let request = ReplaceRequest {
            chunk: place.chunk,
            channel: place.channel,
            start_tick: place.region.start,
            end_tick: place.region.end,
            notes: &[],
            keep: &[],
            cut_crossing: false,
        };
        bytes = replace_region_in_song(&bytes, song, &request)?.bytes;
    }
    Ok(bytes)
}

fn is_same(one: &[u8], other: &[u8]) -> Result<bool, MidiError> {
    let count = parse_nth(one, 0, &ParseOptions::default())?.raw.song_count;
    for song in 0..count {
        if !has_same_events(one, other, song)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn has_same_events(one: &[u8], other: &[u8], song: usize) -> Result<bool, MidiError> {
    let raw_of = |bytes: &[u8]| Ok(parse_nth(bytes, song, &ParseOptions::default())?.raw);
    let (raw, other_raw) = (raw_of(one)?, raw_of(other)?);
    if raw.song_count != other_raw.song_count {
        return Ok(false);
    }
    if (raw.format, raw.ppq) != (other_raw.format, other_raw.ppq) {
        return Ok(false);
    }
    let bodies: Vec<_> = raw.track_bodies().collect();
    let other_bodies: Vec<_> = other_raw.track_bodies().collect();
    if bodies.len() != other_bodies.len() {
        return Ok(false);
    }
    for (body, other_body) in bodies.into_iter().zip(other_bodies) {
        let mut events = EventReader::new(one, body);
        let mut other_events = EventReader::new(other, other_body);
        loop {
            let (event, other_event) = (next(&mut events)?, next(&mut other_events)?);
            match (event, other_event) {
                (None, None) => break,
                (Some(a), Some(b)) if (a.tick, a.kind) == (b.tick, b.kind) => {}
                _ => return Ok(false),
            }
        }
    }
    Ok(true)
}

/// The next event but for the end of track.
fn next<'a>(events: &mut EventReader<'a>) -> Result<Option<Event<'a>>, MidiError> {
    loop {
        match events.next_event()? {
            Some(event) if event.is_end_of_track() => {}
            event => return Ok(event),
        }
    }
}

#[cfg(test)]
mod tests {
    use continuo_midi::{Note, parse_song, replace_region};

    use super::*;

    const FIXTURE: &[u8] = include_bytes!("../../../test/fixtures/faure-apres-un-reve.mid");

    fn filled(pitch: u8, start_tick: u32) -> Vec<u8> {
        let song = parse_song(FIXTURE).unwrap();
        let channel = song.tracks[0].channel;
        let note = Note {
            start_tick,
            duration_ticks: 10,
            pitch,
            velocity: 80,
            channel,
        };
        let request = ReplaceRequest {
            chunk: song.tracks[0].chunk,
            channel,
            start_tick,
            end_tick: start_tick + 1440,
            notes: &[note],
            keep: &[],
            cut_crossing: false,
        };
        replace_region(FIXTURE, &request).unwrap().bytes
    }

    #[test]
    fn a_song_is_known_by_its_notes_elsewhere() {
        let song = parse_song(FIXTURE).unwrap();
        let place = &places_of(
            &song,
            &[Part {
                track: 0,
                region: 14_400..15_840,
            }],
        )[0];
        let mut other = parse_song(&filled(60, 14_400)).unwrap();
        assert!(is_same_song(&song, &other, place));
        // An editor moved a note elsewhere.
        other.tracks[1].notes[3].start_tick += 1;
        assert!(is_same_song(&song, &other, place));
        other.tracks[1].notes.truncate(100);
        assert!(!is_same_song(&song, &other, place));
        let mut slower = song.clone();
        slower.ppq *= 2;
        assert!(!is_same_song(&song, &slower, place));
        assert!(!is_same_song(&song, &Song::default(), place));
    }

    #[test]
    fn only_the_region_may_differ() {
        let song = parse_song(FIXTURE).unwrap();
        let part = |region: Range<u32>| places_of(&song, &[Part { track: 0, region }]);
        let place = part(14_400..15_840);
        let end = song.duration_ticks;
        for other in [filled(60, 14_400), filled(72, 14_400), FIXTURE.to_vec()] {
            assert!(differs_only_in(FIXTURE, &other, 0, &place));
            assert!(differs_only_in(&other, FIXTURE, 0, &place));
        }
        // What goes on after the end makes a file longer.
        let longer = filled(60, end);
        assert!(differs_only_in(FIXTURE, &longer, 0, &part(end..end + 1440)));
        assert!(!differs_only_in(FIXTURE, &longer, 0, &place));
        assert!(!differs_only_in(FIXTURE, &filled(60, 2_880), 0, &place));
        assert!(!differs_only_in(FIXTURE, b"precious", 0, &place));
        let mut renamed = FIXTURE.to_vec();
        let name = renamed
            .windows(2)
            .position(|two| two == [0xff, 0x03])
            .unwrap()
            + 3;
        renamed[name] ^= 1;
        assert!(!differs_only_in(FIXTURE, &renamed, 0, &place));
    }
    #[test]
    fn another_song_of_the_file_must_be_the_same() {
        let two = |first: &[u8], second: &[u8]| [first, second].concat();
        let song = parse_song(FIXTURE).unwrap();
        let part = Part {
            track: 0,
            region: 14_400..15_840,
        };
        let place = places_of(&song, &[part]);
        let changed = filled(60, 14_400);
        let before = two(FIXTURE, FIXTURE);
        let second = two(FIXTURE, &changed);
        assert!(differs_only_in(&before, &second, 1, &place));
        assert!(!differs_only_in(&before, &second, 0, &place));
        assert!(!differs_only_in(&before, FIXTURE, 0, &place));
    }
}
