//! The audio thread allocates nothing, in any mode, while blocks are split, plans swapped and rings full.

mod support;

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use continuo_plugin_engine::{Instance, Meter, MidiEvent, ParameterId, Transport};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

#[test]
fn no_block_allocates() {
    let folder = tempfile::tempdir().unwrap();
    // No daemon is asked: there is none in this folder, and no program that starts one.
    // SAFETY: the only test of this program; no other thread runs yet.
    unsafe { std::env::set_var("CONTINUO_HOME", folder.path()) };
    let instance = Instance::new();
    let mut processor = instance.take_processor(48_000.).unwrap();
    let notes: Vec<(f64, f64, u8)> = (0..5000)
        .map(|i| {
            (
                f64::from(i) / 8.,
                f64::from(i) / 8. + 0.6,
                (30 + i * 7 % 60) as u8,
            )
        })
        .collect();
    let (mut left, mut right) = (vec![0.; 4096], vec![0.; 4096]);
    let mut position = 0.;
    for round in 0..400u32 {
        instance
            .shared
            .set_value(ParameterId::Mode, f64::from(round % 5));
        instance
            .shared
            .set_value(ParameterId::Tone, f64::from(round % 3) / 2.);
        instance
            .shared
            .set_value(ParameterId::Thru, f64::from(round % 2));
        if round % 40 == 0 {
            instance
                .load(&support::state(&notes[..notes.len() - round as usize]))
                .unwrap();
        }
        let frames = [1, 64, 333, 4096][round as usize % 4];
        let input: Vec<(u32, MidiEvent)> = (0..200u32)
            .map(|i| {
                let (pitch, channel) = ((i * 13 % 128) as u8, (i % 16) as u8);
                let on = MidiEvent::On {
                    pitch,
                    velocity: 90,
                    channel,
                };
                (
                    i % frames,
                    if i % 2 == 0 {
                        on
                    } else {
                        MidiEvent::Off { pitch, channel }
                    },
                )
            })
            .collect();
        let transport = Transport {
            is_playing: round % 50 != 49,
            position,
            tempo_qpm: 60. + f64::from(round % 140),
            meter: if round % 7 < 4 {
                Meter::COMMON
            } else {
                Meter {
                    numerator: 7,
                    denominator: 8,
                }
            },
            bar_start: None,
            cycle: (round % 3 == 0).then_some((0., 0.03)),
        };
        position = if round % 11 == 10 {
            -4.
        } else {
            position + 0.05
        };
        assert_no_alloc(|| {
            processor.process(
                (round % 13 != 12).then_some(transport),
                frames,
                input.iter().copied(),
            );
            processor.tone(&mut left[..frames as usize], &mut right[..frames as usize]);
            if round % 97 == 96 {
                processor.reset();
            }
        });
    }
}
