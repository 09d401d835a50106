//! Which side of the split a cluster is on.

use twox_hash::XxHash3_64;

/// Which clusters are held out: a share, chosen by the seed and the cluster alone, so that a growing
/// dataset keeps its sides, and `least` of five or more; none of fewer.
pub fn held_out(names: &[u64], seed: u64, share: f64, least: usize) -> Vec<bool> {
    let rank = |name: &u64| {
        XxHash3_64::oneshot_with_seed(seed, &name.to_le_bytes()) as f64 / u64::MAX as f64
    };
    let ranks: Vec<f64> = names.iter().map(rank).collect();
    let mut sorted = ranks.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let last = least.checked_sub(1).and_then(|last| sorted.get(last));
    let has_any = names.len() >= 5 && share > 0.0;
    ranks
        .iter()
        .map(|rank| has_any && (*rank < share || last.is_some_and(|last| rank <= last)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_do_not_move_when_the_dataset_grows() {
        let names: Vec<u64> = (0..400).map(|i| i * 7919).collect();
        let (few, all) = (
            held_out(&names[..200], 3, 0.1, 1),
            held_out(&names, 3, 0.1, 1),
        );
        assert!(few.iter().zip(&all).filter(|(a, b)| a != b).count() <= 1);
        let share = all.iter().filter(|&&h| h).count();
        assert!((20..=60).contains(&share), "{share}");
        assert!(held_out(&names[..4], 3, 0.1, 1).iter().all(|h| !h));
        let count = |least| {
            let sides = held_out(&names[..20], 3, 1e-9, least);
            sides.iter().filter(|&&h| h).count()
        };
        assert_eq!((count(1), count(4)), (1, 4));
    }
}
