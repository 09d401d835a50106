//! What a finished candidate is worth, and in which order candidates are given.

use crate::measure::out_of_scale;
use crate::plan::Plan;
use crate::result::Candidate;
use crate::row::Row;
use continuo_tokenizer::SceneNote;
use std::cmp::Ordering;

/// (grid time, pitch) of each note: what makes two candidates the same.
pub(crate) fn content(plan: &Plan, notes: &[SceneNote]) -> Vec<(i32, u8)> {
    let midi = |class| plan.scene.midi_pitch(class).unwrap_or(0);
    let mut content: Vec<(i32, u8)> = notes.iter().map(|n| (n.onset, midi(n.pitch))).collect();
    content.sort_unstable();
    content
}

/// The answer's view of a finished row.
pub(crate) fn candidate(plan: &Plan, row: &Row) -> Candidate {
    let mut notes = row.notes.clone();
    notes.sort_by_key(|n| (n.start_tick, n.pitch));
    Candidate {
        seed: row.seed,
        log_prob_per_note: if notes.is_empty() {
            0.0
        } else {
            row.log_prob / notes.len() as f64
        },
        copied: plan.runs.copied(row.composer.generated()),
        out_of_scale: plan.scale.map_or(0.0, |scale| out_of_scale(&scale, &notes)),
        notes,
    }
}

pub(crate) fn rank(candidates: &mut [Candidate]) {
    candidates.sort_by(best_first);
}

/// The order in which candidates are given: with notes, then inside the surrounding scale, then likely.
pub fn best_first(a: &Candidate, b: &Candidate) -> Ordering {
    let key = |c: &Candidate| (c.notes.is_empty(), (c.out_of_scale * 1e6) as u32);
    key(a)
        .cmp(&key(b))
        .then(b.log_prob_per_note.total_cmp(&a.log_prob_per_note))
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_midi::Note;

    #[test]
    fn order_is_notes_then_scale_then_likelihood() {
        let candidate = |seed, count, out_of_scale, log_prob_per_note| {
            let note = Note {
                start_tick: 0,
                duration_ticks: 1,
                pitch: 60,
                velocity: 1,
                channel: 0,
            };
            Candidate {
                seed,
                notes: vec![note; count],
                log_prob_per_note,
                copied: 0.0,
                out_of_scale,
            }
        };
        let mut list = vec![
            candidate(1, 0, 0.0, 0.0),
            candidate(2, 3, 0.5, -1.0),
            candidate(3, 3, 0.0, -4.0),
            candidate(4, 3, 0.0, -3.0),
        ];
        rank(&mut list);
        assert_eq!(
            list.iter().map(|c| c.seed).collect::<Vec<_>>(),
            [4, 3, 2, 1]
        );
    }
}
