//! A file as a piano roll shows it: every note of every track, at the file's own ticks.

use std::path::PathBuf;

use continuo_midi::{
    MeterChange, Note, ParsedFile, ProgramChange, TempoChange, Track, TrackDetails,
};
use serde::{Deserialize, Serialize};

use crate::error::OperationError;
use crate::files::source::{Reading, read_source};
use crate::files::track::id_of;
use crate::warnings::WarningEntry;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadSongRequest {
    pub input: PathBuf,
    /// What the musician calls the file, where errors name it.
    #[serde(default)]
    pub shown_as: Option<PathBuf>,
    /// Which song, from 1, of a file that holds several.
    #[serde(default)]
    pub song: Option<usize>,
    pub most_notes: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadSongAnswer {
    pub ppq: u16,
    pub duration_ticks: u32,
    pub tempo_map: Vec<TempoChange>,
    pub time_signatures: Vec<MeterChange>,
    pub tracks: Vec<WholeTrack>,
    pub warnings: Vec<WarningEntry>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WholeTrack {
    /// Its number from 1, as `continuo info` has it.
    pub id: String,
    pub name: String,
    pub channel: u8,
    /// At the first note.
    pub program: u8,
    /// Those that follow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub program_changes: Vec<ProgramChange>,
    pub is_drums: bool,
    /// Of a pattern of format 2, which is a song of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<PatternMaps>,
    pub notes: Vec<Note>,
}

/// Tracks of one pattern have the same number.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PatternMaps {
    /// From 1.
    pub number: usize,
    pub tempo_map: Vec<TempoChange>,
    pub time_signatures: Vec<MeterChange>,
}

/// Errors: `INPUT_*`, `MIDI_*`; `ROLL_TOO_LARGE` beyond `most_notes`.
pub fn read_song(request: &ReadSongRequest) -> Result<ReadSongAnswer, OperationError> {
    let source = read_source(&request.input, Reading::new(false, request.song)).map_err(
        |error| match error {
            OperationError::Midi { path, source } => OperationError::Midi {
                path: request.shown_as.clone().unwrap_or(path),
                source,
            },
            other => other,
        },
    )?;
    let song = &source.parsed.song;
    let notes = song.tracks.iter().map(|track| track.notes.len()).sum();
    if notes > request.most_notes {
        return Err(OperationError::RollTooLarge {
            notes,
            limit: request.most_notes,
        });
    }
    Ok(ReadSongAnswer {
        ppq: song.ppq,
        duration_ticks: song.duration_ticks,
        tempo_map: song.tempo_map.clone(),
        time_signatures: song.meters.clone(),
        tracks: whole_tracks(&source.parsed),
        warnings: source.warnings(),
    })
}

fn whole_tracks(parsed: &ParsedFile) -> Vec<WholeTrack> {
    let tracks = parsed.song.tracks.iter().zip(&parsed.details);
    let whole = |(index, (track, details)): (usize, (&Track, &TrackDetails))| WholeTrack {
        id: id_of(index),
        name: track.name.clone(),
        channel: track.channel,
        program: track.program,
        program_changes: details.program_changes.clone(),
        is_drums: track.is_drums,
        pattern: parsed.pattern_of(index).map(|pattern| PatternMaps {
            number: pattern.chunk + 1,
            tempo_map: pattern.tempo_map.clone(),
            time_signatures: pattern.meters.clone(),
        }),
        notes: track.notes.clone(),
    };
    tracks.enumerate().map(whole).collect()
}
