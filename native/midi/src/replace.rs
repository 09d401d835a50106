//! Writes new notes into one region of one track, and changes nothing else.
//!
//! Other chunks are copied byte for byte. In the edited chunk, every event that is not a note of the
//! region keeps its tick, its place and its bytes; only a status byte is written out if the
//! event that carried it was removed.

mod bound;
mod edits;
mod endings;
mod exchange;
mod rebuild;
mod region_edits;
mod scan;

use std::ops::Range;

use crate::anomaly::Anomalies;
use crate::container::{RawFile, read_container};
use crate::error::MidiError;
use crate::song::{Note, TrackLocation};
use crate::splice::exchange_chunk;

/// What to replace. Ticks are the file's own; regions are half-open.
#[derive(Clone, Copy, Debug)]
pub struct ReplaceRequest<'a> {
    pub location: TrackLocation,
    pub start_tick: u32,
    pub end_tick: u32,
    /// The new notes, in any order: inside the region, of this channel, no two of one pitch at once.
    pub notes: &'a [Note],
    /// Notes of the region that stay (locked); each must be there with this onset, pitch and duration.
    pub keep: &'a [Note],
    /// End notes that sound into the region at its start, which are kept whole otherwise.
    pub cut_crossing: bool,
}

impl ReplaceRequest<'_> {
    /// Whether a note is one of the region.
    fn holds(&self, note: &Note) -> bool {
        (self.start_tick..self.end_tick).contains(&note.start_tick)
    }

    /// Whether a note sounds into the region and is to end there.
    fn cuts(&self, note: &Note) -> bool {
        self.cut_crossing && note.start_tick < self.start_tick && note.end_tick() > self.start_tick
    }
}

/// The new file, and what is no longer in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    pub bytes: Vec<u8>,
    /// By onset, then pitch.
    pub removed: Vec<Note>,
}

/// Replace the notes of one track that start in a region.
///
/// A note that starts in the region goes with its note-off, wherever that is; one that is bound stays
/// (see `bound_notes`). New note-offs come first and new note-ons last among the events of their tick,
/// so that notes may touch. The end of track moves only if a new note ends after it. A note without a
/// note-off gets one where it would end elsewhere than before; the first new note of its pitch that
/// begins after it ends it. A note-off that ends no note is dropped if it would end a new one. A RIFF
/// wrapper, unknown chunks and trailing bytes stay; a container that is broken (`RawFile::is_broken`)
/// comes out right.
/// Errors: those of `parse`; `MIDI_CHUNK_MISSING`, `REGION_EMPTY`, `NOTE_INVALID`; `NOTE_OVERLAP` if
/// a new note would sound together with a new or kept note of its pitch (see `conflicts`).
pub fn replace_region(bytes: &[u8], request: &ReplaceRequest<'_>) -> Result<Replaced, MidiError> {
    let raw = read_container(bytes, request.location.song, &mut Anomalies::default())?;
    let body = body_of(&raw, request.location.chunk)?;
    let edits = edits::ChunkEdits::new(bytes, body.clone(), request)?;
    let new_body = rebuild::rebuild_chunk(bytes, body.clone(), &edits)?;
    Ok(Replaced {
        bytes: exchange_chunk(bytes, &raw, body, &new_body)?,
        removed: edits.removed,
    })
}

/// The notes of a region that `replace_region` leaves in it, by onset, then pitch: without their
/// note-offs a program that pairs overlapping notes in another way, or reads on where a note-off is
/// missing, would read other notes outside the region.
///
/// Errors: those of `parse`; `MIDI_CHUNK_MISSING`.
pub fn bound_notes(
    bytes: &[u8],
    location: TrackLocation,
    region: Range<u32>,
    cut_crossing: bool,
) -> Result<Vec<Note>, MidiError> {
    let raw = read_container(bytes, location.song, &mut Anomalies::default())?;
    let scan = scan::Scan::read(bytes, body_of(&raw, location.chunk)?, location)?;
    let request = ReplaceRequest {
        location,
        start_tick: region.start,
        end_tick: region.end,
        notes: &[],
        keep: &[],
        cut_crossing,
    };
    let is_bound = bound::bound_notes(&scan, |note| request.holds(note), |note| request.cuts(note));
    let found = scan.found.iter().zip(is_bound);
    let mut notes: Vec<Note> = found
        .filter(|(found, is_bound)| *is_bound && request.holds(&found.note))
        .map(|(found, _)| found.note)
        .collect();
    notes.sort_by_key(|note| (note.start_tick, note.pitch));
    Ok(notes)
}

/// Write the note-offs that are missing of a track's notes that begin before a region ends: where the
/// notes end as they are read, at the latest where the region starts.
///
/// All else stays as it is. Errors: those of `parse`; `MIDI_CHUNK_MISSING`.
pub fn end_held_notes(
    bytes: &[u8],
    location: TrackLocation,
    region: Range<u32>,
) -> Result<Vec<u8>, MidiError> {
    let raw = read_container(bytes, location.song, &mut Anomalies::default())?;
    let body = body_of(&raw, location.chunk)?;
    let edits = edits::ChunkEdits::end_held(bytes, body.clone(), location, region)?;
    if edits.inserts.is_empty() {
        return Ok(bytes.to_vec());
    }
    let new_body = rebuild::rebuild_chunk(bytes, body.clone(), &edits)?;
    exchange_chunk(bytes, &raw, body, &new_body)
}

/// Make one track play these notes, in any order, and leave everything else as it is.
///
/// Notes that are there already keep their events; where two of one pitch begin together, the longer
/// one may be rewritten after the shorter. Notes of one pitch may overlap as far as MIDI can say
/// it: the one that begins first ends first. A note without a note-off ends where the next note of its
/// pitch begins. Answers the bytes as they are where nothing changes.
/// Errors: those of `parse`; `MIDI_CHUNK_MISSING`, `NOTE_INVALID`; `NOTE_OVERLAP` where a note would
/// last through another of its pitch.
pub fn exchange_notes(
    bytes: &[u8],
    location: TrackLocation,
    notes: &[Note],
) -> Result<Vec<u8>, MidiError> {
    let raw = read_container(bytes, location.song, &mut Anomalies::default())?;
    let body = body_of(&raw, location.chunk)?;
    let Some(edits) = edits::ChunkEdits::exchange(bytes, body.clone(), location, notes)? else {
        return Ok(bytes.to_vec());
    };
    let new_body = rebuild::rebuild_chunk(bytes, body.clone(), &edits)?;
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
