//! The recurrent family: LSTM and GRU over Howl's encoding.
//!
//! Owns sizes, names and shapes. A note's input is `[delay, duration, volume]` with the one-hot of
//! 120 pitch classes. The last cell's output `y` goes through blocks of linear, SELU (and, in
//! training, alpha dropout) to `z`; both heads read `[y, z]`. Source: Howl (Alec Graves, 2021).

mod cells;
mod files;
mod fixed;
mod graph;
mod sequence;
mod step;

pub use crate::family::{Family, family_of};
pub use files::{Encoding, RecurrentConfig, RecurrentModel};
pub use graph::recurrent_onnx;
pub use sequence::RecurrentSequence;
use serde::{Deserialize, Serialize};
pub use step::{NoteInput, Prediction, RecurrentState, RecurrentStepper};

/// Values of one note: delay, duration, volume, then 120 classes.
pub const INPUTS: usize = 123;
/// Delay, duration and volume come first.
pub const VALUES: usize = 3;
pub const PITCHES: usize = 120;
/// The values' head is `4 * sigmoid`.
pub const VALUE_SCALE: f32 = 4.0;
/// SELU's two constants (Klambauer et al. 2017).
pub const SELU_SCALE: f32 = 1.050_701;
pub const SELU_ALPHA: f32 = 1.673_263_2;

const MAX_WIDTH: usize = 8192;
const MAX_LAYERS: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cell {
    /// Gates in the order of ONNX: input, output, forget, cell.
    Lstm,
    /// Gates in the order of ONNX: update, reset, hidden; the reset acts after the product.
    Gru,
}

impl Cell {
    pub fn gates(self) -> usize {
        match self {
            Cell::Lstm => 4,
            Cell::Gru => 3,
        }
    }
}

/// Sizes of a recurrent network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecurrentArchitecture {
    /// Always "recurrent".
    pub family: String,
    pub cell: Cell,
    /// Width of a cell's state.
    pub width: usize,
    /// Cells on top of each other.
    pub layers: usize,
    /// Width of a block.
    pub block_size: usize,
    pub blocks: usize,
}

impl RecurrentArchitecture {
    /// Howl's network with a cell of `width`.
    pub fn new(cell: Cell, width: usize, layers: usize) -> RecurrentArchitecture {
        RecurrentArchitecture {
            family: "recurrent".to_owned(),
            cell,
            width,
            layers,
            block_size: 256,
            blocks: 3,
        }
    }

    /// Number of weights.
    pub fn parameter_count(&self) -> usize {
        let sizes = self.tensors();
        sizes
            .iter()
            .map(|(_, shape)| shape.iter().product::<usize>())
            .sum()
    }

    /// `lstm-192`, `gru-512`, `lstm-256x2` (two layers): a cell, its width, its layers.
    pub fn by_name(name: &str) -> Option<RecurrentArchitecture> {
        let (cell, sizes) = name.split_once('-')?;
        let cell = match cell {
            "lstm" => Cell::Lstm,
            "gru" => Cell::Gru,
            _ => return None,
        };
        let (width, layers) = sizes.split_once('x').unwrap_or((sizes, "1"));
        let architecture =
            RecurrentArchitecture::new(cell, width.parse().ok()?, layers.parse().ok()?);
        architecture.check().is_ok().then_some(architecture)
    }

    /// Errors: a sentence that names the size, its value and its limit.
    pub fn check(&self) -> Result<(), String> {
        let ranges = [
            ("width", self.width, MAX_WIDTH),
            ("layers", self.layers, MAX_LAYERS),
            ("blockSize", self.block_size, MAX_WIDTH),
            ("blocks", self.blocks, MAX_LAYERS),
        ];
        for (name, value, limit) in ranges {
            if value == 0 || value > limit {
                return Err(format!("{name} is {value}, it must be 1 to {limit}"));
            }
        }
        if self.family != "recurrent" {
            return Err(format!("family \"{}\" is not recurrent", self.family));
        }
        Ok(())
    }

    /// Names and shapes of all tensors in file order; matrices are `[in, out]` for `y = x W`.
    ///
    /// `cells.i.recurrent_bias` `[width]` is that of a GRU's hidden gate, inside the reset.
    pub fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        let (w, b) = (self.width, self.block_size);
        let gates = self.cell.gates() * w;
        let mut tensors = Vec::new();
        for i in 0..self.layers {
            let inputs = if i == 0 { INPUTS } else { w };
            tensors.push((format!("cells.{i}.input"), vec![inputs, gates]));
            tensors.push((format!("cells.{i}.recurrent"), vec![w, gates]));
            tensors.push((format!("cells.{i}.bias"), vec![gates]));
            if self.cell == Cell::Gru {
                tensors.push((format!("cells.{i}.recurrent_bias"), vec![w]));
            }
        }
        for i in 0..self.blocks {
            let inputs = if i == 0 { w } else { b };
            tensors.push((format!("blocks.{i}.weight"), vec![inputs, b]));
            tensors.push((format!("blocks.{i}.bias"), vec![b]));
        }
        for (head, out) in [("pitch", PITCHES), ("values", VALUES)] {
            tensors.push((format!("{head}.weight"), vec![w + b, out]));
            tensors.push((format!("{head}.bias"), vec![out]));
        }
        tensors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_a_cell_a_width_and_layers() {
        let of = RecurrentArchitecture::by_name;
        assert_eq!(
            of("lstm-192"),
            Some(RecurrentArchitecture::new(Cell::Lstm, 192, 1))
        );
        assert_eq!(
            of("gru-64x3"),
            Some(RecurrentArchitecture::new(Cell::Gru, 64, 3))
        );
        for wrong in [
            "lstm",
            "rnn-64",
            "lstm-0",
            "gru-9000",
            "lstm-64x",
            "lstm-64x99",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn lstm_192_has_the_parameters_of_howls() {
        let sizes = RecurrentArchitecture::new(Cell::Lstm, 192, 1).tensors();
        let count: usize = sizes.iter().map(|(_, s)| s.iter().product::<usize>()).sum();
        assert_eq!(
            count,
            (123 + 192 + 1) * 768 + 193 * 256 + 2 * 257 * 256 + 449 * 123
        );
    }
}
