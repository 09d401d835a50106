//! Reads numbers of fixed width, with an error when bytes run out.

use crate::error::MidiError;

/// The caller has checked that there are four bytes at `at`.
pub(crate) fn u32_be(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

pub(crate) fn u32_le(bytes: &[u8], at: usize) -> u32 {
    u32_be(bytes, at).swap_bytes()
}

pub(crate) fn u16_be(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

pub(crate) fn truncated(
    what: &'static str,
    offset: usize,
    needed: usize,
    left: usize,
) -> MidiError {
    MidiError::Truncated {
        what,
        offset,
        needed,
        left,
    }
}
