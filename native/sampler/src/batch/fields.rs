//! One note of every candidate, field by field: mask and draw.

use super::Batch;
use crate::error::SamplerError;
use continuo_tokenizer::grid::grid_duration;
use continuo_tokenizer::vocabulary::{BAR_END, duration_class};
use continuo_tokenizer::{Head, StepFields};

/// How often END as the first draw is drawn again.
const EMPTY_DRAWS: usize = 8;

impl Batch<'_> {
    /// Draw one note for the candidates that go on, none of which is finished, and run the trunk on them.
    pub(super) fn note(&mut self, active: &[usize]) -> Result<(), SamplerError> {
        let mut active = active.to_vec();
        for &i in &active {
            self.rows[i].fields = StepFields::default();
        }
        if self.plan.rhythm.is_some() {
            self.keep_rhythm(&mut active);
        } else {
            self.draw(Head::Bar, &mut active);
            self.draw(Head::Position, &mut active);
        }
        self.draw(Head::Pitch, &mut active);
        self.draw(Head::Duration, &mut active);
        self.draw(Head::Velocity, &mut active);
        self.step(&active)
    }

    /// Put the next beat of the kept rhythm where bar and position would be drawn.
    fn keep_rhythm(&mut self, active: &mut Vec<usize>) {
        let Some(beats) = &self.plan.rhythm else {
            return;
        };
        active.retain(|&i| {
            let row = &mut self.rows[i];
            let beat = loop {
                let Some(beat) = beats.get(row.beat) else {
                    break None;
                };
                row.tick = beat.tick;
                if row.has_pitch(self.plan) {
                    break Some(beat);
                }
                row.beat += 1;
            };
            let Some(beat) = beat else {
                self.finish(i);
                return false;
            };
            let row = &mut self.rows[i];
            let (bar, position) = self.plan.scene.bar_and_position(beat.time);
            let delta = (bar - row.composer.current_bar()).clamp(0, BAR_END as i32 - 1);
            (row.fields.bar, row.fields.position) = (delta as u8, position);
            self.machine
                .heads
                .add_field(Head::Bar, delta as usize, &mut row.state);
            self.machine
                .heads
                .add_field(Head::Position, usize::from(position), &mut row.state);
            true
        });
    }

    /// Draw one field for the rows of `active`; those that end are taken out.
    fn draw(&mut self, head: Head, active: &mut Vec<usize>) {
        if active.is_empty() {
            return;
        }
        self.states.clear();
        for &i in &*active {
            let row = &mut self.rows[i];
            self.states.extend_from_slice(&row.state);
            row.tell(head);
        }
        let inputs = active.iter().map(|&i| &self.rows[i].inputs);
        // Novelty renews notes; how many there are is still learnt from the bars around.
        let copy_scale = match head {
            Head::Bar => 1.0,
            _ => self.copy_scale,
        };
        self.machine
            .heads
            .logits(head, &self.states, inputs, copy_scale, &mut self.logits);
        let mut logits = std::mem::take(&mut self.logits);
        let mut ended = Vec::new();
        for (&i, logits) in active.iter().zip(logits.chunks_exact_mut(head.classes())) {
            let class = self.draw_field(head, i, logits);
            let row = &mut self.rows[i];
            let Some(class) = class else {
                ended.push(i);
                continue;
            };
            let field = class as u8;
            match head {
                Head::Bar => row.fields.bar = field,
                Head::Position => row.fields.position = field,
                Head::Pitch => row.fields.pitch = field,
                Head::Duration => row.fields.duration = field,
                Head::Velocity => row.fields.velocity = field,
            }
            if head == Head::Position {
                row.settle_tick(self.plan);
            }
            self.machine.heads.add_field(head, class, &mut row.state);
        }
        self.logits = logits;
        for &i in &ended {
            self.finish(i);
        }
        active.retain(|i| !ended.contains(i));
    }

    /// Mask and draw one field of one row; `None` is the end of the candidate.
    fn draw_field(&mut self, head: Head, i: usize, logits: &mut [f32]) -> Option<usize> {
        let (plan, row) = (self.plan, &mut self.rows[i]);
        match head {
            Head::Bar => row.mask_bar(plan, logits),
            Head::Position => row.mask_position(plan, logits),
            Head::Pitch => row.mask_pitch(plan, logits),
            Head::Duration => {
                let beat = plan.rhythm.as_ref().and_then(|beats| beats.get(row.beat));
                if let Some(ticks) = beat.and_then(|beat| beat.duration_ticks) {
                    return Some(kept_class(ticks, plan.ppq));
                }
            }
            Head::Velocity => {}
        }
        let is_first = head == Head::Bar && row.notes.is_empty();
        let draws = if is_first { EMPTY_DRAWS } else { 1 };
        for draw in 0..draws {
            let drawn = self.drawer.draw(logits, &row.sampling, &mut row.random)?;
            let is_end = head == Head::Bar && drawn.class == BAR_END;
            if !is_end || draw + 1 == draws {
                row.log_prob += drawn.log_prob;
                return (!is_end).then_some(drawn.class);
            }
        }
        None
    }
}

/// Class of a duration that is kept, as the notes around it are read: to the nearest grid tick.
fn kept_class(duration_ticks: u32, ppq: u16) -> usize {
    duration_class(grid_duration(duration_ticks, ppq))
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_midi::{Note, Song, Track};
    use continuo_tokenizer::Piece;

    #[test]
    fn a_kept_duration_has_the_class_that_it_has_as_context() {
        // Played notes are often some ticks short: 235 of 240 are an eighth, not eleven of its twelve parts.
        for ppq in [96, 120, 480, 960] {
            let notes = (1..4 * u32::from(ppq)).map(|duration_ticks| Note {
                start_tick: duration_ticks * u32::from(ppq),
                duration_ticks,
                pitch: 60,
                velocity: 80,
                channel: 0,
            });
            let song = Song {
                ppq,
                tracks: vec![Track {
                    notes: notes.collect(),
                    ..Track::default()
                }],
                ..Song::default()
            };
            let piece = Piece::from_song(&song);
            for (read, note) in piece.notes.iter().zip(&song.tracks[0].notes) {
                let class = duration_class(u32::from(read.duration));
                assert_eq!(
                    kept_class(note.duration_ticks, ppq),
                    class,
                    "{note:?} at {ppq}"
                );
            }
        }
    }
}
