//! Measures the fills of some files against their surroundings.

use std::path::PathBuf;

use continuo_midi::{Note, ParsedFile, Tick};
use continuo_sampler::{Controls, FillRequest, Locks, Mode, NoteMeasures, Sampling, measure_notes};
use continuo_tokenizer::grid::{Quarters, quarters_from_ticks};
use serde::{Deserialize, Serialize};

use crate::error::OperationError;
use crate::files::part::Part;
use crate::files::region::RegionChoice;
use crate::files::same_song::{is_same_song, located_regions};
use crate::files::source::{Reading, read_source};
use crate::files::track::TrackChoice;
use crate::warnings::{WarningEntry, one_each};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EvaluateRequest {
    /// The file before the fill.
    pub input: PathBuf,
    /// Which song, from 1, of files that hold several.
    #[serde(default)]
    pub song: Option<usize>,
    pub track: TrackChoice,
    pub region: RegionChoice,
    /// The same file with other notes in the region.
    pub candidates: Vec<PathBuf>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EvaluateAnswer {
    pub region: RegionEntry,
    /// Of what surrounds the region; `None` for drums and in silence.
    pub scale: Option<String>,
    /// What stood there.
    pub original: Measures,
    /// In the order asked for.
    pub candidates: Vec<FileMeasures>,
    /// Of reading the files.
    pub warnings: Vec<WarningEntry>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegionEntry {
    /// From 1.
    pub track: usize,
    pub start_tick: u32,
    pub end_tick: u32,
}

#[derive(Debug, Serialize)]
pub struct FileMeasures {
    pub file: PathBuf,
    #[serde(flatten)]
    pub measures: Measures,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measures {
    pub note_count: usize,
    pub notes_per_quarter: f64,
    pub mean_velocity: f64,
    /// Lowest and highest; `None` without notes.
    pub pitch_range: Option<(u8, u8)>,
    /// Share in sequences of 8 or more that also occur in the context, 0-1.
    pub copied: f64,
    /// Share outside the scale of the surroundings, 0-1.
    pub out_of_scale: f64,
    /// Share that stood there before, by onset and pitch, 0-1.
    pub unchanged: f64,
}

/// Errors: `INPUT_*`, `MIDI_*`, `TRACK_*`, `REGION_*`; `CANDIDATE_OTHER_SONG`.
pub fn evaluate(request: &EvaluateRequest) -> Result<EvaluateAnswer, OperationError> {
    let source = read_source(&request.input, Reading::new(false, request.song))?;
    let index = request.track.resolve(&source.parsed.song)?;
    let pattern = source.parsed.pattern_song(index);
    let region = request.region.resolve(&pattern, &pattern.tracks[index])?;
    let part = Part {
        track: index,
        region: region.clone(),
        role: None,
    };
    let located = &located_regions(&source.parsed, &[part])[0];
    let mut warnings = source.warnings();
    let notes_of = |parsed: &ParsedFile| -> Vec<Note> {
        // A file whose region lost all its notes may have tracks of other numbers.
        let own = parsed
            .track_at(located.location)
            .map(|own| &parsed.song.tracks[own]);
        let notes = own.into_iter().flat_map(|track| &track.notes);
        notes
            .filter(|note| region.contains(&note.start_tick))
            .copied()
            .collect()
    };
    let song = source.parsed.song_in(&[(index, region.clone())]);
    let asked = FillRequest {
        song: &song,
        track: index,
        start_tick: Tick(region.start),
        end_tick: Tick(region.end),
        mode: Mode::Fill,
        controls: Controls::default(),
        sampling: Sampling::default(),
        locks: Locks::default(),
    };
    let quarters = quarters_from_ticks(region.end - region.start, song.ppq);
    let original = notes_of(&source.parsed);
    let found = measure_notes(&asked, &original)?;
    let mut candidates = Vec::with_capacity(request.candidates.len());
    for file in &request.candidates {
        let candidate = read_source(file, Reading::new(false, request.song))?;
        if !is_same_song(&source.parsed, &candidate.parsed, located) {
            return Err(OperationError::CandidateOtherSong { path: file.clone() });
        }
        warnings.extend(candidate.warnings());
        let notes = notes_of(&candidate.parsed);
        let found = measure_notes(&asked, &notes)?;
        candidates.push(FileMeasures {
            file: file.clone(),
            measures: measure(&notes, &found, &original, quarters),
        });
    }
    Ok(EvaluateAnswer {
        region: RegionEntry {
            track: index + 1,
            start_tick: region.start,
            end_tick: region.end,
        },
        original: measure(&original, &found, &original, quarters),
        scale: found.scale,
        candidates,
        warnings: one_each(warnings.into_iter()),
    })
}

fn measure(
    notes: &[Note],
    measured: &NoteMeasures,
    original: &[Note],
    quarters: Quarters,
) -> Measures {
    let count = notes.len().max(1) as f64;
    let velocities = notes.iter().map(|note| f64::from(note.velocity));
    let pitches = notes.iter().map(|note| note.pitch);
    let stood = |note: &&Note| {
        let mut old = original.iter();
        old.any(|o| (o.start_tick, o.pitch) == (note.start_tick, note.pitch))
    };
    Measures {
        note_count: notes.len(),
        notes_per_quarter: notes.len() as f64 / quarters.0,
        mean_velocity: velocities.sum::<f64>() / count,
        pitch_range: pitches.clone().min().zip(pitches.max()),
        copied: measured.copied,
        out_of_scale: measured.out_of_scale,
        unchanged: notes.iter().filter(stood).count() as f64 / count,
    }
}
