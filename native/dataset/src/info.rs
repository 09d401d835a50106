//! Describes a dataset in counts and histograms.

use crate::build::Failure;
use crate::error::DatasetError;
use crate::file::{Dataset, FILE};
use crate::manifest::{Manifest, Outcome};
use continuo_tokenizer::vocabulary::{DRUMS, family, meter_label};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InfoRequest {
    /// Dataset folder.
    pub data: PathBuf,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InfoAnswer {
    pub version: u32,
    pub hash: String,
    pub folders: Vec<String>,
    pub licence: Option<String>,
    pub files: usize,
    pub pieces: usize,
    pub held_out_pieces: usize,
    pub clusters: usize,
    pub notes: usize,
    pub duplicates: usize,
    pub failed: Vec<Failure>,
    /// Of the file of pieces.
    pub bytes: u64,
    pub histograms: Histograms,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Histograms {
    /// Notes by octave, drums left out.
    pub pitch: Vec<Column>,
    /// Notes by GM family.
    pub instrument: Vec<Column>,
    /// Bars by meter, the most frequent first.
    pub meter: Vec<Column>,
    /// Bars by tempo in quarters a minute.
    pub tempo: Vec<Column>,
    pub notes_per_piece: Vec<Column>,
}

#[derive(Debug, Serialize)]
pub struct Column {
    pub label: String,
    pub count: u64,
}

/// GM's families of eight programs, then drums.
const FAMILIES: [&str; 17] = [
    "piano",
    "chromatic percussion",
    "organ",
    "guitar",
    "bass",
    "strings",
    "ensemble",
    "brass",
    "reed",
    "pipe",
    "synth lead",
    "synth pad",
    "synth effects",
    "ethnic",
    "percussive",
    "sound effects",
    "drums",
];
const TEMPO_WIDTH: u64 = 20;
const FASTEST: u64 = 240;

/// Count everything. Errors: `DATASET_IO`, `DATASET_DAMAGED`, `DATASET_VERSION`.
pub fn info(request: &InfoRequest) -> Result<InfoAnswer, DatasetError> {
    let dataset = Dataset::open(&request.data)?;
    let manifest = Manifest::of(&request.data, &dataset)?;
    let path = request.data.join(FILE);
    let bytes = std::fs::metadata(&path)
        .map_err(DatasetError::io(&path))?
        .len();
    let mut clusters: Vec<u32> = (0..dataset.len()).map(|i| dataset.cluster(i)).collect();
    clusters.sort_unstable();
    clusters.dedup();
    let mut duplicates = 0;
    let mut failed = Vec::new();
    for file in &manifest.files {
        match &file.outcome {
            Outcome::Piece { .. } => {}
            Outcome::Duplicate { .. } => duplicates += 1,
            Outcome::Failed { reason } => failed.push(Failure {
                path: file.path.clone(),
                reason: reason.clone(),
            }),
        }
    }
    Ok(InfoAnswer {
        version: manifest.version,
        hash: dataset.hash().to_owned(),
        folders: manifest.folders,
        licence: manifest.licence,
        files: manifest.files.len(),
        pieces: dataset.len(),
        held_out_pieces: (0..dataset.len())
            .filter(|&i| dataset.is_held_out(i))
            .count(),
        clusters: clusters.len(),
        notes: dataset.note_count(),
        duplicates,
        failed,
        bytes,
        histograms: histograms(&dataset),
    })
}

fn histograms(dataset: &Dataset) -> Histograms {
    let mut octaves = [0u64; 11];
    let mut families = [0u64; FAMILIES.len()];
    let mut meters: BTreeMap<u8, u64> = BTreeMap::new();
    let mut tempos: BTreeMap<u64, u64> = BTreeMap::new();
    let mut sizes: BTreeMap<u32, u64> = BTreeMap::new();
    for index in 0..dataset.len() {
        let piece = dataset.piece(index);
        *sizes.entry(piece.notes.len().max(1).ilog2()).or_default() += 1;
        for note in piece.notes {
            let class = piece
                .sounds
                .get(usize::from(note.track))
                .copied()
                .unwrap_or(0);
            families[usize::from(family(class))] += 1;
            if class != DRUMS {
                octaves[usize::from(note.pitch / 12).min(10)] += 1;
            }
        }
        let tempo_map = dataset.tempos(index);
        for bar in piece.bars {
            *meters.entry(bar.meter).or_default() += 1;
            let after = tempo_map.partition_point(|t| t.onset <= bar.start).max(1);
            if let Some(tempo) = tempo_map.get(after - 1) {
                let qpm = 60_000_000 / u64::from(tempo.microseconds_per_quarter.max(1));
                *tempos.entry(qpm.min(FASTEST) / TEMPO_WIDTH).or_default() += 1;
            }
        }
    }
    let column = |label: String, count: u64| Column { label, count };
    let mut meter: Vec<Column> = meters
        .into_iter()
        .map(|(class, count)| column(meter_label(class), count))
        .collect();
    meter.sort_by_key(|c| std::cmp::Reverse(c.count));
    let tempo_label = |step: u64| match step * TEMPO_WIDTH {
        FASTEST => format!("{FASTEST} and more"),
        from => format!("{from}-{}", from + TEMPO_WIDTH - 1),
    };
    Histograms {
        pitch: (0i32..)
            .zip(octaves)
            .filter(|(_, count)| *count > 0)
            .map(|(octave, count)| column(format!("C{}", octave - 1), count))
            .collect(),
        instrument: FAMILIES
            .iter()
            .zip(families)
            .filter(|(_, count)| *count > 0)
            .map(|(family, count)| column((*family).to_owned(), count))
            .collect(),
        meter,
        tempo: tempos
            .into_iter()
            .map(|(step, count)| column(tempo_label(step), count))
            .collect(),
        notes_per_piece: sizes
            .into_iter()
            .map(|(power, count)| {
                column(format!("{}-{}", 1u64 << power, (2u64 << power) - 1), count)
            })
            .collect(),
    }
}
