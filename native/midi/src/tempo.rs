//! Seconds and ticks.

use crate::error::MAX_TICK;
use crate::song::{Song, TempoChange};
use crate::tick::Tick;

/// The tempo map of a song with the time of each change, so that look-ups cost a logarithm.
#[derive(Clone, Debug, PartialEq)]
pub struct TempoMap {
    /// Never empty; the first is at tick 0.
    spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Span {
    start_tick: u32,
    start_seconds: f64,
    seconds_per_tick: f64,
    tempo_qpm: f64,
}

impl TempoMap {
    /// `changes`: as in `Song`; entries out of order or without a positive tempo are left out.
    pub fn new(changes: &[TempoChange], ppq: u16) -> Self {
        let mut spans = vec![Span::new(0, 0.0, 120.0, ppq)];
        for change in changes {
            let last = spans[spans.len() - 1];
            let is_tempo = change.tempo_qpm.is_finite() && change.tempo_qpm > 0.0;
            if !is_tempo || change.tick < last.start_tick {
                continue;
            }
            if change.tick == last.start_tick {
                spans.pop();
            }
            let start_seconds = last.seconds_at(change.tick);
            spans.push(Span::new(change.tick, start_seconds, change.tempo_qpm, ppq));
        }
        Self { spans }
    }

    pub fn of(song: &Song) -> Self {
        Self::new(&song.tempo_map, song.ppq)
    }

    pub fn tempo_qpm_at_tick(&self, tick: u32) -> f64 {
        self.span_at(|span| span.start_tick <= tick).tempo_qpm
    }

    /// Seconds from the start of the song to `tick`.
    pub fn seconds_from_ticks(&self, tick: Tick) -> f64 {
        self.span_at(|span| span.start_tick <= tick.0)
            .seconds_at(tick.0)
    }

    /// The nearest tick to a time in seconds; 0 before the song, at most `MAX_TICK`.
    pub fn ticks_from_seconds(&self, seconds: f64) -> Tick {
        let span = self.span_at(|span| span.start_seconds <= seconds);
        let ticks = ((seconds - span.start_seconds) / span.seconds_per_tick).round();
        // The cast saturates, and turns NaN into 0.
        Tick(span.start_tick.saturating_add(ticks as u32).min(MAX_TICK))
    }

    fn span_at(&self, is_reached: impl Fn(&Span) -> bool) -> &Span {
        &self.spans[self.spans.partition_point(is_reached).saturating_sub(1)]
    }
}

impl Span {
    fn new(start_tick: u32, start_seconds: f64, tempo_qpm: f64, ppq: u16) -> Self {
        Self {
            start_tick,
            start_seconds,
            seconds_per_tick: 60.0 / (tempo_qpm * f64::from(ppq.max(1))),
            tempo_qpm,
        }
    }

    fn seconds_at(&self, tick: u32) -> f64 {
        self.start_seconds + f64::from(tick - self.start_tick) * self.seconds_per_tick
    }
}
