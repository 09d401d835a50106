//! A file with one chunk exchanged or with new ones: the bytes around them copied, and a broken
//! container put right.

use std::ops::Range;

use crate::chunks::RawChunk;
use crate::container::RawFile;
use crate::error::MidiError;
use crate::event::EventReader;

const LIMIT: usize = i32::MAX as usize;
/// At the tick of the last event.
const END_OF_TRACK: &[u8] = &[0, 0xff, 0x2f, 0];

/// The file with one chunk body exchanged, and the lengths that count it corrected.
///
/// Where the container is broken, every chunk gets its true length and every track an end, the header
/// the true number of tracks; bytes before the music or between its chunks are left out. Errors:
/// `MIDI_TOO_LARGE`.
pub(crate) fn exchange_chunk(
    bytes: &[u8],
    raw: &RawFile,
    body: Range<usize>,
    new_body: &[u8],
) -> Result<Vec<u8>, MidiError> {
    let size = bytes.len() - body.len() + new_body.len();
    write_data(bytes, raw, size, |out| {
        if raw.is_broken {
            push_header(out, bytes, raw, raw.track_bodies().count());
            for chunk in &raw.chunks {
                let old = &bytes[chunk.body.clone()];
                let is_exchanged = chunk.body == body;
                push_whole(out, chunk, if is_exchanged { new_body } else { old });
            }
            out.extend_from_slice(&bytes[raw.trailing.clone()]);
            return;
        }
        // What follows the last track could be read as its events.
        let is_before_others = body.end == raw.trailing.start && !raw.trailing.is_empty();
        let end = match is_before_others {
            true => missing_end(new_body),
            false => &[],
        };
        out.extend_from_slice(&bytes[raw.header.start..body.start - 8]);
        push_chunk(out, *b"MTrk", new_body, end);
        out.extend_from_slice(&bytes[body.end..raw.trailing.end]);
    })
}

/// The file with these whole track chunks behind its last one; the header counts them, and format 0
/// becomes 1.
///
/// A broken container is put right as in `exchange_chunk`. Errors: `MIDI_TOO_LARGE`.
pub(crate) fn append_chunks(
    bytes: &[u8],
    raw: &RawFile,
    added: &[u8],
    added_count: usize,
) -> Result<Vec<u8>, MidiError> {
    let count = raw.track_bodies().count();
    let last = raw.chunks.iter().rposition(RawChunk::is_track);
    write_data(bytes, raw, bytes.len() + added.len(), |out| {
        let header = out.len();
        push_header(out, bytes, raw, count + added_count);
        if raw.format == 0 {
            out[header + 8..header + 10].copy_from_slice(&1_u16.to_be_bytes());
        }
        for (index, chunk) in raw.chunks.iter().enumerate() {
            let is_last = Some(index) == last;
            if raw.is_broken || is_last {
                push_whole(out, chunk, &bytes[chunk.body.clone()]);
            } else {
                out.extend_from_slice(&bytes[chunk.range()]);
            }
            if is_last {
                out.extend_from_slice(added);
            }
        }
        out.extend_from_slice(&bytes[raw.trailing.clone()]);
    })
}

/// The file with what `push_song` writes in place of the song and of what follows it in the data;
/// `size`: of the whole file, or more.
fn write_data(
    bytes: &[u8],
    raw: &RawFile,
    size: usize,
    push_song: impl FnOnce(&mut Vec<u8>),
) -> Result<Vec<u8>, MidiError> {
    if size > LIMIT {
        return Err(MidiError::TooLarge { size, limit: LIMIT });
    }
    let mut out = Vec::with_capacity(size + 1);
    if raw.riff_data_header.is_some() {
        out.extend_from_slice(&bytes[..raw.data.start]);
    }
    let data_start = out.len();
    // Songs before this one.
    out.extend_from_slice(&bytes[raw.data.start..raw.header.start]);
    push_song(&mut out);
    if let Some(data_header) = &raw.riff_data_header {
        close_riff(&mut out, bytes, raw, data_header, data_start);
    }
    Ok(out)
}

/// MThd with this number of tracks; a longer header keeps what it has.
fn push_header(out: &mut Vec<u8>, bytes: &[u8], raw: &RawFile, count: usize) {
    let start = out.len();
    out.extend_from_slice(&bytes[raw.header.clone()]);
    let count = u16::try_from(count).unwrap_or(u16::MAX);
    out[start + 10..start + 12].copy_from_slice(&count.to_be_bytes());
}

/// A chunk with another body, and with an end if it is a track that has none.
fn push_whole(out: &mut Vec<u8>, chunk: &RawChunk, body: &[u8]) {
    let end = match chunk.is_track() {
        true => missing_end(body),
        false => &[],
    };
    push_chunk(out, chunk.kind, body, end);
}

fn push_chunk(out: &mut Vec<u8>, kind: [u8; 4], body: &[u8], end: &[u8]) {
    out.extend_from_slice(&kind);
    out.extend_from_slice(&((body.len() + end.len()) as u32).to_be_bytes());
    out.extend_from_slice(body);
    out.extend_from_slice(end);
}

/// The end-of-track event, if the track has none.
fn missing_end(body: &[u8]) -> &'static [u8] {
    let mut reader = EventReader::new(body, 0..body.len());
    while let Ok(Some(_)) = reader.next_event() {}
    if reader.is_ended() { &[] } else { END_OF_TRACK }
}

/// What follows the data chunk, and both sizes. RIFF chunks are padded to an even length, and the
/// padding is not counted in theirs.
fn close_riff(
    out: &mut Vec<u8>,
    bytes: &[u8],
    raw: &RawFile,
    data_header: &Range<usize>,
    data_start: usize,
) {
    let length = out.len() - data_start;
    if length % 2 == 1 {
        out.push(0);
    }
    let padding = (raw.data.len() % 2).min(bytes.len() - raw.data.end);
    out.extend_from_slice(&bytes[raw.data.end + padding..]);
    let length_at = data_header.start + 4;
    out[length_at..length_at + 4].copy_from_slice(&(length as u32).to_le_bytes());
    let riff_length = (out.len() - 8) as u32;
    out[4..8].copy_from_slice(&riff_length.to_le_bytes());
}
