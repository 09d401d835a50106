//! One panel of a product, in the widest registers of the machine.

use super::{BASE, PANEL, Pair};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instructions {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
}

/// Part of an input: its two digits in pairs of rows, and what the lower's unit is worth.
#[derive(Clone, Copy)]
pub struct Digits<'a> {
    pub high: &'a [[i16; 2]],
    pub low: &'a [[i16; 2]],
    pub unit: f32,
}

impl Instructions {
    /// Those that this machine has, the fastest last.
    pub fn all() -> Vec<Instructions> {
        let mut all = vec![Instructions::Portable];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") {
                all.push(Instructions::Avx2);
            }
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni") {
                all.push(Instructions::Avx512Vnni);
            }
        }
        all
    }

    pub fn best() -> Instructions {
        Instructions::all()
            .last()
            .copied()
            .unwrap_or(Instructions::Portable)
    }

    /// `out = start + x W`, for one panel of `W` and as many rows as sums may have.
    #[inline]
    pub fn add_panel(
        self,
        pairs: &[Pair],
        x: Digits<'_>,
        units: &[f32; PANEL],
        start: &[f32; PANEL],
        out: &mut [f32; PANEL],
    ) {
        match self {
            Instructions::Portable => add_panel(pairs, x, units, start, out),
            // SAFETY: only `all` makes this value, where the machine has the features.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => unsafe { x86::add_panel_avx2(pairs, x, units, start, out) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512Vnni => unsafe { x86::add_panel_vnni(pairs, x, units, start, out) },
        }
    }
}

fn add_panel(
    pairs: &[Pair],
    x: Digits<'_>,
    units: &[f32; PANEL],
    start: &[f32; PANEL],
    out: &mut [f32; PANEL],
) {
    let (mut high, mut low) = ([0; PANEL], [0; PANEL]);
    for ((pair, &x_high), &x_low) in pairs.iter().zip(x.high).zip(x.low) {
        for (lane, [a, b]) in pair.iter().flat_map(|line| line.0).enumerate() {
            let dot = |x: [i16; 2]| i32::from(a) * i32::from(x[0]) + i32::from(b) * i32::from(x[1]);
            high[lane] += dot(x_high);
            low[lane] += dot(x_low);
        }
    }
    for lane in 0..PANEL {
        let sum = high[lane] as f32 * BASE as f32 + low[lane] as f32;
        out[lane] = start[lane] + sum * (units[lane] * x.unit);
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{BASE, Digits, PANEL, Pair};
    use std::arch::x86_64::{
        __m256i, __m512i, _mm256_add_epi32, _mm256_add_ps, _mm256_cvtepi32_ps, _mm256_load_si256,
        _mm256_loadu_ps, _mm256_madd_epi16, _mm256_mul_ps, _mm256_set1_epi32, _mm256_set1_ps,
        _mm256_setzero_si256, _mm256_storeu_ps, _mm512_add_ps, _mm512_cvtepi32_ps,
        _mm512_dpwssd_epi32, _mm512_load_si512, _mm512_loadu_ps, _mm512_mul_ps, _mm512_set1_epi32,
        _mm512_set1_ps, _mm512_setzero_si512, _mm512_storeu_ps,
    };

    /// Registers of one digit's sums.
    const SUMS: usize = 4;

    /// The same loop for both register widths.
    macro_rules! add_panel {
        ($name:ident, $features:literal, $register:ty, $lanes:literal, $dot:expr, $load:ident,
         $zero:ident, $all:ident, $convert:ident, $all_floats:ident, $load_floats:ident,
         $multiply:ident, $add:ident, $store:ident) => {
            #[target_feature(enable = $features)]
            pub fn $name(
                pairs: &[Pair],
                x: Digits<'_>,
                units: &[f32; PANEL],
                start: &[f32; PANEL],
                out: &mut [f32; PANEL],
            ) {
                for part in 0..PANEL / $lanes / SUMS {
                    let (mut high, mut low) = ([$zero(); SUMS], [$zero(); SUMS]);
                    for ((pair, &x_high), &x_low) in pairs.iter().zip(x.high).zip(x.low) {
                        let x_high = $all(bytemuck::cast(x_high));
                        let x_low = $all(bytemuck::cast(x_low));
                        for sum in 0..SUMS {
                            // SAFETY: a pair is PANEL / lanes whole registers, aligned to 64 bytes.
                            let w = unsafe {
                                let register = pair.as_ptr().cast::<$register>();
                                $load(register.add(part * SUMS + sum))
                            };
                            high[sum] = $dot(high[sum], w, x_high);
                            low[sum] = $dot(low[sum], w, x_low);
                        }
                    }
                    for sum in 0..SUMS {
                        let at = (part * SUMS + sum) * $lanes;
                        let both = $add(
                            $multiply($convert(high[sum]), $all_floats(BASE as f32)),
                            $convert(low[sum]),
                        );
                        // SAFETY: `at` and the lanes from it on are below PANEL.
                        unsafe {
                            let unit = $multiply(
                                $load_floats(units.as_ptr().add(at)),
                                $all_floats(x.unit),
                            );
                            let start = $load_floats(start.as_ptr().add(at));
                            $store(out.as_mut_ptr().add(at), $add(start, $multiply(both, unit)));
                        }
                    }
                }
            }
        };
    }

    add_panel!(
        add_panel_vnni,
        "avx512f,avx512vnni",
        __m512i,
        16,
        _mm512_dpwssd_epi32,
        _mm512_load_si512,
        _mm512_setzero_si512,
        _mm512_set1_epi32,
        _mm512_cvtepi32_ps,
        _mm512_set1_ps,
        _mm512_loadu_ps,
        _mm512_mul_ps,
        _mm512_add_ps,
        _mm512_storeu_ps
    );
    add_panel!(
        add_panel_avx2,
        "avx2",
        __m256i,
        8,
        |sum, w, x| _mm256_add_epi32(sum, _mm256_madd_epi16(w, x)),
        _mm256_load_si256,
        _mm256_setzero_si256,
        _mm256_set1_epi32,
        _mm256_cvtepi32_ps,
        _mm256_set1_ps,
        _mm256_loadu_ps,
        _mm256_mul_ps,
        _mm256_add_ps,
        _mm256_storeu_ps
    );
}
