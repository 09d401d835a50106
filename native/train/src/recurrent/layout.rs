//! Where every tensor of a recurrent network lies in the flat array.

use crate::parameters::{Tensor, initialise};
use continuo_model::recurrent::{Cell, RecurrentArchitecture};
use std::ops::Range;

/// Ranges of one cell.
#[derive(Clone, Debug)]
pub struct CellRanges {
    pub input: Range<usize>,
    pub recurrent: Range<usize>,
    pub bias: Range<usize>,
    /// Empty for an LSTM.
    pub recurrent_bias: Range<usize>,
    /// Inputs of one row.
    pub inputs: usize,
}

/// Ranges of a linear layer.
#[derive(Clone, Debug)]
pub struct LinearRanges {
    pub weight: Range<usize>,
    pub bias: Range<usize>,
}

/// Where every tensor lies, in the order of the model's file.
#[derive(Clone, Debug)]
pub struct RecurrentLayout {
    pub architecture: RecurrentArchitecture,
    pub tensors: Vec<Tensor>,
    pub cells: Vec<CellRanges>,
    pub blocks: Vec<LinearRanges>,
    pub pitch: LinearRanges,
    pub values: LinearRanges,
    pub len: usize,
}

impl RecurrentLayout {
    pub fn new(architecture: &RecurrentArchitecture) -> RecurrentLayout {
        let mut len = 0;
        let tensors: Vec<Tensor> = architecture
            .tensors()
            .into_iter()
            .map(|(name, shape)| {
                let size = shape.iter().product::<usize>();
                let range = len..len + size;
                len += size;
                let deviation = deviation(architecture, &name, &shape);
                Tensor {
                    name,
                    shape,
                    range,
                    deviation,
                }
            })
            .collect();
        let range = |name: String| {
            let found = tensors.iter().find(|t| t.name == name);
            found.map_or(0..0, |t| t.range.clone())
        };
        let linear = |name: &str| LinearRanges {
            weight: range(format!("{name}.weight")),
            bias: range(format!("{name}.bias")),
        };
        let cells = (0..architecture.layers)
            .map(|i| CellRanges {
                input: range(format!("cells.{i}.input")),
                recurrent: range(format!("cells.{i}.recurrent")),
                bias: range(format!("cells.{i}.bias")),
                recurrent_bias: range(format!("cells.{i}.recurrent_bias")),
                inputs: if i == 0 {
                    continuo_model::recurrent::INPUTS
                } else {
                    architecture.width
                },
            })
            .collect();
        RecurrentLayout {
            architecture: architecture.clone(),
            cells,
            blocks: (0..architecture.blocks)
                .map(|i| linear(&format!("blocks.{i}")))
                .collect(),
            pitch: linear("pitch"),
            values: linear("values"),
            tensors,
            len,
        }
    }

    /// Random weights; the same for the same seed. Forget gates start open (Jozefowicz et al. 2015).
    pub fn initialise(&self, seed: u64) -> Vec<f32> {
        let mut weights = initialise(&self.tensors, self.len, seed);
        if self.architecture.cell == Cell::Lstm {
            let w = self.architecture.width;
            for cell in &self.cells {
                weights[cell.bias.clone()][2 * w..3 * w].fill(1.0);
            }
        }
        weights
    }
}

/// Standard deviation of a tensor's first values.
fn deviation(architecture: &RecurrentArchitecture, name: &str, shape: &[usize]) -> f32 {
    let &[inputs, _] = shape else { return 0.0 };
    let by_inputs = 1.0 / (inputs as f32).sqrt();
    match name.split('.').next() {
        // That of a uniform distribution up to 1 / sqrt(width), as is usual for cells; the one-hot
        // reaches one row of the input alone.
        Some("cells") if name.ends_with("recurrent") => 0.58 * by_inputs,
        Some("cells") => 0.58 / (architecture.width as f32).sqrt(),
        // SELU normalises itself with this one (Klambauer et al. 2017).
        Some("blocks") => by_inputs,
        _ => 0.3 * by_inputs,
    }
}
