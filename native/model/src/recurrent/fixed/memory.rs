//! Where the weights of all products lie: one after the other, in the order in which they are read.

use super::Pair;
use memmap2::MmapMut;
use std::ops::Range;

/// Size of a huge page where there are such, a multiple of all others.
const HUGE_PAGE: usize = 2 << 20;

/// Weights that are read from one end to the other for every note.
///
/// Huge pages where the system has them: small ones share parts of a cache by chance, and end the
/// machine's reading ahead.
pub enum FixedMemory {
    Mapped {
        bytes: MmapMut,
        used: Range<usize>,
    },
    /// Where the system refuses such memory.
    Plain(Vec<Pair>),
}

impl FixedMemory {
    pub fn new(pairs: Vec<Pair>) -> FixedMemory {
        let size = size_of_val(&pairs[..]);
        let Ok(mut bytes) = MmapMut::map_anon(size.next_multiple_of(HUGE_PAGE) + HUGE_PAGE) else {
            return FixedMemory::Plain(pairs);
        };
        // Only advice: without huge pages the weights are the same.
        #[cfg(target_os = "linux")]
        bytes.advise(memmap2::Advice::HugePage).ok();
        let first = bytes.as_ptr().align_offset(HUGE_PAGE);
        let used = first..first + size;
        bytes[used.clone()].copy_from_slice(bytemuck::cast_slice(&pairs));
        FixedMemory::Mapped { bytes, used }
    }

    #[inline]
    pub fn pairs(&self) -> &[Pair] {
        match self {
            FixedMemory::Mapped { bytes, used } => bytemuck::cast_slice(&bytes[used.clone()]),
            FixedMemory::Plain(pairs) => pairs,
        }
    }
}
