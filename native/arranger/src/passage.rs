//! Some bars that a musician of the band plays.

use crate::chart::{At, Chart};
use crate::meter::Meter;

#[derive(Clone, Copy)]
pub struct Passage<'a> {
    /// Ticks; whole bars from `start` to `end`.
    pub start: i32,
    pub end: i32,
    /// 0 to 1.
    pub loud: f64,
    pub meter: &'a Meter,
    pub chart: &'a Chart,
}

impl<'a> Passage<'a> {
    /// Each chord of each bar, with the bar's start and the place of a habit: what is played in every
    /// fourth bar over the same chord is alike.
    pub fn chords(self) -> impl Iterator<Item = (i32, At, u64)> + 'a {
        let bar = self.meter.bar();
        (self.start..self.end)
            .step_by(bar as usize)
            .flat_map(move |at| {
                let spans = self.chart.between(at, (at + bar).min(self.end));
                spans.map(move |span| {
                    let slot = (at - self.start) / bar % 4 * 256 + span.chord.class() as i32;
                    (at, span, slot as u64)
                })
            })
    }
}
