//! The training and held-out pieces of a run, as they were assigned when the run first saw them.
//!
//! A growing dataset may split its pieces differently. Pieces a run has trained on must never be measured on,
//! so that a run keeps the sides of what it has met.

use crate::checkpoint::write_whole;
use crate::dataset::Dataset;
use crate::dataset::Fingerprint;
use crate::dataset::alike::fingerprint;
use crate::error::TrainError;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// File of the pieces of a run in its folder.
pub const PIECES: &str = "pieces.json";
const VERSION: u32 = 1;

/// The side of each piece of a dataset.
#[derive(Clone, Debug)]
pub struct Sides {
    held_out: Vec<bool>,
    prints: Vec<Fingerprint>,
}

/// What a run has met.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Met {
    version: u32,
    trained: Vec<Fingerprint>,
    held_out: Vec<Fingerprint>,
}

impl Sides {
    /// As the dataset divides its pieces.
    pub fn of(dataset: &Dataset) -> Sides {
        let pieces = 0..dataset.len();
        Sides {
            held_out: pieces.clone().map(|i| dataset.is_held_out(i)).collect(),
            prints: pieces.map(|i| fingerprint(dataset.piece(i))).collect(),
        }
    }

    /// As a run has met them; new pieces are on the side of what they are alike to, else on the dataset's.
    /// None where pieces of the run are gone.
    pub fn after(dataset: &Dataset, met: &Met) -> Option<Sides> {
        let mut sides = Sides::of(dataset);
        let trained: HashSet<_> = met.trained.iter().collect();
        let held_out: HashSet<_> = met.held_out.iter().collect();
        let here: HashSet<_> = sides.prints.iter().collect();
        if !trained
            .iter()
            .chain(&held_out)
            .all(|print| here.contains(*print))
        {
            return None;
        }
        // Of each cluster with pieces that were met: whether none of them was learnt from.
        let mut clusters = HashMap::<u32, bool>::new();
        for (index, print) in sides.prints.iter().enumerate() {
            if trained.contains(print) || held_out.contains(print) {
                let is_clean = clusters.entry(dataset.cluster(index)).or_insert(true);
                *is_clean &= !trained.contains(print);
            }
        }
        for (index, side) in sides.held_out.iter_mut().enumerate() {
            let print = &sides.prints[index];
            *side = match clusters.get(&dataset.cluster(index)) {
                _ if trained.contains(print) => false,
                // Alike to something that was learnt from, it says nothing any more.
                Some(is_clean) => *is_clean,
                None => *side,
            };
        }
        Some(sides)
    }

    /// Whether a piece is never learnt from.
    pub fn is_held_out(&self, piece: usize) -> bool {
        self.held_out.get(piece).copied().unwrap_or(false)
    }

    /// Pieces on a side.
    pub fn pieces(&self, held_out: bool) -> impl Iterator<Item = usize> {
        let sides = self.held_out.iter().enumerate();
        sides
            .filter(move |side| *side.1 == held_out)
            .map(|side| side.0)
    }

    /// Write what a run has met. Errors: `TRAIN_IO`.
    pub fn save(&self, folder: &Path) -> Result<(), TrainError> {
        let prints = |held_out| self.pieces(held_out).map(|i| self.prints[i]).collect();
        let met = Met {
            version: VERSION,
            trained: prints(false),
            held_out: prints(true),
        };
        let json = serde_json::to_vec(&met).unwrap_or_default();
        write_whole(&folder.join(PIECES), &json)
    }
}

impl Met {
    /// What the run in a folder has met; none where it does not say.
    pub fn load(folder: &Path) -> Option<Met> {
        let bytes = std::fs::read(folder.join(PIECES)).ok()?;
        let met: Met = serde_json::from_slice(&bytes).ok()?;
        (met.version == VERSION).then_some(met)
    }

    /// How many pieces.
    pub fn count(&self) -> usize {
        self.trained.len() + self.held_out.len()
    }
}
