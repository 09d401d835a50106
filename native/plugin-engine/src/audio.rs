//! The audio thread's half: one call a block. Never allocates, frees, locks or waits, but for offline rendering.
//!
//! `clock` turns a block and the host's transport into stretches of song; `player` plays the plan in them; `lines`
//! asks at bar lines; `tone` makes a sound of what goes out. Blocks are tiled by where the last one ended, not by
//! the host's rounded positions, so that a note on the seam sounds once.

mod clock;
mod lines;
mod player;
mod tone;

use crate::note::{MidiEvent, Note};
use crate::parameters::{Mode, ParameterId};
use crate::report::Report;
use crate::shared::Shared;
use crate::transport::{Meter, Transport};
use clock::{Clock, Stretch};
use lines::Lines;
use player::Player;
use rtrb::{Consumer, Producer, PushError};
use std::sync::Arc;
use std::sync::atomic::Ordering::*;
use std::time::{Duration, Instant};
use tone::Tone;

/// All notes to play, sorted by start. Made and freed by the worker, swapped in whole.
pub(crate) type Plan = Vec<Note>;

const OFFLINE_WAIT: Duration = Duration::from_secs(10);
/// Events that go out in one block; those beyond it are left out, ends last of all.
const MOST_EVENTS: usize = 2048;

pub struct Processor {
    shared: Arc<Shared>,
    reports: Producer<Report>,
    plans: Consumer<Box<Plan>>,
    old: Producer<Box<Plan>>,
    plan: Box<Plan>,
    clock: Clock,
    player: Player,
    tone: Tone,
    /// What goes out in this block, by sample; never grows.
    queue: Vec<(u32, MidiEvent)>,
    timeline: Option<(f64, Meter)>,
    /// Input notes that sound: their ends pass even if thru is switched off meanwhile. A bit for each pitch.
    passed: [u128; 16],
    /// Where the report of played quarters has got to.
    passed_from: f64,
}

impl Processor {
    pub(crate) fn new(
        shared: Arc<Shared>,
        reports: Producer<Report>,
        plans: Consumer<Box<Plan>>,
        old: Producer<Box<Plan>>,
    ) -> Self {
        Self {
            shared,
            reports,
            plans,
            old,
            plan: Box::default(),
            clock: Clock::new(48_000.),
            player: Player::default(),
            tone: Tone::new(48_000.),
            queue: Vec::with_capacity(MOST_EVENTS),
            timeline: None,
            passed: [0; 16],
            passed_from: f64::NAN,
        }
    }

    /// Main thread: the host activates.
    pub(crate) fn start(&mut self, rate: f64) {
        let rate = if rate.is_finite() && rate > 0. {
            rate
        } else {
            48_000.
        };
        self.clock = Clock::new(rate);
        self.tone = Tone::new(rate);
        self.reset();
    }

    /// What follows has nothing to do with what was: the host has silenced what sounded.
    pub fn reset(&mut self) {
        self.break_off();
        self.clock.reset();
        self.player.forget();
        self.tone.silence();
        self.passed = [0; 16];
    }

    /// What goes out in this block, by sample.
    pub fn output(&self) -> &[(u32, MidiEvent)] {
        &self.queue
    }

    /// One block of `frames` samples. `input` in order of time, positions in samples from the block's start.
    /// Without a transport time runs from 0 at 120.
    pub fn process(
        &mut self,
        transport: Option<Transport>,
        frames: u32,
        input: impl Iterator<Item = (u32, MidiEvent)>,
    ) {
        self.queue.clear();
        self.take_plans();
        let block = self.clock.block(transport, frames);
        if block.has_broken {
            self.player.silence(0, &mut self.queue);
            self.break_off();
        }
        let is_playing = block.transport.is_playing;
        let is_bypassed = self.shared.is_on(ParameterId::Bypass);
        if is_bypassed {
            self.player.silence(0, &mut self.queue);
        }
        self.shared
            .set_position(block.stretches[0].from, is_playing, block.transport.cycle);
        let passes_thru = is_bypassed || self.shared.is_on(ParameterId::Thru);
        let mut input = input
            .map(|(at, event)| (at.min(frames.saturating_sub(1)), event))
            .peekable();
        let mode = Mode::from_value(self.shared.value(ParameterId::Mode));
        for (index, stretch) in block.stretches[..block.count].iter().enumerate() {
            if index > 0 {
                // The loop's end: what sounds ends there, and the song goes on from its start.
                self.player.silence(stretch.first_frame, &mut self.queue);
                self.break_off();
            }
            if is_playing {
                self.report_timeline(&block.transport, stretch);
            }
            while let Some((at, event)) =
                input.next_if(|(at, _)| *at < stretch.end_frame || index + 1 == block.count)
            {
                self.hear(is_playing, stretch.position(at), event);
                self.pass(passes_thru, at, event);
            }
            if is_playing && frames > 0 {
                self.report_passed(stretch);
                if !is_bypassed {
                    self.ask(mode, &block.transport, stretch);
                    self.player.play(&self.plan, stretch, &mut self.queue);
                }
            }
        }
        sort(&mut self.queue);
    }

    /// Fills both channels with the tone of what goes out. After `process`, with as many samples.
    pub fn tone(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.tone.render(
            self.shared.value(ParameterId::Tone) as f32,
            &self.queue,
            left,
        );
        right.copy_from_slice(&left[..right.len().min(left.len())]);
    }

