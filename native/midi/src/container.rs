//! The outside of a file: RIFF wrapper, header, and chunks as byte ranges. Looks into no chunk.

use std::ops::Range;

use crate::anomaly::{Anomalies, Anomaly};
use crate::error::MidiError;

/// Where the parts of a file lie; every range counts bytes from the start of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawFile {
    /// The 8 bytes of the header of the RIFF `data` chunk, in a .rmi file.
    pub riff_data_header: Option<Range<usize>>,
    /// MThd with its 8-byte header.
    pub header: Range<usize>,
    pub format: u16,
    pub ppq: u16,
    /// Every chunk after the header, in file order.
    pub chunks: Vec<RawChunk>,
    /// What follows the last chunk inside the MIDI data.
    pub trailing: Range<usize>,
}

/// One chunk after the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawChunk {
    pub kind: [u8; 4],
    /// Without the 8 bytes of type and length that stand before.
    pub body: Range<usize>,
}

impl RawChunk {
    pub fn is_track(&self) -> bool {
        &self.kind == b"MTrk"
    }

    /// The chunk with its type and length.
    pub fn range(&self) -> Range<usize> {
        self.body.start - 8..self.body.end
    }
}

impl RawFile {
    /// Bodies of the MTrk chunks; the position in this order is the `chunk` of a track.
    pub fn track_bodies(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.chunks
            .iter()
            .filter(|chunk| chunk.is_track())
            .map(|chunk| chunk.body.clone())
    }
}

pub(crate) fn read_container(
    bytes: &[u8],
    anomalies: &mut Anomalies,
) -> Result<RawFile, MidiError> {
    if bytes.is_empty() {
        return Err(MidiError::Empty);
    }
    // Offsets in messages and RIFF sizes are 32 bits wide, and no MIDI file comes near.
    if bytes.len() > i32::MAX as usize {
        return Err(MidiError::TooLarge {
            size: bytes.len(),
            limit: i32::MAX as usize,
        });
    }
    let riff = find_riff_data(bytes, anomalies)?;
    let smf = riff.clone().unwrap_or(0..bytes.len());
    let header_body = read_header_range(bytes, &smf)?;
    let field = |index: usize| {
        let at = header_body.start + 2 * index;
        u16::from_be_bytes([bytes[at], bytes[at + 1]])
    };
    let (format, declared, division) = (field(0), field(1), field(2));
    if format > 2 {
        return Err(MidiError::Format { format });
    }
    if division & 0x8000 != 0 {
        return Err(MidiError::Smpte { division });
    }
    if division == 0 {
        return Err(MidiError::PpqZero);
    }
    if declared == 0 {
        return Err(MidiError::NoTracks { declared });
    }
    let (chunks, trailing) = read_chunks(bytes, header_body.end, smf.end, declared)?;
    let raw = RawFile {
        riff_data_header: riff.map(|data| data.start - 8..data.start),
        header: header_body.start - 8..header_body.end,
        format,
        ppq: division,
        chunks,
        trailing,
    };
    check_chunks(&raw, declared, anomalies)?;
    Ok(raw)
}

/// The body of the RIFF `data` chunk, or none if the file is not wrapped.
fn find_riff_data(
    bytes: &[u8],
    anomalies: &mut Anomalies,
) -> Result<Option<Range<usize>>, MidiError> {
    if !bytes.starts_with(b"RIFF") {
        return Ok(None);
    }
    if bytes.len() < 12 {
        return Err(truncated("the RIFF header", 0, 12, bytes.len()));
    }
    if &bytes[8..12] != b"RMID" {
        return Err(not_midi(&bytes[8..12], "a RIFF file of type "));
    }
    let declared = u32_le(bytes, 4);
    if declared as usize != bytes.len() - 8 {
        anomalies.report(Anomaly::RiffSize {
            declared,
            found: bytes.len() - 8,
        });
    }
    let mut position = 12;
    while bytes.len() - position >= 8 {
        let length = u32_le(bytes, position + 4) as usize;
        let left = bytes.len() - position - 8;
        if length > left {
            return Err(truncated("a RIFF chunk", position, length, left));
        }
        let body = position + 8..position + 8 + length;
        if bytes[position..].starts_with(b"data") {
            return Ok(Some(body));
        }
        // RIFF chunks are padded to an even length.
        position = (body.end + length % 2).min(bytes.len());
    }
    Err(truncated(
        "the RIFF data chunk",
        position,
        8,
        bytes.len() - position,
    ))
}

