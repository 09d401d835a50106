//! The trunk as an ONNX graph, built from weights in memory.
//!
//! Inputs: `x f32 [B, T, d]` summed embeddings; `cos`, `sin f32 [R, 32]` rotary rows; `rows i64
//! [B, T]` which of them each step uses; `seqlens i32 [B]` last valid index of each row's cache after
//! this run; `total i32 []` the longest; `k0`, `v0`, ... `f32 [B, heads, S, 64]` caches.
//! Outputs: `h f32 [B, T, d]` and the caches `k0_out`, ..., meant to be bound to the same memory.

use crate::Model;
use crate::half::f32_bytes;
use crate::kernel::EPSILON;
use crate::onnx::{
    Attribute, Dimension, DimensionValue, FLOAT, GraphProto, INT32, INT64, ModelProto, NodeProto,
    OperatorSetId, Shape, StringEntry, TensorProto, TensorType, TypeProto, ValueInfo,
};
use continuo_tokenizer::rotary::ANGLES;
use prost::Message;

const MICROSOFT: &str = "com.microsoft";

/// Bytes of an .onnx file with the trunk and its weights.
pub fn trunk_onnx(model: &Model) -> Vec<u8> {
    let a = &model.config.architecture;
    let mut graph = Builder::default();
    let mut x = "x".to_owned();
    for (i, layer) in model.weights.layers.iter().enumerate() {
        let (d, ff) = (a.d_model, a.ff_size);
        let name = |part: &str| format!("layers.{i}.{part}");
        let normed = graph.norm(&x, &name("norm1"), &layer.norm1);
        let qkv = graph.matmul(&normed, &name("qkv"), &layer.qkv, [d, 3 * d]);
        let mixed = graph.attention(&qkv, i, a.heads);
        let out = graph.matmul(&mixed, &name("out"), &layer.out, [d, d]);
        x = graph.op("Add", &[&x, &out], &name("attended"));
        let normed = graph.norm(&x, &name("norm2"), &layer.norm2);
        let up = graph.matmul(&normed, &name("up"), &layer.up, [d, ff]);
        let positive = graph.op("Relu", &[&up], &name("relu"));
        let squared = graph.op("Mul", &[&positive, &positive], &name("squared"));
        let down = graph.matmul(&squared, &name("down"), &layer.down, [ff, d]);
        x = graph.op("Add", &[&x, &down], &name("output"));
    }
    graph.norm_to(&x, "norm", &model.weights.norm, "h");
    let cache = [dim("B"), size(a.heads), dim("S"), size(2 * ANGLES)];
    let steps = [dim("B"), dim("T"), size(a.d_model)];
    let mut input = vec![
        value("x", FLOAT, &steps),
        value("cos", FLOAT, &[dim("R"), size(ANGLES)]),
        value("sin", FLOAT, &[dim("R"), size(ANGLES)]),
        value("rows", INT64, &[dim("B"), dim("T")]),
        value("seqlens", INT32, &[dim("B")]),
        value("total", INT32, &[]),
    ];
    let mut output = vec![value("h", FLOAT, &steps)];
    for i in 0..a.layers {
        for part in ["k", "v"] {
            input.push(value(&cache_input(part, i), FLOAT, &cache));
            output.push(value(&cache_output(part, i), FLOAT, &cache));
        }
    }
    let graph = GraphProto {
        node: graph.nodes,
        name: "trunk".to_owned(),
        initializer: graph.initializers,
        input,
        output,
    };
    let metadata = [
        ("model", &model.config.id),
        ("vocabulary", &model.config.vocabulary.hash),
    ];
    let model = ModelProto {
        ir_version: 9,
        producer_name: "continuo".to_owned(),
        graph: Some(graph),
        opset_import: vec![
            OperatorSetId {
                domain: String::new(),
                version: 20,
            },
            OperatorSetId {
                domain: MICROSOFT.to_owned(),
                version: 1,
            },
        ],
        metadata: metadata
            .map(|(key, value)| StringEntry {
                key: key.to_owned(),
                value: value.clone(),
            })
            .to_vec(),
    };
    model.encode_to_vec()
}

/// Name of a layer's cache as input; `part` is "k" or "v".
pub fn cache_input(part: &str, layer: usize) -> String {
    format!("{part}{layer}")
}

/// Name of a layer's cache as output.
pub fn cache_output(part: &str, layer: usize) -> String {
    format!("{part}{layer}_out")
}

