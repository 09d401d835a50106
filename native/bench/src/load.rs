//! Loading an engine in a fresh process: runtime library, weights, session.

use crate::Failure;
use crate::memory::peak_mib;
use crate::options::Options;
use crate::samples::{milliseconds, print};
use continuo_sampler::Engine;
use serde_json::json;

pub fn run(options: &Options) -> Result<(), Failure> {
    let (folder, engine_options) = (options.path("model")?, options.engine()?);
    let (engine, load_ms) = milliseconds(|| Engine::load(&folder, &engine_options));
    engine?.self_check()?;
    print("load", "ms", &[load_ms], json!({"peakMib": peak_mib()}))
}
