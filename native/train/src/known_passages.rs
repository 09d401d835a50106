//! The passages of a training set, so that no fill repeats one at length.

use crate::dataset::Dataset;
use continuo_tokenizer::grid::GridTick;
use continuo_tokenizer::passages::{PassageFilter, fingerprints};

/// A filter of every passage of every track in a dataset.
pub fn passage_filter(dataset: &Dataset) -> PassageFilter {
    PassageFilter::new(&passages_of(dataset))
}

/// Fingerprints of every passage of every track in a dataset, sorted, each once.
pub fn passages_of(dataset: &Dataset) -> Vec<u64> {
    let mut all = Vec::new();
    for index in 0..dataset.len() {
        let piece = dataset.piece(index);
        let mut lines: Vec<Vec<(i32, u8)>> = vec![Vec::new(); piece.sounds.len()];
        for note in piece.notes {
            if let Some(line) = lines.get_mut(usize::from(note.track)) {
                line.push((note.onset().since(GridTick::ZERO), note.pitch));
            }
        }
        all.extend(lines.iter().flat_map(|line| fingerprints(line)));
    }
    all.sort_unstable();
    all.dedup();
    all
}
