//! What a host keeps of an instance in its project, as JSON with a version: a project opens and plays the same notes
//! without a daemon. States of every version load for ever; `tests/states/` has one of each.

use crate::note::Note;
use crate::parameters::{Kind, PARAMETERS};
use crate::shared::Shared;
use crate::worker::{Answer, Kept};
use serde_json::{Map, Value, json};

const VERSION: u64 = 1;
/// Far beyond what anybody generates; the bytes come from a project file.
const MOST_NOTES: usize = 1_000_000;
/// In quarters, on either side of the song's start: months of music.
const FARTHEST: f64 = 1e8;
const KEYS: [&str; 4] = ["version", "parameters", "notes", "answers"];

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum StateError {
    #[error("this is not a state of Continuo")]
    NotAState,
    #[error("the state is of version {0}, of a newer Continuo; this one reads up to {VERSION}")]
    Newer(u64),
}

pub(crate) fn save(shared: &Shared, kept: &Kept) -> Vec<u8> {
    let mut state = kept.foreign();
    let mut parameters = match state.remove("parameters") {
        Some(Value::Object(foreign)) => foreign,
        _ => Map::new(),
    };
    parameters.extend(
        (PARAMETERS.iter())
            .filter(|parameter| parameter.kind != Kind::Button)
            .map(|parameter| (parameter.symbol.into(), json!(shared.value(parameter.id)))),
    );
    // A ten-thousandth of a quarter is a fifth of a sample at 120 and 48 kHz, and half the bytes.
    let round = |position: f64| (position * 1e4).round() / 1e4;
    let notes: Vec<Value> = (kept.generated().iter())
        .map(|note| {
            json!([
                round(note.start),
                round(note.end),
                note.pitch,
                note.velocity,
                note.channel
            ])
        })
        .collect();
    let answers: Vec<Value> = (kept.answers().iter())
        .map(|answer| {
            json!({ "start": answer.region.0, "end": answer.region.1, "call": answer.call, "seed": answer.seed,
                "model": answer.model, "kept": answer.is_kept })
        })
        .collect();
    let known: [Value; 4] = [
        VERSION.into(),
        parameters.into(),
        notes.into(),
        answers.into(),
    ];
    state.extend(KEYS.map(String::from).into_iter().zip(known));
    Value::Object(state).to_string().into_bytes()
}

/// Nothing changes unless all of it can be read. Unknown keys are kept for the next save. The bars of the last answer
/// are the region again, so that Keep, Clear and New take mean them after a project was opened.
pub(crate) fn load(shared: &Shared, kept: &Kept, bytes: &[u8]) -> Result<(), StateError> {
    let state: Value = serde_json::from_slice(bytes).map_err(|_| StateError::NotAState)?;
    match state["version"].as_u64() {
        Some(1..=VERSION) => {}
        Some(newer @ 2..) => return Err(StateError::Newer(newer)),
        _ => return Err(StateError::NotAState),
    }
    let list = |key: &str| {
        state[key]
            .as_array()
            .filter(|list| list.len() <= MOST_NOTES)
    };
    let notes = list("notes").ok_or(StateError::NotAState)?;
    let notes: Vec<Note> = notes
        .iter()
        .map(note)
        .collect::<Option<_>>()
        .ok_or(StateError::NotAState)?;
    let answers: Vec<Answer> = list("answers")
        .into_iter()
        .flatten()
        .filter_map(answer)
        .collect();
    let region = answers.last().map(|answer| answer.region);
    for parameter in PARAMETERS
        .iter()
        .filter(|parameter| parameter.kind != Kind::Button)
    {
        if let Some(value) = state["parameters"][parameter.symbol].as_f64() {
            shared.set_value(parameter.id, value);
        }
    }
    kept.set_foreign(foreign(&state));
    kept.set_answers(answers);
    kept.change_view(|view| {
        view.region = region;
        view.candidates.clear();
        view.selected = 0;
    });
    kept.publish(notes);
    Ok(())
}

/// The keys and parameters that this version does not know.
fn foreign(state: &Value) -> Map<String, Value> {
    let without = |value: &Value, is_known: &dyn Fn(&str) -> bool| -> Map<String, Value> {
        let entries = value.as_object().into_iter().flatten();
        entries
            .filter(|(key, _)| !is_known(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    let mut foreign = without(state, &|key| KEYS.contains(&key));
    let parameters = without(&state["parameters"], &|key| {
        PARAMETERS.iter().any(|parameter| parameter.symbol == key)
    });
    foreign.insert("parameters".into(), parameters.into());
    foreign
}

fn note(value: &Value) -> Option<Note> {
    let byte = |i: usize| {
        value[i]
            .as_u64()
            .and_then(|n| u8::try_from(n).ok())
            .filter(|n| *n < 128)
    };
    let (start, end) = (value[0].as_f64()?, value[1].as_f64()?);
    let velocity = byte(3)?.max(1);
    let is_possible = end > start && start >= -FARTHEST && end <= FARTHEST;
    is_possible.then_some(Note {
        start,
        end,
        pitch: byte(2)?,
        velocity,
        channel: byte(4)? & 15,
    })
}

fn answer(value: &Value) -> Option<Answer> {
    Some(Answer {
        region: (value["start"].as_f64()?, value["end"].as_f64()?),
        call: value["call"].as_u64()?,
        seed: value["seed"].as_u64()?,
        model: value["model"].as_str()?.into(),
        is_kept: value["kept"].as_bool()?,
    })
}
