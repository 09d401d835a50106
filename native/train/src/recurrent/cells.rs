//! Cells through time: all lanes of a step at once, the weights' gradients in one product at the end.

use super::batch::RecurrentBatch;
use super::input::{Input, from_input, to_input};
use super::kernels;
use super::shape::CellShape;
use crate::kernels::add_scaled;
use crate::matmul::{View, ViewMut, matmul};
use crate::network::sized;
use continuo_model::recurrent::Cell;

/// What one cell keeps of a batch for the way back. Rows are `t * lanes + lane`.
#[derive(Default)]
pub struct CellBuffers {
    /// `[rows, gates]`: from the input, then the gates, then their gradient.
    gates: Vec<f32>,
    /// GRU: `[rows, gates]` from the state, then its gradient.
    from_state: Vec<f32>,
    /// State before each row, zero where a piece begins, `[rows, w]`.
    h_before: Vec<f32>,
    /// LSTM: the same of the cell's memory, its value after, and the tanh of that.
    c_before: Vec<f32>,
    c: Vec<f32>,
    tanh_c: Vec<f32>,
    /// Output, `[rows, w]`.
    h: Vec<f32>,
    dh: Vec<f32>,
    dc: Vec<f32>,
}

impl CellBuffers {
    pub fn output(&self, rows: usize, width: usize) -> &[f32] {
        &self.h[..rows * width]
    }

    pub fn forward(
        &mut self,
        shape: &CellShape<'_>,
        weights: &[f32],
        batch: &RecurrentBatch,
        input: Input<'_>,
    ) {
        let (w, rows, lanes) = (shape.width, batch.rows(), batch.lanes);
        let gates_width = shape.cell.gates() * w;
        let gates = sized(&mut self.gates, rows * gates_width);
        from_input(shape, weights, input, gates);
        let h = sized(&mut self.h, rows * w);
        let h_before = sized(&mut self.h_before, rows * w);
        let recurrent = View::new(&weights[shape.ranges.recurrent.clone()], w, gates_width);
        let from_state = match shape.cell {
            Cell::Gru => sized(&mut self.from_state, rows * gates_width),
            Cell::Lstm => &mut [],
        };
        let memory = if shape.cell == Cell::Lstm {
            rows * w
        } else {
            0
        };
        let c = sized(&mut self.c, memory);
        let c_before = sized(&mut self.c_before, memory);
        let tanh_c = sized(&mut self.tanh_c, memory);
        for t in 0..batch.steps {
            let at = t * lanes..(t + 1) * lanes;
            let begins = &batch.begins[at.clone()];
            let span = at.start * w..at.end * w;
            carry(h, h_before, span.clone(), begins, lanes, w);
            let state = View::new(&h_before[span.clone()], lanes, w);
            let gate_span = at.start * gates_width..at.end * gates_width;
            match shape.cell {
                Cell::Lstm => {
                    carry(c, c_before, span, begins, lanes, w);
                    let now = &mut gates[gate_span];
                    matmul(
                        ViewMut::new(now, lanes, gates_width),
                        state,
                        recurrent,
                        1.0,
                        true,
                    );
                    for (lane, row) in at.enumerate() {
                        let r = row * w..(row + 1) * w;
                        kernels::lstm(
                            &mut now[lane * gates_width..(lane + 1) * gates_width],
                            &c_before[r.clone()],
                            &mut c[r.clone()],
                            &mut tanh_c[r.clone()],
                            &mut h[r],
                        );
                    }
                }
                Cell::Gru => {
                    let now = &mut from_state[gate_span];
                    matmul(
                        ViewMut::new(now, lanes, gates_width),
                        state,
                        recurrent,
                        1.0,
                        false,
                    );
                    let bias = &weights[shape.ranges.recurrent_bias.clone()];
                    for (lane, row) in at.enumerate() {
                        let r = row * w..(row + 1) * w;
                        kernels::gru(
                            &mut gates[row * gates_width..(row + 1) * gates_width],
                            &mut now[lane * gates_width..(lane + 1) * gates_width],
                            bias,
                            &h_before[r.clone()],
                            &mut h[r],
                        );
                    }
                }
            }
        }
    }

