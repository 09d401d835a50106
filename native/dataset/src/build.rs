//! Builds a dataset from folders of MIDI files: reads changed files, drops duplicates, keeps similar pieces together.

mod choose;
mod folders;
mod found;
mod import;
mod known;
mod write;

use crate::error::DatasetError;
use crate::file::{Dataset, VERSION};
use crate::journal::{Journal, Record};
use crate::manifest::{Manifest, Outcome};
use crate::read::READER;
use folders::Folders;
use import::Import;
use known::{entry_of, existing, is_fresh, known};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::PathBuf;

/// What to build.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BuildRequest {
    /// Folders of MIDI files.
    pub inputs: Vec<PathBuf>,
    /// Dataset folder.
    pub output: PathBuf,
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// Share of the clusters that is held out, 0 to below 1.
    #[serde(default = "default_hold_out")]
    pub hold_out: f64,
    /// Of few clusters more are held out than their share, one in five, until there are so many: the loss
    /// of one piece alone says little.
    #[serde(default = "default_enough")]
    pub enough: usize,
    /// Leave out what an earlier build has of other folders.
    #[serde(default)]
    pub replace: bool,
    /// What to note of the files' licence.
    #[serde(default)]
    pub licence: Option<String>,
}

fn default_seed() -> u64 {
    1
}

fn default_hold_out() -> f64 {
    0.05
}

fn default_enough() -> usize {
    8
}

impl BuildRequest {
    /// A build with the usual split.
    pub fn new(inputs: Vec<PathBuf>, output: PathBuf) -> BuildRequest {
        BuildRequest {
            inputs,
            output,
            seed: default_seed(),
            hold_out: default_hold_out(),
            enough: default_enough(),
            replace: false,
            licence: None,
        }
    }
}

/// The progress of a build.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildProgress {
    /// Files to read, those that did not change not counted.
    pub total: usize,
    pub done: usize,
    /// Files that are known from an earlier build.
    pub unchanged: usize,
    pub notes: usize,
    pub failed: usize,
    pub files_per_second: f64,
    pub seconds_left: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildAnswer {
    pub files: usize,
    /// Files that were read now; the others are as they were.
    pub read: usize,
    pub pieces: usize,
    pub held_out_pieces: usize,
    pub clusters: usize,
    pub notes: usize,
    pub duplicates: usize,
    /// Pieces of an earlier build whose folders were not read now, and those folders.
    pub kept_pieces: usize,
    pub kept_folders: Vec<String>,
    /// The longest piece, where that is more than a third of all notes.
    pub largest: Option<Largest>,
    pub failed: Vec<Failure>,
}

#[derive(Debug, Serialize)]
pub struct Largest {
    pub path: String,
    pub notes: usize,
}

#[derive(Debug, Serialize)]
pub struct Failure {
    pub path: String,
    pub reason: String,
}

/// Read every MIDI file under the folders on all cores and write a dataset, or add them to the one that
/// stands.
///
/// Files that fail are listed in the manifest; the others are still read; only new and changed files are
/// read. `go_on` returns false to stop, which leaves the earlier dataset and what was read so far.
/// The same files in the same places give the same bytes.
///
/// Errors: `HOLD_OUT_OUT_OF_RANGE`, `DATASET_EMPTY`, `DATASET_IO`, `DATASET_BUSY`, `DATASET_UNREADABLE`,
/// `CANCELLED`.
pub fn build(
    request: &BuildRequest,
    go_on: &mut dyn FnMut(BuildProgress) -> bool,
) -> Result<BuildAnswer, DatasetError> {
    check_hold_out(request.hold_out)?;
    let folder = &request.output;
    let existing = existing(folder);
    let manifest = existing.as_ref().map(|(_, manifest)| manifest);
    if manifest.is_none() && !request.replace {
        folders::refuse_loss(folder, &request.inputs)?;
    }
    let folders = Folders::of(&request.inputs, manifest.filter(|_| !request.replace));
    let found = folders.find(manifest)?;
    std::fs::create_dir_all(folder).map_err(DatasetError::io(folder))?;
    let (records, mut journal) = Journal::open(folder)?;
    let known = known(existing.as_ref(), records, &folders);
    let mut first_with = HashMap::new();
    let mut fresh = Vec::new();
    for (index, file) in found.iter().enumerate() {
        match entry_of(file, &known) {
            Some(entry) if !is_fresh(file, entry, &first_with) => {
                if let Outcome::Piece { fingerprint, .. } = entry.outcome {
                    first_with.entry(fingerprint).or_insert(index);
                }
            }
            _ if file.path.is_some() => fresh.push(index),
            _ => {}
        }
    }
    let mut read: Vec<Option<Record>> = found.iter().map(|_| None).collect();
    let import = Import {
        found: &found,
        fresh: &fresh,
        journal: &mut journal,
        read: &mut read,
        first_with,
    };
    import.run(go_on)?;

    let dataset: Option<&Dataset> = existing.as_ref().map(|(dataset, _)| dataset);
    let mut manifest = Manifest {
        version: VERSION,
        reader: READER,
        seed: request.seed,
        hold_out: request.hold_out,
        folders: folders.names(),
        licence: request
            .licence
            .clone()
            .or_else(|| write::licence_file(&request.inputs)),
        ..Manifest::default()
    };
    let pieces = choose::choose(found, read, known, dataset, &mut manifest);
    let sources = write::Sources {
        existing: dataset,
        journal: &journal,
    };
    let mut answer = write::write(request, sources, pieces, manifest, fresh.len())?;
    answer.kept_folders = folders.kept();
    journal.remove()?;
    Ok(answer)
}

fn check_hold_out(value: f64) -> Result<(), DatasetError> {
    if (0.0..1.0).contains(&value) {
        Ok(())
    } else {
        Err(DatasetError::HoldOut { value })
    }
}
