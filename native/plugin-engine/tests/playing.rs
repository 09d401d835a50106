//! A plan is played to the sample, once, whatever the host does with its blocks and its transport.

mod support;

use continuo_plugin_engine::{Meter, MidiEvent, ParameterId};
use support::Host;

const QUAVERS: [(f64, f64, u8); 8] = [
    (0., 0.5, 60),
    (0.5, 1., 62),
    (1., 1.5, 64),
    (1.5, 2., 65),
    (2., 2.5, 60),
    (2.5, 3., 60),
    (3., 3.5, 60),
    (3.5, 4., 72),
];

fn starts() -> Vec<(f64, u8)> {
    QUAVERS
        .iter()
        .map(|&(start, _, pitch)| (start, pitch))
        .collect()
}

#[test]
fn block_sizes_change_nothing() {
    for frames in [1, 32, 64, 100, 441, 1024, 8192] {
        let mut host = Host::with_notes(&QUAVERS);
        host.run(5., frames);
        assert_eq!(host.starts(), starts(), "{frames}");
        host.assert_silent();
    }
}

#[test]
fn sizes_that_change_change_nothing() {
    let mut host = Host::with_notes(&QUAVERS);
    let mut frames = 1;
    while host.position < 5. {
        frames = frames * 7919 % 8191 + 1;
        host.block(frames, &[]);
    }
    assert_eq!(host.starts(), starts());
    host.assert_silent();
}

#[test]
fn a_block_without_samples_is_nothing() {
    let mut host = Host::with_notes(&QUAVERS);
    for _ in 0..4 {
        host.block(0, &[]);
    }
    assert_eq!(host.received, []);
    host.run(5., 512);
    assert_eq!(host.starts(), starts());
}

#[test]
fn a_loop_plays_each_pass_once_cut_or_not() {
    for cuts_blocks in [false, true] {
        for frames in [64, 333, 4096] {
            let mut host = Host::with_notes(&QUAVERS);
            (host.cycle, host.cuts_blocks, host.tempo_qpm) = (Some((0., 4.)), cuts_blocks, 117.);
            host.run(11.9, frames);
            host.stop();
            let expected: Vec<_> = [starts(), starts(), starts()].concat();
            let pitches =
                |list: &[(f64, u8)]| list.iter().map(|(_, pitch)| *pitch).collect::<Vec<_>>();
            assert_eq!(
                pitches(&host.starts()),
                pitches(&expected),
                "{frames} {cuts_blocks}"
            );
            for ((at, _), (wanted, _)) in host.starts().iter().zip(&expected) {
                // The last sample of the loop is as near to its start as the first.
                let distance = (at - wanted).abs().min((at - 4. - wanted).abs());
                assert!(distance < 2e-3, "{at} for {wanted}");
            }
            host.assert_silent();
        }
    }
}

#[test]
fn a_loop_shorter_than_a_block_neither_hangs_nor_doubles() {
    let mut host = Host::with_notes(&[(0., 0.01, 60), (0.02, 0.5, 62)]);
    host.cycle = Some((0., 0.05));
    host.run(2., 8192);
    host.stop();
    host.assert_silent();
    assert!(host.starts().len() > 4);
}

#[test]
fn a_note_over_the_loops_end_ends_there() {
    let mut host = Host::with_notes(&[(3., 9., 60)]);
    host.cycle = Some((0., 4.));
    host.run(8., 256);
    host.stop();
    let ends: Vec<f64> = host
        .received
        .iter()
        .filter(|(_, event)| matches!(event, MidiEvent::Off { .. }))
        .map(|(at, _)| *at)
        .collect();
    assert_eq!(host.starts().len(), 2);
    assert!(
        ends.iter().all(|at| *at < 0.01 || (*at - 4.).abs() < 0.01),
        "{ends:?}"
    );
    host.assert_silent();
}

#[test]
fn a_jump_ends_what_sounds() {
    let mut host = Host::with_notes(&[(0., 4., 60), (20., 21., 62)]);
    host.run(1., 256);
    host.position = 19.9;
    host.run(2., 256);
    assert_eq!(host.starts(), [(0., 60), (20., 62)]);
    host.assert_silent();
}

