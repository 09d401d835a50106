//! Bars and beats: where they start, how long they are, which one holds a tick.

use crate::error::MAX_TICK;
use crate::song::{MeterChange, Song};

/// The bar map of a song. Bars count from 0 and never end: the last meter goes on forever.
///
/// A meter change starts a bar, even in the middle of one, which is then cut short. Look-ups cost
/// the logarithm of the number of meter changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars {
    /// Never empty; the first starts at tick 0 and bar 0.
    spans: Vec<Span>,
}

/// Bars of one meter, from one change to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    start_tick: u32,
    first_bar: u32,
    numerator: u8,
    denominator: u16,
    /// Ticks of a whole note; a bar is `numerator / denominator` of it, which may be no whole number.
    whole_ticks: u32,
}

/// A tick, seen from its bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarPosition {
    /// From 0.
    pub bar_index: u32,
    pub tick_in_bar: u32,
}

impl Bars {
    /// `meters`: as in `Song`; entries out of order or with bars under a tick are left out.
    pub fn new(meters: &[MeterChange], ppq: u16) -> Self {
        let whole_ticks = 4 * u32::from(ppq.max(1));
        let mut spans = vec![Span {
            start_tick: 0,
            first_bar: 0,
            numerator: 4,
            denominator: 4,
            whole_ticks,
        }];
        for meter in meters {
            let last = spans[spans.len() - 1];
            let ticks = u32::from(meter.numerator) * whole_ticks;
            let denominator = u32::from(meter.denominator);
            if denominator == 0 || ticks < denominator || meter.tick < last.start_tick {
                continue;
            }
            if meter.tick == last.start_tick {
                spans.pop();
            }
            let span = Span {
                start_tick: meter.tick,
                first_bar: last.first_bar + last.bars_before(meter.tick),
                numerator: meter.numerator,
                denominator: meter.denominator,
                whole_ticks,
            };
            spans.push(span);
        }
        Self { spans }
    }

    pub fn of(song: &Song) -> Self {
        Self::new(&song.meters, song.ppq)
    }

    /// The bar that holds `tick`, from 0.
    pub fn bar_at_tick(&self, tick: u32) -> u32 {
        let span = self.span_at_tick(tick);
        span.first_bar + span.unit_at(tick - span.start_tick, u32::from(span.numerator))
    }

    pub fn position_at_tick(&self, tick: u32) -> BarPosition {
        let bar_index = self.bar_at_tick(tick);
        BarPosition {
            bar_index,
            tick_in_bar: tick - self.start_tick(bar_index),
        }
    }

    /// First tick of a bar; `MAX_TICK` for bars that start later.
    pub fn start_tick(&self, bar_index: u32) -> u32 {
        let span = self.span_at_bar(bar_index);
        span.unit_start(bar_index - span.first_bar, u32::from(span.numerator))
    }

    /// First tick after a bar; `MAX_TICK` for bars that end later.
    pub fn end_tick(&self, bar_index: u32) -> u32 {
        self.start_tick(bar_index.saturating_add(1))
    }

    /// Length in ticks, shorter than its meter says where a meter change cuts the bar.
    pub fn length_ticks(&self, bar_index: u32) -> u32 {
        self.end_tick(bar_index) - self.start_tick(bar_index)
    }

    /// The meter of a bar; `tick` is where the meter began to hold.
    pub fn meter_at_bar(&self, bar_index: u32) -> MeterChange {
        self.span_at_bar(bar_index).meter()
    }

    /// The meter at a tick; `tick` of the answer is where the meter began to hold.
    pub fn meter_at_tick(&self, tick: u32) -> MeterChange {
        self.span_at_tick(tick).meter()
    }

    /// First tick of a beat (from 0) of a bar; beats past the bar's end fall into later bars' time.
    pub fn beat_start_tick(&self, bar_index: u32, beat_index: u32) -> u32 {
        let start = self.start_tick(bar_index);
        let span = self.span_at_bar(bar_index);
        let beat = u64::from(beat_index) * u64::from(span.whole_ticks);
        clamp_tick(u64::from(start) + beat / u64::from(span.denominator))
    }

    /// How many bars it takes to hold `duration_ticks`; an empty song has none.
    pub fn count(&self, duration_ticks: u32) -> u32 {
        match duration_ticks.checked_sub(1) {
            Some(last_tick) => self.bar_at_tick(last_tick) + 1,
            None => 0,
        }
    }

    fn span_at_tick(&self, tick: u32) -> &Span {
        let after = self.spans.partition_point(|span| span.start_tick <= tick);
        &self.spans[after.saturating_sub(1)]
    }

    fn span_at_bar(&self, bar_index: u32) -> &Span {
        let after = self
            .spans
            .partition_point(|span| span.first_bar <= bar_index);
        &self.spans[after.saturating_sub(1)]
    }
}

impl Span {
    fn meter(&self) -> MeterChange {
        MeterChange {
            tick: self.start_tick,
            numerator: self.numerator,
            denominator: self.denominator,
        }
    }

    /// Bars, the last perhaps cut short, from the start of the span to `tick`, where the next starts.
    fn bars_before(&self, tick: u32) -> u32 {
        match (tick - self.start_tick).checked_sub(1) {
            Some(last) => self.unit_at(last, u32::from(self.numerator)) + 1,
            None => 0,
        }
    }

    /// Start of the `index`-th unit of `beats` beats.
    fn unit_start(&self, index: u32, beats: u32) -> u32 {
        let ticks = u128::from(index) * u128::from(beats) * u128::from(self.whole_ticks);
        let ticks = ticks / u128::from(self.denominator);
        clamp_tick(u64::from(self.start_tick) + u64::try_from(ticks).unwrap_or(u64::from(MAX_TICK)))
    }

    /// Index of the unit of `beats` beats that holds the tick `offset` ticks into the span: the
    /// largest i with floor(i * length) <= offset.
    fn unit_at(&self, offset: u32, beats: u32) -> u32 {
        let length = u64::from(beats) * u64::from(self.whole_ticks);
        let index = ((u64::from(offset) + 1) * u64::from(self.denominator) - 1) / length;
        u32::try_from(index).unwrap_or(u32::MAX)
    }
}

fn clamp_tick(tick: u64) -> u32 {
    tick.min(u64::from(MAX_TICK)) as u32
}
