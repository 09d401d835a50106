//! Samples of one measurement, as they are printed.

use crate::Failure;
use serde::Serialize;
use serde_json::{Value, json};
use std::time::Instant;

/// Print one line: `name`, its samples in `unit`, and what else belongs to it.
pub fn print(name: &str, unit: &str, samples: &[f64], facts: Value) -> Result<(), Failure> {
    print_value(&json!({"name": name, "unit": unit, "samples": samples, "facts": facts}))
}

pub fn print_value(value: &impl Serialize) -> Result<(), Failure> {
    println!("{}", serde_json::to_string(value)?);
    Ok(())
}

/// Milliseconds of one call.
pub fn milliseconds<T>(call: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let value = call();
    (value, start.elapsed().as_secs_f64() * 1e3)
}

/// `count` indices spread evenly over `len` things.
pub fn spread(len: usize, count: usize) -> impl Iterator<Item = usize> {
    let count = count.min(len);
    (0..count).map(move |i| i * len / count.max(1))
}
