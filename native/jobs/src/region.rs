//! Where a generating job works: a part of the song that is named, or what comes after a track.

use std::ops::Range;

use continuo_midi::{Bars, MAX_TICK, Song, Track};
use serde::Deserialize;

use crate::error::JobError;
use crate::span::{BeatPlace, Span};

/// As JavaScript names it; one of a span's forms, or bars that follow.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum RegionChoice {
    Bars {
        first: u32,
        last: u32,
    },
    Beats {
        first: BeatPlace,
        last: BeatPlace,
    },
    #[serde(rename_all = "camelCase")]
    Ticks {
        start_tick: u32,
        end_tick: u32,
    },
    /// This many bars from the bar line at or after the end of the track's last note.
    After {
        bars: u32,
    },
}

impl RegionChoice {
    /// Half-open ticks, at least one.
    ///
    /// Errors: those of `Span::resolve`; `REGION_PAST_END` if bars after the track pass `MAX_TICK`.
    pub fn resolve(self, song: &Song, track: &Track) -> Result<Range<u32>, JobError> {
        match self {
            Self::Bars { first, last } => Span::Bars { first, last }.resolve(song),
            Self::Beats { first, last } => Span::Beats { first, last }.resolve(song),
            Self::Ticks {
                start_tick,
                end_tick,
            } => Span::Ticks {
                start_tick,
                end_tick,
            }
            .resolve(song),
            Self::After { bars } => after(song, track, bars),
        }
    }
}

fn after(song: &Song, track: &Track, count: u32) -> Result<Range<u32>, JobError> {
    let bars = Bars::of(song);
    let end_tick = track.notes.iter().map(|note| note.end_tick()).max();
    let first_bar = bars.count(end_tick.unwrap_or(0));
    let start = bars.start_tick(first_bar);
    let end = bars.start_tick(first_bar.saturating_add(count));
    if end >= MAX_TICK {
        return Err(JobError::RegionPastEnd {
            end_tick: end,
            limit_tick: MAX_TICK,
            bars: bars.bar_at_tick(MAX_TICK),
        });
    }
    if count == 0 {
        return Err(JobError::RegionEmpty {
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

    fn after_two_bars(end_tick: u32) -> Result<Range<u32>, JobError> {
        let (song, track) = song_and_track(end_tick);
        RegionChoice::After { bars: 2 }.resolve(&song, &track)
    }

    #[test]
    fn bars_after_start_at_the_bar_line_that_follows_the_last_note() {
        assert_eq!(after_two_bars(1440).unwrap(), 1440..4320);
        assert_eq!(after_two_bars(1441).unwrap(), 2880..5760);
    }

    #[test]
    fn bars_after_the_last_tick_are_refused() {
        assert_eq!(
            after_two_bars(MAX_TICK - 1).unwrap_err().code(),
            "REGION_PAST_END"
        );
    }
}
