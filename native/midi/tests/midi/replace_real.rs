//! Random edits of real files, checked event by event through an independent reader.

use std::collections::HashMap;

use crate::support::{FIXTURES, Random, dump, fixture, lenient, location_of};
use continuo_midi::{Bars, Note, ReplaceRequest, Song, conflicts, replace_region};

type Events = Vec<(u32, String)>;

/// Events of one chunk without the notes that `is_dropped` names by (onset, duration, pitch).
///
/// Pairs notes on its own: first note-off to first note-on, from the words of the other reader.
fn without_notes(
    events: &Events,
    channel: u8,
    is_dropped: impl Fn(u32, u32, u8) -> bool,
) -> Events {
    let mut open: HashMap<u8, Vec<usize>> = HashMap::new();
    let mut is_gone = vec![false; events.len()];
    for (index, (tick, words)) in events.iter().enumerate() {
        let of_channel = words.contains(&format!("channel: u4({channel})"));
        let number = |key: &str| -> Option<u8> {
            let start = words.find(key)? + key.len();
            words[start..].split(')').next()?.parse().ok()
        };
        let (Some(pitch), Some(velocity), true) =
            (number("key: u7("), number("vel: u7("), of_channel)
        else {
            continue;
        };
        let queue = open.entry(pitch).or_default();
        if words.contains("NoteOn") && velocity > 0 {
            queue.push(index);
        } else if !queue.is_empty() {
            let on = queue.remove(0);
            let onset = events[on].0;
            let gone = is_dropped(onset, (tick - onset).max(1), pitch);
            is_gone[on] = gone;
            is_gone[index] = gone;
        }
    }
    let kept = events
        .iter()
        .zip(is_gone)
        .filter(|(event, gone)| !gone && !event.1.contains("EndOfTrack"));
    kept.map(|(event, _)| event.clone()).collect()
}

/// Notes for a region that keep out of each other's way and of the notes that stay.
fn random_notes(
    random: &mut Random,
    channel: u8,
    region: (u32, u32),
    blocked: &[Note],
) -> Vec<Note> {
    let length = region.1 - region.0;
    let mut notes: Vec<Note> = Vec::new();
    for _ in 0..random.below(30) {
        let start_tick = region.0 + random.below(length);
        let note = Note {
            start_tick,
            duration_ticks: 1 + random.below(region.1 - start_tick),
            pitch: random.below(128) as u8,
            velocity: 1 + random.below(127) as u8,
            channel,
        };
        let is_free = |other: &Note| {
            other.pitch != note.pitch
                || other.end_tick() <= note.start_tick
                || note.end_tick() <= other.start_tick
        };
        if notes.iter().chain(blocked).all(is_free) {
            notes.push(note);
        }
    }
    notes
}

fn random_region(random: &mut Random, song: &Song) -> (u32, u32) {
    let bars = Bars::of(song);
    if random.below(2) == 0 {
        let bar = random.below(bars.count(song.duration_ticks));
        (
            bars.start_tick(bar),
            bars.start_tick(bar + 1 + random.below(8)),
        )
    } else {
        let start = random.below(song.duration_ticks);
        (start, start + 1 + random.below(5000))
    }
}

