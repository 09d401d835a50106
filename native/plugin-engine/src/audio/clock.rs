//! From samples to quarters: what stretches of song a block covers, and whether the song went on from the last one.

use crate::transport::{Meter, Transport};

/// A loop that is shorter than this many times a block is not split further: nobody hears it.
pub(super) const MOST_STRETCHES: usize = 8;
/// A position this far from the expected one is a jump; hosts round by a sample or two.
const TOLERATED_SAMPLES: f64 = 64.;

/// A part of a block in which the song runs on, in quarters, half-open.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Stretch {
    pub from: f64,
    pub to: f64,
    /// Samples of the block: the first of this stretch, and the first behind it.
    pub first_frame: u32,
    pub end_frame: u32,
    per_sample: f64,
    /// The position of sample 0, as this stretch counts.
    origin: f64,
}

impl Stretch {
    /// Of a sample of the block.
    pub fn position(&self, frame: u32) -> f64 {
        (self.origin + f64::from(frame) * self.per_sample).max(self.from)
    }

    /// The sample of a position, inside this stretch.
    pub fn frame(&self, position: f64) -> u32 {
        let frame = ((position - self.origin) / self.per_sample).round().max(0.) as u32;
        frame.clamp(
            self.first_frame,
            self.end_frame.saturating_sub(1).max(self.first_frame),
        )
    }
}

pub(super) struct Block {
    /// The host's, made whole.
    pub transport: Transport,
    /// The first `count` are valid; one at least.
    pub stretches: [Stretch; MOST_STRETCHES],
    pub count: usize,
    /// What came before does not go on.
    pub has_broken: bool,
}

pub(super) struct Clock {
    rate: f64,
    /// Where the last block ended; NaN before the first.
    expected: f64,
    was_playing: bool,
    /// For hosts without a transport.
    free_position: f64,
    meter: Meter,
    bar_line: f64,
}

impl Clock {
    pub fn new(rate: f64) -> Self {
        Self {
            rate,
            expected: f64::NAN,
            was_playing: false,
            free_position: 0.,
            meter: Meter::COMMON,
            bar_line: 0.,
        }
    }

    pub fn reset(&mut self) {
        (self.expected, self.was_playing, self.free_position) = (f64::NAN, false, 0.);
        (self.meter, self.bar_line) = (Meter::COMMON, 0.);
    }

    /// Where the last block ended, in quarters.
    pub fn end(&self) -> f64 {
        self.expected
    }

    /// A bar line of the meter in force, from which others are counted.
    pub fn bar_line(&self) -> f64 {
        self.bar_line
    }

    pub fn block(&mut self, transport: Option<Transport>, frames: u32) -> Block {
        let is_free = transport.is_none();
        let t = whole(transport.unwrap_or(Transport {
            is_playing: true,
            position: self.free_position,
            tempo_qpm: 120.,
            meter: Meter::COMMON,
            bar_start: None,
            cycle: None,
        }));
        let per_sample = t.tempo_qpm / 60. / self.rate;
        let length = per_sample * f64::from(frames);
        let goes_on = t.is_playing
            && self.was_playing
            && (t.position - self.expected).abs() <= per_sample * TOLERATED_SAMPLES + 1e-6;
        let has_broken = self.was_playing && !goes_on;
        let from = if goes_on { self.expected } else { t.position };
        self.count_bars(&t, goes_on);
        self.was_playing = t.is_playing;
        let (stretches, count) = split(&t, from, from + length, per_sample, frames);
        let last = stretches[count - 1];
        self.expected = last.to;
        if is_free {
            self.free_position = last.to;
        }
        Block {
            transport: t,
            stretches,
            count,
            has_broken,
        }
    }

    /// Bars are counted from the last change of meter that was seen, or from the host's own bar.
    fn count_bars(&mut self, t: &Transport, goes_on: bool) {
        let bar = t.meter.quarters_per_bar();
        let of_host = t
            .bar_start
            .filter(|start| (-1e-6..bar - 1e-6).contains(&(t.position - start)));
        if let Some(start) = of_host {
            // Where bars lie on one grid from the song's beginning, they are counted from there.
            self.bar_line = start.rem_euclid(bar);
            if bar - self.bar_line < 1e-6 {
                self.bar_line = 0.;
            }
        } else if t.meter != self.meter {
            self.bar_line = if goes_on { t.position } else { 0. };
        }
        self.meter = t.meter;
    }
}

/// Numbers that hosts send by mistake become harmless ones.
fn whole(mut t: Transport) -> Transport {
    if !t.position.is_finite() {
        t.position = 0.;
    }
    if !(t.tempo_qpm.is_finite() && (1. ..=10_000.).contains(&t.tempo_qpm)) {
        t.tempo_qpm = 120.;
    }
    if !(1..=255).contains(&t.meter.numerator) || !(1..=128).contains(&t.meter.denominator) {
        t.meter = Meter::COMMON;
    }
    t.cycle = t
        .cycle
        .filter(|(start, end)| start.is_finite() && end.is_finite() && end > start);
    t.bar_start = t.bar_start.filter(|start| start.is_finite());
    t
}

/// A block that passes the loop's end is several: Cubase and FL Studio send such blocks, others cut them themselves.
fn split(
    t: &Transport,
    from: f64,
    to: f64,
    per_sample: f64,
    frames: u32,
) -> ([Stretch; MOST_STRETCHES], usize) {
    let mut stretches = [Stretch::default(); MOST_STRETCHES];
    let whole = Stretch {
        from,
        to,
        first_frame: 0,
        end_frame: frames,
        per_sample,
        origin: from,
    };
    stretches[0] = whole;
    let Some((start, end)) = t
        .cycle
        .filter(|(_, end)| t.is_playing && from < *end && to > *end + 1e-9)
    else {
        return (stretches, 1);
    };
    let mut count = 1;
    while stretches[count - 1].to > end + 1e-9 && count < MOST_STRETCHES {
        let last = &mut stretches[count - 1];
        let rest = last.to - end;
        let seam = (((end - last.origin) / per_sample).ceil().max(0.) as u32)
            .clamp(last.first_frame, frames);
        // What lies behind the last sample falls on it.
        let first_frame = seam.min(frames.saturating_sub(1));
        (last.to, last.end_frame) = (end, seam);
        let origin = last.origin - end + start;
        stretches[count] = Stretch {
            from: start,
            to: start + rest,
            first_frame,
            end_frame: frames,
            per_sample,
            origin,
        };
        count += 1;
    }
    let last = &mut stretches[count - 1];
    if last.to > end {
        last.to = end;
    }
    (stretches, count)
}
