//! A file as a piano roll shows it: every note of every track, at the file's own ticks.

use std::path::PathBuf;

use continuo_midi::{Song, Track};
use serde::{Deserialize, Serialize};

use crate::error::JobError;
use crate::info::{MeterEntry, TempoEntry, meter_entries, tempo_entries};
use crate::song_request::SongNote;
use crate::source::{Reading, read_source};
use crate::track::id_of;
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
    pub tempo_map: Vec<TempoEntry>,
    pub time_signatures: Vec<MeterEntry>,
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
    pub program: u8,
    pub is_drums: bool,
    pub notes: Vec<SongNote>,
}

/// Errors: `INPUT_*`, `MIDI_*`; `ROLL_TOO_LARGE` beyond `most_notes`.
pub fn read_song(request: &ReadSongRequest) -> Result<ReadSongAnswer, JobError> {
    let reading = Reading {
        song: request.song,
        ..Reading::default()
    };
    let source = read_source(&request.input, reading).map_err(|error| match error {
        JobError::Midi { path, source } => JobError::Midi {
            path: request.shown_as.clone().unwrap_or(path),
            source,
        },
        other => other,
    })?;
    let song = &source.parsed.song;
    let notes = song.tracks.iter().map(|track| track.notes.len()).sum();
    if notes > request.most_notes {
        return Err(JobError::RollTooLarge {
            notes,
            limit: request.most_notes,
        });
    }
    Ok(ReadSongAnswer {
        ppq: song.ppq,
        duration_ticks: song.duration_ticks,
        tempo_map: tempo_entries(song),
        time_signatures: meter_entries(song),
        tracks: whole_tracks(song),
        warnings: source.warnings(),
    })
}

fn whole_tracks(song: &Song) -> Vec<WholeTrack> {
    let whole = |(index, track): (usize, &Track)| WholeTrack {
        id: id_of(index),
        name: track.name.clone(),
        channel: track.channel,
        program: track.program,
        is_drums: track.is_drums,
        notes: track.notes.iter().map(SongNote::from).collect(),
    };
    song.tracks.iter().enumerate().map(whole).collect()
}