#[test]
fn random_edits_change_the_region_and_nothing_else() {
    let mut random = Random(2024);
    for name in FIXTURES {
        let bytes = fixture(name);
        let song = lenient(&bytes).expect(name).song;
        let old_events = dump(&bytes);
        for _ in 0..40 {
            let track = &song.tracks[random.below(song.tracks.len() as u32) as usize];
            let (start, end) = random_region(&mut random, &song);
            let cut_crossing = random.below(3) == 0;
            let is_inside = |note: &Note| (start..end).contains(&note.start_tick);
            let (inside, outside): (Vec<Note>, Vec<Note>) =
                track.notes.iter().partition(|n| is_inside(n));
            let (keep, gone): (Vec<Note>, Vec<Note>) =
                inside.iter().partition(|_| random.below(4) == 0);
            let cut = |mut note: Note| {
                if cut_crossing && note.start_tick < start {
                    note.duration_ticks = note.duration_ticks.min(start - note.start_tick);
                }
                note
            };
            let mut stays: Vec<Note> = outside.iter().copied().map(cut).collect();
            stays.extend(&keep);
            let notes = random_notes(&mut random, track.channel, (start, end), &stays);
            let replaced = replace_region(
                &bytes,
                &ReplaceRequest {
                    location: location_of(track),
                    start_tick: start,
                    end_tick: end,
                    notes: &notes,
                    keep: &keep,
                    cut_crossing,
                },
            )
            .expect(name);
            assert_eq!(replaced.removed, gone, "{name}");

            // Inside: what was asked for, and what was locked.
            let new_song = lenient(&replaced.bytes).expect(name).song;
            let mut expected = stays;
            expected.extend(&notes);
            let by_onset = |note: &Note| {
                (
                    note.start_tick,
                    note.pitch,
                    note.duration_ticks,
                    note.velocity,
                )
            };
            expected.sort_by_key(by_onset);
            let new_track = new_song
                .tracks
                .iter()
                .find(|t| (t.chunk, t.channel) == (track.chunk, track.channel));
            let mut found = new_track.map_or_else(Vec::new, |track| track.notes.clone());
            found.sort_by_key(by_onset);
            assert_eq!(found, expected, "{name} {start}-{end}");

            // Outside: other chunks byte for byte, other events of this one in their order.
            let raw = lenient(&bytes).expect(name).raw;
            let new_raw = lenient(&replaced.bytes).expect(name).raw;
            let bodies = raw.track_bodies().zip(new_raw.track_bodies()).enumerate();
            for (index, (old, new)) in bodies.filter(|(index, _)| *index != track.chunk) {
                assert_eq!(bytes[old], replaced.bytes[new], "{name}, chunk {index}");
            }
            let is_touched = |onset, duration: u32, pitch, list: &[Note]| {
                let is_cut = cut_crossing && onset < start && onset + duration >= start;
                is_cut
                    || list.iter().any(|n| {
                        (n.start_tick, n.duration_ticks, n.pitch) == (onset, duration, pitch)
                    })
            };
            let old_left = without_notes(&old_events[track.chunk], track.channel, |o, d, p| {
                is_touched(o, d, p, &gone)
            });
            let new_left = without_notes(
                &dump(&replaced.bytes)[track.chunk],
                track.channel,
                |o, d, p| is_touched(o, d, p, &notes),
            );
            assert_eq!(old_left, new_left, "{name} {start}-{end}");
        }
    }
}

#[test]
fn notes_that_mind_the_conflicts_are_never_refused() {
    let mut random = Random(11);
    for name in FIXTURES {
        let bytes = fixture(name);
        let song = lenient(&bytes).expect(name).song;
        for track in &song.tracks {
            let (start, end) = random_region(&mut random, &song);
            let mut free_from = [start; 128];
            for conflict in conflicts(track, start, end) {
                free_from[usize::from(conflict.pitch)] = conflict.end_tick;
            }
            let notes: Vec<Note> = (0..128u8)
                .filter(|&pitch| free_from[usize::from(pitch)] < end)
                .map(|pitch| Note {
                    start_tick: free_from[usize::from(pitch)],
                    duration_ticks: end - free_from[usize::from(pitch)],
                    pitch,
                    velocity: 64,
                    channel: track.channel,
                })
                .collect();
            let region = ReplaceRequest {
                location: location_of(track),
                start_tick: start,
                end_tick: end,
                notes: &notes,
                keep: &[],
                cut_crossing: false,
            };
            assert!(
                replace_region(&bytes, &region).is_ok(),
                "{name} {start}-{end}"
            );
        }
    }
}
