//! Values as bytes: f16 on disk to f32 in memory, and f32 as it is.

use multiversion::multiversion;
use std::borrow::Cow;

/// Bits of the largest finite f16, without sign.
const LARGEST: u16 = 0x7BFF;

/// Exact value of each little-endian f16; `None` if one is infinite or not a number.
pub fn f32_from_f16(bytes: &[u8]) -> Option<Vec<f32>> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let mut out = vec![0.0; pairs.len()];
    widen(pairs, &mut out).then_some(out)
}

/// Nearest f16 of each value, ties to even, little-endian; values past the range become the largest.
pub fn f16_from_f32(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|&v| narrow(v).to_le_bytes())
        .collect()
}

/// Little-endian bytes of some values, borrowed where the machine is little-endian.
pub fn f32_bytes(values: &[f32]) -> Cow<'_, [u8]> {
    if cfg!(target_endian = "little") {
        Cow::Borrowed(bytemuck::cast_slice(values))
    } else {
        values.iter().flat_map(|v| v.to_le_bytes()).collect()
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2+fma"))]
fn widen(pairs: &[[u8; 2]], out: &mut [f32]) -> bool {
    let mut finite = true;
    for (pair, out) in pairs.iter().zip(out) {
        let bits = u16::from_le_bytes(*pair);
        let magnitude = bits & 0x7FFF;
        finite &= magnitude <= LARGEST;
        // Exponent and mantissa in place, then 2^112 mends the bias, for subnormals as well.
        let value = f32::from_bits(u32::from(magnitude) << 13) * f32::from_bits(0x7780_0000);
        *out = f32::from_bits(value.to_bits() | u32::from(bits & 0x8000) << 16);
    }
    finite
}

fn narrow(value: f32) -> u16 {
    let sign = (value.to_bits() >> 16 & 0x8000) as u16;
    // The inverse scaling rounds subnormals in f32 arithmetic only where they lose f32 bits.
    let magnitude = value.abs();
    if magnitude >= 65_504.0 {
        return sign | LARGEST;
    }
    if magnitude < 6.103_515_6e-5 {
        // Below the normals the spacing is 2^-24.
        return sign | (magnitude * 16_777_216.0).round_ties_even() as u16;
    }
    let bits = magnitude.to_bits() - (112 << 23);
    let rounded = bits + 0xFFF + (bits >> 13 & 1);
    sign | ((rounded >> 13) as u16).min(LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finite_f16_survives_the_way_to_f32_and_back() {
        let bits: Vec<u16> = (0..=u16::MAX).filter(|b| b & 0x7FFF <= LARGEST).collect();
        let bytes: Vec<u8> = bits.iter().flat_map(|b| b.to_le_bytes()).collect();
        let wide = f32_from_f16(&bytes).expect("all finite");
        assert_eq!(f16_from_f32(&wide), bytes);
        let at = |b: u16| wide[bits.iter().position(|&x| x == b).expect("listed")];
        assert_eq!(at(0x3C00), 1.0);
        assert_eq!(at(0xC000), -2.0);
        assert_eq!(at(0x0001), 2f32.powi(-24));
        assert_eq!(at(0x7BFF), 65_504.0);
    }

    #[test]
    fn infinities_are_refused_and_large_values_cut() {
        assert_eq!(f32_from_f16(&0x7C00u16.to_le_bytes()), None);
        assert_eq!(f32_from_f16(&0xFE00u16.to_le_bytes()), None);
        assert_eq!(f16_from_f32(&[1e9]), 0x7BFFu16.to_le_bytes());
        // Halfway between two f16 goes to the even one.
        assert_eq!(
            f16_from_f32(&[1.0 + 2f32.powi(-11)]),
            0x3C00u16.to_le_bytes()
        );
    }
}
