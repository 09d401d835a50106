//! A fill leaves notes outside its region unchanged for every program, however it pairs note-ons and note-offs.
//!
//! The readers here share no code with ours: midly reads the events, and overlapping notes of one pitch are
//! paired in both ways, first note first and last note first.

use std::collections::HashMap;

use crate::support::{Random, file, fixture, lenient, location_of, note};
use continuo_midi::{
    Note, ReplaceRequest, TrackLocation, bound_notes, end_held_notes, replace_region,
};
use midly::{MidiMessage, TrackEventKind};

/// A note-on or note-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Event {
    tick: u32,
    is_on: bool,
    pitch: u8,
    velocity: u8,
}

/// The notes of channel 0 in the first track chunk, as midly reads them.
fn events(bytes: &[u8]) -> Vec<Event> {
    let smf = midly::Smf::parse(bytes).expect("midly reads the file");
    let mut tick = 0;
    let mut events = Vec::new();
    for event in &smf.tracks[0] {
        tick += event.delta.as_int();
        let (is_on, key, vel) = match event.kind {
            TrackEventKind::Midi {
                message: MidiMessage::NoteOn { key, vel },
                ..
            } => (true, key, vel),
            TrackEventKind::Midi {
                message: MidiMessage::NoteOff { key, vel },
                ..
            } => (false, key, vel),
            _ => continue,
        };
        let (pitch, velocity) = (key.as_int(), vel.as_int());
        let is_on = is_on && velocity > 0;
        events.push(Event {
            tick,
            is_on,
            pitch,
            velocity,
        });
    }
    events
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Way {
    FirstFirst,
    LastFirst,
}

/// Each note-on with its note-off, if it has one.
fn read(events: &[Event], way: Way) -> Vec<(Event, Option<Event>)> {
    let mut notes: Vec<(Event, Option<Event>)> = Vec::new();
    let mut open: HashMap<u8, Vec<usize>> = HashMap::new();
    for &event in events {
        let open = open.entry(event.pitch).or_default();
        if event.is_on {
            open.push(notes.len());
            notes.push((event, None));
        } else if !open.is_empty() {
            let at = if way == Way::FirstFirst {
                open.remove(0)
            } else {
                open.remove(open.len() - 1)
            };
            notes[at].1 = Some(event);
        }
    }
    notes
}

/// Notes of one channel with all that real files have: overlaps, lost note-offs, note-offs of nothing.
fn random_file(random: &mut Random) -> Vec<u8> {
    let mut strikes: Vec<(u32, bool, u8)> = Vec::new();
    let lost = [0, 3, 12][random.below(3) as usize];
    for _ in 0..10 + random.below(40) {
        let (start, pitch) = (random.below(60) * 10, 60 + random.below(3) as u8);
        strikes.push((start, true, pitch));
        if lost == 0 || random.below(lost) > 0 {
            let length = [5, 10, 10, 20, 70][random.below(5) as usize];
            strikes.push((start + length, false, pitch));
        }
        if random.below(40) == 0 {
            strikes.push((random.below(600), false, pitch));
        }
    }
    // At one tick ends come before beginnings.
    strikes.sort_by_key(|&(tick, is_on, _)| (tick, is_on));
    let mut body = Vec::new();
    let mut before = 0;
    for (number, (tick, is_on, pitch)) in (0u32..).zip(strikes) {
        let delta = tick - before;
        before = tick;
        if delta > 127 {
            body.push(0x80 | (delta >> 7) as u8);
        }
        body.push((delta & 127) as u8);
        // A velocity of its own tells each event from its neighbours.
        let velocity = 1 + (number % 126) as u8;
        body.extend([if is_on { 0x90 } else { 0x80 }, pitch, velocity]);
    }
    file(0, 96, &[&body])
}

fn is_inside(event: &Event, region: &std::ops::Range<u32>) -> bool {
    region.contains(&event.tick)
}

/// Notes outside a region in one way of reading, without those of some pitches.
fn outside(
    events: &[Event],
    way: Way,
    region: &std::ops::Range<u32>,
    counts: impl Fn(u8) -> bool,
) -> Vec<(Event, Option<Event>)> {
    let mut notes = read(events, way);
    notes.retain(|(on, _)| !is_inside(on, region) && counts(on.pitch));
    notes.sort();
    notes
}

#[test]
fn no_event_of_a_note_outside_the_region_is_taken() {
    let mut random = Random(12);
    let (mut removed_count, mut bound_count) = (0, 0);
    for round in 0..4000 {
        let bytes = random_file(&mut random);
        let start = random.below(500);
        let region = start..start + 1 + random.below(200);
        let notes = [
            note(region.start + random.below(region.len() as u32), 1, 60),
            note(region.start, 1, 72),
        ];
        let request = ReplaceRequest {
            location: TrackLocation::default(),
            start_tick: region.start,
            end_tick: region.end,
            notes: &notes[random.below(3) as usize..],
            keep: &[],
            cut_crossing: false,
        };
        let Ok(replaced) = replace_region(&bytes, &request) else {
            continue;
        };
        let (old, new) = (events(&bytes), events(&replaced.bytes));

        // Both ways, every note outside still has its note-on and its note-off.
        let mut left: HashMap<Event, u32> = HashMap::new();
        for event in &new {
            *left.entry(*event).or_default() += 1;
        }
        let taken: Vec<Event> = old
            .iter()
            .filter(|event| match left.get_mut(event) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    false
                }
                _ => true,
            })
            .copied()
            .collect();
        for way in [Way::FirstFirst, Way::LastFirst] {
            for (on, off) in outside(&old, way, &region, |_| true) {
                assert!(!taken.contains(&on), "{round} {way:?} {on:?}");
                let is_taken = off.is_some_and(|off| taken.contains(&off));
                assert!(!is_taken, "{round} {way:?} {on:?} {off:?} in {region:?}");
            }
            // And where no note-off is missing, it is the same note; but where the last note ends first,
            // the first of many that overlap their neighbours may be another one.
            let is_whole = |pitch: u8| {
                let notes = read(&old, way).into_iter();
                let notes: Vec<_> = notes.filter(|(on, _)| on.pitch == pitch).collect();
                let inside = notes.iter().filter(|(on, _)| region.contains(&on.tick));
                notes.iter().all(|(_, off)| off.is_some())
                    && (way == Way::FirstFirst || inside.count() <= 4)
            };
            assert_eq!(
                outside(&old, way, &region, is_whole),
                outside(&new, way, &region, is_whole),
                "{round} {way:?} {region:?}"
            );
        }

        // What went and what stayed is what we say.
        let parsed = lenient(&bytes).expect("read");
        let old_notes = &parsed.song.tracks[0].notes;
        let new_song = lenient(&replaced.bytes).expect("read").song;
        let bound =
            bound_notes(&bytes, TrackLocation::default(), region.clone(), false).expect("read");
        let is_inside = |note: &&Note| region.contains(&note.start_tick);
        let mut inside: Vec<Note> = old_notes.iter().filter(is_inside).copied().collect();
        let mut expected: Vec<Note> = replaced.removed.iter().chain(&bound).copied().collect();
        let order = |note: &Note| {
            (
                note.start_tick,
                note.pitch,
                note.duration_ticks,
                note.velocity,
            )
        };
        inside.sort_by_key(order);
        expected.sort_by_key(order);
        assert_eq!(inside, expected, "{round}");

        // Read again, all is as it was; only what nothing ended is ended by a new note of its pitch.
        let mut expected: Vec<Note> = old_notes.clone();
        expected.retain(|note| !replaced.removed.contains(note));
        for held in expected
            .iter_mut()
            .filter(|note| parsed.details[0].held.contains(note))
        {
            let is_after =
                |new: &&Note| new.pitch == held.pitch && new.start_tick > held.start_tick;
            if let Some(next) = request
                .notes
                .iter()
                .filter(is_after)
                .map(|n| n.start_tick)
                .min()
            {
                held.duration_ticks = held.duration_ticks.min(next - held.start_tick);
            }
        }
        expected.extend(request.notes);
        expected.sort_by_key(order);
        let tracks = new_song.tracks.into_iter();
        let mut found: Vec<Note> = tracks.flat_map(|track| track.notes).collect();
        found.sort_by_key(order);
        assert_eq!(found, expected, "{round}");
        removed_count += replaced.removed.len();
        bound_count += bound.len();
    }
    assert!(
        removed_count > 4000 && bound_count > 400,
        "{removed_count} {bound_count}"
    );
}

