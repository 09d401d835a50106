//! ONNX Runtime's telemetry, off before the library starts.
//!
//! Since 1.29 the builds of its makers for Linux and macOS send events to a server of theirs, and keep an identifier of
//! the device and a queue of events on disk. Their API can only switch this off once an environment exists, which is
//! after the first event was written; an environment variable does so before.
//! Source: docs/Privacy.md of ONNX Runtime 1.30.

use std::env;

/// Variables that must be `1` when the library starts; it reads them once.
///
/// On Windows it sends nothing itself, but writes events that the system collects. The only switch that holds back the
/// first of them is the one that its own tests use.
const SWITCHES: &[&str] = if cfg!(windows) {
    &["ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS"]
} else {
    &["ORT_DISABLE_TELEMETRY"]
};

/// Switch telemetry off for this process, whatever its environment says. Call it before the library is loaded.
pub(crate) fn switch_off() {
    for name in SWITCHES {
        if env::var_os(name).is_some_and(|value| value == "1") {
            continue;
        }
        // SAFETY: no other thread may read the environment by C's functions meanwhile. In Node this line is not
        // reached: bridge/engine/telemetry.ts has set the variables, under Node's own lock. Our other programs, tests
        // and benchmarks, read the environment by Rust's functions alone, which share a lock with this one.
        unsafe { env::set_var(name, "1") };
    }
}