/// The body of MThd, at least 6 bytes.
fn read_header_range(bytes: &[u8], smf: &Range<usize>) -> Result<Range<usize>, MidiError> {
    let data = &bytes[smf.clone()];
    if !data.starts_with(b"MThd") {
        if b"MThd".starts_with(data) {
            return Err(truncated("the MThd header", smf.start, 14, data.len()));
        }
        return Err(not_midi(&data[..data.len().min(4)], ""));
    }
    if data.len() < 14 {
        return Err(truncated("the MThd header", smf.start, 14, data.len()));
    }
    let length = u32_be(bytes, smf.start + 4);
    // The specification allows longer headers; a false length must not move us into the music.
    let end = (length as usize).checked_add(8).filter(|&end| {
        length >= 6
            && end <= data.len()
            && (length == 6 || data.len() == end || data[end..].starts_with(b"MTrk"))
    });
    match end {
        Some(end) => Ok(smf.start + 8..smf.start + end),
        None => Err(MidiError::HeaderLength { length }),
    }
}

/// Chunks from `position` to `end`; what follows the declared tracks and is no chunk is left over.
fn read_chunks(
    bytes: &[u8],
    mut position: usize,
    end: usize,
    declared: u16,
) -> Result<(Vec<RawChunk>, Range<usize>), MidiError> {
    let mut chunks = Vec::new();
    let mut tracks = 0;
    while position < end {
        let left = end - position;
        let is_complete = tracks >= usize::from(declared);
        if left < 8 {
            if is_complete {
                break;
            }
            return Err(truncated("a chunk header", position, 8, left));
        }
        let kind = [
            bytes[position],
            bytes[position + 1],
            bytes[position + 2],
            bytes[position + 3],
        ];
        let length = u32_be(bytes, position + 4) as usize;
        let is_track = &kind == b"MTrk";
        if length > left - 8 {
            if is_complete && !is_track {
                break;
            }
            return Err(truncated(
                "a chunk",
                position,
                length.saturating_add(8),
                left,
            ));
        }
        let body = position + 8..position + 8 + length;
        position = body.end;
        tracks += usize::from(is_track);
        chunks.push(RawChunk { kind, body });
    }
    Ok((chunks, position..end))
}

fn check_chunks(raw: &RawFile, declared: u16, anomalies: &mut Anomalies) -> Result<(), MidiError> {
    let found = raw.track_bodies().count();
    if found == 0 {
        return Err(MidiError::NoTracks { declared });
    }
    // Fewer than declared means that music is missing; more than declared loses nothing.
    if found < usize::from(declared) {
        return Err(MidiError::TrackCount { declared, found });
    }
    if found > usize::from(declared) {
        anomalies.report(Anomaly::TrackCount { declared, found });
    }
    if raw.format == 0 && found > 1 {
        anomalies.report(Anomaly::FormatZeroTracks { found });
    }
    if raw.format == 2 {
        anomalies.report(Anomaly::FormatTwo { patterns: found });
    }
    for chunk in raw.chunks.iter().filter(|chunk| !chunk.is_track()) {
        anomalies.report(Anomaly::UnknownChunk {
            kind: chunk.kind,
            offset: chunk.range().start,
        });
    }
    if !raw.trailing.is_empty() {
        anomalies.report(Anomaly::TrailingBytes {
            offset: raw.trailing.start,
            bytes: raw.trailing.len(),
        });
    }
    Ok(())
}

fn u32_be(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn u32_le(bytes: &[u8], at: usize) -> u32 {
    u32_be(bytes, at).swap_bytes()
}

fn truncated(what: &'static str, offset: usize, needed: usize, left: usize) -> MidiError {
    MidiError::Truncated {
        what,
        offset,
        needed,
        left,
    }
}

fn not_midi(start: &[u8], prefix: &str) -> MidiError {
    MidiError::NotMidi {
        found: format!("{prefix}\"{}\"", start.escape_ascii()),
    }
}
