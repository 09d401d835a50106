//! The recurrent family: one note of generation, and updates of training.

use crate::Failure;
use crate::memory::peak_mib;
use crate::options::{Options, SEED};
use crate::samples::print;
use crate::train_dump::{Tensors, dump_weights};
use continuo_model::recurrent::{
    NoteInput, Prediction, RecurrentArchitecture, RecurrentModel, RecurrentStepper, recurrent_onnx,
};
use continuo_tokenizer::howl::{Augmentation, HowlNote};
use continuo_train::compute::{Compute, CpuCompute};
use continuo_train::family::Family;
use continuo_train::optimizer::{AdamW, Update};
use continuo_train::random::Random;
use continuo_train::recurrent::{Recurrent, RecurrentBatch, RecurrentLayout};
use serde_json::json;
use std::path::Path;
use std::time::Instant;

/// Notes that are not timed, which fill caches.
const WARM_UP: usize = 200;
const WARM_UP_UPDATES: usize = 2;
const SHARDS: usize = 2;

fn architecture(options: &Options) -> Result<RecurrentArchitecture, Failure> {
    let name = options.text("preset").unwrap_or("lstm-192");
    RecurrentArchitecture::by_name(name).ok_or_else(|| format!("no preset {name}").into())
}

/// Microseconds a note; the graph goes into `onnx` so that a rival runs the same.
pub fn notes(options: &Options) -> Result<(), Failure> {
    let count: usize = options.number("notes", 2000)?;
    let model = RecurrentModel::random(architecture(options)?, SEED);
    std::fs::write(options.path("onnx")?, recurrent_onnx(&model))?;
    let mut stepper = RecurrentStepper::new(&model);
    let (mut state, mut prediction) = (stepper.start(), Prediction::default());
    let mut note = NoteInput {
        values: [0.5, 0.25, 0.75],
        class: 60,
    };
    let mut samples = Vec::with_capacity(count);
    for i in 0..WARM_UP + count {
        let began = Instant::now();
        stepper.step(&mut state, &note, &mut prediction);
        if i >= WARM_UP {
            samples.push(began.elapsed().as_secs_f64() * 1e6);
        }
        // The likeliest note follows, so that both sides hear the same.
        note.values = prediction.values;
        let logits = prediction.pitch_logits.iter().enumerate();
        note.class = logits
            .max_by(|a, b| a.1.total_cmp(b.1))
            .map_or(0, |top| top.0);
    }
    let facts = json!({
        "lastClass": note.class,
        "lastValues": note.values,
        "notes": WARM_UP + count,
        "parameters": model.flat().len(),
    });
    print("recurrent-note", "us", &samples, facts)
}

/// Notes a second of whole updates: gradient, clipping, AdamW.
pub fn train(options: &Options) -> Result<(), Failure> {
    let updates: usize = options.number("updates", 8)?;
    let (lanes, steps) = (options.number("lanes", 64)?, options.number("steps", 256)?);
    let architecture = architecture(options)?;
    let layout = RecurrentLayout::new(&architecture);
    let family = Recurrent { layout };
    let mut batches = batches(lanes / SHARDS, steps);
    let mut weights = family.initialise(SEED);
    let first: f64 = batches
        .iter()
        .map(|batch| {
            family
                .losses(&mut family.worker(), &weights, batch)
                .nats_per_note()
        })
        .sum::<f64>()
        / SHARDS as f64;
    if let Some(dump) = options.text("dump") {
        dump_weights(&family, SEED, &Path::new(dump).join("weights.safetensors"))?;
        dump_batches(&batches, &Path::new(dump).join("batch.safetensors"))?;
    }
    let mut compute = CpuCompute::new(&family, SHARDS);
    let mut optimizer = AdamW::new(family.layout.len);
    let mut gradient = vec![0.0; family.layout.len];
    let mut samples = Vec::new();
    for update in 0..WARM_UP_UPDATES + updates {
        for (shard, batch) in batches.iter_mut().enumerate() {
            batch.dropout_seed = Some((update * SHARDS + shard) as u64);
        }
        let began = Instant::now();
        let losses = compute.gradient(&weights, &batches, &mut gradient)?;
        let step = Update {
            scale: 1.0 / losses.notes as f32,
            rate: 1e-3,
            weight_decay: 0.0,
            clip: 1.0,
        };
        optimizer.update(family.tensors(), &mut weights, &gradient, step);
        if update >= WARM_UP_UPDATES {
            samples.push(losses.notes as f64 / began.elapsed().as_secs_f64());
        }
    }
    let facts = json!({
        "lanes": lanes,
        "steps": steps,
        "width": architecture.width,
        "firstLoss": first,
        "peakMib": peak_mib(),
    });
    print("recurrent-train", "notes/s", &samples, facts)
}

/// Made-up songs that are longer than a sequence, so that every row has a target.
fn batches(lanes: usize, steps: usize) -> Vec<RecurrentBatch> {
    let mut random = Random::new(SEED, 1);
    (0..SHARDS)
        .map(|_| {
            let mut batch = RecurrentBatch::default();
            batch.reset(lanes, steps);
            for lane in 0..lanes {
                let note = |_| HowlNote {
                    delay: random.uniform(),
                    duration: random.uniform(),
                    volume: random.uniform(),
                    pitch: random.below(60) as i32 - 30,
                };
                let song: Vec<HowlNote> = (0..steps + 1).map(note).collect();
                batch.write(lane, 0, &song, Augmentation::NONE);
            }
            batch
        })
        .collect()
}

/// All shards side by side: notes, classes and targets, `[steps, lanes]`.
fn dump_batches(shards: &[RecurrentBatch], path: &Path) -> Result<(), Failure> {
    let (lanes, steps) = (shards[0].lanes, shards[0].steps);
    let rows: Vec<(&RecurrentBatch, usize)> = (0..steps)
        .flat_map(|t| {
            shards
                .iter()
                .flat_map(move |s| (0..lanes).map(move |l| (s, t * lanes + l)))
        })
        .collect();
    let shape = [steps, lanes * shards.len()];
    let mut tensors = Tensors::default();
    let values = rows.iter().flat_map(|(s, r)| s.values[*r]);
    tensors.floats("values", &[shape[0], shape[1], 3], values);
    let targets = rows.iter().flat_map(|(s, r)| s.target_values[*r]);
    tensors.floats("targetValues", &[shape[0], shape[1], 3], targets);
    let classes = rows.iter().map(|(s, r)| i64::from(s.classes[*r]));
    tensors.integers("classes", &shape, classes);
    let classes = rows.iter().map(|(s, r)| i64::from(s.target_classes[*r]));
    tensors.integers("targetClasses", &shape, classes);
    tensors.write(path)
}
