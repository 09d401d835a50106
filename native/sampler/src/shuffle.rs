//! Chooses the old notes that stay when a region is varied.

use crate::draw::stream;
use continuo_midi::Note;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::Rng;

/// Stream of the fill's seed that this choice draws from; candidates draw from stream 0.
const STREAM: u64 = 1;

/// Split notes at random into those that stay, `share` (0-1) of them rounded, and the rest.
///
/// Both keep their order. The same seed keeps the same notes.
pub(crate) fn keep_some(notes: &[Note], share: f32, seed: u64) -> (Vec<Note>, Vec<Note>) {
    let mut random = stream(seed);
    random.set_stream(STREAM);
    let mut left = (f64::from(share) * notes.len() as f64).round() as usize;
    // Selection sampling: each note stays with the chance that is left (Knuth 3.4.2 S).
    let (mut stay, mut go) = (Vec::with_capacity(left), Vec::new());
    for (i, note) in notes.iter().enumerate() {
        if below(&mut random, notes.len() - i) < left {
            stay.push(*note);
            left -= 1;
        } else {
            go.push(*note);
        }
    }
    (stay, go)
}

/// A random number below `limit`.
fn below(random: &mut ChaCha12Rng, limit: usize) -> usize {
    ((u128::from(random.next_u64()) * limit as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(count: u32) -> Vec<Note> {
        let note = |i| Note {
            start_tick: i,
            duration_ticks: 1,
            pitch: 60,
            velocity: 64,
            channel: 0,
        };
        (0..count).map(note).collect()
    }

    #[test]
    fn amounts_are_exact_and_both_parts_keep_their_order() {
        let notes = notes(40);
        for (share, count) in [(0.0, 0), (0.25, 10), (0.5, 20), (1.0, 40)] {
            let (stay, go) = keep_some(&notes, share, 5);
            assert_eq!((stay.len(), go.len()), (count, 40 - count));
            assert!(stay.is_sorted_by_key(|n| n.start_tick));
            let mut all = [stay, go].concat();
            all.sort_by_key(|n| n.start_tick);
            assert_eq!(all, notes);
        }
    }

    #[test]
    fn every_note_stays_as_often_as_the_others() {
        let notes = notes(5);
        let mut counts = [0; 5];
        for seed in 0..5000 {
            for note in keep_some(&notes, 0.4, seed).0 {
                counts[note.start_tick as usize] += 1;
            }
        }
        // 2,000 expected, standard deviation 35.
        assert!(
            counts.iter().all(|c| (1860..2140).contains(c)),
            "{counts:?}"
        );
    }
}
