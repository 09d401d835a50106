//! Hashes of short sequences of a line, and whether a sequence is distinctive enough to identify its piece.

/// Intervals of a gram, a byte each.
pub const INTERVALS: usize = 7;
/// The bits of a gram.
pub const PACKED: u64 = u64::MAX >> (64 - 8 * INTERVALS);
/// Sets of drums of a gram.
pub const HITS: usize = 6;

/// A melody that has fewer different intervals is a scale, a trill or a repeated figure.
const DIFFERENT: usize = 5;
/// Without two steps of a second it is a broken chord.
const STEPS: usize = 2;
/// Fewer different sets of drums are a beat that anyone plays.
const DIFFERENT_HITS: usize = 3;

/// Whether packed intervals are a melody, and not a figure that unrelated pieces share.
pub fn is_melody(gram: u64) -> bool {
    let intervals = &gram.to_le_bytes()[..INTERVALS];
    let steps = intervals.iter().filter(|&&i| (i as i8).unsigned_abs() <= 2);
    steps.count() >= STEPS && different(intervals) >= DIFFERENT
}

/// Whether sets of drums differ enough to tell one performance from another.
pub fn is_groove(hits: &[u64]) -> bool {
    different(hits) >= DIFFERENT_HITS
}

fn different<T: PartialEq>(items: &[T]) -> usize {
    let is_new = |&at: &usize| !items[..at].contains(&items[at]);
    (0..items.len()).filter(is_new).count()
}

/// The last step of MurmurHash3 (Appleby): every bit of the number changes about half of the result's.
#[inline(always)]
pub fn mixed(x: u64) -> u64 {
    let x = (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let x = (x ^ (x >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

/// By which grams are sampled: one product (Dietzfelbinger et al. 1997), since every note takes one.
#[inline(always)]
pub fn sampled(gram: u64) -> u64 {
    gram.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gram(intervals: [i8; INTERVALS]) -> u64 {
        let pack = |gram: u64, &interval: &i8| gram << 8 | u64::from(interval as u8);
        intervals.iter().fold(0, pack)
    }

    #[test]
    fn scales_trills_and_broken_chords_are_no_melodies() {
        assert!(is_melody(gram([2, 2, 1, -5, 7, -2, -1])));
        assert!(!is_melody(gram([2, 2, 1, 2, 2, 2, 1])));
        assert!(!is_melody(gram([1, -1, 1, -1, 1, -1, 1])));
        assert!(!is_melody(gram([7, -3, 3, -7, 8, -4, 4])));
        assert!(is_groove(&[1, 2, 1, 3, 1, 2]));
        assert!(!is_groove(&[1, 2, 1, 2, 1, 2]));
    }
}
