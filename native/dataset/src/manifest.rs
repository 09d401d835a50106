//! The manifest: the outcome of each file, and the pieces.

use crate::alike::Fingerprint;
use crate::error::DatasetError;
use crate::file::Dataset;
use crate::whole::{part_of, write_part};
use serde::{Deserialize, Serialize};
use std::panic::resume_unwind;
use std::path::{Component, Path};

/// Name of the manifest inside a dataset folder.
pub const MANIFEST: &str = "manifest.json";
pub(crate) const OTHER_STATE: &str = "it belongs to another state of the pieces";

/// What a dataset was made of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    pub version: u32,
    /// By which rules the files were read.
    #[serde(default)]
    pub reader: u32,
    /// Of the pieces, as [`crate::Dataset::hash`] gives it.
    pub hash: String,
    pub seed: u64,
    /// Share of the clusters that is held out.
    pub hold_out: f64,
    /// Folders that were read, as they were named.
    pub folders: Vec<String>,
    /// What the user says of the licence of all files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// In the order of folders and names.
    pub files: Vec<FileEntry>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileEntry {
    /// Index into the folders.
    pub folder: usize,
    /// Relative to its folder, with `/`; bytes of a name that are not Unicode are written as `\xNN`, and `\` as `\\`.
    pub path: String,
    pub size: u64,
    /// Nanoseconds since 1970.
    pub modified: u64,
    /// Empty where the file could not be read.
    pub sha256: String,
    pub outcome: Outcome,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum Outcome {
    #[serde(rename_all = "camelCase")]
    Piece {
        /// Index into the dataset.
        piece: usize,
        notes: usize,
        /// Index of the first piece of its cluster.
        cluster: u32,
        held_out: bool,
        fingerprint: Fingerprint,
    },
    /// The same notes as an earlier file, in any key and tempo.
    #[serde(rename_all = "camelCase")]
    Duplicate {
        of: String,
        fingerprint: Fingerprint,
    },
    #[serde(rename_all = "camelCase")]
    Failed { reason: String },
}

impl Manifest {
    /// Read the manifest of a dataset folder. Errors: `DATASET_IO`, `DATASET_DAMAGED`.
    pub fn load(folder: &Path) -> Result<Manifest, DatasetError> {
        let path = folder.join(MANIFEST);
        let bytes = std::fs::read(&path).map_err(DatasetError::io(&path))?;
        serde_json::from_slice(&bytes).map_err(|_| DatasetError::Damaged {
            path,
            what: "no manifest of a dataset".into(),
        })
    }

    /// The manifest that belongs to a dataset: after a crash an older one may be beside it.
    ///
    /// Errors: as [`Manifest::load`].
    pub fn of(folder: &Path, dataset: &Dataset) -> Result<Manifest, DatasetError> {
        let manifest = Manifest::load(folder)?;
        if manifest.hash == dataset.hash() {
            Ok(manifest)
        } else {
            Err(DatasetError::Damaged {
                path: folder.join(MANIFEST),
                what: OTHER_STATE.into(),
            })
        }
    }

    /// Write beside the existing manifest; [`Manifest::publish`] puts it in its place.
    pub(crate) fn prepare(&self, folder: &Path) -> Result<(), DatasetError> {
        let path = folder.join(MANIFEST);
        write_part(&path, &self.to_json()).map_err(DatasetError::io(path))?;
        Ok(())
    }

    /// Parts of the JSON, made on all cores, with a line for each file.
    fn to_json(&self) -> Vec<Vec<u8>> {
        let head = Manifest {
            hash: self.hash.clone(),
            folders: self.folders.clone(),
            licence: self.licence.clone(),
            files: Vec::new(),
            ..*self
        };
        let mut head = serde_json::to_vec(&head).unwrap_or_default();
        // The list is the last field, and empty.
        head.truncate(head.len().saturating_sub(2));
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let each = self.files.len().div_ceil(workers).max(1);
        let lines = |files: &[FileEntry]| {
            let mut text = Vec::with_capacity(256 * files.len());
            for file in files {
                text.push(b'\n');
                // Into memory, and of no map with odd keys: it cannot fail.
                let _ = serde_json::to_writer(&mut text, file);
                text.push(b',');
            }
            text
        };
        let mut parts = vec![head];
        std::thread::scope(|scope| {
            let chunks = self.files.chunks(each);
            let running: Vec<_> = chunks.map(|c| scope.spawn(move || lines(c))).collect();
            parts.extend(running.into_iter().map(|thread| match thread.join() {
                Ok(text) => text,
                Err(panic) => resume_unwind(panic),
            }));
        });
        if let [_, .., last] = &mut parts[..] {
            last.pop();
        }
        parts.push(b"\n]}\n".to_vec());
        parts
    }

    pub(crate) fn publish(folder: &Path) -> Result<(), DatasetError> {
        let path = folder.join(MANIFEST);
        std::fs::rename(part_of(&path), &path).map_err(DatasetError::io(path))
    }

    /// The manifest that was prepared, if that was not yet put in its place.
    pub(crate) fn prepared(folder: &Path) -> Option<Manifest> {
        let bytes = std::fs::read(part_of(&folder.join(MANIFEST))).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Path of each piece, in the order of the dataset.
    pub fn piece_names(&self) -> Vec<&str> {
        let pieces = self.files.iter().filter_map(|file| match file.outcome {
            Outcome::Piece { piece, .. } => Some((piece, file.path.as_str())),
            _ => None,
        });
        let mut named: Vec<_> = pieces.collect();
        named.sort_unstable();
        named.into_iter().map(|(_, name)| name).collect()
    }
}

/// A path as the manifest has it, with `/` on every system.
pub fn manifest_path(path: &Path) -> String {
    let is_rooted = path.has_root();
    let named = path
        .components()
        .filter(|part| !matches!(part, Component::RootDir));
    let parts = named.map(|part| {
        let bytes = part.as_os_str().as_encoded_bytes();
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(&chunk.valid().replace('\\', "\\\\"));
            for byte in chunk.invalid() {
                text.push_str(&format!("\\x{byte:02x}"));
            }
        }
        text
    });
    let joined = parts.collect::<Vec<_>>().join("/");
    let has_drive = matches!(path.components().next(), Some(Component::Prefix(_)));
    if is_rooted && !has_drive {
        format!("/{joined}")
    } else {
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_apart_whatever_their_encoding() {
        assert_eq!(manifest_path(Path::new("/music/a.mid")), "/music/a.mid");
        assert_eq!(
            manifest_path(Path::new("Übung/ピアノ.mid")),
            "Übung/ピアノ.mid"
        );
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt;
            let latin = std::ffi::OsStr::from_bytes(b"\xdcbung.mid");
            assert_eq!(manifest_path(Path::new(latin)), "\\xdcbung.mid");
            assert_eq!(manifest_path(Path::new("\\xdcbung.mid")), "\\\\xdcbung.mid");
        }
    }
}
