//! A whole sequence at once through ONNX Runtime: the reference for the steps.

use super::graph::recurrent_onnx;
use super::step::NoteInput;
use super::{Cell, INPUTS, RecurrentModel, VALUES};
use crate::{Device, ModelError, Runtime};
use ort::session::{Session, SessionInputValue};
use ort::value::Tensor;
use std::borrow::Cow;

/// A session of the exported graph.
pub struct RecurrentSequence {
    session: Session,
    width: usize,
    states: Vec<String>,
}

impl RecurrentSequence {
    /// Errors: `DEVICE_UNAVAILABLE`.
    pub fn open(
        model: &RecurrentModel,
        runtime: &Runtime,
    ) -> Result<RecurrentSequence, ModelError> {
        let a = &model.config.architecture;
        let kinds = match a.cell {
            Cell::Lstm => &["h", "c"][..],
            Cell::Gru => &["h"][..],
        };
        let names = (0..a.layers).flat_map(|i| kinds.iter().map(move |kind| format!("{kind}{i}")));
        Ok(RecurrentSequence {
            session: runtime.session(&recurrent_onnx(model), Device::Cpu, 1)?,
            width: a.width,
            states: names.collect(),
        })
    }

    /// Pitch logits `[T, 120]` and values `[T, 3]` after each note, from the state before the first.
    ///
    /// Errors: `MODEL_RUN_FAILED`.
    pub fn run(&mut self, notes: &[NoteInput]) -> Result<(Vec<f32>, Vec<f32>), ModelError> {
        let mut rows = vec![0.0; notes.len() * INPUTS];
        for (row, note) in rows.chunks_exact_mut(INPUTS).zip(notes) {
            row[..VALUES].copy_from_slice(&note.values);
            row[VALUES + note.class] = 1.0;
        }
        self.forward(rows, notes.len())
            .map_err(|error| ModelError::RunFailed {
                device: Device::Cpu,
                reason: error.to_string(),
            })
    }

    fn forward(&mut self, rows: Vec<f32>, steps: usize) -> ort::Result<(Vec<f32>, Vec<f32>)> {
        let x = Tensor::from_array(([steps, INPUTS], rows))?;
        let mut inputs: Vec<(Cow<'_, str>, SessionInputValue<'_>)> = vec![("x".into(), x.into())];
        for name in &self.states {
            let zeros = Tensor::from_array(([1, 1, self.width], vec![0f32; self.width]))?;
            inputs.push((name.as_str().into(), zeros.into()));
        }
        let outputs = self.session.run(inputs)?;
        let of = |name: &str| -> ort::Result<Vec<f32>> {
            Ok(outputs[name].try_extract_tensor::<f32>()?.1.to_vec())
        };
        Ok((of("pitch")?, of("values")?))
    }
}