#[test]
fn a_note_is_bound_only_where_programs_differ() {
    // Clean pieces, whatever the region.
    let mut random = Random(5);
    for name in ["holmes-le-desir.mid", "faure-apres-un-reve.mid"] {
        let bytes = fixture(name);
        let song = lenient(&bytes).expect(name).song;
        for track in &song.tracks {
            let start = random.below(song.duration_ticks);
            let bound = bound_notes(&bytes, location_of(track), start..start + 4000, false);
            assert_eq!(bound.expect(name), [], "{name}");
        }
    }
    // A note that lasts into the region, and one inside it that overlaps it.
    let body = [0x32, 0x90, 60, 80, 70, 60, 81, 10, 60, 0, 10, 60, 0];
    let bytes = file(1, 96, &[&body]);
    let bound = |start, end| {
        bound_notes(&bytes, TrackLocation::default(), start..end, false).expect("read")
    };
    assert_eq!(bound(100, 200).len(), 1);
    assert_eq!(bound(50, 200), []);
    // Once the first is cut, either way ends the second one by the same event.
    assert_eq!(
        bound_notes(&bytes, TrackLocation::default(), 100..200, true).expect("read"),
        []
    );
}

#[test]
fn of_many_notes_that_overlap_their_neighbours_one_stays() {
    // Thirty notes of 30 ticks, one every 20; region 100-300.
    let body: Vec<u8> = (0..30)
        .flat_map(|number| {
            let on = [if number == 0 { 0 } else { 10 }, 0x90, 60, 80];
            match number {
                0 => [&on[..], &[]].concat(),
                _ => [&on[..], &[10, 60, 0]].concat(),
            }
        })
        .chain([10, 60, 0])
        .collect();
    let bytes = file(0, 96, &[&body]);
    let request = ReplaceRequest {
        location: TrackLocation::default(),
        start_tick: 100,
        end_tick: 300,
        notes: &[],
        keep: &[],
        cut_crossing: false,
    };
    let replaced = replace_region(&bytes, &request).expect("replaced");
    assert_eq!(replaced.removed.len(), 9);
    let before = lenient(&bytes).expect("read").song.tracks[0].notes.clone();
    let after = lenient(&replaced.bytes).expect("read").song.tracks[0]
        .notes
        .clone();
    let kept = before
        .iter()
        .filter(|note| !(100..280).contains(&note.start_tick));
    assert!(after.iter().eq(kept), "{after:?}");
}

