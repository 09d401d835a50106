//! Random sessions: whatever happens, notes end, none is doubled, and a plan that is played through is played whole.

mod support;

use continuo_plugin_engine::{Meter, MidiEvent, ParameterId};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use support::Host;

struct Chance(ChaCha8Rng);

impl Chance {
    fn below(&mut self, end: u32) -> u32 {
        self.0.next_u32() % end
    }

    fn share(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / f64::from(u32::MAX)
    }
}

/// Notes of one pitch do not overlap, as the daemon's do not.
fn notes(chance: &mut Chance, count: u32) -> Vec<(f64, f64, u8)> {
    let mut ends = [f64::NEG_INFINITY; 128];
    let mut notes: Vec<(f64, f64, u8)> = (0..count)
        .map(|_| {
            (
                chance.share() * 40. - 4.,
                chance.share() * 3. + 0.001,
                chance.below(128) as u8,
            )
        })
        .collect();
    notes.sort_by(|a, b| a.0.total_cmp(&b.0));
    notes.retain_mut(|(start, end, pitch)| {
        *start = (*start * 1e4).round() / 1e4;
        *end = ((*start + *end) * 1e4).round() / 1e4;
        let is_free = ends[usize::from(*pitch)] + 0.01 < *start && *end > *start;
        if is_free {
            ends[usize::from(*pitch)] = *end;
        }
        is_free
    });
    notes
}

#[test]
fn random_sessions_leave_nothing_hanging() {
    for seed in 0..150 {
        let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed));
        let plan = notes(&mut chance, 200);
        let mut host = Host::with_notes(&plan);
        for _ in 0..400 {
            match chance.below(20) {
                0 => host.position = chance.share() * 44. - 6.,
                1 => host.is_playing = !host.is_playing,
                2 => {
                    let start = chance.share() * 20.;
                    host.cycle =
                        (chance.below(3) > 0).then(|| (start, start + chance.share() * 9. + 0.001));
                }
                3 => host.tempo_qpm = 20. + chance.share() * 280.,
                4 => {
                    host.meter = Meter {
                        numerator: 1 + chance.below(12) as u16,
                        denominator: 1 << chance.below(4),
                    }
                }
                5 => host.set(ParameterId::Bypass, f64::from(chance.below(2))),
                6 => host
                    .instance
                    .load(&support::state(&notes(&mut chance, 150)))
                    .unwrap(),
                _ => {}
            }
            let frames = [0, 1, 32, 64, 441, 512, 2048, 8192][chance.below(8) as usize];
            host.block(frames, &[]);
        }
        host.set(ParameterId::Bypass, 0.);
        host.stop();
        host.assert_silent();
    }
}

#[test]
fn a_random_plan_is_played_whole_and_to_the_sample() {
    for seed in 0..100 {
        let mut chance = Chance(ChaCha8Rng::seed_from_u64(1_000 + seed));
        let plan = notes(&mut chance, 300);
        let mut host = Host::with_notes(&plan);
        host.position = -5.;
        host.tempo_qpm = 40. + chance.share() * 200.;
        while host.position < 46. {
            host.block(1 + chance.below(4000), &[]);
        }
        host.stop();
        host.assert_silent();
        let sample = host.tempo_qpm / 60. / host.rate;
        let starts: Vec<(f64, u8)> = host
            .received
            .iter()
            .filter_map(|(at, event)| match event {
                MidiEvent::On { pitch, .. } => Some((*at, *pitch)),
                MidiEvent::Off { .. } => None,
            })
            .collect();
        assert_eq!(starts.len(), plan.len(), "seed {seed}");
        let mut wanted: Vec<(f64, u8)> = plan
            .iter()
            .map(|&(start, _, pitch)| (start, pitch))
            .collect();
        for (at, pitch) in starts {
            let found = wanted
                .iter()
                .position(|(start, other)| *other == pitch && (start - at).abs() <= 1.5 * sample);
            assert!(found.is_some(), "seed {seed}: pitch {pitch} at {at}");
            wanted.swap_remove(found.unwrap());
        }
    }
}
