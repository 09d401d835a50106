//! Which pieces are the same, and which are so alike that they must stay on one side of the split.

use continuo_tokenizer::runs::Line;
use continuo_tokenizer::vocabulary::DRUMS;
use continuo_tokenizer::{GridNote, PieceView};
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

/// What equal pieces have in common; 16 hex digits in JSON, whose numbers are too short for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Fingerprint(pub u64);

impl From<Fingerprint> for String {
    fn from(print: Fingerprint) -> String {
        format!("{:016x}", print.0)
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Fingerprint, Self::Error> {
        u64::from_str_radix(&text, 16).map(Fingerprint)
    }
}

/// Tells a piece whatever its key and tempo: notes relative to the first, drums as they are.
///
/// Two pieces with the same one are duplicates. Onsets are in quarters already, so that tempo does
/// not count. It guards against no one who makes other notes with the same one.
pub fn fingerprint(piece: PieceView<'_>) -> Fingerprint {
    let is_drums: Vec<bool> = piece.instruments.iter().map(|&i| i == DRUMS).collect();
    let is_drums = |note: &GridNote| is_drums.get(usize::from(note.track)) == Some(&true);
    let first = piece.notes.first().map_or(0, |n| n.onset);
    let pitches = piece.notes.iter().filter(|n| !is_drums(n));
    let lowest = pitches.map(|n| n.pitch).min().unwrap_or(0);
    let notes = piece.notes.iter().map(|n| {
        let (drums, pitch) = match is_drums(n) {
            true => (1, n.pitch),
            false => (0, n.pitch - lowest),
        };
        let tail = u64::from(pitch) << 16 | u64::from(n.duration);
        u64::from(n.onset - first) << 32 | drums << 24 | tail
    });
    // A sum, since tracks may stand in another order.
    Fingerprint(notes.map(mixed).fold(0, u64::wrapping_add))
}

/// The last step of MurmurHash3 (Appleby): every bit of the number changes about half of the result's.
fn mixed(x: u64) -> u64 {
    let x = (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let x = (x ^ (x >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

/// One in so many runs is compared; whole pieces share thousands.
const SAMPLED: u64 = 16;
/// A run of more pieces than this is a scale or a drum loop and says nothing.
const COMMON: usize = 24;

/// Some of a piece's runs of 24 notes, in any key.
pub fn sampled_runs(piece: PieceView<'_>) -> Vec<u64> {
    let mut sizes = vec![0; piece.instruments.len()];
    for note in piece.notes {
        if let Some(size) = sizes.get_mut(usize::from(note.track)) {
            *size += 1;
        }
    }
    let mut lines: Vec<Line> = sizes.into_iter().map(Line::with_capacity).collect();
    for note in piece.notes {
        if let Some(line) = lines.get_mut(usize::from(note.track)) {
            line.push((note.onset.min(i32::MAX as u32) as i32, note.pitch));
        }
    }
    let runs = lines.into_iter().flat_map(Line::winnowed);
    let mut runs: Vec<u64> = runs.filter(|run| run % SAMPLED == 0).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// Cluster of each piece by its sampled runs: pieces that share at least half of the smaller one's
/// are in one. Clusters are named by their first piece.
pub fn clusters(runs: &[Vec<u64>]) -> Vec<u32> {
    // Sorted pairs take a fraction of a map's memory: these are millions.
    let mut holders: Vec<(u64, u32)> = Vec::with_capacity(runs.iter().map(Vec::len).sum());
    for (piece, runs) in (0u32..).zip(runs) {
        holders.extend(runs.iter().map(|&run| (run, piece)));
    }
    holders.sort_unstable();
    // Of each run, all its holders but the first, with where its holders begin.
    let mut shared: Vec<(u32, usize)> = Vec::new();
    let mut from = 0;
    for group in holders.chunk_by(|a, b| a.0 == b.0) {
        if group.len() <= COMMON {
            shared.extend(group[1..].iter().map(|&(_, piece)| (piece, from)));
        }
        from += group.len();
    }
    shared.sort_unstable();
    let mut parent: Vec<u32> = (0..runs.len() as u32).collect();
    let mut counts = vec![0; runs.len()];
    for shared in shared.chunk_by(|a, b| a.0 == b.0) {
        let earlier = || {
            let holders = shared.iter().flat_map(|&(piece, from)| {
                holders[from..]
                    .iter()
                    .take_while(move |holder| holder.1 < piece)
            });
            holders.map(|&(_, other)| other)
        };
        earlier().for_each(|other| counts[other as usize] += 1);
        let piece = shared[0].0;
        for other in earlier() {
            let count = std::mem::take(&mut counts[other as usize]);
            let smaller = runs[piece as usize].len().min(runs[other as usize].len());
            if count > 0 && 2 * count >= smaller {
                let (a, b) = (root(&mut parent, piece), root(&mut parent, other));
                parent[a.max(b) as usize] = a.min(b);
            }
        }
    }
    (0..runs.len() as u32)
        .map(|p| root(&mut parent, p))
        .collect()
}

fn root(parent: &mut [u32], mut at: u32) -> u32 {
    while parent[at as usize] != at {
        parent[at as usize] = parent[parent[at as usize] as usize];
        at = parent[at as usize];
    }
    at
}

/// Which clusters are held out: a share, chosen by the seed and the cluster alone, so that a growing
/// dataset keeps its sides. At least one of five or more, none of fewer.
pub fn held_out(names: &[u64], seed: u64, share: f64) -> Vec<bool> {
    let place = |name: &u64| {
        XxHash3_64::oneshot_with_seed(seed, &name.to_le_bytes()) as f64 / u64::MAX as f64
    };
    let places: Vec<f64> = names.iter().map(place).collect();
    let lowest = places.iter().copied().fold(f64::INFINITY, f64::min);
    let has_any = names.len() >= 5 && share > 0.0;
    places
        .iter()
        .map(|&p| has_any && (p < share || p == lowest))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    fn notes(seed: u64, shift: u8) -> Vec<GridNote> {
        let mixed = |i: u64| (i + 1000 * seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        let pitch = |i: u64| 48 + (mixed(i) % 23) as u8 + shift;
        (0..800)
            .map(|i| GridNote {
                onset: i as u32 * 6,
                duration: 6,
                track: 0,
                pitch: pitch(i),
                velocity: 80,
                micro: 0,
            })
            .collect()
    }

    fn view(notes: &[GridNote]) -> PieceView<'_> {
        PieceView {
            bars: &[],
            instruments: &[0],
            notes,
        }
    }

    #[test]
    fn another_key_and_loudness_are_the_same_piece_and_another_note_is_not() {
        let (here, there) = (notes(1, 0), notes(1, 5));
        assert_eq!(fingerprint(view(&here)), fingerprint(view(&there)));
        let mut other = here.clone();
        other[400].pitch += 1;
        assert_ne!(fingerprint(view(&here)), fingerprint(view(&other)));
        assert_ne!(fingerprint(view(&here)), fingerprint(view(&notes(2, 0))));
    }

    #[test]
    fn pieces_that_share_most_are_one_cluster() {
        let mut changed = notes(1, 3);
        changed[100].pitch += 1;
        changed.truncate(600);
        let pieces = [notes(1, 0), notes(2, 0), changed, notes(3, 0)];
        let runs: Vec<_> = pieces.iter().map(|p| sampled_runs(view(p))).collect();
        assert_eq!(clusters(&runs), [0, 1, 0, 3]);
    }

    #[test]
    fn sides_do_not_move_when_the_dataset_grows() {
        let names: Vec<u64> = (0..400).map(|i| i * 7919).collect();
        let (few, all) = (held_out(&names[..200], 3, 0.1), held_out(&names, 3, 0.1));
        assert!(few.iter().zip(&all).filter(|(a, b)| a != b).count() <= 1);
        let share = all.iter().filter(|&&h| h).count();
        assert!((20..=60).contains(&share), "{share}");
        assert!(held_out(&names[..4], 3, 0.1).iter().all(|h| !h));
        assert_eq!(
            held_out(&names[..5], 3, 1e-9)
                .iter()
                .filter(|&&h| h)
                .count(),
            1
        );
    }
}
