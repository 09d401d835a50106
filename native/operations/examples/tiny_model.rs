//! Writes a small model with random weights, which plays nonsense fast: for tests.
//!
//! `cargo run --release -p continuo-operations --example tiny_model -- FOLDER`

use std::path::PathBuf;

use continuo_model::{Architecture, Model, Precision};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).map(PathBuf::from);
    let folder = folder.ok_or("name the folder to write to")?;
    let architecture = Architecture {
        d_model: 64,
        layers: 1,
        heads: 1,
        ff_size: 64,
        head_size: 32,
        ..Architecture::infill_s()
    };
    let mut model = Model::random(architecture, 7);
    model.config.id = "tiny".to_owned();
    Ok(model.save(&folder, Precision::F16)?)
}
