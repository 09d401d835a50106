//! One note after the other on the CPU, the state carried: the cost of a note never grows.
//!
//! Weights that the file holds as f16 stay so where the machine widens them in hardware, which
//! halves what a note has to read and changes no value.

use super::{Cell, INPUTS, PITCHES, RecurrentModel, SELU_ALPHA, SELU_SCALE, VALUE_SCALE, VALUES};
use crate::half::{f16_from_f32, f32_from_f16};
use crate::{f16_matmul, kernel};

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

/// A matrix `[k, n]`, columns padded with zeros to a multiple of 16.
struct Matrix {
    k: usize,
    n: usize,
    halves: Vec<u16>,
    floats: Vec<f32>,
}

impl Matrix {
    fn new(parts: &[&[f32]], k: usize, columns: &[usize], keep_halves: bool) -> Matrix {
        let n = columns.iter().sum::<usize>().next_multiple_of(16);
        let mut floats = vec![0.0; k * n];
        for (row, out) in floats.chunks_exact_mut(n).enumerate() {
            let mut at = 0;
            for (part, &width) in parts.iter().zip(columns) {
                out[at..at + width].copy_from_slice(&part[row * width..(row + 1) * width]);
                at += width;
            }
        }
        let mut halves = Vec::new();
        if keep_halves {
            let bytes = f16_from_f32(&floats);
            let pairs = bytes.as_chunks::<2>().0.iter();
            halves = pairs.map(|pair| u16::from_le_bytes(*pair)).collect();
            floats = Vec::new();
        }
        Matrix {
            k,
            n,
            halves,
            floats,
        }
    }

    /// `out += x W`
    fn add(&self, x: &[f32], out: &mut [f32]) {
        if self.halves.is_empty() {
            kernel::add_matmul(x, &self.floats, out, self.k, self.n);
        } else {
            f16_matmul::add_matmul(x, &self.halves, out, self.k, self.n);
        }
    }
}

struct CellWeights {
    /// `[123, gates]` of the first cell, of which a note reads four rows; else a matrix.
    rows: Vec<f32>,
    input: Option<Matrix>,
    recurrent: Matrix,
    bias: Vec<f32>,
    recurrent_bias: Vec<f32>,
}

/// Weights in the form that a step reads, and room to work in.
pub struct RecurrentStepper {
    cell: Cell,
    width: usize,
    cells: Vec<CellWeights>,
    blocks: Vec<(Matrix, Vec<f32>)>,
    heads_of_y: Matrix,
    heads_of_z: Matrix,
    head_bias: Vec<f32>,
    gates: Vec<f32>,
    from_state: Vec<f32>,
    hidden: [Vec<f32>; 2],
    heads: Vec<f32>,
}

/// Whether every value is one of f16's.
fn is_half(values: &[f32]) -> bool {
    let again = f32_from_f16(&f16_from_f32(values));
    again.is_some_and(|again| again == values)
}