/// Nodes and weights of a graph in the making.
#[derive(Default)]
pub(crate) struct Builder {
    pub nodes: Vec<NodeProto>,
    pub initializers: Vec<TensorProto>,
}

impl Builder {
    /// A node with one output, whose name is given back.
    pub fn op(&mut self, kind: &str, inputs: &[&str], output: &str) -> String {
        self.nodes.push(NodeProto {
            input: inputs.iter().map(|&i| i.to_owned()).collect(),
            output: vec![output.to_owned()],
            name: output.to_owned(),
            op_type: kind.to_owned(),
            ..NodeProto::default()
        });
        output.to_owned()
    }

    pub fn weight(&mut self, name: &str, values: &[f32], dims: &[usize]) {
        self.initializers.push(TensorProto {
            dims: dims.iter().map(|&d| d as i64).collect(),
            data_type: FLOAT,
            name: name.to_owned(),
            raw_data: f32_bytes(values).into_owned(),
        });
    }

    /// A constant of whole numbers, as shapes are.
    pub fn integers(&mut self, name: &str, values: &[i64]) {
        self.initializers.push(TensorProto {
            dims: vec![values.len() as i64],
            data_type: INT64,
            name: name.to_owned(),
            raw_data: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        });
    }

    /// Further outputs of the last node, after its first.
    pub fn more_outputs(&mut self, names: Vec<String>) {
        if let Some(node) = self.nodes.last_mut() {
            node.output.extend(names);
        }
    }

    pub fn matmul(&mut self, x: &str, name: &str, weight: &[f32], dims: [usize; 2]) -> String {
        self.weight(name, weight, &dims);
        self.op("MatMul", &[x, name], &format!("{name}.product"))
    }

    fn norm(&mut self, x: &str, name: &str, gain: &[f32]) -> String {
        self.norm_to(x, name, gain, &format!("{name}.normed"))
    }

    fn norm_to(&mut self, x: &str, name: &str, gain: &[f32], output: &str) -> String {
        self.weight(name, gain, &[gain.len()]);
        let output = self.op("SimplifiedLayerNormalization", &[x, name], output);
        self.attributes([int("axis", -1), float("epsilon", EPSILON)].to_vec());
        output
    }

    /// Rotary turn, cache update and causal attention in one node.
    fn attention(&mut self, qkv: &str, layer: usize, heads: usize) -> String {
        let (k, v) = (cache_input("k", layer), cache_input("v", layer));
        let inputs = [
            qkv, "", "", &k, &v, "seqlens", "total", "cos", "sin", "rows",
        ];
        let output = self.op(
            "GroupQueryAttention",
            &inputs,
            &format!("layers.{layer}.mixed"),
        );
        let heads = heads as i64;
        self.attributes(vec![
            int("num_heads", heads),
            int("kv_num_heads", heads),
            int("do_rotary", 1),
        ]);
        if let Some(node) = self.nodes.last_mut() {
            node.domain = MICROSOFT.to_owned();
            node.output
                .extend([cache_output("k", layer), cache_output("v", layer)]);
        }
        output
    }

    /// Attributes of the last node.
    pub fn attributes(&mut self, attributes: Vec<Attribute>) {
        if let Some(node) = self.nodes.last_mut() {
            node.attribute = attributes;
        }
    }
}

pub(crate) fn int(name: &str, i: i64) -> Attribute {
    Attribute {
        name: name.to_owned(),
        i,
        kind: 2,
        f: 0.0,
    }
}

pub(crate) fn float(name: &str, f: f32) -> Attribute {
    Attribute {
        name: name.to_owned(),
        f,
        kind: 1,
        i: 0,
    }
}

pub(crate) fn dim(name: &str) -> Dimension {
    Dimension {
        value: Some(DimensionValue::Name(name.to_owned())),
    }
}

pub(crate) fn size(size: usize) -> Dimension {
    Dimension {
        value: Some(DimensionValue::Size(size as i64)),
    }
}

pub(crate) fn value(name: &str, element: i32, dims: &[Dimension]) -> ValueInfo {
    let shape = Some(Shape { dim: dims.to_vec() });
    let kind = TypeProto {
        tensor: Some(TensorType { element, shape }),
    };
    ValueInfo {
        name: name.to_owned(),
        kind: Some(kind),
    }
}
