//! What a run tells while it goes: one JSON object each in `events.jsonl`.

use serde::Serialize;
use std::path::PathBuf;

/// What a run tells while it goes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase", tag = "event")]
pub enum RunEvent {
    #[serde(rename_all = "camelCase")]
    Step {
        step: u64,
        /// Nats a note since the last such event.
        loss: f64,
        fields: [f64; 5],
        learning_rate: f32,
        gradient_norm: f32,
        steps_per_second: f64,
        notes_per_second: f64,
        seconds: f64,
        seconds_left: f64,
    },
    #[serde(rename_all = "camelCase")]
    HeldOut {
        step: u64,
        loss: f64,
        fields: [f64; 5],
        pitched: f64,
        pitched_pitch: f64,
        drums: f64,
        seconds: f64,
    },
    #[serde(rename_all = "camelCase")]
    Checkpoint { step: u64, path: PathBuf },
}
