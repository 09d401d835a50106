//! The chords of a song's bars: those that the notes suggest, or written ones as a fill would lay them out.

use continuo_sampler::ChordAt;
use serde::{Deserialize, Serialize};

use crate::error::OperationError;
use crate::files::chords::{ChordEntry, chords_of};
use crate::fill::chord_text::lay_out;
use crate::songs::sent_song::SentSong;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChordsOfBarsRequest {
    pub song: SentSong,
    /// Written chords; left out, those that sound.
    #[serde(default)]
    pub text: Option<String>,
    /// Where the written ones are laid out.
    #[serde(default)]
    pub start_tick: u32,
    #[serde(default)]
    pub end_tick: u32,
}

#[derive(Debug, Serialize)]
pub struct ChordsOfBarsAnswer {
    pub chords: Vec<ChordEntry>,
}

/// Of written chords none for the bars that are left to the music, and "N.C." for a bar without a chord.
///
/// Errors: `REQUEST_INVALID`, `CHORD_UNKNOWN`.
pub fn chords_of_bars(request: &ChordsOfBarsRequest) -> Result<ChordsOfBarsAnswer, OperationError> {
    let song = request.song.song()?;
    let Some(text) = &request.text else {
        return Ok(ChordsOfBarsAnswer {
            chords: chords_of(&song),
        });
    };
    let region = request.start_tick..request.end_tick.max(request.start_tick.saturating_add(1));
    let laid = lay_out(text, &song, &region, Vec::new)?.unwrap_or_default();
    let bars = continuo_midi::Bars::of(&song);
    let entry = |at: ChordAt| ChordEntry {
        start_tick: at.start_tick,
        end_tick: at.end_tick,
        bar: bars.bar_at_tick(at.start_tick.0) + 1,
        symbol: at
            .chord
            .map_or_else(|| "N.C.".to_owned(), |chord| chord.to_string()),
        confidence: 1.0,
    };
    Ok(ChordsOfBarsAnswer {
        chords: laid.into_iter().map(entry).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chords(extra: serde_json::Value) -> Result<Vec<(u32, String)>, OperationError> {
        let note = |(at, pitch): (u32, u8)| serde_json::json!({ "startTick": 1920 * at, "durationTicks": 1900, "pitch": pitch, "velocity": 80 });
        let triads = [(0, 57), (0, 60), (0, 64), (1, 53), (1, 57), (1, 60)];
        let mut request = serde_json::json!({ "song": { "ppq": 480, "tempoMap": [], "timeSignatures": [],
            "tracks": [{ "id": "a", "notes": triads.map(note) }] } });
        for (name, value) in extra.as_object().unwrap() {
            request[name] = value.clone();
        }
        let answer = chords_of_bars(&serde_json::from_value(request).unwrap())?;
        let chords = answer.chords.into_iter();
        Ok(chords.map(|chord| (chord.bar, chord.symbol)).collect())
    }

    #[test]
    fn what_sounds_or_what_is_written() {
        let named = |list: &[(u32, &str)]| -> Vec<(u32, String)> {
            list.iter()
                .map(|&(bar, name)| (bar, name.to_owned()))
                .collect()
        };
        let heard = chords(serde_json::json!({})).unwrap();
        assert_eq!(heard, named(&[(1, "Am"), (2, "F")]));
        let written =
            serde_json::json!({ "text": "Bbm7 C/E|auto|N.C.", "startTick": 1920, "endTick": 7680 });
        assert_eq!(
            chords(written).unwrap(),
            named(&[(2, "Bbm7"), (2, "C/E"), (4, "N.C.")])
        );
        let wrong = serde_json::json!({ "text": "Am | Hx", "startTick": 0, "endTick": 1 });
        assert_eq!(chords(wrong).unwrap_err().code(), "CHORD_UNKNOWN");
    }
}
