//! The events of a run: one JSON object a line in `events.jsonl`.

use crate::gain::Gain;
use serde::Serialize;
use serde_json::{Map, Value};
use std::path::PathBuf;

/// Parts of a loss by name; what is not finite is null.
pub type Parts = Map<String, Value>;

/// What a run tells while it goes. Losses are those of a note.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase", tag = "event")]
pub enum RunEvent {
    #[serde(rename_all = "camelCase")]
    Start {
        model_id: String,
        family: &'static str,
        device: String,
        parameters: usize,
        pieces: usize,
        held_out_pieces: usize,
        /// Notes of the pieces that are trained on.
        notes: u64,
        /// What ends it: updates or seconds.
        updates: Option<u64>,
        seconds: Option<f64>,
        /// Where it begins; not 0 for a run that is gone on with.
        step: u64,
        /// sha256 of the model that it goes on from.
        from: Option<String>,
        /// Pieces that the run had before, where its data has grown since.
        grown_from: Option<usize>,
    },
    #[serde(rename_all = "camelCase")]
    Step {
        step: u64,
        /// Mean since the last such event.
        loss: f64,
        parts: Parts,
        learning_rate: f32,
        gradient_norm: f32,
        /// Steps of the sequence; sequences of a recurrent network.
        steps_per_second: f64,
        notes_per_second: f64,
        seconds: f64,
        seconds_left: f64,
        /// Memory of the process.
        memory_mib: f64,
    },
    #[serde(rename_all = "camelCase")]
    HeldOut {
        step: u64,
        /// "data", or "replay" for the base's data.
        set: &'static str,
        loss: f64,
        parts: Parts,
        seconds: f64,
        is_best: bool,
        /// Piece by piece against the start; none for the base's data.
        gain: Option<Gain>,
    },
    /// While held-out pieces are measured; not kept.
    #[serde(rename_all = "camelCase")]
    Evaluating {
        step: u64,
        done: usize,
        total: usize,
        /// Of the whole run.
        seconds_left: f64,
    },
    #[serde(rename_all = "camelCase")]
    Checkpoint {
        step: u64,
        path: PathBuf,
        /// "latest", "best", or "kept" for one of an earlier step.
        kind: &'static str,
    },
}
