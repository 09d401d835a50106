//! The audio thread's half: one call a block. Never allocates, frees, locks or waits, but for offline rendering.

use crate::note::{MidiEvent, Note};
use crate::parameters::{Mode, ParameterId};
use crate::report::{Due, Report};
use crate::shared::Shared;
use crate::transport::{Meter, Transport};
use rtrb::{Consumer, Producer, PushError};
use std::sync::Arc;
use std::sync::atomic::Ordering::*;
use std::time::{Duration, Instant};

/// All notes to play, sorted by start. Made and freed by the worker, swapped in whole.
pub(crate) type Plan = Vec<Note>;

const OFFLINE_WAIT: Duration = Duration::from_secs(10);

pub struct Processor {
    shared: Arc<Shared>,
    reports: Producer<Report>,
    plans: Consumer<Box<Plan>>,
    old: Producer<Box<Plan>>,
    plan: Box<Plan>,
    /// Quarters at which our note of this pitch ends, and its channel; NaN where none sounds.
    sounding: [(f64, u8); 128],
    /// What goes out in this block, by sample; never grows.
    queue: Vec<(u32, MidiEvent)>,
    expected: f64,
    asked: f64,
    free_position: f64,
    was_playing: bool,
    timeline: Option<(f64, Meter)>,
    rate: f64,
    voices: [(f64, f32); 128],
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
            sounding: [(f64::NAN, 0); 128],
            queue: Vec::with_capacity(1024),
            expected: f64::NAN,
            asked: f64::NAN,
            free_position: 0.,
            was_playing: false,
            timeline: None,
            rate: 48_000.,
            voices: [(0., 0.); 128],
        }
    }

    /// Main thread: the host activates.
    pub(crate) fn start(&mut self, rate: f64) {
        self.rate = rate;
        self.reset();
    }

    /// What follows has nothing to do with what was: silence, and forget open notes.
    pub fn reset(&mut self) {
        self.voices = [(0., 0.); 128];
        self.sounding = [(f64::NAN, 0); 128];
        self.was_playing = false;
        self.asked = f64::NAN;
        self.free_position = 0.;
        self.timeline = None;
        let at = self.expected;
        self.report(Report::Break { at });
    }

    /// What goes out in this block, by sample, ends before beginnings.
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
        let is_free = transport.is_none();
        let t = transport.unwrap_or(Transport {
            is_playing: true,
            position: self.free_position,
            tempo_qpm: 120.,
            meter: Meter::COMMON,
            bar_start: None,
            cycle: None,
        });
        let per_sample = t.tempo_qpm / 60. / self.rate;
        let (block_start, block_end) = (t.position, t.position + per_sample * f64::from(frames));
        if is_free {
            self.free_position = block_end;
        }
        let jumped = t.is_playing
            && self.was_playing
            && (block_start - self.expected).abs() > per_sample * 64. + 1e-6;
        if jumped || (self.was_playing && !t.is_playing) {
            self.silence(0);
            self.asked = f64::NAN;
            let at = self.expected;
            self.report(Report::Break { at });
            self.timeline = None;
        }
        // Blocks are tiled by where the last one ended, not by the host's rounded position: a note on the seam would
        // sound twice or never.
        let from = if t.is_playing && self.was_playing && !jumped && !self.expected.is_nan() {
            self.expected
        } else {
            block_start
        };
        self.was_playing = t.is_playing;
        // A block that passes the loop's end is two: Cubase and FL Studio send such blocks, others cut them themselves.
        let wrap = t.cycle.filter(|&(start, end)| {
            t.is_playing && end > start && block_start < end && block_end > end + 1e-9
        });
        self.expected = wrap.map_or(block_end, |(start, end)| start + block_end - end);
        self.shared.set_position(from, t.is_playing, t.cycle);
        if t.is_playing && self.timeline != Some((t.tempo_qpm, t.meter)) {
            self.timeline = Some((t.tempo_qpm, t.meter));
            let bar_start = bar_origin(&t);
            self.report(Report::Timeline {
                at: from,
                tempo_qpm: t.tempo_qpm,
                meter: t.meter,
                bar_start,
            });
        }
        let passes_thru =
            self.shared.is_on(ParameterId::Thru) || self.shared.is_on(ParameterId::Bypass);
        for (at, event) in input {
            let position = block_start + f64::from(at) * per_sample;
            let position = match wrap {
                Some((start, end)) if position >= end => start + position - end,
                _ => position,
            };
            if t.is_playing {
                self.report(match event {
                    MidiEvent::On {
                        pitch,
                        velocity,
                        channel,
                    } => Report::NoteOn {
                        at: position,
                        pitch,
                        velocity,
                        channel,
                    },
                    MidiEvent::Off { pitch, channel } => Report::NoteOff {
                        at: position,
                        pitch,
                        channel,
                    },
                });
            }
            if passes_thru {
                emit(&mut self.queue, at, event);
            }
        }
        if t.is_playing && !self.shared.is_on(ParameterId::Bypass) {
            match wrap {
                None => self.play(&t, block_start, (from, block_end), per_sample, frames),
                Some((start, end)) => {
                    self.play(&t, block_start, (from, end), per_sample, frames);
                    let seam =
                        (((end - block_start) / per_sample).ceil().max(0.) as u32).min(frames - 1);
                    self.silence(seam);
                    self.asked = f64::NAN;
                    self.play(
                        &t,
                        start - (end - block_start),
                        (start, self.expected),
                        per_sample,
                        frames,
                    );
                }
            }
        }
        self.queue
            .sort_unstable_by_key(|(at, event)| (*at, matches!(event, MidiEvent::On { .. })));
    }

    /// A plain sine for every note that goes out, for hosts that show nothing without sound. After `process`.
    pub fn tone(&mut self, left: &mut [f32], right: &mut [f32]) {
        left.fill(0.);
        let level = self.shared.value(ParameterId::Tone) as f32;
        let mut next = 0;
        for (i, out) in left.iter_mut().enumerate() {
            while next < self.queue.len() && self.queue[next].0 as usize <= i {
                match self.queue[next].1 {
                    MidiEvent::On {
                        pitch, velocity, ..
                    } => self.voices[usize::from(pitch)].1 = f32::from(velocity) / 800.,
                    MidiEvent::Off { pitch, .. } => self.voices[usize::from(pitch)].1 = 0.,
                }
                next += 1;
            }
            for (pitch, (phase, loudness)) in
                self.voices.iter_mut().enumerate().filter(|(_, v)| v.1 > 0.)
            {
                *phase =
                    (*phase + 440. * 2f64.powf((pitch as f64 - 69.) / 12.) / self.rate).fract();
                *out += level * *loudness * (*phase * std::f64::consts::TAU).sin() as f32;
            }
        }
        right.copy_from_slice(left);
    }

    fn report(&mut self, report: Report) {
        if self.reports.push(report).is_err() {
            self.shared.lost.fetch_add(1, Relaxed);
        }
    }

    fn take_plans(&mut self) {
        while let Ok(new) = self.plans.pop() {
            let old = std::mem::replace(&mut self.plan, new);
            if let Err(PushError::Full(old)) = self.old.push(old) {
                // Leaked rather than freed on this thread.
                std::mem::forget(old);
            }
        }
    }

    fn silence(&mut self, at: u32) {
        for pitch in 0..128u8 {
            let (end, channel) = self.sounding[usize::from(pitch)];
            if !end.is_nan() {
                self.sounding[usize::from(pitch)].0 = f64::NAN;
                emit(&mut self.queue, at, MidiEvent::Off { pitch, channel });
            }
        }
    }

    /// What lies in `span`; `origin` is the position of the block's first sample.
    fn play(
        &mut self,
        t: &Transport,
        origin: f64,
        (from, to): (f64, f64),
        per_sample: f64,
        frames: u32,
    ) {
        let sample = |position: f64| {
            (((position - origin) / per_sample).round().max(0.) as u32)
                .min(frames.saturating_sub(1))
        };
        self.ask(t, from, to);
        // Ends before starts, so that a repeated note is struck again.
        for pitch in 0..128u8 {
            let (end, channel) = self.sounding[usize::from(pitch)];
            if end < to {
                self.sounding[usize::from(pitch)].0 = f64::NAN;
                emit(
                    &mut self.queue,
                    sample(end),
                    MidiEvent::Off { pitch, channel },
                );
            }
        }
        let first = self.plan.partition_point(|note| note.start < from);
        for note in self.plan[first..].iter().take_while(|note| note.start < to) {
            let Note {
                pitch,
                velocity,
                channel,
                ..
            } = *note;
            let sounding = &mut self.sounding[usize::from(pitch)];
            if !sounding.0.is_nan() {
                emit(
                    &mut self.queue,
                    sample(note.start),
                    MidiEvent::Off {
                        pitch,
                        channel: sounding.1,
                    },
                );
                sounding.0 = f64::NAN;
            }
            emit(
                &mut self.queue,
                sample(note.start),
                MidiEvent::On {
                    pitch,
                    velocity,
                    channel,
                },
            );
            if note.end < to {
                let end = sample(note.end).max(sample(note.start) + 1).min(frames - 1);
                emit(&mut self.queue, end, MidiEvent::Off { pitch, channel });
            } else {
                *sounding = (note.end, channel);
            }
        }
    }

    /// Live: N bars are listened to, the next N are answered. Asked `lead` before the answer is due, and when it is due.
    fn ask(&mut self, t: &Transport, from: f64, to: f64) {
        let mode = Mode::from_value(self.shared.value(ParameterId::Mode));
        if !matches!(mode, Mode::Answer | Mode::Accompany) {
            return;
        }
        let span = self.shared.value(ParameterId::Bars) * t.meter.quarters_per_bar();
        let origin = bar_origin(t);
        let call = ((from - origin + 1e-6) / (2. * span)).floor() * 2. * span + origin;
        let due = call + span;
        let lead = self.shared.value(ParameterId::Lead) / 1000. * t.tempo_qpm / 60.;
        for at in [due - lead, due] {
            if at < from || at >= to || self.asked == at {
                continue;
            }
            self.asked = at;
            let is_offline = self.shared.is_offline.load(Relaxed);
            if is_offline && at != due {
                continue;
            }
            self.shared.asked.fetch_add(1, AcqRel);
            self.report(Report::Due(Due {
                listened: (call, due),
                region: (due, due + span),
                playable_from: at.max(due),
                is_last: at == due,
            }));
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
}

fn emit(queue: &mut Vec<(u32, MidiEvent)>, at: u32, event: MidiEvent) {
    if queue.len() < queue.capacity() {
        queue.push((at, event));
    }
}

/// The first bar line at or after 0, where bars are counted from.
fn bar_origin(t: &Transport) -> f64 {
    let bar = t.meter.quarters_per_bar();
    t.bar_start
        .filter(|start| (0. ..=bar).contains(&(t.position - start)))
        .map_or(0., |start| start.rem_euclid(bar))
}
