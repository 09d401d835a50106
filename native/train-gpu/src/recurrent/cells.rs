//! Cells through time, forward and backward, in tensors without autodiff.
//!
//! Autodiff would keep a graph of every step and add up a gradient of the whole recurrent matrix at
//! each; by hand the gates' gradients are collected, and every matrix gets its own in one product.
//! The formulas are those of the CPU's kernels.

use crate::weights::{Sums, Weights};
use burn_tensor::Tensor;
use burn_tensor::activation::sigmoid;
use burn_tensor::backend::Backend;
use continuo_model::recurrent::Cell;
use continuo_train::recurrent::{CellRanges, RecurrentLayout};

/// How rows of a batch follow each other: row `t * lanes + lane`.
pub(super) struct Steps<B: Backend> {
    pub lanes: usize,
    pub steps: usize,
    /// `[rows, 1]`.
    pub keeps: Tensor<B, 2>,
}

impl<B: Backend> Steps<B> {
    /// The rows of step `t`.
    fn of(&self, tensor: &Tensor<B, 2>, t: usize) -> Tensor<B, 2> {
        tensor.clone().narrow(0, t * self.lanes, self.lanes)
    }
}

/// What one step keeps for the way back, `[lanes, w]` each.
enum Step<B: Backend> {
    Lstm {
        i: Tensor<B, 2>,
        o: Tensor<B, 2>,
        f: Tensor<B, 2>,
        g: Tensor<B, 2>,
        c_before: Tensor<B, 2>,
        tanh_c: Tensor<B, 2>,
    },
    Gru {
        z: Tensor<B, 2>,
        r: Tensor<B, 2>,
        n: Tensor<B, 2>,
        /// What the state says of `n`, before `r`.
        of_state: Tensor<B, 2>,
        h_before: Tensor<B, 2>,
    },
}

/// One layer after its forward pass.
pub(super) struct Cells<B: Backend> {
    /// `[rows, inputs]`.
    input: Tensor<B, 2>,
    /// State before each step, zero where a piece begins, `[rows, w]`.
    h_before: Tensor<B, 2>,
    steps: Vec<Step<B>>,
    /// `[rows, w]`.
    pub output: Tensor<B, 2>,
}

/// `tensor` as parts of `w` columns.
fn parts<B: Backend, const N: usize>(tensor: &Tensor<B, 2>, w: usize) -> [Tensor<B, 2>; N] {
    std::array::from_fn(|k| tensor.clone().narrow(1, k * w, w))
}

/// `1 - x`.
fn rest<B: Backend>(x: &Tensor<B, 2>) -> Tensor<B, 2> {
    x.clone().neg() + 1.0
}

/// Slope of a sigmoid by its value.
fn sigmoid_slope<B: Backend>(y: &Tensor<B, 2>) -> Tensor<B, 2> {
    y.clone() * rest(y)
}

/// Slope of a tanh by its value.
fn tanh_slope<B: Backend>(y: &Tensor<B, 2>) -> Tensor<B, 2> {
    y.clone().square().neg() + 1.0
}

impl<B: Backend> Cells<B> {
    pub fn forward(
        layout: &RecurrentLayout,
        ranges: &CellRanges,
        weights: &Weights<B>,
        steps: &Steps<B>,
        input: Tensor<B, 2>,
    ) -> Cells<B> {
        let (cell, w) = (layout.architecture.cell, layout.architecture.width);
        let gates = input.clone().matmul(weights.at(&ranges.input)) + weights.at(&ranges.bias);
        let recurrent = weights.at(&ranges.recurrent);
        let zeros = Tensor::<B, 2>::zeros([steps.lanes, w], &input.device());
        let (mut h, mut c) = (zeros.clone(), zeros);
        let (mut kept, mut before, mut outputs) = (Vec::new(), Vec::new(), Vec::new());
        for t in 0..steps.steps {
            let keeps = steps.of(&steps.keeps, t);
            let h_before = h * keeps.clone();
            let of_state = h_before.clone().matmul(recurrent.clone());
            let gates = steps.of(&gates, t);
            let step = match cell {
                Cell::Lstm => {
                    let [i, o, f, g] = parts(&(gates + of_state), w);
                    let (i, o, f, g) = (sigmoid(i), sigmoid(o), sigmoid(f), g.tanh());
                    let c_before = c * keeps;
                    c = f.clone() * c_before.clone() + i.clone() * g.clone();
                    let tanh_c = c.clone().tanh();
                    h = o.clone() * tanh_c.clone();
                    Step::Lstm {
                        i,
                        o,
                        f,
                        g,
                        c_before,
                        tanh_c,
                    }
                }
                Cell::Gru => {
                    let [z, r, n] = parts(&gates, w);
                    let [of_z, of_r, of_n] = parts(&of_state, w);
                    let (z, r) = (sigmoid(z + of_z), sigmoid(r + of_r));
                    let of_state = of_n + weights.at(&ranges.recurrent_bias);
                    let n = (n + r.clone() * of_state.clone()).tanh();
                    h = rest(&z) * n.clone() + z.clone() * h_before.clone();
                    let h_before = h_before.clone();
                    Step::Gru {
                        z,
                        r,
                        n,
                        of_state,
                        h_before,
                    }
                }
            };
            kept.push(step);
            before.push(h_before);
            outputs.push(h.clone());
        }
        Cells {
            input,
            h_before: Tensor::cat(before, 0),
            steps: kept,
            output: Tensor::cat(outputs, 0),
        }
    }

