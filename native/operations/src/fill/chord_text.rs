//! Chords as people write them, "Am | F | C G | Em", laid over the bars of a region.

use std::ops::Range;

use continuo_midi::{Bars, Song, Tick};
use continuo_sampler::ChordAt;
use continuo_tokenizer::chord::{Chord, parse_symbol};

use crate::error::OperationError;

/// A bar whose chords are heard.
const HEARD: &str = "auto";

/// Bars are parted by |; the chords of a bar share it, and the last bar is followed by the first until the region
/// ends. A bar of "auto" has the chords that `heard` gives, which is called at most once. `None` where all are heard.
///
/// Errors: `CHORD_UNKNOWN` with the bar and what is wrong there.
pub fn lay_out(
    text: &str,
    song: &Song,
    region: &Range<u32>,
    heard: impl FnOnce() -> Vec<ChordAt>,
) -> Result<Option<Vec<ChordAt>>, OperationError> {
    let bars = bars_of(text)?;
    let song_bars = Bars::of(song);
    let first = song_bars.bar_at_tick(region.start);
    let last = song_bars.bar_at_tick(region.end.saturating_sub(1));
    let laid_out = || (first..=last).zip(bars.iter().cycle());
    if laid_out().all(|(_, chords)| chords.is_none()) {
        return Ok(None);
    }
    let heard = match laid_out().any(|(_, chords)| chords.is_none()) {
        true => heard(),
        false => Vec::new(),
    };
    let mut laid = Vec::new();
    for (bar, chords) in laid_out() {
        let start = Tick(song_bars.start_tick(bar));
        let end = Tick(song_bars.end_tick(bar));
        let Some(chords) = chords else {
            laid.extend(heard.iter().filter_map(|at| within(at, start, end)));
            continue;
        };
        let count = chords.len() as u64;
        let tick = |index: u64| start + (u64::from(end - start) * index / count) as u32;
        laid.extend((0..).zip(chords).map(|(index, chord)| ChordAt {
            start_tick: tick(index),
            end_tick: tick(index + 1),
            chord: *chord,
        }));
    }
    Ok(Some(laid))
}

/// The chords of each bar; `None` where they are heard.
fn bars_of(text: &str) -> Result<Vec<Option<Vec<Option<Chord>>>>, OperationError> {
    let unknown = |bar: usize, symbol: &str, reason: String| OperationError::ChordUnknown {
        symbol: symbol.to_owned(),
        bar: bar + 1,
        reason,
    };
    let inner = text.trim().trim_start_matches('|').trim_end_matches('|');
    let read = |(bar, symbols): (usize, &str)| {
        if symbols.trim().eq_ignore_ascii_case(HEARD) {
            return Ok(None);
        }
        let chords: Vec<_> = symbols
            .split_whitespace()
            .map(|symbol| parse_symbol(symbol).map_err(|error| unknown(bar, symbol, error.reason)))
            .collect::<Result<_, _>>()?;
        if chords.is_empty() {
            let reason = "the bar is empty; write N.C. for a bar without a chord".to_owned();
            return Err(unknown(bar, "", reason));
        }
        Ok(Some(chords))
    };
    inner.split('|').enumerate().map(read).collect()
}

/// What of a chord is between two ticks.
fn within(at: &ChordAt, start: Tick, end: Tick) -> Option<ChordAt> {
    let (start_tick, end_tick) = (at.start_tick.max(start), at.end_tick.min(end));
    (start_tick < end_tick).then_some(ChordAt {
        start_tick,
        end_tick,
        chord: at.chord,
    })
}

#[cfg(test)]
mod tests {
    use continuo_midi::MeterChange;
    use continuo_tokenizer::chord::Quality;

    use super::*;

    fn song() -> Song {
        let meters = vec![MeterChange {
            tick: 0,
            numerator: 4,
            denominator: 4,
        }];
        Song {
            ppq: 480,
            meters,
            ..Song::default()
        }
    }

    /// D for three quarters of each bar, then E.
    fn heard() -> Vec<ChordAt> {
        let bars = (0..4).flat_map(|bar| {
            let (d, e) = (Chord::new(2, Quality::Major), Chord::new(4, Quality::Major));
            let start = bar * 1920;
            [(start, start + 1440, d), (start + 1440, start + 1920, e)]
        });
        bars.map(|(start_tick, end_tick, chord)| ChordAt {
            start_tick: Tick(start_tick),
            end_tick: Tick(end_tick),
            chord: Some(chord),
        })
        .collect()
    }

    fn told(text: &str, region: Range<u32>) -> Vec<(u32, u32, String)> {
        let laid = lay_out(text, &song(), &region, heard).unwrap().unwrap();
        let name = |at: &ChordAt| at.chord.map_or("-".to_owned(), |chord| chord.to_string());
        laid.iter()
            .map(|at| (at.start_tick.0, at.end_tick.0, name(at)))
            .collect()
    }

    #[test]
    fn bars_share_their_chords_and_repeat() {
        let laid = told("Am | C G", 1920..7680);
        let expected = [
            (1920, 3840, "Am"),
            (3840, 4800, "C"),
            (4800, 5760, "G"),
            (5760, 7680, "Am"),
        ];
        let expected = expected.map(|(start, end, name)| (start, end, name.to_owned()));
        assert_eq!(laid, expected);
        // Lead sheets have signs at both ends.
        assert_eq!(told("| Am | C G |", 1920..7680), expected);
        assert_eq!(told("N.C.", 0..1920)[0].2, "-");
        for text in [" Auto ", "auto | AUTO"] {
            let laid = lay_out(text, &song(), &(0..3840), heard).unwrap();
            assert!(laid.is_none());
        }
    }

    #[test]
    fn a_bar_may_be_left_to_the_music() {
        let expected = [
            (1920, 3360, "D"),
            (3360, 3840, "E"),
            (3840, 5760, "Am"),
            (5760, 7200, "D"),
            (7200, 7680, "E"),
        ];
        let expected = expected.map(|(start, end, name)| (start, end, name.to_owned()));
        assert_eq!(told("auto | Am", 1920..7680), expected);
    }

    #[test]
    fn what_is_not_a_chord_is_told_with_its_bar() {
        let error = lay_out("Am | Fq", &song(), &(0..1920), heard).unwrap_err();
        assert_eq!(error.code(), "CHORD_UNKNOWN");
        assert!(error.to_string().contains("bar 2"), "{error}");
        for text in ["", "Am || F", "x"] {
            assert_eq!(
                lay_out(text, &song(), &(0..1920), heard)
                    .unwrap_err()
                    .code(),
                "CHORD_UNKNOWN"
            );
        }
    }
}
