//! The contents of a file.

use std::path::PathBuf;

use continuo_midi::{
    Bars, DrumsReason, MeterChange, ParsedFile, Pattern, ProgramChange, TempoChange,
};
use serde::{Deserialize, Serialize};

use crate::error::OperationError;
use crate::files::chords::{ChordEntry, chords_of};
use crate::files::source::{Reading, read_source};
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
    /// Also which chords sound.
    #[serde(default)]
    pub chords: bool,
}

/// Ticks are at `ppq`; bars count from 1 on screen, so `bars` is also the last bar's number. Of format 2
/// the maps are those of the first pattern, and `bars` that of the longest one.
#[derive(Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct InfoAnswer {
    pub format: u16,
    pub ppq: u16,
    pub duration_ticks: u32,
    pub bars: u32,
    pub tempo_map: Vec<TempoChange>,
    pub time_signatures: Vec<MeterChange>,
    pub tracks: Vec<TrackEntry>,
    /// Those of format 2, in the order of their chunks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<PatternEntry>,
    /// Where they are asked for; of format 2 those of the first pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chords: Option<Vec<ChordEntry>>,
    pub warnings: Vec<WarningEntry>,
}

/// A pattern of format 2: a song of its own.
#[derive(Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct PatternEntry {
    /// Those of its tracks, from 1.
    pub tracks: Vec<usize>,
    pub duration_ticks: u32,
    pub bars: u32,
    pub tempo_map: Vec<TempoChange>,
    pub time_signatures: Vec<MeterChange>,
}

#[derive(Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct TrackEntry {
    /// From 1.
    pub track: usize,
    pub name: String,
    /// 0-15.
    pub channel: u8,
    /// From 0; only where the file uses more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u8>,
    /// At the first note.
    pub program: u8,
    /// Those that follow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub program_changes: Vec<ProgramEntry>,
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

#[derive(Clone, Copy, Debug, Serialize, PartialEq)]
pub struct ProgramEntry {
    pub tick: u32,
    /// From 1; the one that it is meant for if it is beside a bar line.
    pub bar: u32,
    pub program: u8,
}

/// Errors: `INPUT_*`, and the `MIDI_*` codes of the parser.
pub fn info(request: &InfoRequest) -> Result<InfoAnswer, OperationError> {
    let source = read_source(&request.input, Reading::new(request.strict, request.song))?;
    let mut answer = describe(&source.parsed, source.warnings());
    if request.chords {
        answer.chords = Some(chords_of(&source.parsed.pattern_song(0)));
    }
    Ok(answer)
}

fn describe(parsed: &ParsedFile, warnings: Vec<WarningEntry>) -> InfoAnswer {
    let song = &parsed.song;
    let patterns: Vec<PatternEntry> = parsed
        .patterns
        .iter()
        .map(|pattern| pattern_entry(parsed, pattern))
        .collect();
    let longest = patterns.iter().map(|pattern| pattern.bars).max();
    InfoAnswer {
        format: song.format,
        ppq: song.ppq,
        duration_ticks: song.duration_ticks,
        bars: longest.unwrap_or_else(|| Bars::of(song).count(song.duration_ticks)),
        tempo_map: song.tempo_map.clone(),
        time_signatures: song.meters.clone(),
        tracks: (0..song.tracks.len())
            .map(|index| track_entry(parsed, index))
            .collect(),
        patterns,
        chords: None,
        warnings,
    }
}

fn track_entry(parsed: &ParsedFile, index: usize) -> TrackEntry {
    let (track, details) = (&parsed.song.tracks[index], &parsed.details[index]);
    let port = details.location.port;
    let has_others = parsed
        .details
        .iter()
        .any(|other| other.location.port != port);
    let bars = parsed.bars_of(index);
    let changes = details.program_changes.iter();
    TrackEntry {
        track: index + 1,
        name: track.name.clone(),
        channel: track.channel,
        port: has_others.then_some(port),
        program: track.program,
        program_changes: changes
            .map(|&ProgramChange { tick, program }| ProgramEntry {
                tick,
                bar: bars.bar_near_tick(tick) + 1,
                program,
            })
            .collect(),
        is_drums: track.is_drums,
        drums: parsed.drums[index].map(DrumsEntry::from),
        note_count: track.notes.len(),
    }
}

fn pattern_entry(parsed: &ParsedFile, pattern: &Pattern) -> PatternEntry {
    let details = parsed.details.iter().enumerate();
    let own = details.filter(|(_, details)| details.location.chunk == pattern.chunk);
    let bars = Bars::new(&pattern.meters, parsed.song.ppq);
    PatternEntry {
        tracks: own.map(|(index, _)| index + 1).collect(),
        duration_ticks: pattern.duration_ticks,
        bars: bars.count(pattern.duration_ticks),
        tempo_map: pattern.tempo_map.clone(),
        time_signatures: pattern.meters.clone(),
    }
}
