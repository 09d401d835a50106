//! Chords as people write them, "Am | F | C G | Em", laid over the bars of a region.

use std::ops::Range;

use continuo_midi::{Bars, Song};
use continuo_sampler::ChordAt;
use continuo_tokenizer::chord::parse_symbol;

use crate::error::OperationError;

/// Bars are parted by |; the chords of a bar share it, and the last bar is followed by the first until the region
/// ends. `None` for "auto", which hears them.
///
/// Errors: `CHORD_UNKNOWN` with the bar and what is wrong there.
pub fn lay_out(
    text: &str,
    song: &Song,
    region: &Range<u32>,
) -> Result<Option<Vec<ChordAt>>, OperationError> {
    if text.trim().eq_ignore_ascii_case("auto") {
        return Ok(None);
    }
    let unknown = |bar: usize, symbol: &str, reason: String| OperationError::ChordUnknown {
        symbol: symbol.to_owned(),
        bar: bar + 1,
        reason,
    };
    let inner = text.trim().trim_start_matches('|').trim_end_matches('|');
    let mut bars = Vec::new();
    for (bar, symbols) in inner.split('|').enumerate() {
        let chords: Vec<_> = symbols
            .split_whitespace()
            .map(|symbol| parse_symbol(symbol).map_err(|error| unknown(bar, symbol, error.reason)))
            .collect::<Result<_, _>>()?;
        if chords.is_empty() {
            let reason = "the bar is empty; write N.C. for a bar without a chord".to_owned();
            return Err(unknown(bar, "", reason));
        }
        bars.push(chords);
    }
    let song_bars = Bars::of(song);
    let first = song_bars.bar_at_tick(region.start);
    let last = song_bars.bar_at_tick(region.end.saturating_sub(1));
    let mut laid = Vec::new();
    for (bar, chords) in (first..=last).zip(bars.iter().cycle()) {
        let (start, end) = (song_bars.start_tick(bar), song_bars.end_tick(bar));
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

#[cfg(test)]
mod tests {
    use continuo_midi::MeterChange;

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

    fn told(text: &str, region: Range<u32>) -> Vec<(u32, u32, String)> {
        let laid = lay_out(text, &song(), &region).unwrap().unwrap();
        let name = |at: &ChordAt| at.chord.map_or("-".to_owned(), |chord| chord.to_string());
        laid.iter()
            .map(|at| (at.start_tick, at.end_tick, name(at)))
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
        assert!(lay_out(" Auto ", &song(), &(0..1920)).unwrap().is_none());
    }

    #[test]
    fn what_is_not_a_chord_is_told_with_its_bar() {
        let error = lay_out("Am | Fq", &song(), &(0..1920)).unwrap_err();
        assert_eq!(error.code(), "CHORD_UNKNOWN");
        assert!(error.to_string().contains("bar 2"), "{error}");
        for text in ["", "Am || F", "x"] {
            assert_eq!(
                lay_out(text, &song(), &(0..1920)).unwrap_err().code(),
                "CHORD_UNKNOWN"
            );
        }
    }
}
