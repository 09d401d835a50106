//! A part of a file as people say it, turned into ticks.

use std::ops::Range;

use continuo_midi::{Bars, Song};
use serde::Deserialize;

use crate::error::OperationError;

/// Bars and beats count from 1 and include their last; ticks are half-open.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum Span {
    /// From the start of `first` to the end of `last`.
    #[serde(rename_all = "camelCase")]
    Bars { first: Bar, last: Bar },
    /// From the start of one beat to the end of another; a beat is the meter's denominator.
    Beats {
        first: BeatPosition,
        last: BeatPosition,
    },
    #[serde(rename_all = "camelCase")]
    Ticks { start_tick: u32, end_tick: u32 },
}

/// A bar, from 1.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum Bar {
    Number(u32),
    Named(NamedBar),
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum NamedBar {
    /// Of the song.
    Last,
}

/// Both from 1.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub struct BeatPosition {
    pub bar: u32,
    pub beat: u32,
}

impl Span {
    /// The ticks meant, within the bars that the song has.
    ///
    /// Errors: `REGION_INVERTED`, `REGION_EMPTY`, `REGION_PAST_END`, `REGION_NO_SUCH_BEAT`.
    pub fn resolve(&self, song: &Song) -> Result<Range<u32>, OperationError> {
        let bars = Bars::of(song);
        let text = self.text();
        let count = bars.count(song.duration_ticks);
        let (start, end) = match *self {
            Self::Bars { first, last } => {
                let (first, last) = (first.number(count), last.number(count));
                if first == 0 || last == 0 {
                    return Err(OperationError::RegionEmpty { text });
                }
                if last < first {
                    return Err(OperationError::RegionInverted { text });
                }
                (bars.start_tick(first - 1), bars.end_tick(last - 1))
            }
            Self::Beats { first, last } => {
                if (last.bar, last.beat) < (first.bar, first.beat) {
                    return Err(OperationError::RegionInverted { text });
                }
                let start = first.resolve(&bars, &text)?.start;
                (start, last.resolve(&bars, &text)?.end)
            }
            Self::Ticks {
                start_tick,
                end_tick,
            } if end_tick < start_tick => return Err(OperationError::RegionInverted { text }),
            Self::Ticks {
                start_tick,
                end_tick,
            } => (start_tick, end_tick),
        };
        let limit_tick = if count == 0 {
            0
        } else {
            bars.end_tick(count - 1)
        };
        if end > limit_tick {
            return Err(OperationError::RegionPastEnd {
                end_tick: end,
                limit_tick,
                bars: count,
            });
        }
        if start >= end {
            return Err(OperationError::RegionEmpty { text });
        }
        Ok(start..end)
    }

    fn text(&self) -> String {
        match self {
            Self::Bars { first, last } => format!("bars {}-{}", first.text(), last.text()),
            Self::Beats { first, last } => {
                format!(
                    "range {}.{}-{}.{}",
                    first.bar, first.beat, last.bar, last.beat
                )
            }
            Self::Ticks {
                start_tick,
                end_tick,
            } => format!("ticks {start_tick}-{end_tick}"),
        }
    }
}

impl Bar {
    fn number(self, count: u32) -> u32 {
        match self {
            Self::Number(number) => number,
            Self::Named(NamedBar::Last) => count,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Named(NamedBar::Last) => "last".to_owned(),
        }
    }
}

impl BeatPosition {
    fn resolve(self, bars: &Bars, text: &str) -> Result<Range<u32>, OperationError> {
        let Some(bar_index) = self.bar.checked_sub(1) else {
            return Err(OperationError::RegionEmpty {
                text: text.to_owned(),
            });
        };
        let beats = bars.meter_at_bar(bar_index).numerator;
        let no_such_beat = || OperationError::RegionNoSuchBeat {
            text: text.to_owned(),
            bar: self.bar,
            beat: self.beat,
            beats,
        };
        let beat_index = self.beat.checked_sub(1).ok_or_else(no_such_beat)?;
        if beat_index >= u32::from(beats) {
            return Err(no_such_beat());
        }
        // A meter change may cut the bar short, inside or before this beat.
        let bar_end = bars.end_tick(bar_index);
        let start = bars.beat_start_tick(bar_index, beat_index).min(bar_end);
        let end = bars.beat_start_tick(bar_index, beat_index + 1).min(bar_end);
        Ok(start..end)
    }
}

