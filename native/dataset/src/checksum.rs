//! Checksums of files on disk.

use twox_hash::XxHash3_64;

/// XXH3 of 64 bits, which takes a fraction of a cryptographic hash's time: it guards against damage,
/// not against someone who makes other bytes with the same one.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    XxHash3_64::oneshot(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_reference_implementation() {
        let bytes: Vec<u8> = (0..5000).map(|i| (i % 251) as u8).collect();
        let expected: [(usize, u64); 8] = [
            (0, 0x2d06_8005_38d3_94c2),
            (3, 0x5f42_99fc_161c_9cbb),
            (8, 0x3a1c_2d7c_85af_88f8),
            (16, 0x8355_e3a6_f617_70db),
            (100, 0x004e_4f92_1a64_bd1c),
            (200, 0xf42a_8864_feaf_0703),
            (1000, 0x33ef_703f_b2b2_0ed1),
            (5000, 0xb418_500f_c423_20ee),
        ];
        for (length, sum) in expected {
            assert_eq!(checksum(&bytes[..length]), sum, "{length} bytes");
        }
    }
}
