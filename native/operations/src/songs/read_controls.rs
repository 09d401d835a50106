//! What shapes the sound of a file's tracks beside their notes, as a player needs it.

use std::path::PathBuf;

use continuo_midi::{Control, song_controls};
use serde::{Deserialize, Serialize};

use crate::error::OperationError;
use crate::files::source::{Reading, read_source};
use crate::files::track::id_of;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadControlsRequest {
    pub input: PathBuf,
    /// Which song, from 1, of a file that holds several.
    #[serde(default)]
    pub song: Option<usize>,
    /// Of all tracks together.
    pub most_controls: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadControlsAnswer {
    pub tracks: Vec<TrackControls>,
    /// How many there were beyond the limit.
    pub left_out: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrackControls {
    /// Its number from 1, as `continuo info` has it.
    pub id: String,
    /// Four numbers a message, by tick: tick, upper four bits of the status, two data bytes.
    pub events: Vec<u32>,
}

/// Errors: `INPUT_*`, `MIDI_*`.
pub fn read_controls(request: &ReadControlsRequest) -> Result<ReadControlsAnswer, OperationError> {
    let source = read_source(&request.input, Reading::new(false, request.song))?;
    let controls =
        song_controls(&source.bytes, &source.parsed, request.most_controls).map_err(|source| {
            OperationError::Midi {
                path: request.input.clone(),
                source,
            }
        })?;
    let tracks = controls.tracks.iter().enumerate();
    Ok(ReadControlsAnswer {
        tracks: tracks
            .map(|(index, track)| TrackControls {
                id: id_of(index),
                events: track.iter().flat_map(numbers_of).collect(),
            })
            .collect(),
        left_out: controls.left_out,
    })
}

fn numbers_of(control: &Control) -> [u32; 4] {
    let [first, second] = control.data;
    [
        control.tick,
        u32::from(control.kind),
        u32::from(first),
        u32::from(second),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_controls_of_each_track_are_numbers_in_rows_of_four() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../test/fixtures");
        let request = ReadControlsRequest {
            input: PathBuf::from(folder).join("holmes-le-desir.mid"),
            song: None,
            most_controls: 1_000,
        };
        let answer = read_controls(&request).unwrap();
        let ids: Vec<&str> = answer
            .tracks
            .iter()
            .map(|track| track.id.as_str())
            .collect();
        assert_eq!((ids, answer.left_out), (vec!["1", "2", "3"], 0));
        for TrackControls { events, .. } in &answer.tracks {
            assert_eq!(events.len() % 4, 0);
            let is_in_order = events.chunks(4).is_sorted_by_key(|row| row[0]);
            assert!(is_in_order && events.chunks(4).all(|row| row[1] % 16 == 0 && row[3] < 128));
        }
        let missing = ReadControlsRequest {
            input: PathBuf::from(folder).join("none.mid"),
            song: None,
            most_controls: 1,
        };
        assert_eq!(
            read_controls(&missing).unwrap_err().code(),
            "INPUT_NOT_FOUND"
        );
    }
}