    /// Adds to `gradient` what `dy` `[rows, w]`, the gradient of the output, asks of the weights.
    /// With `d_input` the gradient of the rows below is written there.
    pub fn backward(
        &mut self,
        shape: &CellShape<'_>,
        weights: &[f32],
        batch: &RecurrentBatch,
        (input, d_input): (Input<'_>, Option<&mut [f32]>),
        dy: &[f32],
        gradient: &mut [f32],
    ) {
        let (w, rows, lanes) = (shape.width, batch.rows(), batch.lanes);
        let gates_width = shape.cell.gates() * w;
        let gates = &mut self.gates[..rows * gates_width];
        let recurrent =
            View::new(&weights[shape.ranges.recurrent.clone()], w, gates_width).transposed();
        let dh = sized(&mut self.dh, lanes * w);
        let dc = sized(&mut self.dc, lanes * w);
        dh.fill(0.0);
        dc.fill(0.0);
        for t in (0..batch.steps).rev() {
            let at = t * lanes..(t + 1) * lanes;
            let span = at.start * w..at.end * w;
            let gate_span = at.start * gates_width..at.end * gates_width;
            add_scaled(dh, &dy[span.clone()], 1.0);
            for (lane, row) in at.clone().enumerate() {
                let r = row * w..(row + 1) * w;
                let l = lane * w..(lane + 1) * w;
                let g = row * gates_width..(row + 1) * gates_width;
                match shape.cell {
                    Cell::Lstm => kernels::lstm_backward(
                        &mut gates[g],
                        &self.c_before[r.clone()],
                        &self.tanh_c[r],
                        &dh[l.clone()],
                        &mut dc[l],
                    ),
                    Cell::Gru => kernels::gru_backward(
                        &mut gates[g.clone()],
                        &mut self.from_state[g],
                        &self.h_before[r],
                        &mut dh[l],
                    ),
                }
            }
            let (d_gates, keeps) = match shape.cell {
                Cell::Lstm => (&gates[gate_span], false),
                Cell::Gru => (&self.from_state[gate_span], true),
            };
            matmul(
                ViewMut::new(dh, lanes, w),
                View::new(d_gates, lanes, gates_width),
                recurrent,
                1.0,
                keeps,
            );
            // Nothing flows back into the piece before.
            for (lane, &begins) in batch.begins[at].iter().enumerate() {
                if begins {
                    dh[lane * w..(lane + 1) * w].fill(0.0);
                    dc[lane * w..(lane + 1) * w].fill(0.0);
                }
            }
        }
        let through_state = match shape.cell {
            Cell::Lstm => &gates[..],
            Cell::Gru => &self.from_state[..rows * gates_width],
        };
        matmul(
            ViewMut::new(
                &mut gradient[shape.ranges.recurrent.clone()],
                w,
                gates_width,
            ),
            View::new(&self.h_before[..rows * w], rows, w).transposed(),
            View::new(through_state, rows, gates_width),
            1.0,
            true,
        );
        kernels::add_rows(&mut gradient[shape.ranges.bias.clone()], gates);
        if shape.cell == Cell::Gru {
            let d_bias = &mut gradient[shape.ranges.recurrent_bias.clone()];
            for row in self.from_state[..rows * gates_width].chunks_exact(gates_width) {
                add_scaled(d_bias, &row[2 * w..], 1.0);
            }
        }
        to_input(shape, weights, (input, d_input), gates, gradient);
    }
}

/// `before[span] = state of the step before`, zero at the first step and where a piece begins.
fn carry(
    state: &[f32],
    before: &mut [f32],
    span: std::ops::Range<usize>,
    begins: &[bool],
    lanes: usize,
    w: usize,
) {
    match span.start.checked_sub(lanes * w) {
        Some(from) => before[span.clone()].copy_from_slice(&state[from..span.start]),
        None => before[span.clone()].fill(0.0),
    }
    for (lane, row) in before[span].chunks_exact_mut(w).enumerate() {
        if begins[lane] {
            row.fill(0.0);
        }
    }
}
