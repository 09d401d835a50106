//! Train from a shell, without Node: `train DATA RUN [VALID REGIONS] [key=value ...]`.

use continuo_train::dataset::Dataset;
use continuo_train::evaluate::{EvalRegion, HeldOut, Shown};
use continuo_train::run::{Run, RunConfig, RunEvent};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.first().map(String::as_str) {
        Some("build") => {
            let manifest = continuo_train::import::build_dataset(
                Path::new(&args[1]),
                Path::new(&args[2]),
                |_, _| true,
            )?;
            println!(
                "{} pieces, {} notes, {} failed",
                manifest.pieces.len(),
                manifest.notes,
                manifest.failed.len()
            );
            for f in manifest.failed.iter().take(5) {
                println!("{}: {}", f.path, f.reason);
            }
            Ok(())
        }
        _ => train(&args),
    }
}

fn train(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let dataset = Dataset::open(Path::new(&args[0]))?;
    let folder = PathBuf::from(&args[1]);
    let valid_folder = PathBuf::from(&args[2]);
    let valid = Dataset::open(&valid_folder)?;
    let regions: Vec<EvalRegion> = std::fs::read_to_string(&args[3])?
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let mut json = serde_json::to_value(RunConfig::default())?;
    let mut every = 4;
    for pair in &args[4..] {
        let (key, value) = pair.split_once('=').ok_or("key=value")?;
        if key == "every" {
            every = value.parse()?;
            continue;
        }
        let value: serde_json::Value = serde_json::from_str(value)?;
        let slot = json
            .pointer_mut(&format!("/{}", key.replace('.', "/")))
            .ok_or(format!("no {key}"))?;
        *slot = value;
    }
    let config: RunConfig = serde_json::from_value(json)?;
    let mut run = if folder.join("latest.safetensors").exists() {
        Run::resume(&dataset, folder.clone())?
    } else {
        Run::start(&dataset, config, folder.clone())?
    };
    let shown = Shown {
        visibility: continuo_tokenizer::Visibility {
            key_relative: run.config.draw.key_relative,
            ..Default::default()
        },
        context_notes: 128,
        features: run.config.draw.features,
        experts: run.config.draw.experts,
    };
    let some: Vec<EvalRegion> = regions.into_iter().step_by(every).collect();
    let held_out = HeldOut::from_regions(&valid, &valid_folder, &some, &shown)?;
    println!(
        "parameters {}, regions {}, {}",
        run.layout.len,
        some.len(),
        serde_json::to_string(&run.config)?
    );
    let mut log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join("events.jsonl"))?;
    run.train(Some(&held_out), &AtomicBool::new(false), |event: &RunEvent| {
        use std::io::Write;
        let line = serde_json::to_string(event).unwrap_or_default();
        let _ = writeln!(log, "{line}");
        match event {
            RunEvent::Step { step, loss, fields, steps_per_second, notes_per_second, seconds, gradient_norm, .. } => println!(
                "{seconds:7.0}s step {step} loss {loss:.3} {fields:.3?} norm {gradient_norm:.2} {steps_per_second:.0} steps/s {notes_per_second:.0} notes/s"
            ),
            other => println!("{other:?}"),
        }
    })?;
    Ok(())
}
