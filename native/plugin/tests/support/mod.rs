//! The built library, and a state with notes in it: what a project holds.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod lv2;

use std::path::PathBuf;

pub const RATE: f64 = 48_000.;
pub const TEMPO: f64 = 120.;
/// Start in quarters, and pitch; each is half a quarter long.
pub const NOTES: [(f64, u8); 5] = [(0., 60), (0.5, 64), (1.25, 67), (3., 60), (3.9375, 72)];

/// Of this build: cargo puts it beside the tests.
pub fn library() -> PathBuf {
    let name = format!(
        "{}continuo_plugin{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    );
    let deps = std::env::current_exe()
        .unwrap()
        .parent()
        .unwrap()
        .to_owned();
    let found = [deps.join(&name), deps.parent().unwrap().join(&name)]
        .into_iter()
        .find(|path| path.exists());
    found.expect("cargo builds the library with its tests")
}

/// Plays its notes, lets nothing through.
pub fn state() -> Vec<u8> {
    let notes: Vec<String> = NOTES
        .iter()
        .map(|(start, pitch)| format!("[{start},{},{pitch},100,0]", start + 0.5))
        .collect();
    format!(
        r#"{{"version":1,"parameters":{{"mode":0,"thru":0,"density":7}},"notes":[{}],"answers":[]}}"#,
        notes.join(",")
    )
    .into_bytes()
}

/// The sample of a position in quarters, from the song's beginning.
pub fn sample(position: f64) -> u64 {
    (position * 60. / TEMPO * RATE).round() as u64
}

/// What a host must have got after four quarters: samples and pitches of note-ons.
pub fn expected() -> Vec<(u64, u8)> {
    NOTES
        .iter()
        .map(|(start, pitch)| (sample(*start), *pitch))
        .collect()
}
