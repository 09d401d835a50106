//! Speed of one model's parts on this machine, as JSON lines.
//!
//! `cargo run --release -p continuo-model --example speed -- LIBRARY [MODEL_FOLDER] [THREADS]`

use continuo_model::{
    Architecture, Device, DeviceChoice, Heads, Model, ModelError, Precision, Runtime, Trunk,
    trunk_onnx,
};
use continuo_tokenizer::{Head, HeadInputs};
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

const PROMPT: usize = 200;

fn main() -> Result<(), ModelError> {
    let mut arguments = std::env::args().skip(1);
    let library = arguments.next();
    let folder = arguments.next().filter(|folder| folder != "-");
    let threads = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(2);
    let start = Instant::now();
    let model = match &folder {
        Some(folder) => Model::load(Path::new(folder))?,
        None => {
            let folder = std::env::temp_dir().join("continuo-speed");
            Model::random(Architecture::infill_s(), 1).save(&folder, Precision::F16)?;
            Model::load(&folder)?
        }
    };
    line("model load", start, 1);
    let start = Instant::now();
    let runtime = Runtime::load(library.as_deref().map(Path::new))?;
    line("runtime load", start, 1);
    let start = Instant::now();
    let onnx = trunk_onnx(&model);
    line("graph", start, 1);
    println!("{{\"what\":\"graph size\",\"bytes\":{}}}", onnx.len());
    let start = Instant::now();
    let choice = DeviceChoice::Only(Device::Cpu);
    let mut trunk = Trunk::open(&model, &runtime, choice, threads)?.session;
    line("graph and session", start, 1);

    let matrices = || {
        model
            .weights
            .layers
            .iter()
            .flat_map(|l| [&l.qkv, &l.out, &l.up, &l.down])
    };
    repeat("read the trunk's weights once", 50, || {
        for matrix in matrices() {
            black_box(sum(matrix));
        }
    });

    let d = model.config.architecture.d_model;
    for steps in [64, 128, PROMPT, 512] {
        let mut cache = trunk.cache(1, steps)?;
        let (x, times) = (vec![0.1; steps * d], vec![3; steps]);
        trunk.prefill(&mut cache, &x, &times)?;
        repeat(&format!("prompt of {steps}"), 5, || {
            drop(trunk.prefill(&mut cache, &x, &times))
        });
    }
    for (kind, batch) in [("own", 1), ("own", 8), ("graph", 1), ("graph", 8)] {
        if kind == "graph" {
            trunk.use_graph_for_steps();
        }
        for length in [20, PROMPT, 480] {
            let mut cache = trunk.cache(batch, length + 1)?;
            let (x, times) = (vec![0.1; batch * d], vec![3; batch]);
            let lengths = vec![length; batch];
            let going: Vec<usize> = (0..batch).collect();
            repeat(
                &format!("{kind} step at {length}, batch {batch}"),
                200,
                || {
                    drop(trunk.step(&mut cache, &x, &times, &lengths, &going));
                },
            );
        }
    }
    let mut heads = Heads::new(&model);
    for batch in [1, 8] {
        let states = vec![0.3; batch * d];
        let inputs = vec![
            HeadInputs {
                features: (0..40).map(|i| (i, 1.0)).collect(),
                experts: vec![(0, 1, 1.0)]
            };
            batch
        ];
        let mut out = Vec::new();
        repeat(&format!("all heads, batch {batch}"), 500, || {
            for head in Head::ALL {
                heads.logits(head, &states, inputs.iter(), 1.0, &mut out);
            }
        });
    }
    Ok(())
}

/// In lanes, so that memory is what limits it.
fn sum(values: &[f32]) -> [f32; 64] {
    let mut lanes = [0.0; 64];
    for chunk in values.chunks_exact(64) {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += value;
        }
    }
    lanes
}

/// Median of single runs, after a fifth as many to warm up.
fn repeat(what: &str, times: usize, mut run: impl FnMut()) {
    for _ in 0..times / 5 {
        run();
    }
    let mut seconds: Vec<f64> = (0..times)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    let at = |share: f64| seconds[((times - 1) as f64 * share) as usize] * 1e3;
    println!(
        "{{\"what\":\"{what}\",\"ms\":{:.4},\"best\":{:.4},\"p95\":{:.4}}}",
        at(0.5),
        at(0.0),
        at(0.95)
    );
}

fn line(what: &str, start: Instant, times: u32) {
    let ms = start.elapsed().as_secs_f64() * 1e3 / f64::from(times);
    println!("{{\"what\":\"{what}\",\"ms\":{ms:.3}}}");
}