#[cfg(test)]
mod tests {
    use continuo_midi::MeterChange;

    use super::*;

    /// Eight bars at 480 PPQ: 4/4, and 6/8 from bar 5 on.
    fn song() -> Song {
        let meter = |tick, numerator, denominator| MeterChange {
            tick,
            numerator,
            denominator,
        };
        Song {
            ppq: 480,
            duration_ticks: 4 * 1920 + 4 * 1440,
            meters: vec![meter(0, 4, 4), meter(4 * 1920, 6, 8)],
            ..Song::default()
        }
    }

    fn beats(first: (u32, u32), last: (u32, u32)) -> Span {
        let position = |(bar, beat)| BeatPosition { bar, beat };
        Span::Beats {
            first: position(first),
            last: position(last),
        }
    }

    fn bars(first: u32, last: u32) -> Span {
        let (first, last) = (Bar::Number(first), Bar::Number(last));
        Span::Bars { first, last }
    }

    fn code(span: Span) -> &'static str {
        span.resolve(&song()).unwrap_err().code()
    }

    #[test]
    fn bars_include_their_last_across_a_meter_change() {
        let span = bars(4, 5);
        assert_eq!(span.resolve(&song()).unwrap(), 5760..7680 + 1440);
    }

    #[test]
    fn the_last_bar_is_that_of_the_song() {
        let last = Bar::Named(NamedBar::Last);
        let span = Span::Bars {
            first: Bar::Number(7),
            last,
        };
        let end = 4 * 1920 + 4 * 1440;
        assert_eq!(span.resolve(&song()).unwrap(), end - 2 * 1440..end);
        let span: Span =
            serde_json::from_str(r#"{"bars":{"first":"last","last":"last"}}"#).unwrap();
        assert_eq!(span.resolve(&song()).unwrap(), end - 1440..end);
        let past = Span::Bars {
            first: Bar::Number(9),
            last,
        };
        assert_eq!(code(past), "REGION_INVERTED");
        assert_eq!(
            span.resolve(&Song::default()).unwrap_err().code(),
            "REGION_EMPTY"
        );
    }

    #[test]
    fn beats_include_their_last() {
        assert_eq!(beats((1, 2), (1, 3)).resolve(&song()).unwrap(), 480..1440);
        assert_eq!(beats((5, 6), (6, 1)).resolve(&song()).unwrap(), 8880..9360);
    }

    #[test]
    fn beat_that_the_bar_does_not_have() {
        assert_eq!(code(beats((1, 1), (1, 5))), "REGION_NO_SUCH_BEAT");
        assert_eq!(code(beats((1, 0), (1, 2))), "REGION_NO_SUCH_BEAT");
    }

    #[test]
    fn inverted_empty_and_past_the_end() {
        assert_eq!(code(bars(5, 4)), "REGION_INVERTED");
        assert_eq!(code(beats((2, 2), (2, 1))), "REGION_INVERTED");
        let ticks = |start_tick, end_tick| Span::Ticks {
            start_tick,
            end_tick,
        };
        assert_eq!(code(ticks(10, 9)), "REGION_INVERTED");
        assert_eq!(code(ticks(10, 10)), "REGION_EMPTY");
        assert_eq!(code(bars(8, 9)), "REGION_PAST_END");
        assert_eq!(code(ticks(0, u32::MAX)), "REGION_PAST_END");
        assert_eq!(code(bars(1, u32::MAX)), "REGION_PAST_END");
    }
}
