//! Bars as a dataset keeps them: equal bars in a row are one run.

use bytemuck::{Pod, Zeroable};
use continuo_tokenizer::Bar;

/// More bars than a file of the greatest length has; a damaged count must not ask for much memory.
const MAX_BARS: usize = 10_000_000;

/// `count` bars of one length, meter and tempo, one after the other: 12 bytes, as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct BarRun {
    start: u32,
    count: u32,
    length: u16,
    meter: u8,
    tempo: u8,
}

/// Bars, sorted by start, as runs.
pub(crate) fn runs_of(bars: &[Bar]) -> Vec<BarRun> {
    let mut runs: Vec<BarRun> = Vec::new();
    for bar in bars {
        let goes_on = |run: &&mut BarRun| {
            let end = u64::from(run.start) + u64::from(run.count) * u64::from(run.length);
            (run.length, run.meter, run.tempo) == (bar.length, bar.meter, bar.tempo)
                && end == u64::from(bar.start)
        };
        match runs.last_mut().filter(goes_on) {
            Some(run) => run.count += 1,
            None => runs.push(BarRun {
                start: bar.start,
                count: 1,
                length: bar.length,
                meter: bar.meter,
                tempo: bar.tempo,
            }),
        }
    }
    runs
}

/// The bars of runs.
pub(crate) fn bars_of(runs: &[BarRun]) -> Box<[Bar]> {
    let bars = runs.iter().flat_map(|run| {
        (0..run.count).map(|i| Bar {
            start: run
                .start
                .wrapping_add(i.wrapping_mul(u32::from(run.length))),
            meter: run.meter,
            tempo: run.tempo,
            length: run.length,
        })
    });
    bars.take(MAX_BARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_what_they_were_and_a_steady_piece_has_one_run() {
        let bar = |start, meter, tempo, length| Bar {
            start,
            meter,
            tempo,
            length,
        };
        let steady: Vec<Bar> = (0..100).map(|i| bar(i * 96, 3, 7, 96)).collect();
        assert_eq!(runs_of(&steady).len(), 1);
        assert_eq!(*bars_of(&runs_of(&steady)), steady);
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
        assert_eq!(*bars_of(&runs_of(&odd)), odd);
        assert!(runs_of(&[]).is_empty() && bars_of(&[]).is_empty());
    }
}
