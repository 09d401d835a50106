//! Writes the filter of known passages of a model that was trained on several datasets.
//!
//! `cargo run --release -p continuo-train --example known_passages -- OUT.bin DATA...`

use continuo_tokenizer::passages::PassageFilter;
use continuo_train::dataset::Dataset;
use continuo_train::known_passages::passages_of;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1);
    let out = args.next().ok_or("OUT.bin DATA...")?;
    let mut all = Vec::new();
    for folder in args {
        all.extend(passages_of(&Dataset::open(Path::new(&folder))?));
    }
    all.sort_unstable();
    all.dedup();
    std::fs::write(out, PassageFilter::new(&all).to_bytes())?;
    println!("{} passages", all.len());
    Ok(())
}