#[test]
fn stop_and_bypass_end_what_sounds() {
    let mut host = Host::with_notes(&[(0., 4., 60)]);
    host.run(1., 256);
    host.stop();
    host.assert_silent();
    let mut host = Host::with_notes(&[(0., 4., 60), (1.5, 2., 62)]);
    host.run(1., 256);
    host.set(ParameterId::Bypass, 1.);
    host.run(1., 256);
    host.assert_silent();
    assert_eq!(host.starts(), [(0., 60)]);
}

#[test]
fn a_note_that_began_before_is_not_begun_late() {
    let mut host = Host::with_notes(&[(0., 8., 60), (5., 6., 62)]);
    host.position = 4.;
    host.run(3., 256);
    assert_eq!(host.starts(), [(5., 62)]);
}

#[test]
fn pre_roll_is_negative_and_plays() {
    let mut host = Host::with_notes(&[(-1., -0.5, 50), (0., 1., 60)]);
    host.position = -2.;
    host.run(4., 300);
    assert_eq!(host.starts(), [(-1., 50), (0., 60)]);
    host.assert_silent();
}

#[test]
fn tempo_and_meter_may_change_in_every_block() {
    let mut host = Host::with_notes(&QUAVERS);
    let mut step = 0;
    while host.position < 5. {
        step += 1;
        host.tempo_qpm = 60. + f64::from(step * 37 % 180);
        host.meter = Meter {
            numerator: 3 + step as u16 % 5,
            denominator: if step % 2 == 0 { 8 } else { 4 },
        };
        host.block(480, &[]);
    }
    let pitches: Vec<u8> = host.starts().iter().map(|(_, pitch)| *pitch).collect();
    assert_eq!(pitches, QUAVERS.map(|(_, _, pitch)| pitch));
    host.assert_silent();
}

#[test]
fn a_plan_without_a_note_that_sounds_lets_it_end() {
    let mut host = Host::with_notes(&[(0., 2., 60)]);
    host.run(1., 256);
    host.instance
        .load(&support::state(&[(3., 3.5, 62)]))
        .unwrap();
    host.run(4., 256);
    assert_eq!(host.starts(), [(0., 60), (3., 62)]);
    host.assert_silent();
}

#[test]
fn numbers_that_are_none_do_no_harm() {
    let mut host = Host::with_notes(&QUAVERS);
    let good = host.transport();
    for (position, tempo, meter, cycle) in [
        (f64::NAN, 120., (4, 4), None),
        (f64::INFINITY, 120., (4, 4), None),
        (0., 0., (4, 4), None),
        (0., f64::NAN, (0, 4), Some((f64::NAN, 4.))),
        (0., -5., (4, 0), Some((4., 4.))),
        (1e300, 1e300, (0, 0), Some((-1e300, 1e300))),
    ] {
        let transport = continuo_plugin_engine::Transport {
            position,
            tempo_qpm: tempo,
            meter: Meter {
                numerator: meter.0,
                denominator: meter.1,
            },
            cycle,
            bar_start: Some(position),
            ..good
        };
        for frames in [0, 1, 512] {
            host.processor
                .process(Some(transport), frames, std::iter::empty());
            assert!(
                host.processor
                    .output()
                    .iter()
                    .all(|(at, _)| *at < frames.max(1))
            );
        }
    }
}

#[test]
fn input_passes_only_where_it_is_asked_for_but_its_ends_always() {
    let on = MidiEvent::On {
        pitch: 40,
        velocity: 100,
        channel: 3,
    };
    let off = MidiEvent::Off {
        pitch: 40,
        channel: 3,
    };
    let mut host = Host::with_notes(&[]);
    host.block(64, &[(3, on), (60, off)]);
    assert_eq!(host.received, []);
    host.set(ParameterId::Thru, 1.);
    host.block(64, &[(3, on)]);
    host.set(ParameterId::Thru, 0.);
    host.block(64, &[(7, off)]);
    let events: Vec<MidiEvent> = host.received.iter().map(|(_, event)| *event).collect();
    assert_eq!(events, [on, off]);
}

#[test]
fn without_a_transport_time_runs_from_zero() {
    let host = Host::with_notes(&QUAVERS);
    let mut processor = host.processor;
    let mut count = 0;
    for _ in 0..480 {
        processor.process(None, 480, std::iter::empty());
        count += processor
            .output()
            .iter()
            .filter(|(_, event)| matches!(event, MidiEvent::On { .. }))
            .count();
    }
    assert_eq!(count, QUAVERS.len());
}
