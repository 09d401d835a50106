//! The answer of a fill, and its progress reports.

use std::path::PathBuf;

use continuo_midi::Note;
use continuo_sampler::{Candidate, Timings};
use serde::Serialize;

use crate::files::parts::Part;
use crate::files::track::Role;
use crate::fill::draw_parts::PartsResult;
use crate::fill::view::View;
use crate::models::model_files::ModelEntry;
use crate::songs::sent_song::SongRegion;
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
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct PartNote {
    #[serde(flatten)]
    pub note: Note,
    /// The id of its track; only where a fill has several regions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track: Option<String>,
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
    pub notes: Vec<Note>,
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

impl CandidateEntry {
    fn new(candidate: &Candidate, notes: Vec<PartNote>) -> Self {
        Self {
            seed: candidate.seed,
            notes,
            log_prob_per_note: candidate.log_prob_per_note,
            copied: candidate.copied,
            out_of_scale: candidate.out_of_scale,
        }
    }
}

/// With the notes of all regions as they come.
impl From<&Candidate> for CandidateEntry {
    fn from(candidate: &Candidate) -> Self {
        let notes = candidate.notes.iter();
        let notes = notes.map(|&note| PartNote { note, track: None });
        Self::new(candidate, notes.collect())
    }
}

impl FillAnswer {
    /// `id_of`: the caller's name of a track.
    pub fn new(
        model_id: &str,
        parts: &[Part],
        id_of: impl Fn(usize) -> String,
        result: PartsResult,
    ) -> Self {
        let regions: Vec<SongRegion> = parts
            .iter()
            .map(|part| SongRegion {
                track_id: id_of(part.track),
                start_tick: part.region.start,
                end_tick: part.region.end,
                role: part.role.map(Role),
            })
            .collect();
        let candidates = result.candidates.iter();
        Self {
            model: ModelEntry {
                id: model_id.to_owned(),
                sha256: result.model.sha256,
            },
            device: result.device.to_string(),
            seed: result.seed,
            region: regions[0].clone(),
            regions: (parts.len() > 1).then_some(regions),
            removed: part_notes(parts, &id_of, &result.removed),
            candidates: candidates
                .map(|candidate| {
                    let notes = part_notes(parts, &id_of, &candidate.notes);
                    CandidateEntry::new(&candidate.whole, notes)
                })
                .collect(),
            warnings: one_each(result.warnings.iter().map(WarningEntry::from)),
            timings: result.timings.into(),
        }
    }
}

/// The notes of all parts; where there are several, each says its track.
fn part_notes(
    parts: &[Part],
    id_of: &impl Fn(usize) -> String,
    notes: &[Vec<Note>],
) -> Vec<PartNote> {
    let of_part = |(part, notes): (&Part, &Vec<Note>)| {
        let track = (parts.len() > 1).then(|| id_of(part.track));
        let notes = notes.iter().map(move |&note| PartNote {
            note,
            track: track.clone(),
        });
        notes.collect::<Vec<_>>()
    };
    parts.iter().zip(notes).flat_map(of_part).collect()
}
