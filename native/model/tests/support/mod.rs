//! What the tests of this crate share.

use continuo_model::Runtime;
use continuo_model::runtime::bundled_library;
use std::path::Path;

/// The library of `ORT_DYLIB_PATH`, or that of node_modules in the repository.
pub fn runtime() -> Runtime {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Runtime::load(bundled_library(&root).as_deref()).expect("run `npm install` first")
}

/// A repeatable input: `x [steps, 256]` and rising times.
pub fn input(steps: usize, seed: usize) -> (Vec<f32>, Vec<i32>) {
    let value = |i: usize| (((i + seed * 977) * 7919 % 1009) as f32 / 504.0) - 1.0;
    let x = (0..steps * 256).map(value).collect();
    let times = (0..steps)
        .map(|t| (t * (5 + seed % 4)) as i32 - 40)
        .collect();
    (x, times)
}

/// Equal up to a share of the largest value.
pub fn assert_close(found: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(1e-6f32, |m, v| m.max(v.abs()));
    for (i, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!(
            (a - b).abs() <= tolerance * largest,
            "at {i}: {a} against {b}"
        );
    }
}
