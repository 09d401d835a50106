//! The infill model's view of a file, as readable numbers that can be turned back into notes.

use std::path::{Path, PathBuf};

use continuo_midi::{MeterChange, Note, Song, TempoChange, Tick, Track, write_new};
use continuo_tokenizer::grid::{GRID_PPQ, GridTick, grid_from_tick, tick_from_grid};
use continuo_tokenizer::{identity, piece::Piece};
use serde::{Deserialize, Serialize};

use crate::encodings::howl::{HowlRow, augmented, howl_notes, song_from_howl};
use crate::error::OperationError;
use crate::files::output::{Existing, check_output, file_of, warnings_of, write_result};
use crate::files::source::{Reading, read_bytes, read_source};
use crate::warnings::WarningEntry;

/// The encoding's name in its files.
const EVENTS: &str = "events";
/// Decoded files: a multiple of the grid that every DAW knows.
const DECODED_PPQ: u16 = 480;
/// 58 hours at 120 quarters a minute; also keeps every tick within `MAX_TICK` at 480 a quarter.
const MAX_GRID_TICK: GridTick = GridTick(10_000_000);
/// More tracks than any file has; keeps a damaged document from asking for much memory.
const MAX_TRACKS: usize = 65_000;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotesRequest {
    pub input: PathBuf,
    #[serde(default)]
    pub strict: bool,
    /// Which song, from 1, of a file that holds several.
    #[serde(default)]
    pub song: Option<usize>,
    #[serde(default)]
    pub encoding: Encoding,
    /// Howl: drums are kept as pitches.
    #[serde(default)]
    pub with_drums: bool,
    /// Howl: one change of its augmentation, by this seed.
    #[serde(default)]
    pub augment: Option<u64>,
}

/// What the notes are written as.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum Encoding {
    #[default]
    Events,
    Howl,
}

/// Either of the two, distinguished by their shape.
#[derive(Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Document {
    Howl(Vec<HowlRow>),
    Events(EventsDocument),
}

/// A song on the grid of 1/24 quarter.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EventsDocument {
    pub encoding: String,
    /// Grid ticks a quarter, always 24.
    pub grid_ppq: u32,
    pub vocabulary: Vocabulary,
    pub tempo_map: Vec<GridTempo>,
    pub time_signatures: Vec<GridMeter>,
    pub tracks: Vec<EventsTrack>,
}

/// A tempo that holds from a grid tick on.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GridTempo {
    pub tick: GridTick,
    pub qpm: f64,
}

