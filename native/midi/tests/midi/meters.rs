//! Meter events that start bars, and the warnings about odd ones.

use crate::support::{Random, file, lenient, odd_file, strict};
use continuo_midi::{Bars, MeterChange};

fn meter(tick: u32, numerator: u8, denominator: u16) -> MeterChange {
    MeterChange {
        tick,
        numerator,
        denominator,
    }
}

/// A meter event after a delta time below 2^14.
fn event(delta: u32, numerator: u8, power: u8) -> Vec<u8> {
    let delta = [0x80 | (delta >> 7) as u8, (delta & 127) as u8];
    [&delta[..], &[0xff, 0x58, 4, numerator, power, 24, 8]].concat()
}

fn tempo(delta: u8, microseconds: u32) -> Vec<u8> {
    let [_, high, middle, low] = microseconds.to_be_bytes();
    vec![delta, 0xff, 0x51, 3, high, middle, low]
}

fn warnings(bytes: &[u8]) -> Vec<(&'static str, String)> {
    let parsed = lenient(bytes).expect("read");
    // What strict reading refuses is against the specification, and this is not.
    assert_eq!(strict(bytes).expect("read").warnings, parsed.warnings);
    let warnings = parsed.warnings.into_iter();
    warnings.map(|w| (w.code, w.message)).collect()
}

fn meters(bytes: &[u8]) -> Vec<MeterChange> {
    lenient(bytes).expect("read").song.meters
}

#[test]
fn a_change_to_the_meter_in_force_starts_no_bar() {
    for body in [event(0, 4, 2), event(1, 4, 2), event(700, 4, 2)] {
        let bytes = file(0, 480, &[&body]);
        assert_eq!(meters(&bytes), [meter(0, 4, 4)]);
        assert_eq!(warnings(&bytes), []);
    }
    let body = [event(0, 3, 2), event(500, 3, 2), event(200, 4, 2)].concat();
    assert_eq!(
        meters(&file(0, 100, &[&body])),
        [meter(0, 3, 4), meter(700, 4, 4)]
    );
}

#[test]
fn a_change_beside_a_bar_line_is_on_it() {
    // A sixteenth of a quarter is 30 ticks, of an eighth 15.
    for (before, near, far) in [((4, 2), 30, 31), ((8, 3), 15, 16)] {
        let change = |delta| {
            let body = [event(0, before.0, before.1), event(delta, 3, 2)].concat();
            meters(&file(0, 480, &[&body]))[1]
        };
        for tick in [1920 - near, 1920 + near] {
            assert_eq!(change(tick), meter(1920, 3, 4));
        }
        for tick in [1920 - far, 1920 + far] {
            assert_eq!(change(tick), meter(tick, 3, 4));
        }
    }
}

#[test]
fn a_change_beside_another_one_replaces_it() {
    let changes = |changes: &[MeterChange]| Bars::new(changes, 480).meters();
    assert_eq!(changes(&[meter(1, 3, 4)]), [meter(0, 3, 4)]);
    assert_eq!(
        changes(&[meter(0, 3, 4), meter(30, 4, 4)]),
        [meter(0, 4, 4)]
    );
    // Back to what held before: nothing has changed.
    assert_eq!(
        changes(&[meter(1920, 3, 4), meter(1921, 4, 4)]),
        [meter(0, 4, 4)]
    );
    // The first one moved past the second.
    assert_eq!(
        changes(&[meter(1900, 3, 4), meter(1910, 5, 4)]),
        [meter(0, 4, 4), meter(1920, 5, 4)]
    );
}

#[test]
fn a_change_in_mid_bar_cuts_the_bar_and_warns() {
    let body = [event(2000, 3, 2), event(1440, 4, 2), event(700, 7, 3)].concat();
    let bytes = file(0, 480, &[&body]);
    let cuts = [meter(2000, 3, 4), meter(3440, 4, 4), meter(4140, 7, 8)];
    assert_eq!(meters(&bytes)[1..], cuts);
    assert_eq!(
        warnings(&bytes),
        [(
            "MIDI_METER_MID_BAR",
            "the meter 3/4 begins inside a bar, 2 times, first bar 2 at tick 2000; that bar is cut short"
                .to_owned()
        )]
    );
}

