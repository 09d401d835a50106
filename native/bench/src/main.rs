//! Measures parts of the core on fixed inputs and prints the time each took, one JSON value a line.
//!
//! `continuo-bench PART --option value ...`, parts: model, fills, load, steps, parse,
//! train, import, find, small-files, recurrent-notes, recurrent-train. Called by
//! `npm run bench`, which does the statistics, runs the rivals beside it and prints the table. Every
//! part checks its output before it is timed.

mod fills;
mod import;
mod load;
mod memory;
mod model;
mod options;
mod parse;
mod recurrent;
mod samples;
mod steps;
mod train;
mod train_dump;

use options::Options;
use std::process::ExitCode;

/// A benchmark is run by developers, who are served by any message; nothing matches on these.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error[BENCH_FAILED]: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let part = arguments.next().unwrap_or_default();
    let options = Options::parse(arguments)?;
    match part.as_str() {
        "model" => model::run(&options),
        "fills" => fills::run(&options),
        "load" => load::run(&options),
        "steps" => steps::run(&options),
        "parse" => parse::run(&options),
        "train" => train::run(&options),
        "import" => import::run(&options),
        "find" => import::find(&options),
        "small-files" => import::small_files(&options),
        "recurrent-notes" => recurrent::notes(&options),
        "recurrent-train" => recurrent::train(&options),
        _ => Err(format!("no part {part:?}; the source lists them").into()),
    }
}
