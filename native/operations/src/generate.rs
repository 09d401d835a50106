//! A piece from a recurrent model: from a note, a file, or where an earlier call stopped.

use std::path::{Path, PathBuf};

use continuo_midi::write_new;
use continuo_model::recurrent::RecurrentModel;
use continuo_sampler::CancelFlag;
use continuo_sampler::recurrent::{NoteStream, StreamOptions};
use continuo_tokenizer::howl::HowlNote;
use serde::{Deserialize, Serialize};

use crate::encodings::howl::{HowlRow, MAX_SECONDS, howl_notes, song_from_howl};
use crate::error::OperationError;
use crate::files::output::{
    Became, Existing, check_output, file_of, warnings_of, write_output, write_result,
};
use crate::files::source::{Reading, read_bytes, read_source};
use crate::fill::engines::ModelChoice;
use crate::models::model_files::ModelEntry;
use crate::warnings::WarningEntry;

const FORMAT: &str = "continuo-state";
const VERSION: u32 = 1;
/// Most notes of one call.
const MAX_NOTES: usize = 1_000_000;
/// A first note that is given by its pitch alone.
const FIRST_SECONDS: f32 = 0.5;
const FIRST_VOLUME: f32 = 0.6;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenerateRequest {
    pub model: ModelChoice,
    pub output: PathBuf,
    #[serde(default)]
    pub existing: Existing,
    /// First notes, in semitones from C4, one after the other.
    #[serde(default)]
    pub from: Vec<i32>,
    /// A file whose notes come first.
    #[serde(default)]
    pub from_midi: Option<PathBuf>,
    /// Which song of it, from 1, where it holds several.
    #[serde(default)]
    pub song: Option<usize>,
    /// New notes.
    pub notes: usize,
    /// Longest time of all new notes.
    #[serde(default)]
    pub seconds: Option<f64>,
    pub seed: u64,
    #[serde(default)]
    pub temperature: Option<f64>,
    #[serde(default)]
    pub top_p: Option<f64>,
    #[serde(default)]
    pub noise: Option<f64>,
    /// Delay, duration and volume are what the network predicts, as in Howl.
    #[serde(default)]
    pub as_predicted: bool,
    /// Where to stop and to go on from: read if it is there, written at the end.
    #[serde(default)]
    pub state: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GenerateAnswer {
    pub model: ModelEntry,
    pub file: PathBuf,
    pub seed: u64,
    /// Notes that were given, and new ones.
    pub given: usize,
    pub generated: usize,
    /// From the first onset to the last.
    pub seconds: f64,
    /// What became of a file that was there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningEntry>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GenerateProgress {
    pub note_count: usize,
}

/// Where a piece stopped. The network's own state is not in it: hearing the notes again costs some
/// microseconds each, and so notes may be changed by hand before the piece goes on.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct StateFile {
    format: String,
    version: u32,
    /// sha256 of the model's weights.
    model: String,
    seed: u64,
    /// Words of random numbers taken.
    position: u64,
    notes: Vec<HowlRow>,
}

/// A number in single precision; one that does not fit is infinite, and beyond every limit.
fn single(value: Option<f64>, default: f32) -> f32 {
    value.map_or(default, |value| value as f32)
}

