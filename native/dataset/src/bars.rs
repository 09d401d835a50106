//! Bars as a dataset keeps them: equal bars in a row are one group.

use bytemuck::{Pod, Zeroable};
use continuo_tokenizer::Bar;
use continuo_tokenizer::grid::GridTick;

/// More bars than a file of the greatest length has; a damaged count must not ask for much memory.
const MAX_BARS: usize = 10_000_000;

/// `count` bars of one length, meter and tempo, one after the other: 12 bytes, as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct EqualBars {
    start: GridTick,
    count: u32,
    length: u16,
    meter: u8,
    tempo: u8,
}

/// Bars, sorted by start, as groups.
pub(crate) fn grouped(bars: &[Bar]) -> Vec<EqualBars> {
    let mut groups: Vec<EqualBars> = Vec::new();
    for bar in bars {
        let goes_on = |group: &&mut EqualBars| {
            let end = u64::from(group.start.0) + u64::from(group.count) * u64::from(group.length);
            (group.length, group.meter, group.tempo) == (bar.length, bar.meter, bar.tempo)
                && end == u64::from(bar.start.0)
        };
        match groups.last_mut().filter(goes_on) {
            Some(group) => group.count += 1,
            None => groups.push(EqualBars {
                start: bar.start,
                count: 1,
                length: bar.length,
                meter: bar.meter,
                tempo: bar.tempo,
            }),
        }
    }
    groups
}

/// The bars of groups.
pub(crate) fn bars_of(groups: &[EqualBars]) -> Box<[Bar]> {
    let bars = groups.iter().flat_map(|group| {
        (0..group.count).map(|i| Bar {
            start: GridTick((group.start.0).wrapping_add(i.wrapping_mul(u32::from(group.length)))),
            meter: group.meter,
            tempo: group.tempo,
            length: group.length,
        })
    });
    bars.take(MAX_BARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_what_they_were_and_a_steady_piece_has_one_group() {
        let bar = |start, meter, tempo, length| Bar {
            start: GridTick(start),
            meter,
            tempo,
            length,
        };
        let steady: Vec<Bar> = (0..100).map(|i| bar(i * 96, 3, 7, 96)).collect();
        assert_eq!(grouped(&steady).len(), 1);
        assert_eq!(*bars_of(&grouped(&steady)), steady);
        // Another tempo, another meter, a pickup, a gap, a bar of no length.
        let odd = [
            bar(0, 3, 7, 24),
            bar(24, 3, 7, 96),
            bar(120, 3, 8, 96),
            bar(216, 4, 8, 96),
            bar(400, 4, 8, 96),
            bar(496, 4, 8, 0),
            bar(496, 4, 8, 0),
        ];
        assert_eq!(*bars_of(&grouped(&odd)), odd);
        assert!(grouped(&[]).is_empty() && bars_of(&[]).is_empty());
    }
}
