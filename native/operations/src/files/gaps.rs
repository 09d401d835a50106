//! Whole bars in which a track is silent between its notes.

use std::ops::Range;

use continuo_midi::{Bars, Note};

/// Runs of bars (from 0, half-open) in which no note starts, with notes before and after.
///
/// What was held over from before may sound on into the first of them, for a beat at most.
/// `notes`: sorted by onset. Takes the time of one look at each note, however many bars there are.
pub fn gaps(notes: &[Note], bars: &Bars) -> Vec<Range<u32>> {
    let mut found = Vec::new();
    let Some(first) = notes.first() else {
        return found;
    };
    let mut last_start = first.start_tick;
    let mut sounding_until = first.end_tick();
    for note in &notes[1..] {
        let start = first_silent_bar(last_start, sounding_until, bars);
        let end = bars.bar_at_tick(note.start_tick);
        if start < end {
            found.push(start..end);
        }
        last_start = note.start_tick;
        sounding_until = sounding_until.max(note.end_tick());
    }
    found
}

fn first_silent_bar(last_start: u32, sounding_until: u32, bars: &Bars) -> u32 {
    let next = bars.bar_at_tick(last_start) + 1;
    let held_into = bars.bar_at_tick(sounding_until);
    if held_into < next {
        next
    } else if sounding_until <= bars.beat_start_tick(held_into, 1) {
        held_into
    } else {
        held_into + 1
    }
}

#[cfg(test)]
mod tests {
    use continuo_midi::MeterChange;

    use super::*;

    const QUARTER: u32 = 480;
    const BAR: u32 = 4 * QUARTER;

    fn gaps_of(notes: &[(u32, u32)]) -> Vec<(u32, u32)> {
        let notes: Vec<Note> = notes
            .iter()
            .map(|&(start_tick, end_tick)| Note {
                start_tick,
                duration_ticks: end_tick - start_tick,
                pitch: 60,
                velocity: 80,
                channel: 0,
            })
            .collect();
        let meter = MeterChange {
            tick: 0,
            numerator: 4,
            denominator: 4,
        };
        let found = gaps(&notes, &Bars::new(&[meter], 480));
        found.iter().map(|gap| (gap.start, gap.end)).collect()
    }

    #[test]
    fn silence_counts_in_whole_bars_between_notes() {
        assert_eq!(gaps_of(&[(0, 480), (3 * BAR, 3 * BAR + 480)]), [(1, 3)]);
        // The third bar has an upbeat.
        assert_eq!(gaps_of(&[(0, 480), (3 * BAR - 1, 3 * BAR)]), [(1, 2)]);
        assert_eq!(gaps_of(&[(0, 480), (BAR, BAR + 480)]), []);
        assert_eq!(gaps_of(&[(5 * BAR, 6 * BAR)]), []);
        assert_eq!(gaps_of(&[]), []);
    }

    #[test]
    fn note_held_over_for_a_beat_leaves_its_bar_empty_and_a_longer_one_does_not() {
        let after = (3 * BAR, 3 * BAR + 1);
        assert_eq!(gaps_of(&[(0, BAR), after]), [(1, 3)]);
        assert_eq!(gaps_of(&[(0, BAR + QUARTER), after]), [(1, 3)]);
        assert_eq!(gaps_of(&[(0, BAR + QUARTER + 1), after]), [(2, 3)]);
        assert_eq!(gaps_of(&[(0, 3 * BAR), after]), []);
        // The long note is not the last that starts.
        assert_eq!(gaps_of(&[(0, 3 * BAR), (480, 960), after]), []);
    }

    #[test]
    fn every_gap_is_found() {
        let notes = [(0, 9), (2 * BAR, 2 * BAR + 9), (5 * BAR, 5 * BAR + 9)];
        assert_eq!(gaps_of(&notes), [(1, 2), (3, 5)]);
    }
}