#[test]
fn notes_whose_note_off_was_lost_are_ended_on_request() {
    // Pitch 60 loses a note-off at 10, 62 one at 40; region 100-200.
    let body = [
        10, 0x90, 60, 80, 10, 60, 81, 10, 60, 0, 10, 62, 82, 70, 60, 83, 10, 60, 0, 100, 60, 84,
        10, 60, 0,
    ];
    let bytes = file(1, 96, &[&body]);
    let before = lenient(&bytes).expect("read").song;
    let ended = end_held_notes(&bytes, TrackLocation::default(), 100..200).expect("written");
    let parsed = lenient(&ended).expect("read");
    assert!(parsed.warnings.is_empty(), "{:?}", parsed.warnings);
    let mut expected = before.tracks[0].notes.clone();
    expected[2].duration_ticks = 60;
    assert_eq!(parsed.song.tracks[0].notes, expected);
    // Now all programs agree, and nothing binds the notes of the region.
    for way in [Way::FirstFirst, Way::LastFirst] {
        assert!(
            read(&events(&ended), way)
                .iter()
                .all(|(_, off)| off.is_some())
        );
    }
    assert_eq!(
        bound_notes(&bytes, TrackLocation::default(), 100..200, false)
            .expect("read")
            .len(),
        1
    );
    assert_eq!(
        bound_notes(&ended, TrackLocation::default(), 100..200, false).expect("read"),
        []
    );
    assert_eq!(
        end_held_notes(&ended, TrackLocation::default(), 100..200).expect("read"),
        ended
    );
}
