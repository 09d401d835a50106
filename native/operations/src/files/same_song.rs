//! Checks whether two files differ only by the notes in some regions.

use std::collections::HashSet;
use std::ops::Range;

use continuo_midi::{
    Event, EventReader, MidiError, ParseOptions, ParsedFile, ReplaceRequest, TrackLocation,
    parse_nth, replace_region,
};

use crate::files::part::Part;

/// A region of a track where it lies in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocatedRegion {
    pub location: TrackLocation,
    pub region: Range<u32>,
}

/// Where the notes of some parts lie in the file.
pub fn located_regions(parsed: &ParsedFile, parts: &[Part]) -> Vec<LocatedRegion> {
    let located = |part: &Part| LocatedRegion {
        location: parsed.details[part.track].location,
        region: part.region.clone(),
    };
    parts.iter().map(located).collect()
}

/// Share of the notes outside a region that a song must have in common with another to be the same song.
const SAME_NOTES: f64 = 0.9;

/// Is one song the other with other notes in a region? An editor may have changed a little elsewhere too.
pub fn is_same_song(one: &ParsedFile, other: &ParsedFile, region: &LocatedRegion) -> bool {
    if one.song.ppq != other.song.ppq {
        return false;
    }
    let (of_one, of_other) = (outside(one, region), outside(other, region));
    let most = of_one.len().max(of_other.len());
    if most == 0 {
        let (one, other) = (&one.song, &other.song);
        return (&one.meters, &one.tempo_map) == (&other.meters, &other.tempo_map);
    }
    let common = of_one.intersection(&of_other).count();
    common as f64 >= SAME_NOTES * most as f64
}

/// (onset, pitch) of the notes that are not in a region.
fn outside(parsed: &ParsedFile, located: &LocatedRegion) -> HashSet<(u32, u8)> {
    let tracks = parsed.song.tracks.iter().zip(&parsed.details);
    tracks
        .flat_map(|(track, details)| {
            let is_same_track = details.location == located.location;
            let notes = track.notes.iter();
            notes.filter(move |n| !is_same_track || !located.region.contains(&n.start_tick))
        })
        .map(|note| (note.start_tick, note.pitch))
        .collect()
}

/// Are two files the same, event for event, but for notes that start in these places?
///
/// How long each track lasts does not count, since new notes may make it longer. False if one is not a file.
pub fn differs_only_in(one: &[u8], other: &[u8], regions: &[LocatedRegion]) -> bool {
    let emptied = |bytes: &[u8]| emptied(bytes, regions);
    match (emptied(one), emptied(other)) {
        (Ok(one), Ok(other)) => is_same(&one, &other).unwrap_or(false),
        _ => false,
    }
}

fn emptied(bytes: &[u8], regions: &[LocatedRegion]) -> Result<Vec<u8>, MidiError> {
    let mut bytes = bytes.to_vec();
    for LocatedRegion { location, region } in regions {
        let request = ReplaceRequest {
            location: *location,
            start_tick: region.start,
            end_tick: region.end,
            notes: &[],
            keep: &[],
            cut_crossing: false,
        };
        bytes = replace_region(&bytes, &request)?.bytes;
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
    use continuo_midi::{Note, parse};

    use super::*;

    const FIXTURE: &[u8] = include_bytes!("../../../../test/fixtures/faure-apres-un-reve.mid");

    fn fixture() -> ParsedFile {
        parse(FIXTURE, &ParseOptions::default()).unwrap()
    }

    fn filled(pitch: u8, start_tick: u32) -> Vec<u8> {
        let parsed = fixture();
        let channel = parsed.song.tracks[0].channel;
        let note = Note {
            start_tick,
            duration_ticks: 10,
            pitch,
            velocity: 80,
            channel,
        };
        let request = ReplaceRequest {
            location: parsed.details[0].location,
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
        let one = fixture();
        let part = Part {
            track: 0,
            region: 14_400..15_840,
            role: None,
        };
        let location = &located_regions(&one, &[part])[0];
        let mut other = parse(&filled(60, 14_400), &ParseOptions::default()).unwrap();
        assert!(is_same_song(&one, &other, location));
        // An editor moved a note elsewhere.
        other.song.tracks[1].notes[3].start_tick += 1;
        assert!(is_same_song(&one, &other, location));
        other.song.tracks[1].notes.truncate(100);
        assert!(!is_same_song(&one, &other, location));
        let mut slower = fixture();
        slower.song.ppq *= 2;
        assert!(!is_same_song(&one, &slower, location));
        let mut silent = fixture();
        silent.song.tracks.clear();
        assert!(!is_same_song(&one, &silent, location));
    }

    #[test]
    fn only_the_region_may_differ() {
        let parsed = fixture();
        let part = |region: Range<u32>| {
            located_regions(
                &parsed,
                &[Part {
                    track: 0,
                    region,
                    role: None,
                }],
            )
        };
        let location = part(14_400..15_840);
        let end = parsed.song.duration_ticks;
        for other in [filled(60, 14_400), filled(72, 14_400), FIXTURE.to_vec()] {
            assert!(differs_only_in(FIXTURE, &other, &location));
            assert!(differs_only_in(&other, FIXTURE, &location));
        }
        // What goes on after the end makes a file longer.
        let longer = filled(60, end);
        assert!(differs_only_in(FIXTURE, &longer, &part(end..end + 1440)));
        assert!(!differs_only_in(FIXTURE, &longer, &location));
        assert!(!differs_only_in(FIXTURE, &filled(60, 2_880), &location));
        assert!(!differs_only_in(FIXTURE, b"precious", &location));
        let mut renamed = FIXTURE.to_vec();
        let name = renamed
            .windows(2)
            .position(|two| two == [0xff, 0x03])
            .unwrap()
            + 3;
        renamed[name] ^= 1;
        assert!(!differs_only_in(FIXTURE, &renamed, &location));
    }

    #[test]
    fn another_song_of_the_file_must_be_the_same() {
        let two = |first: &[u8], second: &[u8]| [first, second].concat();
        let part = Part {
            track: 0,
            region: 14_400..15_840,
            role: None,
        };
        let changed = filled(60, 14_400);
        let before = two(FIXTURE, FIXTURE);
        let second = two(FIXTURE, &changed);
        let regions = |song| {
            let parsed = parse_nth(&before, song, &ParseOptions::default()).unwrap();
            located_regions(&parsed, std::slice::from_ref(&part))
        };
        assert!(differs_only_in(&before, &second, &regions(1)));
        assert!(!differs_only_in(&before, &second, &regions(0)));
        assert!(!differs_only_in(&before, FIXTURE, &regions(0)));
    }
}