/// Generate and write. The cost of a note does not grow with the piece.
///
/// Errors: `NOTES_OUT_OF_RANGE`, `MODEL_*`, `STATE_DAMAGED`, `STATE_OTHER_MODEL`, `INPUT_*`, `MIDI_*`,
/// `OUTPUT_*`, those of the options; `CANCELLED`, which writes nothing.
pub fn generate(
    request: &GenerateRequest,
    cancel: &CancelFlag,
    progress: &mut dyn FnMut(GenerateProgress),
) -> Result<GenerateAnswer, OperationError> {
    if request.notes == 0 || request.notes > MAX_NOTES {
        return Err(OperationError::NotesOutOfRange {
            notes: request.notes,
            limit: MAX_NOTES,
        });
    }
    let beside = request
        .from_midi
        .as_deref()
        .unwrap_or(&request.model.folder);
    check_output(&request.output, beside, request.existing)?;
    let model = RecurrentModel::load(&request.model.folder)?;
    let default = StreamOptions::default();
    let state = request.state.as_deref().filter(|path| path.exists());
    let state = state.map(|path| read_state(path, &model)).transpose()?;
    let seed = state.as_ref().map_or(request.seed, |(file, _)| file.seed);
    let options = StreamOptions {
        seed,
        temperature: single(request.temperature, default.temperature),
        top_p: single(request.top_p, default.top_p),
        noise: single(request.noise, default.noise),
        is_steady: !request.as_predicted,
    };
    // The piece as it was when it stopped is gone on with in its place.
    let before = state
        .as_ref()
        .and_then(|(_, notes)| write_new(&song_from_howl(notes)).ok());
    let mut stream = NoteStream::new(&model, &options)?;
    let (mut notes, position) = match state {
        // A file that was edited meanwhile goes before what the state remembers.
        Some((file, _)) if request.from_midi.is_some() => (first_notes(request)?, file.position),
        Some((file, notes)) => (notes, file.position),
        None => (first_notes(request)?, 0),
    };
    let given = notes.len();
    notes.iter().for_each(|note| stream.hear(note));
    stream.skip_to(position);
    let seconds = request.seconds.unwrap_or(MAX_SECONDS);
    let mut tell = |note_count| progress(GenerateProgress { note_count });
    notes.extend(stream.draw(request.notes, seconds, cancel, &mut tell)?);
    let midi = write_new(&song_from_howl(&notes)).map_err(|source| OperationError::Midi {
        path: request.output.clone(),
        source,
    })?;
    let is_earlier = |old: &[u8]| before.as_deref() == Some(old);
    let became = write_result(&request.output, &midi, request.existing, &is_earlier)?;
    let is_told = |became: &Became| *became != Became::Replaced;
    if let Some(path) = &request.state {
        let file = StateFile {
            format: FORMAT.to_owned(),
            version: VERSION,
            model: model.sha256().to_owned(),
            seed,
            position: stream.position(),
            notes: notes.iter().map(|&note| note.into()).collect(),
        };
        let json = serde_json::to_vec(&file).unwrap_or_default();
        write_output(path, &json, false)?;
    }
    Ok(GenerateAnswer {
        model: ModelEntry {
            id: request.model.id.clone(),
            sha256: model.sha256().to_owned(),
        },
        file: request.output.clone(),
        seed,
        given,
        generated: notes.len() - given,
        seconds: notes.iter().map(|n| f64::from(n.delay)).sum(),
        warnings: warnings_of(&file_of(&request.output, became.filter(is_told)), &[]),
    })
}

fn first_notes(request: &GenerateRequest) -> Result<Vec<HowlNote>, OperationError> {
    if let Some(path) = &request.from_midi {
        let source = read_source(path, Reading::new(false, request.song))?;
        let notes = howl_notes(&source.parsed.into_one_song(), false);
        if notes.is_empty() {
            return Err(OperationError::NotesInvalid {
                path: path.clone(),
                what: "it has no notes beside drums to begin from".to_owned(),
            });
        }
        return Ok(notes);
    }
    let pitches = if request.from.is_empty() {
        &[0][..]
    } else {
        &request.from
    };
    let notes = pitches.iter().enumerate().map(|(index, &pitch)| HowlNote {
        delay: if index == 0 { 0.0 } else { FIRST_SECONDS },
        duration: FIRST_SECONDS,
        volume: FIRST_VOLUME,
        pitch: continuo_tokenizer::howl::clamp_pitch(pitch),
    });
    Ok(notes.collect())
}

fn read_state(
    path: &Path,
    model: &RecurrentModel,
) -> Result<(StateFile, Vec<HowlNote>), OperationError> {
    let damaged = |reason: String| OperationError::StateDamaged {
        path: path.to_owned(),
        reason,
    };
    let bytes = read_bytes(path)?;
    let file: StateFile = serde_json::from_slice(&bytes).map_err(|e| damaged(e.to_string()))?;
    if file.format != FORMAT || file.version != VERSION {
        return Err(damaged(format!("it is {} {}", file.format, file.version)));
    }
    if file.model != model.sha256() {
        return Err(OperationError::StateOtherModel {
            path: path.to_owned(),
            expected: file.model,
            found: model.sha256().to_owned(),
        });
    }
    let notes: Option<Vec<HowlNote>> = file.notes.iter().map(HowlRow::note).collect();
    match notes {
        Some(notes) if !notes.is_empty() => Ok((file, notes)),
        _ => Err(damaged("it has no notes, or one out of range".to_owned())),
    }
}
