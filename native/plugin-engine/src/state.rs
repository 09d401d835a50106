//! What a host keeps of an instance in its project, as JSON with a version.

use crate::note::Note;
use crate::parameters::PARAMETERS;
use crate::shared::Shared;
use crate::worker::Kept;
use serde_json::{Map, Value, json};

const VERSION: u64 = 1;

#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error("this is not a state of Continuo")]
    NotAState,
    #[error("the state is of version {0}; this Continuo reads up to {VERSION}")]
    Newer(u64),
}

pub(crate) fn save(shared: &Shared, kept: &Kept) -> Vec<u8> {
    let parameters: Map<String, Value> = PARAMETERS
        .iter()
        .map(|p| (p.symbol.into(), json!(shared.value(p.id))))
        .collect();
    let notes: Vec<Value> = kept
        .generated()
        .iter()
        .map(|n| json!([n.start, n.end, n.pitch, n.velocity, n.channel]))
        .collect();
    json!({ "version": VERSION, "parameters": parameters, "notes": notes })
        .to_string()
        .into_bytes()
}

pub(crate) fn load(shared: &Shared, kept: &Kept, bytes: &[u8]) -> Result<(), StateError> {
    let state: Value = serde_json::from_slice(bytes).map_err(|_| StateError::NotAState)?;
    match state["version"].as_u64() {
        Some(1..=VERSION) => {}
        Some(newer) => return Err(StateError::Newer(newer)),
        None => return Err(StateError::NotAState),
    }
    let notes = state["notes"].as_array().ok_or(StateError::NotAState)?;
    let notes: Vec<Note> = notes
        .iter()
        .map(note)
        .collect::<Option<_>>()
        .ok_or(StateError::NotAState)?;
    for parameter in &PARAMETERS {
        if let Some(value) = state["parameters"][parameter.symbol].as_f64() {
            shared.set_value(parameter.id, value);
        }
    }
    kept.publish(notes);
    Ok(())
}

fn note(value: &Value) -> Option<Note> {
    let byte = |i: usize| {
        value[i]
            .as_u64()
            .and_then(|n| u8::try_from(n).ok())
            .filter(|n| *n < 128)
    };
    let (start, end) = (value[0].as_f64()?, value[1].as_f64()?);
    (end > start).then_some(Note {
        start,
        end,
        pitch: byte(2)?,
        velocity: byte(3)?,
        channel: byte(4)? & 15,
    })
}
