//! How punctual are live answers? Two instances play calls of a bar at 60 to 200 bpm against the daemon that runs, in
//! real time: `cargo run --release -p continuo-plugin-engine --example live -- [TURNS]`. Also what a block costs.

use continuo_plugin_engine::{Instance, Meter, MidiEvent, ParameterId as Id, Transport};
use std::sync::atomic::Ordering::Relaxed;
use std::thread::sleep;
use std::time::{Duration, Instant};

const RATE: f64 = 48_000.;
const FRAMES: u32 = 64;
const PITCHES: [u8; 8] = [60, 64, 67, 72, 71, 67, 64, 62];

fn main() {
    let turns: usize = std::env::args()
        .nth(1)
        .and_then(|turns| turns.parse().ok())
        .unwrap_or(40);
    let players: Vec<_> = (0..2)
        .map(|part| std::thread::spawn(move || play(part, turns / 2)))
        .collect();
    let mut results: Vec<Turn> = players
        .into_iter()
        .flat_map(|player| player.join().unwrap_or_default())
        .collect();
    results.sort_by(|a, b| a.late_ms.total_cmp(&b.late_ms));
    let answered = results
        .iter()
        .filter(|turn| turn.late_ms.is_finite())
        .count();
    let punctual = results.iter().filter(|turn| turn.late_ms <= 10.).count();
    let mean: f64 =
        results.iter().map(|turn| turn.block_us).sum::<f64>() / results.len().max(1) as f64;
    let share = mean / (f64::from(FRAMES) / RATE * 1e6) * 100.;
    println!(
        "{} turns: {answered} answered, {punctual} with the first note at most 10 ms late",
        results.len()
    );
    println!("a block of {FRAMES} frames: {mean:.2} us, {share:.2} % of its time");
}

#[derive(Clone, Copy)]
struct Turn {
    /// Of the first note of the answer, behind its place; infinite without an answer.
    late_ms: f64,
    block_us: f64,
}

fn play(part: usize, turns: usize) -> Vec<Turn> {
    (0..turns)
        .map(|turn| one_turn(60. + ((turn * 37 + part * 71) % 141) as f64))
        .collect()
}

/// A call of a bar, and its answer, by a new song each time.
fn one_turn(tempo_qpm: f64) -> Turn {
    let instance = Instance::new();
    instance.shared.set_value(Id::Bars, 1.);
    instance.shared.set_value(Id::Thru, 0.);
    let Some(mut processor) = instance.take_processor(RATE) else {
        return Turn {
            late_ms: f64::INFINITY,
            block_us: 0.,
        };
    };
    let per_block = tempo_qpm / 60. / RATE * f64::from(FRAMES);
    let blocks = (8. / per_block) as usize;
    let begun = Instant::now();
    let (mut busy, mut first) = (Duration::ZERO, None);
    for block in 0..blocks {
        let position = block as f64 * per_block;
        let transport = Transport {
            is_playing: true,
            position,
            tempo_qpm,
            meter: Meter::COMMON,
            bar_start: None,
            cycle: None,
        };
        let input = PITCHES.iter().enumerate().flat_map(|(index, &pitch)| {
            let at = index as f64 * 0.5;
            let frame = |at: f64| {
                (at >= position && at < position + per_block)
                    .then(|| ((at - position) / per_block * f64::from(FRAMES)) as u32)
            };
            let on = frame(at).map(|frame| {
                (
                    frame,
                    MidiEvent::On {
                        pitch,
                        velocity: 90,
                        channel: 0,
                    },
                )
            });
            let off = frame(at + 0.4).map(|frame| (frame, MidiEvent::Off { pitch, channel: 0 }));
            on.into_iter().chain(off)
        });
        let start = Instant::now();
        processor.process(Some(transport), FRAMES, input);
        busy += start.elapsed();
        let sounds = processor
            .output()
            .iter()
            .find(|(_, event)| matches!(event, MidiEvent::On { .. }));
        if let (None, Some((frame, _))) = (first, sounds) {
            first = Some(position + f64::from(*frame) / f64::from(FRAMES) * per_block);
        }
        let due = Duration::from_secs_f64((block + 1) as f64 * f64::from(FRAMES) / RATE);
        if let Some(left) = due.checked_sub(begun.elapsed()) {
            sleep(left);
        }
    }
    // The plan's own first note: a rest at its beginning is not lateness.
    let wanted = instance.generated().first().map(|note| note.start);
    let late_ms = match (first, wanted) {
        (Some(first), Some(wanted)) => (first - wanted) * 60_000. / tempo_qpm,
        _ => f64::INFINITY,
    };
    if instance.shared.lost.load(Relaxed) > 0 {
        println!("reports were lost");
    }
    Turn {
        late_ms,
        block_us: busy.as_secs_f64() * 1e6 / blocks as f64,
    }
}
