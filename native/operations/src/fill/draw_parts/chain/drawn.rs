//! A candidate of several blocks while it is drawn.

use continuo_midi::Note;
use continuo_sampler::Candidate;

use crate::fill::draw_parts::PartsCandidate;

/// A candidate as far as it is drawn.
pub(super) struct Drawn {
    seed: u64,
    pub notes: Vec<Vec<Note>>,
    pub so_far: Vec<Note>,
    log_prob: f64,
    copied: f64,
    out_of_scale: f64,
    cost: f64,
}

impl Drawn {
    pub fn new(seed: u64, parts: usize) -> Self {
        Self {
            seed,
            notes: vec![Vec::new(); parts],
            so_far: Vec::new(),
            log_prob: 0.0,
            copied: 0.0,
            out_of_scale: 0.0,
            cost: 0.0,
        }
    }

    pub fn add(&mut self, part: usize, block: &Candidate) {
        let count = block.notes.len() as f64;
        self.notes[part].extend_from_slice(&block.notes);
        self.so_far.extend_from_slice(&block.notes);
        self.log_prob += block.log_prob_per_note * count;
        self.copied += block.copied * count;
        self.out_of_scale += block.out_of_scale * count;
        // A block without notes is as far off as can be, and would be for all others too.
        let worst = f64::from(f32::MAX) / 1e6;
        self.cost += f64::from(block.cost).min(worst) * count.max(1.0);
    }

    pub fn finish(self) -> PartsCandidate {
        let count = self.so_far.len().max(1) as f64;
        PartsCandidate {
            whole: Candidate {
                seed: self.seed,
                notes: self.so_far,
                log_prob_per_note: self.log_prob / count,
                copied: self.copied / count,
                out_of_scale: self.out_of_scale / count,
                cost: (self.cost / count) as f32,
            },
            notes: self.notes,
        }
    }
}
