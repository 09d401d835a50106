//! A recurrent network as an ONNX graph.
//!
//! Inputs: `x f32 [T, 123]` notes; `h0`, ... `f32 [1, 1, width]` state of each cell, and `c0`, ... of
//! an LSTM's. Outputs: `pitch f32 [T, 120]` logits, `values f32 [T, 3]`, and the states after as
//! `h0_out`, `c0_out`, ...

use super::{Cell, INPUTS, PITCHES, RecurrentModel, SELU_ALPHA, SELU_SCALE, VALUE_SCALE, VALUES};
use crate::graph::{Builder, dim, float, int, size, value};
use crate::onnx::{FLOAT, GraphProto, ModelProto, OperatorSetId, StringEntry};
use prost::Message;

/// Bytes of an .onnx file with the network and its weights.
pub fn recurrent_onnx(model: &RecurrentModel) -> Vec<u8> {
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
    let mut graph = Builder::default();
    graph.integers("to_cells.shape", &[-1, 1, INPUTS as i64]);
    let mut x = graph.op("Reshape", &["x", "to_cells.shape"], "to_cells");
    let state = [size(1), size(1), size(w)];
    let mut input = vec![value("x", FLOAT, &[dim("T"), size(INPUTS)])];
    let mut output = vec![
        value("pitch", FLOAT, &[dim("T"), size(PITCHES)]),
        value("values", FLOAT, &[dim("T"), size(VALUES)]),
    ];
    for i in 0..a.layers {
        let name = |part: &str| format!("cells.{i}.{part}");
        let inputs = if i == 0 { INPUTS } else { w };
        let of_input = transposed(next(inputs * gates), inputs, gates);
        graph.weight(&name("input"), &of_input, &[1, gates, inputs]);
        let of_state = transposed(next(w * gates), w, gates);
        graph.weight(&name("recurrent"), &of_state, &[1, gates, w]);
        // ONNX wants biases of the input's side, then of the state's.
        let mut bias = next(gates).to_vec();
        bias.resize(2 * gates, 0.0);
        if a.cell == Cell::Gru {
            bias[gates + 2 * w..].copy_from_slice(next(w));
        }
        graph.weight(&name("bias"), &bias, &[1, 2 * gates]);
        let (h, c) = (format!("h{i}"), format!("c{i}"));
        let (kind, mut states) = match a.cell {
            Cell::Lstm => ("LSTM", vec![h, c]),
            Cell::Gru => ("GRU", vec![h]),
        };
        let names = [name("input"), name("recurrent"), name("bias")];
        let mut inputs: Vec<&str> = vec![&x];
        inputs.extend(names.iter().map(String::as_str));
        inputs.push("");
        inputs.extend(states.iter().map(String::as_str));
        let y = graph.op(kind, &inputs, &name("y"));
        let mut attributes = vec![int("hidden_size", w as i64)];
        if a.cell == Cell::Gru {
            attributes.push(int("linear_before_reset", 1));
        }
        graph.attributes(attributes);
        input.extend(states.iter().map(|name| value(name, FLOAT, &state)));
        states.iter_mut().for_each(|name| name.push_str("_out"));
        output.extend(states.iter().map(|name| value(name, FLOAT, &state)));
        graph.more_outputs(states);
        // From [T, 1, 1, width] to what the next reads.
        let is_last = i + 1 == a.layers;
        let shape: &[i64] = if is_last {
            &[-1, w as i64]
        } else {
            &[-1, 1, w as i64]
        };
        graph.integers(&name("shape"), shape);
        x = graph.op("Reshape", &[&y, &name("shape")], &name("output"));
    }
    let y = x.clone();
    for i in 0..a.blocks {
        let name = |part: &str| format!("blocks.{i}.{part}");
        let inputs = if i == 0 { w } else { b };
        let product = graph.matmul(&x, &name("weight"), next(inputs * b), [inputs, b]);
        graph.weight(&name("bias"), next(b), &[b]);
        let sum = graph.op("Add", &[&product, &name("bias")], &name("sum"));
        x = graph.op("Selu", &[&sum], &name("output"));
        graph.attributes(vec![float("alpha", SELU_ALPHA), float("gamma", SELU_SCALE)]);
    }
    let both = graph.op("Concat", &[&y, &x], "both");
    graph.attributes(vec![int("axis", 1)]);
    let product = graph.matmul(
        &both,
        "pitch.weight",
        next((w + b) * PITCHES),
        [w + b, PITCHES],
    );
    graph.weight("pitch.bias", next(PITCHES), &[PITCHES]);
    graph.op("Add", &[&product, "pitch.bias"], "pitch");
    let product = graph.matmul(
        &both,
        "values.weight",
        next((w + b) * VALUES),
        [w + b, VALUES],
    );
    graph.weight("values.bias", next(VALUES), &[VALUES]);
    let sum = graph.op("Add", &[&product, "values.bias"], "values.sum");
    let open = graph.op("Sigmoid", &[&sum], "values.open");
    graph.weight("values.scale", &[VALUE_SCALE], &[]);
    graph.op("Mul", &[&open, "values.scale"], "values");
    let graph = GraphProto {
        node: graph.nodes,
        name: "recurrent".to_owned(),
        initializer: graph.initializers,
        input,
        output,
    };
    let model = ModelProto {
        ir_version: 9,
        producer_name: "continuo".to_owned(),
        graph: Some(graph),
        opset_import: vec![OperatorSetId {
            domain: String::new(),
            version: 20,
        }],
        metadata: vec![StringEntry {
            key: "model".to_owned(),
            value: model.config.id.clone(),
        }],
    };
    model.encode_to_vec()
}

/// `[rows, columns]` to `[columns, rows]`.
fn transposed(matrix: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let column = |c: usize| (0..rows).map(move |r| matrix[r * columns + c]);
    (0..columns).flat_map(column).collect()
}
