//! One note after the other on the CPU, the state carried: the cost of a note never grows.
//!
//! Products are in fixed point (docs/design/0010-notes-in-fixed-point.md), which halves what a note
//! has to read and gives the same notes on every machine.

use super::cells;
use super::fixed::{FixedInput, FixedMatrix, FixedMemory};
use super::{Cell, INPUTS, PITCHES, RecurrentModel, VALUE_SCALE, VALUES};

/// One note as the network reads it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoteInput {
    /// Delay, duration, volume.
    pub values: [f32; VALUES],
    /// Pitch class, 0-119.
    pub class: usize,
}

/// What a network remembers of the notes so far.
#[derive(Clone, Debug, PartialEq)]
pub struct RecurrentState {
    /// Output of each cell, `[width]`.
    h: Vec<Vec<f32>>,
    /// Memory of each LSTM cell, `[width]`.
    c: Vec<Vec<f32>>,
}

/// What a network expects next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prediction {
    /// `[120]`
    pub pitch_logits: Vec<f32>,
    /// Delay, duration, volume; 0 to 4.
    pub values: [f32; VALUES],
}

struct CellWeights {
    input: CellInput,
    recurrent: FixedMatrix,
    /// What the products begin with: of the input, and for a GRU of the state.
    bias: Vec<f32>,
    recurrent_bias: Vec<f32>,
}

enum CellInput {
    /// `[123, gates]` of the first cell, of which a note reads four rows. Those of the classes have
    /// the bias in them.
    Note(Vec<f32>),
    Cell(FixedMatrix),
}

/// Weights in the form that a step reads, and room to work in.
pub struct RecurrentStepper {
    cell: Cell,
    width: usize,
    block_size: usize,
    memory: FixedMemory,
    cells: Vec<CellWeights>,
    blocks: Vec<(FixedMatrix, Vec<f32>)>,
    heads_of_y: FixedMatrix,
    heads_of_z: FixedMatrix,
    head_bias: Vec<f32>,
    x: FixedInput,
    y: FixedInput,
    from_input: Vec<f32>,
    gates: Vec<f32>,
    hidden: Vec<f32>,
    heads: Vec<f32>,
}

impl RecurrentStepper {
    pub fn new(model: &RecurrentModel) -> RecurrentStepper {
        let a = &model.config.architecture;
        let flat = model.flat();
        let mut at = 0;
        let mut next = |size: usize| {
            let part = &flat[at..at + size];
            at += size;
            part
        };
        let (w, b) = (a.width, a.block_size);
        let gates = a.cell.gates() * w;
        let mut all = Vec::new();
        let cells = (0..a.layers)
            .map(|i| {
                let input = next(if i == 0 { INPUTS } else { w } * gates);
                let of_state = next(w * gates);
                let bias = next(gates);
                let input = if i == 0 {
                    CellInput::Note(with_bias(input, bias))
                } else {
                    CellInput::Cell(FixedMatrix::new(&mut all, &[input], w, &[gates]))
                };
                let recurrent = FixedMatrix::new(&mut all, &[of_state], w, &[gates]);
                let recurrent_bias = match a.cell {
                    Cell::Gru => [&vec![0.0; 2 * w][..], next(w)].concat(),
                    Cell::Lstm => Vec::new(),
                };
                CellWeights {
                    bias: padded(bias, &recurrent),
                    recurrent_bias: padded(&recurrent_bias, &recurrent),
                    input,
                    recurrent,
                }
            })
            .collect();
        let blocks = (0..a.blocks)
            .map(|i| {
                let inputs = if i == 0 { w } else { b };
                let matrix = FixedMatrix::new(&mut all, &[next(inputs * b)], inputs, &[b]);
                let bias = padded(next(b), &matrix);
                (matrix, bias)
            })
            .collect();
        let (pitch, pitch_bias) = (next((w + b) * PITCHES), next(PITCHES));
        let (values, values_bias) = (next((w + b) * VALUES), next(VALUES));
        let columns = [PITCHES, VALUES];
        let of_y = [&pitch[..w * PITCHES], &values[..w * VALUES]];
        let of_z = [&pitch[w * PITCHES..], &values[w * VALUES..]];
        let heads_of_y = FixedMatrix::new(&mut all, &of_y, w, &columns);
        RecurrentStepper {
            cell: a.cell,
            width: w,
            block_size: b,
            cells,
            blocks,
            heads_of_z: FixedMatrix::new(&mut all, &of_z, b, &columns),
            head_bias: padded(&[pitch_bias, values_bias].concat(), &heads_of_y),
            heads_of_y,
            memory: FixedMemory::new(all),
            x: FixedInput::default(),
            y: FixedInput::default(),
            from_input: Vec::new(),
            gates: Vec::new(),
            hidden: Vec::new(),
            heads: Vec::new(),
        }
    }

