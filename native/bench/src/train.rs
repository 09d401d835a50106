//! Updates of the trainer on a folder of MIDI files, and the same batches for a rival.

use crate::Failure;
use crate::memory::peak_mib;
use crate::options::{Options, SEED};
use crate::samples::print;
use crate::train_dump::{dump_batches, dump_weights};
use continuo_model::Architecture;
use continuo_train::batch::Batch;
use continuo_train::config::RunConfig;
use continuo_train::dataset::Dataset;
use continuo_train::draw::Drawer;
use continuo_train::import::build_dataset;
use continuo_train::network::{Losses, Network};
use continuo_train::parameters::Layout;
use continuo_train::random::Random;
use continuo_train::run::Run;
use serde_json::json;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// First updates, which fill buffers and caches.
const WARM_UP: usize = 2;

pub fn run(options: &Options) -> Result<(), Failure> {
    let updates: usize = options.number("updates", 16)?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    build_dataset(&options.path("data")?, &data, |_, _| true)?;
    let dataset = Dataset::open(&data)?;
    let config = RunConfig {
        architecture: Architecture::infill_s(),
        seed: SEED,
        updates: (updates + WARM_UP) as u64,
        held_out_every: 0,
        evaluate_seconds: f64::INFINITY,
        checkpoint_seconds: f64::INFINITY,
        ..RunConfig::default()
    };
    let batches = draw(&dataset, &config, updates + WARM_UP)?;
    let first = first_losses(&config, &batches[0]);
    if let Some(dump) = options.text("dump") {
        let dump = std::path::Path::new(dump);
        dump_weights(&config, &dump.join("weights.safetensors"))?;
        for (i, shards) in batches.iter().enumerate() {
            dump_batches(
                &config,
                shards,
                &dump.join(format!("update-{i:03}.safetensors")),
            )?;
        }
    }
    let mut run = Run::start(&dataset, config.clone(), folder.path().join("run"))?;
    let mut marks = vec![Instant::now()];
    let stop = AtomicBool::new(false);
    run.train_while(None, &stop, |_| {}, |_| marks.push(Instant::now()))?;
    let samples: Vec<f64> = marks
        .windows(2)
        .zip(&batches)
        .skip(WARM_UP)
        .map(|(mark, shards)| {
            let steps: usize = shards.iter().map(Batch::steps).sum();
            steps as f64 / (mark[1] - mark[0]).as_secs_f64()
        })
        .collect();
    let facts = json!({
        "shards": config.shards,
        "stepsPerShard": config.steps_per_shard,
        "parameters": run.layout.len,
        "warmUp": WARM_UP,
        "firstNatsPerNote": first.nats_per_note(),
        "peakMib": peak_mib(),
    });
    print("train", "steps/s", &samples, facts)
}

/// The batches that the run will draw, by the same numbers.
fn draw(dataset: &Dataset, config: &RunConfig, updates: usize) -> Result<Vec<Vec<Batch>>, Failure> {
    let drawer = Drawer::new(dataset, config.draw.clone(), |_| true)?;
    let batches = (0..updates).map(|update| {
        let shard = |shard: usize| {
            let mut batch = Batch::new();
            let place = (update * config.shards + shard) as u64;
            batch.draw(
                &drawer,
                &mut Random::new(config.seed, place),
                config.steps_per_shard,
            );
            batch
        };
        (0..config.shards).map(shard).collect()
    });
    Ok(batches.collect())
}

fn first_losses(config: &RunConfig, shards: &[Batch]) -> Losses {
    let layout = Layout::new(&config.architecture);
    let weights = layout.initialise(config.seed);
    let mut network = Network::new(&layout);
    let mut sum = Losses::default();
    for batch in shards {
        sum.add(&network.losses(&layout, &weights, batch));
    }
    sum
}
