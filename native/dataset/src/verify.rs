//! Checks that a dataset, and the files that it was built from, have not changed.

use crate::error::DatasetError;
use crate::file::Dataset;
use crate::find::find_midi_files;
use crate::hex::hex;
use crate::manifest::{FileEntry, MANIFEST, Manifest, OTHER_STATE, Outcome, manifest_path};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::PathBuf;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyRequest {
    /// Dataset folder.
    pub data: PathBuf,
    /// Compare the MIDI files too.
    #[serde(default)]
    pub files: bool,
}

#[derive(Debug, Serialize)]
pub struct VerifyAnswer {
    pub pieces: usize,
    pub problems: Vec<Problem>,
}

#[derive(Debug, Serialize)]
pub struct Problem {
    pub path: String,
    pub what: String,
}

/// Recompute every checksum. Errors: `DATASET_IO`, `DATASET_DAMAGED`, `DATASET_VERSION`.
pub fn verify(request: &VerifyRequest) -> Result<VerifyAnswer, DatasetError> {
    let dataset = Dataset::open(&request.data)?;
    let manifest = Manifest::load(&request.data)?;
    let mut problems = Vec::new();
    let mut tell = |path: &str, what: &str| {
        problems.push(Problem {
            path: path.to_owned(),
            what: what.to_owned(),
        });
    };
    if manifest.hash != dataset.hash() {
        tell(MANIFEST, OTHER_STATE);
    }
    let names = manifest.piece_names();
    if names.len() != dataset.len() {
        tell(MANIFEST, "lists another number of pieces");
    }
    for index in dataset.damaged() {
        let name = names.get(index).copied();
        tell(
            name.unwrap_or("a piece without a name"),
            "its notes are damaged",
        );
    }
    if request.files {
        let found = files_of(&manifest);
        for file in &manifest.files {
            let now = found.get(&(file.folder, file.path.as_str()));
            match now.map(std::fs::read) {
                None | Some(Err(_)) => tell(&file.path, "the file is gone or cannot be read"),
                Some(Ok(bytes)) if !is_same(file, &bytes) => {
                    tell(&file.path, "the file has changed")
                }
                Some(Ok(_)) => {}
            }
        }
    }
    Ok(VerifyAnswer {
        pieces: dataset.len(),
        problems,
    })
}

fn is_same(file: &FileEntry, bytes: &[u8]) -> bool {
    let digest = hex(&Sha256::digest(bytes));
    // What could not be read at all has no hash to compare.
    file.sha256 == digest
        || (file.sha256.is_empty() && matches!(file.outcome, Outcome::Failed { .. }))
}

/// Where the files of a manifest lie now, by folder and name.
fn files_of(manifest: &Manifest) -> HashMap<(usize, &str), PathBuf> {
    let mut wanted: HashMap<(usize, String), &str> = HashMap::new();
    for file in &manifest.files {
        wanted.insert((file.folder, file.path.clone()), &file.path);
    }
    let mut found = HashMap::new();
    for (index, folder) in manifest.folders.iter().enumerate() {
        let folder = PathBuf::from(folder);
        for path in find_midi_files(&folder).unwrap_or_default() {
            let name = manifest_path(path.strip_prefix(&folder).unwrap_or(&path));
            if let Some(kept) = wanted.get(&(index, name)) {
                found.insert((index, *kept), path);
            }
        }
    }
    found
}
