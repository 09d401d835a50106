//! Bars and beats: where they start, how long they are, which one contains a tick.

use crate::error::MAX_TICK;
use crate::song::{MeterChange, Song};

/// The bar map of a song. Bars count from 0 and never end: the last meter goes on forever.
///
/// A meter change starts a bar unless it repeats the meter in force. One that is within 1/16 of a
/// beat of a bar line is taken as being on it; elsewhere it cuts the bar short. Look-ups cost the
/// logarithm of the number of meter changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars {
    /// Never empty; the first starts at tick 0 and bar 0, and no two neighbours have the same meter.
    spans: Vec<Span>,
    /// Tick of the latest change that was taken, as written in the file.
    latest_tick: u32,
    /// Ticks of a whole note.
    whole_ticks: u32,
}

/// A change this part of a beat beside a bar line is meant to be on it.
const NEAR_BEATS: u64 = 16;

/// Bars of one meter, from one change to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    start_tick: u32,
    first_bar: u32,
    numerator: u8,
    denominator: u16,
    /// Ticks of a whole note; a bar is `numerator / denominator` of it, which may not be a whole number.
    whole_ticks: u32,
}

/// A tick, seen from its bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarPosition {
    /// From 0.
    pub bar_index: u32,
    pub tick_in_bar: u32,
}

/// What a meter change does to the bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It repeats the meter in force, or has no bar of at least one tick.
    Nothing,
    /// Its meter holds from `tick` on.
    Begins { tick: u32 },
    /// Its meter holds in place of another one that began at the same bar line.
    Replaces { tick: u32, old: MeterChange },
}

impl Bars {
    /// `meters`: by tick; entries out of order or with bars under a tick are left out.
    pub fn new(meters: &[MeterChange], ppq: u16) -> Self {
        let mut bars = Self::common_time(ppq);
        for meter in meters {
            bars.take(meter);
        }
        bars
    }

    /// Bars of 4/4, which hold where a song says nothing.
    pub(crate) fn common_time(ppq: u16) -> Self {
        let whole_ticks = 4 * u32::from(ppq.max(1));
        let first = Span {
            start_tick: 0,
            first_bar: 0,
            numerator: 4,
            denominator: 4,
            whole_ticks,
        };
        Self {
            spans: vec![first],
            latest_tick: 0,
            whole_ticks,
        }
    }

    /// Let a meter hold from its tick on.
    pub(crate) fn take(&mut self, meter: &MeterChange) -> Taken {
        let ticks = u32::from(meter.numerator) * self.whole_ticks;
        let denominator = u32::from(meter.denominator);
        if denominator == 0 || ticks < denominator || meter.tick < self.latest_tick {
            return Taken::Nothing;
        }
        self.latest_tick = meter.tick;
        let last = self.spans[self.spans.len() - 1];
        if last.has_meter(meter) {
            return Taken::Nothing;
        }
        // The last change may have moved to a bar line after this one's tick.
        let tick = last.on_bar_line(meter.tick.max(last.start_tick));
        if tick == last.start_tick {
            self.spans.pop();
        }
        let before = self.spans.last();
        if before.is_none_or(|before| !before.has_meter(meter)) {
            self.spans.push(Span {
                start_tick: tick,
                first_bar: before.map_or(0, |span| span.first_bar + span.bars_before(tick)),
                numerator: meter.numerator,
                denominator: meter.denominator,
                whole_ticks: self.whole_ticks,
            });
        }
        if tick == last.start_tick {
            let old = last.meter();
            Taken::Replaces { tick, old }
        } else {
            Taken::Begins { tick }
        }
    }

    /// The changes that start bars, by tick, the first at 0. Their bars are these bars.
    pub fn meters(&self) -> Vec<MeterChange> {
        self.spans.iter().map(Span::meter).collect()
    }

    /// The changes that cut a bar short, each with that bar's index.
    pub fn cuts(&self) -> impl Iterator<Item = (u32, MeterChange)> + '_ {
        let pairs = self.spans.windows(2);
        let cuts = pairs.filter(|pair| !pair[0].is_bar_line(pair[1].start_tick));
        cuts.map(|pair| (pair[1].first_bar - 1, pair[1].meter()))
    }

    pub fn of(song: &Song) -> Self {
        Self::new(&song.meters, song.ppq)
    }

    /// The bar that holds `tick`, from 0.
    pub fn bar_at_tick(&self, tick: u32) -> u32 {
        let span = self.span_at_tick(tick);
        span.first_bar + span.unit_at(tick - span.start_tick, u32::from(span.numerator))
    }

    /// The bar that is meant by `tick`, from 0: the next one where its start is near.
    pub fn bar_near_tick(&self, tick: u32) -> u32 {
        self.bar_at_tick(self.span_at_tick(tick).on_bar_line(tick))
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
    fn has_meter(&self, meter: &MeterChange) -> bool {
        (self.numerator, self.denominator) == (meter.numerator, meter.denominator)
    }

    fn is_bar_line(&self, tick: u32) -> bool {
        let beats = u32::from(self.numerator);
        self.unit_start(self.unit_at(tick - self.start_tick, beats), beats) == tick
    }

    /// The bar line that is near a tick of the span or after it, else the tick itself.
    fn on_bar_line(&self, tick: u32) -> u32 {
        let bar = self.unit_at(tick - self.start_tick, u32::from(self.numerator));
        let start = self.unit_start(bar, u32::from(self.numerator));
        let end = self.unit_start(bar.saturating_add(1), u32::from(self.numerator));
        let is_near = |distance: u32| {
            NEAR_BEATS * u64::from(distance) * u64::from(self.denominator)
                <= u64::from(self.whole_ticks)
        };
        if is_near(tick - start) {
            start
        } else if end < MAX_TICK && is_near(end - tick) {
            end
        } else {
            tick
        }
    }

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
