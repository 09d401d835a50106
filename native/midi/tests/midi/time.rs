//! The tempo map, the meter map, and the bars they make.

use crate::support::{FIXTURES, Random, file, fixture, lenient};
use continuo_midi::{Bars, MAX_TICK, MeterChange, TempoMap, Tick};

fn meter(tick: u32, numerator: u8, denominator: u16) -> MeterChange {
    MeterChange {
        tick,
        numerator,
        denominator,
    }
}

fn starts(bars: &Bars, count: u32) -> Vec<u32> {
    (0..count).map(|bar| bars.start_tick(bar)).collect()
}

#[test]
fn a_file_without_maps_is_120_and_four_four() {
    let song = lenient(&file(1, 480, &[&[]])).expect("read").song;
    assert_eq!(song.tempo_map.len(), 1);
    assert_eq!(
        (song.tempo_map[0].tick, song.tempo_map[0].tempo_qpm),
        (0, 120.0)
    );
    assert_eq!(song.meters, [meter(0, 4, 4)]);
}

#[test]
fn maps_come_from_all_chunks_and_the_last_at_a_tick_holds() {
    let first = [
        0, 0xff, 0x58, 4, 3, 2, 24, 8, 96, 0xff, 0x58, 4, 6, 3, 24, 8,
    ];
    let second = [
        0, 0xff, 0x58, 4, 2, 1, 24, 8, 10, 0xff, 0x51, 3, 0x0f, 0x42, 0x40,
    ];
    let song = lenient(&file(1, 96, &[&first, &second]))
        .expect("read")
        .song;
    assert_eq!(song.meters, [meter(0, 2, 2), meter(96, 6, 8)]);
    let tempos: Vec<_> = song
        .tempo_map
        .iter()
        .map(|t| (t.tick, t.tempo_qpm))
        .collect();
    assert_eq!(tempos, [(0, 120.0), (10, 60.0)]);
}

#[test]
fn a_meter_change_in_mid_bar_starts_a_bar() {
    let bars = Bars::new(&[meter(0, 4, 4), meter(500, 3, 4), meter(788, 7, 8)], 96);
    assert_eq!(starts(&bars, 6), [0, 384, 500, 788, 1124, 1460]);
    assert_eq!(bars.length_ticks(1), 116);
    assert_eq!(bars.meter_at_bar(2), meter(500, 3, 4));
    assert_eq!(bars.meter_at_tick(499), meter(0, 4, 4));
    let at = bars.position_at_tick(499);
    assert_eq!((at.bar_index, at.tick_in_bar), (1, 115));
}

#[test]
fn beats_are_those_of_the_denominator() {
    let bars = Bars::new(&[meter(0, 6, 8)], 96);
    let beats: Vec<u32> = (0..7).map(|beat| bars.beat_start_tick(1, beat)).collect();
    assert_eq!(beats, [288, 336, 384, 432, 480, 528, 576]);
}

#[test]
fn bars_of_broken_ticks_stay_on_the_exact_time() {
    // 7/64 of 4 * 10 ticks is 4.375 ticks.
    let bars = Bars::new(&[meter(0, 7, 64)], 10);
    assert_eq!(starts(&bars, 9), [0, 4, 8, 13, 17, 21, 26, 30, 35]);
}

#[test]
fn meters_without_a_bar_are_passed_over() {
    let bars = Bars::new(&[meter(0, 0, 4), meter(96, 4, 0), meter(192, 1, 1024)], 1);
    assert_eq!(bars, Bars::new(&[], 1));
}

#[test]
fn bars_go_on_to_the_last_tick_and_stop_there() {
    let bars = Bars::new(&[], 32_767);
    let last = bars.bar_at_tick(MAX_TICK);
    assert!(bars.start_tick(last) <= MAX_TICK);
    assert_eq!(bars.start_tick(u32::MAX), MAX_TICK);
    assert_eq!(bars.end_tick(u32::MAX), MAX_TICK);
    assert_eq!(bars.beat_start_tick(u32::MAX, u32::MAX), MAX_TICK);
    assert_eq!(Bars::new(&[], 1).bar_at_tick(u32::MAX), u32::MAX / 4);
}

#[test]
fn bar_count_holds_the_song() {
    let bars = Bars::new(&[], 96);
    assert_eq!(
        [0, 1, 384, 385].map(|ticks| bars.count(ticks)),
        [0, 1, 1, 2]
    );
}

#[test]
fn ticks_and_bars_agree_on_random_maps() {
    let mut random = Random(3);
    for _ in 0..300 {
        let mut tick = 0;
        let meters: Vec<MeterChange> = (0..1 + random.below(6))
            .map(|_| {
                tick += random.below(3000);
                meter(tick, 1 + random.below(20) as u8, 1 << random.below(7))
            })
            .collect();
        let bars = Bars::new(&meters, 1 + random.below(1000) as u16);
        for _ in 0..50 {
            let tick = random.below(40_000);
            let bar = bars.bar_at_tick(tick);
            assert!(
                bars.start_tick(bar) <= tick && tick < bars.end_tick(bar),
                "{meters:?} {tick}"
            );
            assert_eq!(bars.bar_at_tick(bars.start_tick(bar)), bar);
            assert!(bars.length_ticks(bar) >= 1);
        }
        let expected = meters.iter().rev().find(|meter| meter.numerator > 0);
        if let Some(last) = expected {
            let bar = bars.bar_at_tick(last.tick);
            assert_eq!(
                bars.start_tick(bar),
                bars.meter_at_tick(last.tick).tick.max(bars.start_tick(bar))
            );
        }
    }
}

#[test]
fn seconds_and_ticks_are_inverse() {
    for name in FIXTURES {
        let song = lenient(&fixture(name)).expect("read").song;
        let map = TempoMap::of(&song);
        for tick in (0..song.duration_ticks).step_by(777).map(Tick) {
            assert_eq!(
                map.ticks_from_seconds(map.seconds_from_ticks(tick)),
                tick,
                "{name}"
            );
        }
    }
}

#[test]
fn a_tempo_change_counts_from_its_tick() {
    let body = [
        0, 0xff, 0x51, 3, 0x07, 0xa1, 0x20, 96, 0xff, 0x51, 3, 0x0f, 0x42, 0x40,
    ];
    let map = TempoMap::of(&lenient(&file(1, 96, &[&body])).expect("read").song);
    assert_eq!(map.seconds_from_ticks(Tick(48)), 0.25);
    assert_eq!(map.seconds_from_ticks(Tick(192)), 1.5);
    assert_eq!(map.tempo_qpm_at_tick(95), 120.0);
    assert_eq!(map.tempo_qpm_at_tick(96), 60.0);
    assert_eq!(map.ticks_from_seconds(-1.0), Tick::ZERO);
    assert_eq!(map.ticks_from_seconds(f64::NAN), Tick::ZERO);
    assert_eq!(map.ticks_from_seconds(1e300), Tick(MAX_TICK));
}
