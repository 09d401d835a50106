//! The recurrent model in the plugin itself, for when no daemon can be reached: it goes on with what the track played
//! before, in a few milliseconds, and needs no ONNX Runtime. One model serves all instances of the process.

use super::Worker;
use super::request::{Origin, fill_request};
use crate::daemon::Home;
use crate::parameters::Part;
use crate::view::Candidate;
use continuo_midi::{MeterChange, Note, Song, TempoChange, Tick, Track};
use continuo_sampler::recurrent::RecurrentEngine;
use continuo_sampler::{CancelFlag, Controls, FillRequest, Locks, Mode, Sampling};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

const MODEL: &str = "howl-lstm-192";

/// With the folder that it was read from: a new home has another one.
static ENGINE: Mutex<Option<(PathBuf, RecurrentEngine)>> = Mutex::new(None);

impl Worker {
    /// Answers the request under way. @returns whether it could: there is a model, and it was asked to go on with a
    /// line; it writes no parts.
    pub(super) fn fill_inside(&mut self) -> bool {
        let Some(flight) = &self.flight else {
            return false;
        };
        if flight.asks_roll || flight.ask.part != Part::Same {
            return false;
        }
        let Some(folder) = Home::find().and_then(|home| home.model(MODEL)) else {
            return false;
        };
        let (request, origin) = fill_request(&self.link.shared, &self.heard, &flight.ask);
        match fill(&folder, &request, origin, flight.channel) {
            Some(candidates) => {
                self.finish(candidates, MODEL.into(), String::new());
                true
            }
            None => false,
        }
    }
}

/// As the daemon would answer `request`. `None` where there are no notes, for whatever reason: the view then says why
/// there is no daemon.
fn fill(folder: &Path, request: &Value, origin: Origin, channel: u8) -> Option<Vec<Candidate>> {
    let song = song_of(request)?;
    let tick = |name: &str| u32::try_from(request["region"][name].as_u64()?).ok();
    let mut controls: Value = request["controls"].clone();
    // It has no density, and hears no key: what is asked for by name holds.
    let asked = controls.as_object_mut()?;
    asked.remove("density");
    if asked.get("scale").is_some_and(|scale| scale == "auto") {
        asked.remove("scale");
    }
    let controls: Controls = serde_json::from_value(controls).ok()?;
    let sampling: Sampling = serde_json::from_value(request["sampling"].clone()).ok()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let request = FillRequest {
        song: &song,
        track: 0,
        start_tick: Tick(tick("startTick")?),
        end_tick: Tick(tick("endTick")?),
        mode: Mode::Continue,
        controls,
        sampling: Sampling {
            seed: u64::from(now.subsec_nanos()) ^ (now.as_secs() << 20),
            ..sampling
        },
        locks: Locks::default(),
    };
    let mut engine = ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
    if engine.as_ref().is_none_or(|(known, _)| known != folder) {
        *engine = Some((folder.into(), RecurrentEngine::load(folder).ok()?));
    }
    let (_, engine) = engine.as_mut()?;
    let result = engine
        .fill(&request, &CancelFlag::default(), &mut |_| {})
        .ok()?;
    let candidates = result.candidates.iter().map(|candidate| Candidate {
        seed: candidate.seed,
        notes: origin.own_notes(&candidate.notes, channel).into(),
    });
    let candidates: Vec<Candidate> = candidates.collect();
    candidates
        .iter()
        .any(|candidate| !candidate.notes.is_empty())
        .then_some(candidates)
}

/// The track that is written, alone.
fn song_of(request: &Value) -> Option<Song> {
    let number = |value: &Value| u32::try_from(value.as_u64()?).ok();
    let notes: Vec<Note> = serde_json::from_value(request["tracks"][0]["notes"].clone()).ok()?;
    let tempo = |change: &Value| {
        Some(TempoChange {
            tick: number(&change["tick"])?,
            tempo_qpm: change["qpm"].as_f64()?,
        })
    };
    let meter = |change: &Value| {
        Some(MeterChange {
            tick: number(&change["tick"])?,
            numerator: u8::try_from(change["numerator"].as_u64()?).ok()?,
            denominator: u16::try_from(change["denominator"].as_u64()?).ok()?,
        })
    };
    Some(Song {
        ppq: u16::try_from(request["ppq"].as_u64()?).ok()?,
        tempo_map: (request["tempoMap"].as_array()?.iter().map(tempo)).collect::<Option<_>>()?,
        meters: (request["timeSignatures"].as_array()?.iter().map(meter)).collect::<Option<_>>()?,
        tracks: vec![Track {
            notes,
            ..Track::default()
        }],
        ..Song::default()
    })
}