    /// The state before the first note.
    pub fn start(&self) -> RecurrentState {
        let zeros = || vec![vec![0.0; self.width]; self.cells.len()];
        RecurrentState {
            h: zeros(),
            c: zeros(),
        }
    }

    /// Hear one note; what is expected next is written to `prediction`.
    pub fn step(
        &mut self,
        state: &mut RecurrentState,
        note: &NoteInput,
        prediction: &mut Prediction,
    ) {
        let (memory, x, y) = (&self.memory, &mut self.x, &mut self.y);
        for (i, weights) in self.cells.iter().enumerate() {
            let from_input = &mut self.from_input;
            match &weights.input {
                CellInput::Note(rows) => {
                    from_input.resize(weights.bias.len(), 0.0);
                    let width = rows.len() / INPUTS;
                    let row = |k: usize| &rows[k * width..(k + 1) * width];
                    let of_class = row(VALUES + note.class.min(PITCHES - 1));
                    cells::hear(of_class, [row(0), row(1), row(2)], note.values, from_input);
                }
                CellInput::Cell(matrix) => matrix.multiply(memory, y, &weights.bias, from_input),
            }
            let (h, c) = (&mut state.h[i], &mut state.c[i]);
            x.set(h);
            match self.cell {
                Cell::Lstm => {
                    let gates = &mut self.gates;
                    weights.recurrent.multiply(memory, x, from_input, gates);
                    cells::lstm(gates, c, h);
                }
                Cell::Gru => {
                    let (bias, from_state) = (&weights.recurrent_bias, &mut self.gates);
                    weights.recurrent.multiply(memory, x, bias, from_state);
                    cells::gru(from_input, from_state, h);
                }
            }
            y.set(h);
        }
        for (i, (matrix, bias)) in self.blocks.iter().enumerate() {
            let hidden = &mut self.hidden;
            matrix.multiply(memory, if i == 0 { y } else { x }, bias, hidden);
            let z = &mut hidden[..self.block_size];
            cells::selu(z);
            x.set(z);
        }
        let of_y = &mut self.hidden;
        self.heads_of_y.multiply(memory, y, &self.head_bias, of_y);
        self.heads_of_z.multiply(memory, x, of_y, &mut self.heads);
        let (pitch, values) = self.heads.split_at(PITCHES);
        prediction.pitch_logits.clear();
        prediction.pitch_logits.extend_from_slice(pitch);
        for (value, &x) in prediction.values.iter_mut().zip(values) {
            *value = VALUE_SCALE * cells::sigmoid(x);
        }
    }
}

/// The rows of an input matrix, those of the classes with the bias added: each note has one.
fn with_bias(rows: &[f32], bias: &[f32]) -> Vec<f32> {
    let mut rows = rows.to_vec();
    for row in rows.chunks_exact_mut(bias.len()).skip(VALUES) {
        row.iter_mut()
            .zip(bias)
            .for_each(|(row, bias)| *row += bias);
    }
    rows
}

fn padded(bias: &[f32], matrix: &FixedMatrix) -> Vec<f32> {
    let mut bias = bias.to_vec();
    bias.resize(matrix.padded(), 0.0);
    bias
}
