//! Scores finished candidates, and puts them in order.

use crate::fill_plan::FillPlan;
use crate::measure::out_of_scale;
use crate::result::Candidate;
use crate::row::Row;
use continuo_midi::Note;
use continuo_tokenizer::SceneNote;
use std::cmp::Ordering;

/// (grid time, pitch) of each note: what makes two candidates the same.
pub(crate) fn content(plan: &FillPlan, notes: &[SceneNote]) -> Vec<(i32, u8)> {
    let midi = |class| plan.scene.midi_pitch(class).unwrap_or(0);
    let mut content: Vec<(i32, u8)> = notes.iter().map(|n| (n.onset, midi(n.pitch))).collect();
    content.sort_unstable();
    content
}

/// The answer's view of a finished row.
pub(crate) fn candidate(plan: &FillPlan, row: &Row) -> Candidate {
    let mut notes = row.notes.clone();
    notes.sort_by_key(|n| (n.start_tick, n.pitch));
    if let Some(velocity) = plan.velocity {
        shift_velocities(&mut notes, velocity);
    }
    let log_prob_per_note = if notes.is_empty() {
        0.0
    } else {
        row.log_prob / notes.len() as f64
    };
    let out_of_scale = plan.scale.map_or(0.0, |scale| out_of_scale(&scale, &notes));
    let generated = row.composer.generated();
    let bars = plan.scene.last_bar() + 1;
    Candidate {
        seed: row.seed,
        log_prob_per_note,
        copied: plan.passages.copied(generated),
        out_of_scale,
        cost: plan
            .usual
            .cost(generated, bars, out_of_scale, log_prob_per_note),
        notes,
    }
}

/// Move all velocities by as much as brings their mean to one that was asked for.
fn shift_velocities(notes: &mut [Note], mean: u8) {
    // What is cut at an end is made up for by the others, so far as they can.
    for _ in 0..4 {
        let sum: i32 = notes.iter().map(|n| i32::from(n.velocity)).sum();
        let count = notes.len().max(1) as i32;
        let by = (i32::from(mean) * count - sum).div_euclid(count);
        if by == 0 {
            break;
        }
        for note in notes.iter_mut() {
            note.velocity = (i32::from(note.velocity) + by).clamp(1, 127) as u8;
        }
    }
}

pub(crate) fn rank(candidates: &mut [Candidate]) {
    candidates.sort_by(best_first);
}

/// The order in which candidates are given: by the cost of [`crate::ranking`].
pub fn best_first(a: &Candidate, b: &Candidate) -> Ordering {
    a.cost.total_cmp(&b.cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_velocity_that_is_asked_for_is_met_and_dynamics_stay() {
        let note = |velocity| Note {
            start_tick: 0,
            duration_ticks: 1,
            pitch: 60,
            velocity,
            channel: 0,
        };
        for asked in [30, 60, 90, 120] {
            let mut notes = [60, 70, 80, 100].map(note);
            shift_velocities(&mut notes, asked);
            let mean = notes.iter().map(|n| u32::from(n.velocity)).sum::<u32>() / 4;
            assert!(mean.abs_diff(u32::from(asked)) <= 2, "{asked}: {notes:?}");
            assert!(notes.is_sorted_by_key(|n| n.velocity));
        }
    }
}
