//! The surgical writer: new notes in one region of one (chunk, channel), all else as it was.
//!
//! Other chunks are copied byte for byte. In the edited chunk, every event that is not a note of the
//! region keeps its tick, its place and its bytes; only a status byte is written out where the
//! event that carried it is gone.

mod exchange;
mod plan;
mod rebuild;
mod scan;

use std::ops::Range;

use crate::anomaly::Anomalies;
use crate::container::{RawFile, read_container};
use crate::error::MidiError;
use crate::song::Note;
use crate::splice::exchange_chunk;

/// What to replace. Ticks are the file's own; regions are half-open.
#[derive(Clone, Copy, Debug)]
pub struct ReplaceRequest<'a> {
    /// Index among the MTrk chunks, from 0.
    pub chunk: usize,
    /// 0-15.
    pub channel: u8,
    pub start_tick: u32,
    pub end_tick: u32,
    /// The new notes, in any order: inside the region, of this channel, no two of one pitch at once.
    pub notes: &'a [Note],
    /// Notes of the region that stay (locked); each must be there with this onset, pitch and duration.
    pub keep: &'a [Note],
    /// End notes that sound into the region at its start, which are kept whole otherwise.
    pub cut_crossing: bool,
}

/// The new file, and what is no longer in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    pub bytes: Vec<u8>,
    /// By onset, then pitch.
    pub removed: Vec<Note>,
}

/// Replace the notes of one (chunk, channel) that start in a region.
///
/// A note that starts in the region goes with its note-off, wherever that is. New note-offs come
/// first and new note-ons last among the events of their tick, so that notes may touch. The end of
/// track moves only if a new note ends after it. A note-off that ends no note is dropped if it would
/// end a new one. A RIFF wrapper, unknown chunks and trailing bytes stay; a container that is broken
/// (`RawFile::is_broken`) comes out right.
/// Errors: those of `parse`; `MIDI_CHUNK_MISSING`, `REGION_EMPTY`, `NOTE_INVALID`; `NOTE_OVERLAP` if
/// a new note would sound together with a new or kept note of its pitch (see `conflicts`).
pub fn replace_region(bytes: &[u8], request: &ReplaceRequest<'_>) -> Result<Replaced, MidiError> {
    replace_region_in_song(bytes, 0, request)
}

/// As `replace_region`, in another song of a file that holds several; the others stay as they are.
///
/// `song`: from 0. Errors: also `MIDI_SONG_MISSING`.
pub fn replace_region_in_song(
    bytes: &[u8],
    song: usize,
    request: &ReplaceRequest<'_>,
) -> Result<Replaced, MidiError> {
    let raw = read_container(bytes, song, &mut Anomalies::default())?;
    let body = body_of(&raw, request.chunk)?;
    let plan = plan::Plan::new(bytes, body.clone(), request)?;
    let new_body = rebuild::rebuild_chunk(bytes, body.clone(), &plan)?;
    Ok(Replaced {
        bytes: exchange_chunk(bytes, &raw, body, &new_body)?,
        removed: plan.removed,
    })
}

/// Make one (chunk, channel) play these notes, in any order, and leave everything else as it is.
///
/// Notes that are there already keep their events; where two of one pitch begin together, the longer
/// one may be written anew behind the shorter. Notes of one pitch may overlap as far as MIDI can say
/// it: the one that begins first ends first. Answers the bytes as they are where nothing changes.
/// Errors: those of `parse`; `MIDI_CHUNK_MISSING`, `NOTE_INVALID`; `NOTE_OVERLAP` where a note would
/// last through another of its pitch.
pub fn exchange_notes(
    bytes: &[u8],
    chunk: usize,
    channel: u8,
    notes: &[Note],
) -> Result<Vec<u8>, MidiError> {
    exchange_notes_in_song(bytes, 0, chunk, channel, notes)
}

/// As `exchange_notes`, in another song of a file that holds several; the others stay as they are.
///
/// `song`: from 0. Errors: also `MIDI_SONG_MISSING`.
pub fn exchange_notes_in_song(
    bytes: &[u8],
    song: usize,
    chunk: usize,
    channel: u8,
    notes: &[Note],
) -> Result<Vec<u8>, MidiError> {
    let raw = read_container(bytes, song, &mut Anomalies::default())?;
    let body = body_of(&raw, chunk)?;
    let Some(plan) = plan::Plan::exchange(bytes, body.clone(), channel, notes)? else {
        return Ok(bytes.to_vec());
    };
    let new_body = rebuild::rebuild_chunk(bytes, body.clone(), &plan)?;
    exchange_chunk(bytes, &raw, body, &new_body)
}

fn body_of(raw: &RawFile, chunk: usize) -> Result<Range<usize>, MidiError> {
    raw.track_bodies()
        .nth(chunk)
        .ok_or_else(|| MidiError::ChunkMissing {
            chunk,
            count: raw.track_bodies().count(),
        })
}