    /// Adds the gradients of the layer's weights to `sums`, given that of its output, `[rows, w]`.
    /// What is returned gives that of its input.
    pub fn backward<'a>(
        self,
        (layout, ranges): (&RecurrentLayout, &'a CellRanges),
        weights: &'a Weights<B>,
        steps: &Steps<B>,
        dy: Tensor<B, 2>,
        sums: &mut Sums<B>,
    ) -> impl FnOnce() -> Tensor<B, 2> + 'a {
        let w = layout.architecture.width;
        let recurrent = weights.at(&ranges.recurrent).transpose();
        let mut dh = Tensor::<B, 2>::zeros([steps.lanes, w], &dy.device());
        let mut dc = dh.clone();
        // Gradients of the gates from the input and from the state, last step first.
        let (mut of_input, mut of_state) = (Vec::new(), Vec::new());
        for (t, step) in self.steps.into_iter().enumerate().rev() {
            let d = dh + steps.of(&dy, t);
            let keeps = steps.of(&steps.keeps, t);
            let past = match step {
                Step::Lstm {
                    i,
                    o,
                    f,
                    g,
                    c_before,
                    tanh_c,
                } => {
                    let d_memory = dc + d.clone() * o.clone() * tanh_slope(&tanh_c);
                    let d_gates = Tensor::cat(
                        vec![
                            d_memory.clone() * g.clone() * sigmoid_slope(&i),
                            d * tanh_c * sigmoid_slope(&o),
                            d_memory.clone() * c_before * sigmoid_slope(&f),
                            d_memory.clone() * i * tanh_slope(&g),
                        ],
                        1,
                    );
                    dc = d_memory * f * keeps.clone();
                    of_input.push(d_gates.clone());
                    d_gates.matmul(recurrent.clone())
                }
                Step::Gru {
                    z,
                    r,
                    n,
                    of_state: from_state,
                    h_before,
                } => {
                    let dn = d.clone() * rest(&z) * tanh_slope(&n);
                    let dz = d.clone() * (h_before - n) * sigmoid_slope(&z);
                    let dr = dn.clone() * from_state * sigmoid_slope(&r);
                    let d_state = Tensor::cat(vec![dz.clone(), dr.clone(), dn.clone() * r], 1);
                    of_input.push(Tensor::cat(vec![dz, dr, dn], 1));
                    of_state.push(d_state.clone());
                    d_state.matmul(recurrent.clone()) + d * z
                }
            };
            // Nothing flows back into the piece before.
            dh = past * keeps;
        }
        let in_order = |mut steps: Vec<Tensor<B, 2>>| {
            steps.reverse();
            Tensor::cat(steps, 0)
        };
        let of_input = in_order(of_input);
        let of_state = match layout.architecture.cell {
            Cell::Lstm => of_input.clone(),
            Cell::Gru => in_order(of_state),
        };
        let mut add = |range, gradient| sums.add(weights.index(range), gradient);
        add(&ranges.bias, of_input.clone().sum_dim(0));
        if layout.architecture.cell == Cell::Gru {
            let of_n = of_state.clone().narrow(1, 2 * w, w);
            add(&ranges.recurrent_bias, of_n.sum_dim(0));
        }
        add(
            &ranges.input,
            self.input.transpose().matmul(of_input.clone()),
        );
        add(
            &ranges.recurrent,
            self.h_before.transpose().matmul(of_state),
        );
        move || of_input.matmul(weights.at(&ranges.input).transpose())
    }
}
