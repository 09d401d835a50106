//! Updates of the trainer on a folder of MIDI files, and the same batches for a rival.

use crate::Failure;
use crate::memory::peak_mib;
use crate::options::{Options, SEED};
use crate::samples::print;
use crate::train_dump::{dump_batches, dump_weights};
use continuo_model::Architecture;
use continuo_train::batch::Batch;
use continuo_train::compute::CpuCompute;
use continuo_train::config::RunConfig;
use continuo_train::dataset::{BuildRequest, Dataset, build};
use continuo_train::draw::Drawer;
use continuo_train::family::{Family, Source};
use continuo_train::infill::{Infill, Windows};
use continuo_train::network::Losses;
use continuo_train::random::Random;
use continuo_train::run::{Inputs, Listeners, Run};
use serde_json::json;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// First updates, which fill buffers and caches.
const WARM_UP: usize = 2;

pub fn run(options: &Options) -> Result<(), Failure> {
    let updates: usize = options.number("updates", 16)?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    build(
        &BuildRequest::new(vec![options.path("data")?], data.clone()),
        &mut |_| true,
    )?;
    let dataset = Dataset::open(&data)?;
    let config = RunConfig {
        seed: SEED,
        updates: (updates + WARM_UP) as u64,
        evaluate_seconds: f64::INFINITY,
        checkpoint_seconds: f64::INFINITY,
        ..RunConfig::default()
    };
    let family = Infill::new(&Architecture::infill_s());
    let source = Windows {
        drawer: Drawer::new(&dataset, config.draw.clone(), |_| true)?,
        steps: config.shard_size,
    };
    let batches = draw(&source, &config, updates + WARM_UP);
    let first = first_losses(&family, &config, &batches[0]);
    if let Some(dump) = options.text("dump") {
        let dump = std::path::Path::new(dump);
        dump_weights(&family, config.seed, &dump.join("weights.safetensors"))?;
        for (i, shards) in batches.iter().enumerate() {
            let path = dump.join(format!("update-{i:03}.safetensors"));
            dump_batches(&family, shards, &path)?;
        }
    }
    let run_folder = folder.path().join("run");
    let mut run = Run::start(&family, config.clone(), dataset.hash(), None, run_folder)?;
    let mut marks = vec![Instant::now()];
    let mut compute = CpuCompute::new(&family, config.shards);
    let inputs = Inputs {
        source: &source,
        held_out: &[],
        compute: &mut compute,
        stop: &AtomicBool::new(false),
    };
    let listeners = Listeners {
        event: &mut |_| (),
        update: &mut |_| marks.push(Instant::now()),
    };
    run.train(inputs, listeners)?;
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
        "stepsPerShard": config.shard_size,
        "parameters": family.layout.len,
        "warmUp": WARM_UP,
        "firstNatsPerNote": first.nats_per_note(),
        "peakMib": peak_mib(),
    });
    print("train", "steps/s", &samples, facts)
}

/// The batches that the run will draw, by the same numbers.
fn draw(source: &Windows<'_>, config: &RunConfig, updates: usize) -> Vec<Vec<Batch>> {
    let batches = (0..updates).map(|update| {
        let shard = |shard: usize| {
            let mut batch = Batch::new();
            let stream = (update * config.shards + shard) as u64;
            source.draw(&mut batch, &mut Random::new(config.seed, stream));
            batch
        };
        (0..config.shards).map(shard).collect()
    });
    batches.collect()
}

fn first_losses(family: &Infill, config: &RunConfig, shards: &[Batch]) -> Losses {
    let weights = family.initialise(config.seed);
    let mut worker = family.worker();
    let mut sum = Losses::default();
    for batch in shards {
        sum.add(&family.losses(&mut worker, &weights, batch));
    }
    sum
}
