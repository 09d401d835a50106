//! A song that a host sent, as a MIDI file.

use std::path::PathBuf;

use continuo_midi::write_new;
use serde::{Deserialize, Serialize};

use crate::error::OperationError;
use crate::files::output::{Existing, file_of, warnings_of, write_result};
use crate::songs::sent_song::SentSong;
use crate::warnings::WarningEntry;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WriteSongRequest {
    pub song: SentSong,
    pub output: PathBuf,
    #[serde(default)]
    pub existing: Existing,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WriteSongAnswer {
    pub file: PathBuf,
    pub note_count: usize,
    /// What became of a file that was there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningEntry>,
}

/// Write a new file of format 1, whole or not at all.
///
/// Errors: `REQUEST_INVALID`, `SONG_INVALID`, `OUTPUT_*`.
pub fn write_song(request: &WriteSongRequest) -> Result<WriteSongAnswer, OperationError> {
    let song = request.song.song()?;
    let bytes = write_new(&song).map_err(OperationError::Output)?;
    let became = write_result(&request.output, &bytes, request.existing, &|_| false)?;
    Ok(WriteSongAnswer {
        file: request.output.clone(),
        note_count: song.tracks.iter().map(|track| track.notes.len()).sum(),
        warnings: warnings_of(&file_of(&request.output, became), &[]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_was_sent() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("a.mid");
        let request: WriteSongRequest = serde_json::from_value(serde_json::json!({
            "song": {
                "ppq": 960,
                "tempoMap": [{ "tick": 0, "qpm": 90 }],
                "timeSignatures": [{ "tick": 0, "numerator": 3, "denominator": 4 }],
                "tracks": [{ "id": "x", "name": "Flöte", "program": 73, "notes": [
                    { "startTick": 960, "durationTicks": 7, "pitch": 61, "velocity": 3, "channel": 2 }
                ] }],
            },
            "output": output,
        }))
        .unwrap();
        assert_eq!(write_song(&request).unwrap().note_count, 1);
        let song = continuo_midi::parse_song(&std::fs::read(&output).unwrap()).unwrap();
        let sent = request.song.song().unwrap();
        assert_eq!(song.tracks[0].notes, sent.tracks[0].notes);
        assert_eq!((song.ppq, song.meters), (sent.ppq, sent.meters));
        assert_eq!(song.tracks[0].name, "Flöte");
    }
}