impl RecurrentStepper {
    pub fn new(model: &RecurrentModel) -> RecurrentStepper {
        let a = &model.config.architecture;
        let flat = model.flat();
        let keep = f16_matmul::is_fast() && is_half(flat);
        let mut at = 0;
        let mut next = |size: usize| {
            let part = &flat[at..at + size];
            at += size;
            part
        };
        let (w, b) = (a.width, a.block_size);
        let gates = a.cell.gates() * w;
        let cells = (0..a.layers)
            .map(|i| {
                let inputs = if i == 0 { INPUTS } else { w };
                let input = next(inputs * gates);
                let recurrent = Matrix::new(&[next(w * gates)], w, &[gates], keep);
                let mut bias = next(gates).to_vec();
                bias.resize(recurrent.n, 0.0);
                let recurrent_bias = match a.cell {
                    Cell::Gru => next(w).to_vec(),
                    Cell::Lstm => Vec::new(),
                };
                CellWeights {
                    rows: if i == 0 { input.to_vec() } else { Vec::new() },
                    input: (i > 0).then(|| Matrix::new(&[input], w, &[gates], keep)),
                    recurrent,
                    bias,
                    recurrent_bias,
                }
            })
            .collect();
        let blocks = (0..a.blocks)
            .map(|i| {
                let inputs = if i == 0 { w } else { b };
                let matrix = Matrix::new(&[next(inputs * b)], inputs, &[b], keep);
                let mut bias = next(b).to_vec();
                bias.resize(matrix.n, 0.0);
                (matrix, bias)
            })
            .collect();
        let (pitch, pitch_bias) = (next((w + b) * PITCHES), next(PITCHES));
        let (values, values_bias) = (next((w + b) * VALUES), next(VALUES));
        let columns = [PITCHES, VALUES];
        let of_y = [&pitch[..w * PITCHES], &values[..w * VALUES]];
        let of_z = [&pitch[w * PITCHES..], &values[w * VALUES..]];
        let heads_of_y = Matrix::new(&of_y, w, &columns, keep);
        let mut head_bias = [pitch_bias, values_bias].concat();
        head_bias.resize(heads_of_y.n, 0.0);
        RecurrentStepper {
            cell: a.cell,
            width: w,
            cells,
            blocks,
            heads_of_z: Matrix::new(&of_z, b, &columns, keep),
            heads_of_y,
            head_bias,
            gates: Vec::new(),
            from_state: Vec::new(),
            hidden: [Vec::new(), Vec::new()],
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
        let w = self.width;
        for (i, weights) in self.cells.iter().enumerate() {
            self.gates.clear();
            self.gates.extend_from_slice(&weights.bias);
            match &weights.input {
                None => add_note(note, &weights.rows, self.cell.gates() * w, &mut self.gates),
                Some(matrix) => matrix.add(&state.h[i - 1], &mut self.gates),
            }
            match self.cell {
                Cell::Lstm => {
                    weights.recurrent.add(&state.h[i], &mut self.gates);
                    kernel::lstm(&self.gates, &mut state.c[i], &mut state.h[i]);
                }
                Cell::Gru => {
                    self.from_state.clear();
                    self.from_state.resize(weights.recurrent.n, 0.0);
                    weights.recurrent.add(&state.h[i], &mut self.from_state);
                    let bias = &weights.recurrent_bias;
                    kernel::gru(&self.gates, &self.from_state, bias, &mut state.h[i]);
                }
            }
        }
        let y = &state.h[self.cells.len() - 1];
        let [z, next] = &mut self.hidden;
        for (i, (matrix, bias)) in self.blocks.iter().enumerate() {
            next.clear();
            next.extend_from_slice(bias);
            matrix.add(if i == 0 { y } else { &z[..matrix.k] }, next);
            kernel::selu(next, SELU_SCALE, SELU_ALPHA);
            std::mem::swap(z, next);
        }
        self.heads.clear();
        self.heads.extend_from_slice(&self.head_bias);
        self.heads_of_y.add(y, &mut self.heads);
        self.heads_of_z
            .add(&z[..self.heads_of_z.k], &mut self.heads);
        prediction.pitch_logits.clear();
        prediction
            .pitch_logits
            .extend_from_slice(&self.heads[..PITCHES]);
        for (value, x) in prediction.values.iter_mut().zip(&self.heads[PITCHES..]) {
            *value = VALUE_SCALE / (1.0 + (-x).exp());
        }
    }
}

/// The three values and the one-hot of a note, times the input matrix.
fn add_note(note: &NoteInput, rows: &[f32], width: usize, gates: &mut [f32]) {
    let row = |k: usize| &rows[k * width..(k + 1) * width];
    for (k, &value) in note.values.iter().enumerate() {
        kernel::add_scaled(&mut gates[..width], row(k), value);
    }
    let class = note.class.min(PITCHES - 1);
    kernel::add_scaled(&mut gates[..width], row(VALUES + class), 1.0);
}
