//! Sequences of notes side by side, time-major: row `t * lanes + lane`.

use continuo_tokenizer::howl::{Augmentation, HowlNote, pitch_class_index};

/// Target class of a row whose next note is not there to predict.
pub const NO_TARGET: u8 = u8::MAX;
/// What the values' head can reach, in seconds; longer rests and notes are taught as this.
const REACH: f32 = continuo_model::recurrent::VALUE_SCALE;

/// A micro-batch of `lanes` sequences, all `steps` long.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecurrentBatch {
    pub lanes: usize,
    pub steps: usize,
    /// Delay, duration, volume of each row's note, `[steps * lanes, 3]`.
    pub values: Vec<[f32; 3]>,
    /// Pitch class of each row's note, 0-119.
    pub classes: Vec<u8>,
    /// Those of the note to predict; [`NO_TARGET`] where a piece ends.
    pub target_values: Vec<[f32; 3]>,
    pub target_classes: Vec<u8>,
    /// Whether a piece begins with the row, so that the state starts at zero.
    pub begins: Vec<bool>,
    /// Rows with a target.
    pub notes: usize,
    /// Seed of the dropout of a training step; none for no dropout.
    pub dropout_seed: Option<u64>,
}

impl RecurrentBatch {
    /// Empty sequences to be set row by row.
    pub fn reset(&mut self, lanes: usize, steps: usize) {
        let rows = lanes * steps;
        (self.lanes, self.steps, self.notes) = (lanes, steps, 0);
        self.values.clear();
        self.values.resize(rows, [0.0; 3]);
        self.target_values.clear();
        self.target_values.resize(rows, [0.0; 3]);
        self.classes.clear();
        self.classes.resize(rows, 0);
        self.target_classes.clear();
        self.target_classes.resize(rows, NO_TARGET);
        self.begins.clear();
        self.begins.resize(rows, false);
    }

    pub fn rows(&self) -> usize {
        self.lanes * self.steps
    }

    /// Write `notes` into a lane from step `from` on, as many as fit, as a piece of its own; each
    /// predicts the one after it. Returns the step after.
    pub fn write(
        &mut self,
        lane: usize,
        from: usize,
        notes: &[HowlNote],
        augmentation: Augmentation,
    ) -> usize {
        let fit = notes.len().min(self.steps.saturating_sub(from));
        let mut next: Option<HowlNote> = None;
        for (i, note) in notes[..fit].iter().enumerate() {
            let row = (from + i) * self.lanes + lane;
            let note = next.take().unwrap_or_else(|| augmentation.apply(*note));
            self.values[row] = [note.delay, note.duration, note.volume];
            self.classes[row] = pitch_class_index(note.pitch) as u8;
            self.begins[row] = i == 0;
            if let Some(after) = notes.get(i + 1) {
                let after = augmentation.apply(*after);
                self.target_values[row] = [
                    after.delay.min(REACH),
                    after.duration.min(REACH),
                    after.volume,
                ];
                self.target_classes[row] = pitch_class_index(after.pitch) as u8;
                self.notes += 1;
                next = Some(after);
            }
        }
        from + fit
    }
}
