//! The answer of a fill, and its progress reports.

use std::path::PathBuf;

use continuo_midi::Note;
use continuo_sampler::Timings;
use serde::{Deserialize, Serialize};

use crate::error::OperationError;
use crate::files::part::Part;
use crate::files::track::Role;
use crate::fill::draw_parts::{PartsCandidate, PartsProgress, PartsResult};
use crate::fill::view::View;
use crate::models::model_files::ModelEntry;
use crate::songs::sent_song::{SongRegion, invalid, valid_notes};
use crate::warnings::{WarningEntry, one_each};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FillAnswer {
    pub model: ModelEntry,
    pub device: String,
    pub seed: u64,
    /// The first, where there are several.
    pub region: SongRegion,
    /// All of them, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regions: Option<Vec<SongRegion>>,
    pub removed: Vec<PartNote>,
    /// Best first.
    pub candidates: Vec<CandidateEntry>,
    pub warnings: Vec<WarningEntry>,
    pub timings: TimingsEntry,
}

/// A note of one of the regions.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct PartNote {
    #[serde(flatten)]
    pub note: Note,
    /// The id of its track; only where a fill may have several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track_id: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CandidateEntry {
    pub seed: u64,
    pub notes: Vec<PartNote>,
    pub log_prob_per_note: f64,
    pub copied: f64,
    pub out_of_scale: f64,
}

/// Milliseconds; `total_ms` counts from the request to the answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TimingsEntry {
    pub load_ms: f64,
    pub prompt_ms: f64,
    pub generate_ms: f64,
    pub total_ms: f64,
}

impl From<Timings> for TimingsEntry {
    fn from(timings: Timings) -> Self {
        Self {
            load_ms: timings.load_ms,
            prompt_ms: timings.prompt_ms,
            generate_ms: timings.generate_ms,
            total_ms: timings.total_ms,
        }
    }
}

/// The progress of a fill.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FillProgress {
    /// 0-1.
    pub fraction: f32,
    /// Of all candidates.
    pub note_count: usize,
    /// The first candidate so far; it may still be drawn again.
    pub notes: Vec<PartNote>,
    /// Those that were completed since the last report that was heard.
    pub finished: Vec<CandidateEntry>,
}

/// Beside the answer, what became of the file.
#[derive(Debug, Serialize)]
pub struct FillReport {
    pub answer: FillAnswer,
    pub written: WrittenRegion,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WrittenRegion {
    /// One a candidate.
    pub files: Vec<PathBuf>,
    /// Of reading the file.
    pub warnings: Vec<WarningEntry>,
    /// What became of files that were there.
    pub replaced: Vec<WarningEntry>,
    /// One a region.
    pub views: Vec<View>,
    /// The numbers that the regions' tracks have in the files.
    pub tracks: Vec<String>,
    /// Where the original of a fill in place was kept.
    pub backup: Option<PathBuf>,
    /// Tracks that came into the file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<AddedPart>,
}

#[derive(Debug, Serialize)]
pub struct AddedPart {
    /// Its number from 1.
    pub track: String,
    pub role: Option<Role>,
    pub program: u8,
    pub name: String,
    pub channel: u8,
}

/// What the notes of an answer are told with.
pub struct Naming<'a> {
    pub parts: &'a [Part],
    /// The caller's name of a track.
    pub id_of: &'a dyn Fn(usize) -> String,
    /// Does each note say its track?
    pub has_tracks: bool,
}

impl Naming<'_> {
    fn regions(&self) -> Vec<SongRegion> {
        let region = |part: &Part| SongRegion {
            track_id: (self.id_of)(part.track),
            start_tick: part.region.start,
            end_tick: part.region.end,
            role: part.role.map(Role),
        };
        self.parts.iter().map(region).collect()
    }

    /// `notes`: by part.
    fn notes(&self, notes: &[Vec<Note>]) -> Vec<PartNote> {
        let of_part = |(part, notes): (&Part, &Vec<Note>)| {
            let track_id = self.has_tracks.then(|| (self.id_of)(part.track));
            let notes = notes.iter().map(move |&note| PartNote {
                note,
                track_id: track_id.clone(),
            });
            notes.collect::<Vec<_>>()
        };
        self.parts.iter().zip(notes).flat_map(of_part).collect()
    }

    pub fn candidate(&self, candidate: &PartsCandidate) -> CandidateEntry {
        CandidateEntry {
            seed: candidate.whole.seed,
            notes: self.notes(&candidate.notes),
            log_prob_per_note: candidate.whole.log_prob_per_note,
            copied: candidate.whole.copied,
            out_of_scale: candidate.whole.out_of_scale,
        }
    }

    /// `finished`: candidates that were completed since the last report.
    pub fn progress(
        &self,
        step: &PartsProgress<'_>,
        finished: Vec<CandidateEntry>,
    ) -> FillProgress {
        FillProgress {
            fraction: step.fraction,
            note_count: step.note_count,
            notes: self.notes(step.notes),
            finished,
        }
    }
}

impl FillAnswer {
    pub fn new(model_id: &str, naming: &Naming<'_>, result: PartsResult) -> Self {
        let regions = naming.regions();
        let candidates = result.candidates.iter();
        Self {
            model: ModelEntry {
                id: model_id.to_owned(),
                sha256: result.model.sha256,
            },
            device: result
                .device
                .map_or("none".to_owned(), |device| device.to_string()),
            seed: result.seed,
            region: regions[0].clone(),
            regions: naming.has_tracks.then_some(regions),
            removed: naming.notes(&result.removed),
            candidates: candidates.map(|one| naming.candidate(one)).collect(),
            warnings: one_each(result.warnings.iter().map(WarningEntry::from)),
            timings: result.timings.into(),
        }
    }
}

/// The notes of each of some tracks; where there is only one, they need not name it.
///
/// Errors: `REQUEST_INVALID` where a note has no meaning in MIDI, or names another track.
pub fn notes_by_part(notes: &[PartNote], ids: &[String]) -> Result<Vec<Vec<Note>>, OperationError> {
    let mut by_part = vec![Vec::new(); ids.len()];
    for PartNote { note, track_id } in notes {
        let part = match track_id {
            None if ids.len() == 1 => Some(0),
            None => None,
            Some(track_id) => ids.iter().position(|id| id == track_id),
        };
        let Some(part) = part else {
            let track = track_id.as_deref().unwrap_or("none");
            return Err(invalid(format!(
                "a note at tick {} is of track {track:?}; the region has {}",
                note.start_tick,
                ids.join(", ")
            )));
        };
        by_part[part].push(*note);
    }
    by_part.iter().map(|notes| valid_notes(notes)).collect()
}
