//! Checksums of a model folder's files, written when it is finished, so that a bit flipped later is detected.
//!
//! XXH3 of 64 bits: it guards against damage, not against someone who makes other bytes with the same one.

use crate::ModelError;
use crate::folder::{CONFIG_FILE, KNOWN_PASSAGES_FILE, WEIGHTS_FILE, damaged};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use twox_hash::XxHash3_64;

/// Name of the file of checksums inside a model folder; models that came another way have none.
pub const CHECKSUMS_FILE: &str = "checksums.json";

/// Checksums by file name.
pub(crate) struct Checksums(Option<BTreeMap<String, String>>);

impl Checksums {
    /// Those of a folder, if it has any. Errors: `MODEL_DAMAGED`.
    pub fn of(folder: &Path) -> Result<Checksums, ModelError> {
        let path = folder.join(CHECKSUMS_FILE);
        let bytes = match std::fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Checksums(None)),
            read => read.map_err(|error| damaged(&path, error))?,
        };
        let sums: BTreeMap<String, String> =
            serde_json::from_slice(&bytes).map_err(|error| damaged(&path, error))?;
        let files = [CONFIG_FILE, WEIGHTS_FILE, KNOWN_PASSAGES_FILE];
        let is_known = |name: &String| files.contains(&name.as_str());
        if !sums.keys().all(is_known) || !files[..2].iter().all(|&name| sums.contains_key(name)) {
            return Err(damaged(&path, "it names other files than a model has"));
        }
        Ok(Checksums(Some(sums)))
    }

    /// Check a file's bytes; none for one that is not there. Errors: `MODEL_DAMAGED`.
    pub fn check(&self, folder: &Path, name: &str, bytes: Option<&[u8]>) -> Result<(), ModelError> {
        let Some(sums) = &self.0 else {
            return Ok(());
        };
        if sums.get(name).map(String::as_str) == bytes.map(checksum).as_deref() {
            return Ok(());
        }
        Err(ModelError::Changed {
            path: folder.join(name),
        })
    }
}

/// Write the checksums of the files that are there: the model is finished.
///
/// Errors: `MODEL_WRITE_FAILED`.
pub fn seal(folder: &Path) -> Result<(), ModelError> {
    let failed = |name: &str| {
        let path = folder.join(name);
        move |source| ModelError::Write { path, source }
    };
    let mut sums = BTreeMap::new();
    for name in [CONFIG_FILE, WEIGHTS_FILE, KNOWN_PASSAGES_FILE] {
        match std::fs::read(folder.join(name)) {
            Ok(bytes) => {
                sums.insert(name, checksum(&bytes));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(failed(name)(error)),
        }
    }
    let json = serde_json::to_vec_pretty(&sums).unwrap_or_default();
    let temporary = folder.join(format!("{CHECKSUMS_FILE}.part"));
    std::fs::write(&temporary, json)
        .and_then(|()| std::fs::rename(&temporary, folder.join(CHECKSUMS_FILE)))
        .map_err(failed(CHECKSUMS_FILE))
}

/// The files are about to change. Errors: `MODEL_WRITE_FAILED`.
pub(crate) fn unseal(folder: &Path) -> Result<(), ModelError> {
    let path = folder.join(CHECKSUMS_FILE);
    match std::fs::remove_file(&path) {
        Err(source) if source.kind() != ErrorKind::NotFound => {
            Err(ModelError::Write { path, source })
        }
        _ => Ok(()),
    }
}

fn checksum(bytes: &[u8]) -> String {
    format!("{:016x}", XxHash3_64::oneshot(bytes))
}