    fn hear(&mut self, is_playing: bool, at: f64, event: MidiEvent) {
        if is_playing {
            self.report(match event {
                MidiEvent::On {
                    pitch,
                    velocity,
                    channel,
                } => Report::NoteOn {
                    at,
                    pitch,
                    velocity,
                    channel,
                },
                MidiEvent::Off { pitch, channel } => Report::NoteOff { at, pitch, channel },
            });
        }
    }

    fn pass(&mut self, passes_thru: bool, at: u32, event: MidiEvent) {
        let (MidiEvent::On { pitch, channel, .. } | MidiEvent::Off { pitch, channel }) = event;
        let bit = 1u128 << (pitch & 127);
        let sounding = &mut self.passed[usize::from(channel & 15)];
        let passes = match event {
            MidiEvent::On { .. } if passes_thru => {
                *sounding |= bit;
                true
            }
            MidiEvent::On { .. } => false,
            MidiEvent::Off { .. } => {
                let was_passed = *sounding & bit != 0;
                *sounding &= !bit;
                was_passed || passes_thru
            }
        };
        if passes {
            emit(&mut self.queue, at, event);
        }
    }

    fn report(&mut self, report: Report) {
        if self.reports.push(report).is_err() {
            self.shared.lost.fetch_add(1, Relaxed);
        }
    }

    /// The song does not go on from here.
    fn break_off(&mut self) {
        let at = self.clock.end();
        if self.passed_from < at {
            self.report(Report::Passed {
                from: self.passed_from,
                to: at,
            });
        }
        self.passed_from = f64::NAN;
        self.report(Report::Break { at });
        self.timeline = None;
    }

    fn report_timeline(&mut self, t: &Transport, stretch: &Stretch) {
        if self.timeline != Some((t.tempo_qpm, t.meter)) {
            self.timeline = Some((t.tempo_qpm, t.meter));
            let bar_line = self.clock.bar_line();
            self.report(Report::Timeline {
                at: stretch.from,
                tempo_qpm: t.tempo_qpm,
                meter: t.meter,
                bar_line,
            });
        }
    }

    /// A report a quarter, not one a block.
    fn report_passed(&mut self, stretch: &Stretch) {
        if self.passed_from.is_nan() {
            self.passed_from = stretch.from;
        }
        if stretch.to - self.passed_from >= 1. {
            self.report(Report::Passed {
                from: self.passed_from,
                to: stretch.to,
            });
            self.passed_from = stretch.to;
        }
    }

    fn ask(&mut self, mode: Mode, t: &Transport, stretch: &Stretch) {
        let lines = Lines {
            mode,
            bars: self.shared.value(ParameterId::Bars),
            lead: self.shared.value(ParameterId::Lead) / 1000. * t.tempo_qpm / 60.,
            meter: t.meter,
            bar_line: self.clock.bar_line(),
            cycle: t.cycle.filter(|(start, end)| {
                end > start && stretch.from < *end && stretch.from >= *start
            }),
        };
        let is_offline = self.shared.is_offline.load(Relaxed);
        for due in lines.due_in(stretch.from, stretch.to).into_iter().flatten() {
            if is_offline && !due.is_last {
                continue;
            }
            // What an earlier pass left in the bars that were played is overwritten first.
            if self.passed_from < stretch.from {
                self.report(Report::Passed {
                    from: self.passed_from,
                    to: stretch.from,
                });
                self.passed_from = stretch.from;
            }
            self.shared.asked.fetch_add(1, AcqRel);
            if self.reports.push(Report::Due(due)).is_err() {
                self.shared.lost.fetch_add(1, Relaxed);
                self.shared.settled.fetch_add(1, AcqRel);
            }
            if is_offline {
                self.wait();
            }
        }
    }

    /// Offline only: until the worker has settled what was asked.
    fn wait(&mut self) {
        let until = Instant::now() + OFFLINE_WAIT;
        while self.shared.settled.load(Acquire) != self.shared.asked.load(Acquire)
            && Instant::now() < until
        {
            std::thread::sleep(Duration::from_micros(200));
        }
        self.take_plans();
    }

    fn take_plans(&mut self) {
        while let Ok(new) = self.plans.pop() {
            let old = std::mem::replace(&mut self.plan, new);
            if let Err(PushError::Full(old)) = self.old.push(old) {
                // Leaked rather than freed on this thread; the worker empties this ring with every plan.
                std::mem::forget(old);
            }
        }
    }
}

/// Where the queue is nearly full only ends still go out.
fn emit(queue: &mut Vec<(u32, MidiEvent)>, at: u32, event: MidiEvent) {
    let reserved = if matches!(event, MidiEvent::On { .. }) {
        MOST_EVENTS / 4
    } else {
        0
    };
    if queue.len() + reserved < queue.capacity() {
        queue.push((at, event));
    }
}

/// By sample; at one sample ends come before beginnings of other pitches, and the events of one pitch keep their
/// order. Without the buffer that the standard library's stable sort takes: the queue is short, and nearly sorted.
fn sort(queue: &mut [(u32, MidiEvent)]) {
    for index in 1..queue.len() {
        let mut at = index;
        while at > 0 && comes_before(queue[at], queue[at - 1]) {
            queue.swap(at - 1, at);
            at -= 1;
        }
    }
}

fn comes_before((at, event): (u32, MidiEvent), (other_at, other): (u32, MidiEvent)) -> bool {
    let is_end_before_another = match (event, other) {
        (
            MidiEvent::Off { pitch, channel },
            MidiEvent::On {
                pitch: other,
                channel: other_channel,
                ..
            },
        ) => (pitch, channel) != (other, other_channel),
        _ => false,
    };
    at < other_at || (at == other_at && is_end_before_another)
}