/// A meter that holds from a grid tick on.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GridMeter {
    pub tick: GridTick,
    pub numerator: u8,
    pub denominator: u16,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Vocabulary {
    pub version: u32,
    pub hash: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EventsTrack {
    /// From 1.
    pub track: usize,
    pub name: String,
    /// 0-15.
    pub channel: u8,
    pub program: u8,
    pub is_drums: bool,
    /// Each `[onset, pitch, duration, velocity]`, sorted; a duration in grid ticks.
    pub notes: Vec<(GridTick, u8, u32, u8)>,
}

#[derive(Debug, Serialize)]
pub struct NotesAnswer {
    pub document: Document,
    pub warnings: Vec<WarningEntry>,
}

/// Notes on the grid, one for each onset and pitch of a track. Patterns of format 2 come one after the
/// other.
///
/// Errors: `INPUT_*`, `MIDI_*`, `SONG_TOO_LONG`.
pub fn notes(request: &NotesRequest) -> Result<NotesAnswer, OperationError> {
    let source = read_source(&request.input, Reading::new(request.strict, request.song))?;
    let warnings = source.warnings();
    let song = source.parsed.into_one_song();
    let grid_ticks =
        u64::from(song.duration_ticks) * u64::from(GRID_PPQ) / u64::from(song.ppq.max(1));
    if grid_ticks > u64::from(MAX_GRID_TICK.0) {
        return Err(OperationError::SongTooLong {
            path: request.input.clone(),
            quarters: grid_ticks / u64::from(GRID_PPQ),
            limit: MAX_GRID_TICK.0 / GRID_PPQ,
        });
    }
    let document = match request.encoding {
        Encoding::Events => Document::Events(encode(&song)),
        Encoding::Howl => {
            let notes = howl_notes(&song, request.with_drums);
            let notes = match request.augment {
                Some(seed) => augmented(&notes, seed),
                None => notes,
            };
            Document::Howl(notes.into_iter().map(HowlRow::from).collect())
        }
    };
    Ok(NotesAnswer { document, warnings })
}

fn encode(song: &Song) -> EventsDocument {
    let piece = Piece::from_song(song);
    let to_grid = |tick| grid_from_tick(tick, song.ppq);
    let mut tracks: Vec<EventsTrack> = song
        .tracks
        .iter()
        .enumerate()
        .map(|(index, track)| EventsTrack {
            track: index + 1,
            name: track.name.clone(),
            channel: track.channel,
            program: track.program,
            is_drums: track.is_drums,
            notes: Vec::new(),
        })
        .collect();
    for note in &piece.notes {
        if let Some(track) = tracks.get_mut(usize::from(note.track)) {
            let duration = u32::from(note.duration);
            track
                .notes
                .push((note.onset, note.pitch, duration, note.velocity));
        }
    }
    EventsDocument {
        encoding: EVENTS.to_owned(),
        grid_ppq: GRID_PPQ,
        vocabulary: Vocabulary {
            version: identity::VERSION,
            hash: identity::hash(),
        },
        tempo_map: song
            .tempo_map
            .iter()
            .map(|change| GridTempo {
                tick: to_grid(Tick(change.tick)),
                qpm: change.tempo_qpm,
            })
            .collect(),
        time_signatures: song
            .meters
            .iter()
            .map(|meter| GridMeter {
                tick: to_grid(Tick(meter.tick)),
                numerator: meter.numerator,
                denominator: meter.denominator,
            })
            .collect(),
        tracks,
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecodeRequest {
    /// A document that `notes` wrote.
    pub input: PathBuf,
    pub output: PathBuf,
    #[serde(default)]
    pub existing: Existing,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DecodeAnswer {
    pub file: PathBuf,
    pub track_count: usize,
    pub note_count: usize,
    /// What became of a file that was there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningEntry>,
}

/// Write a document back as a MIDI file. Errors: `INPUT_*`, `NOTES_INVALID`, `OUTPUT_*`, `NOTE_INVALID`,
/// `SONG_INVALID`.
pub fn decode_notes(request: &DecodeRequest) -> Result<DecodeAnswer, OperationError> {
    check_output(&request.output, &request.input, request.existing)?;
    let bytes = read_bytes(&request.input)?;
    let is_list = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let no_document = |reason: serde_json::Error| {
        let what = format!("not a document of continuo notes ({reason})");
        invalid(&request.input, what)
    };
    let song = if is_list {
        let rows: Vec<HowlRow> = serde_json::from_slice(&bytes).map_err(no_document)?;
        let notes: Option<Vec<_>> = rows.iter().map(HowlRow::note).collect();
        let what = "a note has a number out of range: seconds from 0 to 86400, volume from 0 to 1";
        song_from_howl(&notes.ok_or_else(|| invalid(&request.input, what.to_owned()))?)
    } else {
        let document = serde_json::from_slice(&bytes).map_err(no_document)?;
        decode(&document, &request.input)?
    };
    let midi = write_new(&song).map_err(|source| OperationError::Midi {
        path: request.input.clone(),
        source,
    })?;
    let became = write_result(&request.output, &midi, request.existing, &|_| false)?;
    Ok(DecodeAnswer {
        file: request.output.clone(),
        track_count: song.tracks.len(),
        note_count: song.tracks.iter().map(|track| track.notes.len()).sum(),
        warnings: warnings_of(&file_of(&request.output, became), &[]),
    })
}

fn decode(document: &EventsDocument, path: &Path) -> Result<Song, OperationError> {
    if document.encoding != EVENTS || document.grid_ppq != GRID_PPQ {
        let (encoding, ppq) = (&document.encoding, document.grid_ppq);
        let what = format!("its encoding is {encoding:?} at {ppq}, not {EVENTS:?} at {GRID_PPQ}");
        return Err(invalid(path, what));
    }
    if document.tracks.len() > MAX_TRACKS {
        let what = format!(
            "it has {} tracks, the limit is {MAX_TRACKS}",
            document.tracks.len()
        );
        return Err(invalid(path, what));
    }
    let tick = |grid: GridTick| {
        if grid <= MAX_GRID_TICK {
            Ok(tick_from_grid(grid, DECODED_PPQ).0)
        } else {
            let what = format!("it reaches grid tick {grid}, the limit is {MAX_GRID_TICK}");
            Err(invalid(path, what))
        }
    };
    let mut song = Song {
        format: 1,
        ppq: DECODED_PPQ,
        ..Song::default()
    };
    for entry in &document.tempo_map {
        song.tempo_map.push(TempoChange {
            tick: tick(entry.tick)?,
            tempo_qpm: entry.qpm,
        });
    }
    for entry in &document.time_signatures {
        song.meters.push(MeterChange {
            tick: tick(entry.tick)?,
            numerator: entry.numerator,
            denominator: entry.denominator,
        });
    }
    for entry in &document.tracks {
        let notes = entry
            .notes
            .iter()
            .map(|&(onset, pitch, duration, velocity)| {
                Ok(Note {
                    start_tick: tick(onset)?,
                    duration_ticks: tick(GridTick(duration))?,
                    pitch,
                    velocity,
                    channel: entry.channel,
                })
            });
        song.tracks.push(Track {
            chunk: 0,
            channel: entry.channel,
            name: entry.name.clone(),
            program: entry.program,
            is_drums: entry.is_drums,
            notes: notes.collect::<Result<_, OperationError>>()?,
        });
    }
    Ok(song)
}

fn invalid(path: &Path, what: String) -> OperationError {
    OperationError::NotesInvalid {
        path: path.to_owned(),
        what,
    }
}
