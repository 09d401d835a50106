//! Complete candidates: kept, or started again if they add nothing new.

use super::Batch;
use crate::draw::candidate_seed;
use crate::judge;
use crate::result::{Progress, Warning};
use crate::row::Row;

/// How often a candidate that says nothing new is begun again.
const MAX_ATTEMPTS: u64 = 3;

/// Why a finished candidate is drawn again.
#[derive(Clone, Copy)]
pub(super) enum Unwanted {
    /// The old notes, or those of another candidate.
    Old,
    /// A long passage of a training piece.
    Known,
}

impl Unwanted {
    pub(super) fn warning(self) -> Warning {
        let (code, message) = match self {
            Unwanted::Old => (
                "FILL_UNCHANGED",
                "every draw gave the old notes again; allow more pitches or rhythms",
            ),
            Unwanted::Known => (
                "FILL_KNOWN",
                "every draw repeats a long passage of a training piece; try another seed or more novelty",
            ),
        };
        Warning {
            code,
            message: message.to_owned(),
        }
    }
}

impl Batch<'_> {
    /// A candidate is complete: keep it if it says something new, else begin it again.
    pub(super) fn finish(&mut self, i: usize) {
        let row = &mut self.rows[i];
        row.is_finished = true;
        let content = judge::content(self.plan, row.composer.generated());
        let candidate = judge::candidate(self.plan, row);
        let is_new = content != self.plan.old_content && !self.contents.contains(&content);
        let is_known = self
            .machine
            .known_passages
            .is_some_and(|known| self.plan.passages.repeats(row.composer.generated(), known));
        if is_new && !is_known {
            self.contents.push(content);
            self.finished.push(candidate);
            return;
        }
        let why = if is_known {
            Unwanted::Known
        } else {
            Unwanted::Old
        };
        self.spare.get_or_insert((candidate, why));
        let attempts = row.attempts + 1;
        if attempts <= MAX_ATTEMPTS {
            // Which is drawn again first depends on time, and the notes must not.
            let again = i as u64 * MAX_ATTEMPTS + attempts - 2;
            let seed = candidate_seed(self.sampling.seed, self.rows.len() as u64 + again);
            let composer = self.composer.clone();
            self.rows[i] = Row::new(
                seed,
                attempts,
                self.sampling,
                composer,
                self.plan.prompt.len(),
                &self.prompt_state,
            );
        }
    }

    pub(super) fn report(&self, before: usize, progress: &mut dyn FnMut(Progress<'_>)) {
        let length = self.plan.scene.region_length.max(1) as f32;
        let reached = self.rows.iter().filter(|row| !row.is_finished).map(|row| {
            row.composer
                .generated()
                .last()
                .map_or(0.0, |n| n.onset as f32 / length)
        });
        progress(Progress {
            fraction: reached.fold(1.0, f32::min),
            note_count: self.rows.iter().map(|row| row.notes.len()).sum(),
            notes: self.rows.first().map_or(&[], |row| &row.notes),
            finished: &self.finished[before..],
        });
    }
}
