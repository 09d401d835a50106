//! What is in a file.

use std::path::PathBuf;

use continuo_midi::{Bars, DrumsReason, Song};
use serde::{Deserialize, Serialize};

use crate::error::JobError;
use crate::source::{Reading, Source, read_source};
use crate::warnings::WarningEntry;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InfoRequest {
    pub input: PathBuf,
    #[serde(default)]
    pub strict: bool,
    /// Which song, from 1, of a file that holds several.
    #[serde(default)]
    pub song: Option<usize>,
}

impl InfoRequest {
    fn reading(&self) -> Reading {
        Reading {
            strict: self.strict,
            song: self.song,
        }
    }
}

/// Ticks are at `ppq`; bars count from 1 on screen, so `bars` is also the last bar's number.
#[derive(Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct InfoAnswer {
    pub format: u16,
    pub ppq: u16,
    pub duration_ticks: u32,
    pub bars: u32,
    pub tempo_map: Vec<TempoEntry>,
    pub time_signatures: Vec<MeterEntry>,
    pub tracks: Vec<TrackEntry>,
    pub warnings: Vec<WarningEntry>,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct TempoEntry {
    pub tick: u32,
    pub qpm: f64,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct MeterEntry {
    pub tick: u32,
    pub numerator: u8,
    pub denominator: u16,
}

#[derive(Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct TrackEntry {
    /// From 1.
    pub track: usize,
    pub name: String,
    /// 0-15.
    pub channel: u8,
    pub program: u8,
    pub is_drums: bool,
    /// How that is known; `None` where there is nothing to say.
    pub drums: Option<DrumsEntry>,
    pub note_count: usize,
}

#[derive(Debug, Serialize, PartialEq)]
pub struct DrumsEntry {
    pub reason: &'static str,
    /// The same for people.
    pub description: &'static str,
}

impl From<DrumsReason> for DrumsEntry {
    fn from(reason: DrumsReason) -> Self {
        Self {
            reason: reason.code(),
            description: reason.describe(),
        }
    }
}

/// Errors: `INPUT_*`, and the `MIDI_*` codes of the parser.
pub fn info(request: &InfoRequest) -> Result<InfoAnswer, JobError> {
    let source = read_source(&request.input, request.reading())?;
    Ok(describe(&source))
}

pub fn tempo_entries(song: &Song) -> Vec<TempoEntry> {
    let changes = song.tempo_map.iter();
    changes
        .map(|change| TempoEntry {
            tick: change.tick,
            qpm: change.tempo_qpm,
        })
        .collect()
}

pub fn meter_entries(song: &Song) -> Vec<MeterEntry> {
    let changes = song.meters.iter();
    changes
        .map(|meter| MeterEntry {
            tick: meter.tick,
            numerator: meter.numerator,
            denominator: meter.denominator,
        })
        .collect()
}

fn describe(source: &Source) -> InfoAnswer {
    let (song, drums) = (&source.parsed.song, &source.parsed.drums);
    InfoAnswer {
        format: song.format,
        ppq: song.ppq,
        duration_ticks: song.duration_ticks,
        bars: Bars::of(song).count(song.duration_ticks),
        tempo_map: tempo_entries(song),
        time_signatures: meter_entries(song),
        tracks: song
            .tracks
            .iter()
            .enumerate()
            .zip(drums)
            .map(|((index, track), drums)| TrackEntry {
                track: index + 1,
                name: track.name.clone(),
                channel: track.channel,
                program: track.program,
                is_drums: track.is_drums,
                drums: drums.map(DrumsEntry::from),
                note_count: track.notes.len(),
            })
            .collect(),
        warnings: source.warnings(),
    }
}
