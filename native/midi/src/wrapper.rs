//! Wrappers around the music of a file: RIFF, a MacBinary header, the text of an email.

use std::ops::Range;

use crate::anomaly::{Anomalies, Anomaly};
use crate::bytes::{truncated, u32_be, u32_le};
use crate::error::MidiError;
use crate::foreign::describe_start;

/// Where the Standard MIDI Files are among the bytes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrapped {
    pub smf: Range<usize>,
    /// The 8 bytes of the header of the RIFF `data` chunk, in a .rmi file.
    pub riff_data_header: Option<Range<usize>>,
    /// The RIFF `data` chunk says that it is longer than the file.
    pub has_false_length: bool,
    /// There is something in front that other programs do not read past.
    pub has_front_matter: bool,
}

/// MacBinary puts the file's Macintosh attributes in front of its data.
const MAC_BINARY_HEADER: usize = 128;
/// The header of a mail or of a web server is shorter, and music further in belongs to something
/// larger than a MIDI file.
const MAX_FRONT_MATTER: usize = 64 << 10;
/// MThd with its length and its three fields.
const SHORTEST_HEADER: usize = 14;

/// Errors: `MIDI_EMPTY`, `MIDI_TOO_LARGE`, `MIDI_NOT_MIDI`, `MIDI_TRUNCATED`.
pub(crate) fn unwrap(bytes: &[u8], anomalies: &mut Anomalies) -> Result<Wrapped, MidiError> {
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
    if bytes.starts_with(b"RIFF") {
        return unwrap_riff(bytes, anomalies);
    }
    if bytes.starts_with(b"MThd") || b"MThd".starts_with(bytes) {
        return Ok(Wrapped {
            smf: 0..bytes.len(),
            riff_data_header: None,
            has_false_length: false,
            has_front_matter: false,
        });
    }
    let Some(start) = find_header(bytes) else {
        return Err(MidiError::NotMidi {
            found: describe_start(bytes),
        });
    };
    let smf = match mac_binary_data(bytes) {
        Some(data) if data.start == start => {
            anomalies.report(Anomaly::MacBinary);
            data
        }
        _ => {
            anomalies.report(Anomaly::LeadingBytes { bytes: start });
            start..bytes.len()
        }
    };
    Ok(Wrapped {
        smf,
        riff_data_header: None,
        has_false_length: false,
        has_front_matter: true,
    })
}

/// The data fork of a MacBinary file; the resource fork that may follow holds no music.
fn mac_binary_data(bytes: &[u8]) -> Option<Range<usize>> {
    let has_name = (1..=63).contains(bytes.get(1)?);
    if bytes[0] != 0 || !has_name || bytes.len() <= MAC_BINARY_HEADER || bytes[74] != 0 {
        return None;
    }
    let all = bytes.len() - MAC_BINARY_HEADER;
    let length = match u32_be(bytes, 83) as usize {
        0 => all,
        length => length.min(all),
    };
    Some(MAC_BINARY_HEADER..MAC_BINARY_HEADER + length)
}

/// Offset of a plausible header after other bytes.
fn find_header(bytes: &[u8]) -> Option<usize> {
    let searched = &bytes[..bytes.len().min(MAX_FRONT_MATTER + SHORTEST_HEADER)];
    searched
        .windows(SHORTEST_HEADER)
        .position(|header| header.starts_with(b"MThd\0\0\0\x06\0") && header[9] <= 2)
}

/// The body of the RIFF `data` chunk.
fn unwrap_riff(bytes: &[u8], anomalies: &mut Anomalies) -> Result<Wrapped, MidiError> {
    if bytes.len() < 12 {
        return Err(truncated("the RIFF header", 0, 12, bytes.len()));
    }
    if &bytes[8..12] != b"RMID" {
        return Err(MidiError::NotMidi {
            found: format!("a RIFF file of type \"{}\"", bytes[8..12].escape_ascii()),
        });
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
        let is_data = bytes[position..].starts_with(b"data");
        let length = u32_le(bytes, position + 4) as usize;
        let left = bytes.len() - position - 8;
        if length > left && !is_data {
            return Err(truncated("a RIFF chunk", position, length, left));
        }
        let body = position + 8..position + 8 + length.min(left);
        if is_data {
            return Ok(Wrapped {
                riff_data_header: Some(position..body.start),
                smf: body,
                has_false_length: length > left,
                has_front_matter: false,
            });
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
