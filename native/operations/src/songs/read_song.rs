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

/// Of tracks, as in a request (bridge/protocol/limits.ts); a file of 1.3 MB can hold 65,535.
const MOST_TRACKS: usize = 4_096;
/// Of tempo changes, of meters and of program changes, all tracks together. Tracks of one pattern repeat its maps.
const MOST_MAP_ENTRIES: usize = 65_536;

/// Errors: `INPUT_*`, `MIDI_*`; `ROLL_TOO_LARGE` beyond `most_notes` and the limits above, before the answer is made.
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
    check_size(&source.parsed, request.most_notes)?;
    let song = &source.parsed.song;
    Ok(ReadSongAnswer {
        ppq: song.ppq,
        duration_ticks: song.duration_ticks,
        tempo_map: song.tempo_map.clone(),
        time_signatures: song.meters.clone(),
        tracks: whole_tracks(&source.parsed),
        warnings: source.warnings(),
    })
}

fn check_size(parsed: &ParsedFile, most_notes: usize) -> Result<(), OperationError> {
    let song = &parsed.song;
    let check = |what, count, limit| {
        if count <= limit {
            return Ok(());
        }
        Err(OperationError::RollTooLarge { what, count, limit })
    };
    // First: finding the pattern of each track takes time that grows with the square of them.
    check("tracks", song.tracks.len(), MOST_TRACKS)?;
    let notes = song.tracks.iter().map(|track| track.notes.len()).sum();
    check("notes", notes, most_notes)?;
    let patterns: Vec<_> = (0..song.tracks.len())
        .filter_map(|index| parsed.pattern_of(index))
        .collect();
    let tempos = patterns.iter().map(|pattern| pattern.tempo_map.len());
    check(
        "tempo changes",
        song.tempo_map.len() + tempos.sum::<usize>(),
        MOST_MAP_ENTRIES,
    )?;
    let meters = patterns.iter().map(|pattern| pattern.meters.len());
    check(
        "time signatures",
        song.meters.len() + meters.sum::<usize>(),
        MOST_MAP_ENTRIES,
    )?;
    let programs = parsed
        .details
        .iter()
        .map(|details| details.program_changes.len());
    check("program changes", programs.sum(), MOST_MAP_ENTRIES)
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

#[cfg(test)]
mod tests {
    use super::*;

    const MOST_NOTES: usize = 5_000;

    /// A track chunk of these events, each at the next tick.
    fn chunk(event: &[u8], count: usize) -> Vec<u8> {
        let mut body: Vec<u8> = (0..count).flat_map(|_| [&[1], event].concat()).collect();
        body.extend([0, 0xFF, 0x2F, 0]);
        let length = (body.len() as u32).to_be_bytes();
        [b"MTrk".as_slice(), &length, &body].concat()
    }

    fn read(chunks: &[Vec<u8>]) -> Result<ReadSongAnswer, OperationError> {
        let count = (chunks.len() as u16).to_be_bytes();
        let head = [b"MThd".as_slice(), &[0, 0, 0, 6, 0, 1], &count, &[0, 96]].concat();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let input = folder.path().join("song.mid");
        std::fs::write(&input, [head, chunks.concat()].concat()).expect("the file is written");
        read_song(&ReadSongRequest {
            input,
            shown_as: None,
            song: None,
            most_notes: MOST_NOTES,
        })
    }

    fn refused(chunks: &[Vec<u8>]) -> (&'static str, usize) {
        match read(chunks) {
            Err(OperationError::RollTooLarge { what, limit, .. }) => (what, limit),
            other => panic!("not refused: {:?}", other.map(|answer| answer.tracks.len())),
        }
    }

    #[test]
    fn what_a_file_holds_too_much_of_is_named() {
        // Each tempo and meter differs from the one before, as equal ones are left out.
        let alternating = |first: &[u8], second: &[u8], count: usize| {
            let pair = [first, &[1], second].concat();
            chunk(&pair, count / 2)
        };
        let note = [0x90, 60, 64, 1, 0x80, 60, 0];
        let notes = chunk(&note, MOST_NOTES);
        let tempos = alternating(
            &[0xFF, 0x51, 3, 7, 0xA1, 0x20],
            &[0xFF, 0x51, 3, 6, 0xA1, 0x20],
            70_000,
        );
        assert_eq!(
            refused(&[tempos, notes.clone()]),
            ("tempo changes", MOST_MAP_ENTRIES)
        );
        // A bar of each; the last event is a text, after which the next bar begins.
        let bars = [
            [0xFF, 0x58, 4, 3, 2, 24, 8].as_slice(),
            &[0x82, 0x20],
            &[0xFF, 0x58, 4, 4, 2, 24, 8],
            &[0x82, 0x7F],
            &[0xFF, 0x01, 0],
        ];
        let meters = chunk(&bars.concat(), 35_000);
        assert_eq!(
            refused(&[meters, notes]),
            ("time signatures", MOST_MAP_ENTRIES)
        );
        assert_eq!(
            refused(&[chunk(&note, MOST_NOTES + 1)]),
            ("notes", MOST_NOTES)
        );
        let tracks = vec![chunk(&note, 1); MOST_TRACKS + 1];
        assert_eq!(refused(&tracks), ("tracks", MOST_TRACKS));
    }

    #[test]
    fn as_much_as_allowed_is_read() {
        let answer = read(&vec![
            chunk(&[0x90, 60, 64, 1, 0x80, 60, 0], 1);
            MOST_TRACKS
        ])
        .expect("it is not too much");
        assert_eq!(answer.tracks.len(), MOST_TRACKS);
    }
}
