//! Variable-length numbers of the file format: 7 bits a byte, most significant first, at most 4 bytes.

use crate::error::MidiError;

/// Largest number that 4 bytes hold.
pub(crate) const MAX_NUMBER: u32 = 0x0fff_ffff;

/// Read the number at `*position`, which moves past it.
///
/// Errors: `MIDI_TRUNCATED`, `MIDI_NUMBER_TOO_LONG`.
#[inline]
pub(crate) fn read_number(bytes: &[u8], position: &mut usize) -> Result<u32, MidiError> {
    let start = *position;
    let mut value = 0u32;
    for index in start..start + 4 {
        let Some(&byte) = bytes.get(index) else {
            return Err(MidiError::Truncated {
                what: "a variable-length number",
                offset: start,
                needed: index - start + 1,
                left: bytes.len().saturating_sub(start),
            });
        };
        value = value << 7 | u32::from(byte & 0x7f);
        if byte < 0x80 {
            *position = index + 1;
            return Ok(value);
        }
    }
    Err(MidiError::NumberTooLong { offset: start })
}

/// Append the shortest form of `value`, which must not exceed `MAX_NUMBER`.
pub(crate) fn write_number(out: &mut Vec<u8>, value: u32) {
    debug_assert!(value <= MAX_NUMBER);
    for shift in [21, 14, 7] {
        if value >> shift != 0 {
            out.push((value >> shift) as u8 & 0x7f | 0x80);
        }
    }
    out.push(value as u8 & 0x7f);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_round_trips() {
        for value in [
            0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, MAX_NUMBER,
        ] {
            let mut out = Vec::new();
            write_number(&mut out, value);
            let mut position = 0;
            assert_eq!(read_number(&out, &mut position).ok(), Some(value));
            assert_eq!(position, out.len());
        }
    }

    #[test]
    fn five_bytes_are_too_long() {
        let error = read_number(&[0x81, 0x80, 0x80, 0x80, 0], &mut 0).map_err(|e| e.code());
        assert_eq!(error, Err("MIDI_NUMBER_TOO_LONG"));
    }
}
