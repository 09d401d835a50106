//! The region that music is generated for: a named part of the song, or the bars after a track.

use std::ops::Range;

use continuo_midi::{Bars, MAX_TICK, Song, Track};
use serde::Deserialize;

use crate::error::OperationError;
use crate::files::span::{Bar, BeatPosition, Span};

/// As JavaScript names it: a span, several of them, or bars that follow.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum RegionChoice {
    Bars {
        first: Bar,
        last: Bar,
    },
    Beats {
        first: BeatPosition,
        last: BeatPosition,
    },
    #[serde(rename_all = "camelCase")]
    Ticks {
        start_tick: u32,
        end_tick: u32,
    },
    /// At least one.
    Several(Vec<Span>),
    /// This many bars from the bar line at or after the end of the track's last note.
    After {
        bars: u32,
    },
}

impl RegionChoice {
    /// Half-open ticks, at least one.
    ///
    /// Errors: those of `Span::resolve`; `REGION_PAST_END` if bars after the track pass `MAX_TICK`;
    /// `REGION_SEVERAL` where that is not one region.
    pub fn resolve(&self, song: &Song, track: &Track) -> Result<Range<u32>, OperationError> {
        match self.resolve_all(song, track)?.as_slice() {
            [region] => Ok(region.clone()),
            several => Err(OperationError::RegionSeveral {
                count: several.len(),
            }),
        }
    }

    /// As `resolve`, for several: in order of time, those that touch as one.
    pub fn resolve_all(
        &self,
        song: &Song,
        track: &Track,
    ) -> Result<Vec<Range<u32>>, OperationError> {
        let spans = match self {
            Self::After { bars } => return Ok(vec![after(song, track, *bars)?]),
            Self::Several(spans) => spans.clone(),
            Self::Bars { first, last } => vec![Span::Bars {
                first: *first,
                last: *last,
            }],
            Self::Beats { first, last } => vec![Span::Beats {
                first: *first,
                last: *last,
            }],
            Self::Ticks {
                start_tick,
                end_tick,
            } => vec![Span::Ticks {
                start_tick: *start_tick,
                end_tick: *end_tick,
            }],
        };
        let regions = spans.iter().map(|span| span.resolve(song));
        let mut regions = regions.collect::<Result<Vec<_>, _>>()?;
        regions.sort_by_key(|region| region.start);
        let mut joined: Vec<Range<u32>> = Vec::with_capacity(regions.len());
        for region in regions {
            match joined.last_mut() {
                Some(last) if region.start <= last.end => last.end = last.end.max(region.end),
                _ => joined.push(region),
            }
        }
        if joined.is_empty() {
            let text = "of no bars".to_owned();
            return Err(OperationError::RegionEmpty { text });
        }
        Ok(joined)
    }
}

fn after(song: &Song, track: &Track, count: u32) -> Result<Range<u32>, OperationError> {
    let bars = Bars::of(song);
    let end_tick = track.notes.iter().map(|note| note.end_tick()).max();
    let first_bar = bars.count(end_tick.unwrap_or(0));
    let start = bars.start_tick(first_bar);
    let end = bars.start_tick(first_bar.saturating_add(count));
    if end >= MAX_TICK {
        return Err(OperationError::RegionPastEnd {
            end_tick: end,
            limit_tick: MAX_TICK,
            bars: bars.bar_at_tick(MAX_TICK),
        });
    }
    if count == 0 {
        return Err(OperationError::RegionEmpty {
            text: "of 0 bars".to_owned(),
        });
    }
    Ok(start..end)
}

#[cfg(test)]
mod tests {
    use continuo_midi::{MeterChange, Note};

    use super::*;

    fn song_and_track(end_tick: u32) -> (Song, Track) {
        let meters = vec![MeterChange {
            tick: 0,
            numerator: 3,
            denominator: 4,
        }];
        let song = Song {
            ppq: 480,
            meters,
            duration_ticks: end_tick,
            ..Song::default()
        };
        let note = Note {
            start_tick: 0,
            duration_ticks: end_tick,
            pitch: 60,
            velocity: 80,
            channel: 0,
        };
        let track = Track {
            notes: vec![note],
            ..Track::default()
        };
        (song, track)
    }

    fn after_two_bars(end_tick: u32) -> Result<Range<u32>, OperationError> {
        let (song, track) = song_and_track(end_tick);
        RegionChoice::After { bars: 2 }.resolve(&song, &track)
    }

    #[test]
    fn bars_after_start_at_the_bar_line_that_follows_the_last_note() {
        assert_eq!(after_two_bars(1440).unwrap(), 1440..4320);
        assert_eq!(after_two_bars(1441).unwrap(), 2880..5760);
    }

    #[test]
    fn several_are_in_order_and_those_that_touch_are_one() {
        let (song, track) = song_and_track(10 * 1440);
        let choice = |json: &str| -> RegionChoice { serde_json::from_str(json).unwrap() };
        let bars =
            |first: u32, last: u32| format!(r#"{{"bars":{{"first":{first},"last":{last}}}}}"#);
        let several = choice(&format!(
            r#"{{"several":[{},{},{}]}}"#,
            bars(7, 8),
            bars(1, 2),
            bars(3, 4)
        ));
        let found = several.resolve_all(&song, &track).unwrap();
        assert_eq!(found, [0..4 * 1440, 6 * 1440..8 * 1440]);
        let error = several.resolve(&song, &track).unwrap_err();
        assert_eq!(error.code(), "REGION_SEVERAL");
        let none = choice(r#"{"several":[]}"#).resolve_all(&song, &track);
        assert_eq!(none.unwrap_err().code(), "REGION_EMPTY");
    }

    #[test]
    fn bars_after_the_last_tick_are_refused() {
        assert_eq!(
            after_two_bars(MAX_TICK - 1).unwrap_err().code(),
            "REGION_PAST_END"
        );
    }
}
