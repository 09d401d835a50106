//! A file with one chunk exchanged: the bytes around it copied, and a broken container put right.

use std::ops::Range;

use crate::container::RawFile;
use crate::error::MidiError;
use crate::event::EventReader;

const LIMIT: usize = i32::MAX as usize;
/// At the tick of the last event.
const END_OF_TRACK: &[u8] = &[0, 0xff, 0x2f, 0];

/// The file with one chunk body exchanged, and the lengths that count it corrected.
///
/// Where the container is broken, every chunk gets its true length and every track an end, the header
/// the true number of tracks; what stands in front of the music or between its chunks is left out. Errors:
/// `MIDI_TOO_LARGE`.
pub(super) fn splice(
    bytes: &[u8],
    raw: &RawFile,
    body: Range<usize>,
    new_body: &[u8],
) -> Result<Vec<u8>, MidiError> {
    let size = bytes.len() - body.len() + new_body.len();
    if size > LIMIT {
        return Err(MidiError::TooLarge { size, limit: LIMIT });
    }
    let mut out = Vec::with_capacity(size + 1);
    if raw.riff_data_header.is_some() {
        out.extend_from_slice(&bytes[..raw.data.start]);
    }
    let data_start = out.len();
    // Songs that stand before this one.
    out.extend_from_slice(&bytes[raw.data.start..raw.header.start]);
    if raw.is_broken {
        push_header(&mut out, bytes, raw);
        for chunk in &raw.chunks {
            let old = &bytes[chunk.body.clone()];
            let is_exchanged = chunk.body == body;
            let body = if is_exchanged { new_body } else { old };
            let end = match chunk.is_track() {
                true => missing_end(body),
                false => &[],
            };
            push_chunk(&mut out, chunk.kind, body, end);
        }
        out.extend_from_slice(&bytes[raw.trailing.clone()]);
    } else {
        // What follows the last track could be read as its events.
        let is_before_others = body.end == raw.trailing.start && !raw.trailing.is_empty();
        let end = match is_before_others {
            true => missing_end(new_body),
            false => &[],
        };
        out.extend_from_slice(&bytes[raw.header.start..body.start - 8]);
        push_chunk(&mut out, *b"MTrk", new_body, end);
        out.extend_from_slice(&bytes[body.end..raw.trailing.end]);
    }
    if let Some(data_header) = &raw.riff_data_header {
        close_riff(&mut out, bytes, raw, data_header, data_start);
    }
    Ok(out)
}

/// MThd with the number of tracks that there are; a longer header keeps what it has.
fn push_header(out: &mut Vec<u8>, bytes: &[u8], raw: &RawFile) {
    let start = out.len();
    out.extend_from_slice(&bytes[raw.header.clone()]);
    let count = u16::try_from(raw.track_bodies().count()).unwrap_or(u16::MAX);
    out[start + 10..start + 12].copy_from_slice(&count.to_be_bytes());
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