#[test]
fn tracks_that_disagree_are_named_with_both_meters() {
    let note = [0, 0x90, 60, 80, 96, 60, 0];
    let track = |meter: Vec<u8>| [&[0, 0xff, 3, 2, b'R', b'H'], &meter[..], &note].concat();
    let disagreeing = |first: Vec<u8>, second: Vec<u8>| {
        let bytes = file(1, 96, &[&first, &track(second)]);
        warnings(&bytes).pop()
    };
    let message = |tick: &str, first: &str, second: &str, what: &str| {
        format!(
            "tracks disagree about the {what} at tick {tick}: {first} in track chunk 1, which has no notes, {second} in track 1 \"RH\"; {second} applies"
        )
    };
    // At one tick, and at one bar line.
    for delta in [0, 3] {
        assert_eq!(
            disagreeing(event(0, 3, 2), event(delta, 4, 2)),
            Some(("MIDI_METER_CONFLICT", message("0", "3/4", "4/4", "meter")))
        );
    }
    // Events that repeat the meter in force are reported all the same.
    assert_eq!(
        disagreeing(event(0, 4, 2), event(0, 3, 2)),
        Some(("MIDI_METER_CONFLICT", message("0", "4/4", "3/4", "meter")))
    );
    assert_eq!(
        disagreeing(tempo(48, 500_000), tempo(48, 400_000)),
        Some(("MIDI_TEMPO_CONFLICT", message("48", "120", "150", "tempo")))
    );
    // One track may change its mind, and tracks may agree.
    assert_eq!(
        disagreeing([event(0, 3, 2), event(0, 2, 2)].concat(), event(0, 2, 2)),
        None
    );
    assert_eq!(
        disagreeing(
            [tempo(0, 400_000), tempo(0, 500_000)].concat(),
            tempo(0, 500_000)
        ),
        None
    );
}

#[test]
fn odd_meters_of_files_leave_sixteen_even_bars() {
    for name in ["meter-first-at-tick-1.mid", "meter-repeat-midbar.mid"] {
        let song = lenient(&odd_file(name)).expect(name).song;
        let bars = Bars::of(&song);
        assert_eq!(bars.count(song.duration_ticks), 16, "{name}");
        let starts = (0..16).map(|bar| bars.start_tick(bar));
        assert!(starts.eq((0..16).map(|bar| 1920 * bar)), "{name}");
    }
    let conflict = odd_file("meter-conflict-44-in-track-2.mid");
    let said = warnings(&conflict);
    assert!(
        said[0].1.contains("3/4") && said[0].1.contains("4/4"),
        "{said:?}"
    );
}

#[test]
fn what_was_settled_stays_as_it_is() {
    let mut random = Random(8);
    for _ in 0..2000 {
        let mut tick = 0;
        let changes: Vec<MeterChange> = (0..random.below(12))
            .map(|_| {
                tick +=
                    [0, 1, random.below(60), random.below(4000), 1920][random.below(5) as usize];
                meter(tick, 1 + random.below(9) as u8, 1 << random.below(6))
            })
            .collect();
        let ppq = [1, 24, 96, 480, 960][random.below(5) as usize];
        let bars = Bars::new(&changes, ppq);
        let settled = bars.meters();
        let again = Bars::new(&settled, ppq);
        assert_eq!(again.meters(), settled, "{changes:?} at {ppq}");
        for tick in (0..tick + 4000).step_by(97) {
            assert_eq!(bars.position_at_tick(tick), again.position_at_tick(tick));
        }
        // Every change starts a bar, and no two in a row are the same.
        for pair in settled.windows(2) {
            assert!(pair[0].tick < pair[1].tick);
            assert_ne!(
                (pair[0].numerator, pair[0].denominator),
                (pair[1].numerator, pair[1].denominator)
            );
            assert_eq!(bars.position_at_tick(pair[1].tick).tick_in_bar, 0);
        }
    }
}
