//! The folders of a dataset: those read now, and those that an earlier build read.

use super::found::Found;
use crate::error::DatasetError;
use crate::file::{Dataset, FILE};
use crate::find::find_midi_files;
use crate::manifest::{FileEntry, Manifest, Outcome, manifest_path};
use std::path::{Path, PathBuf};

/// The folders of a dataset, in its order: first those that it had, then the new ones.
pub(super) struct Folders {
    folders: Vec<Folder>,
}

struct Folder {
    name: String,
    /// None if its pieces are kept as they are.
    input: Option<PathBuf>,
}

impl Folders {
    /// `existing`: the dataset whose other folders are kept.
    pub fn of(inputs: &[PathBuf], existing: Option<&Manifest>) -> Folders {
        let inputs = || inputs.iter().map(|path| (folder_name(path), path));
        let input = |name: &str| inputs().find(|(n, _)| n == name).map(|(_, p)| p.clone());
        let mut folders: Vec<Folder> = Vec::new();
        for (index, name) in existing.iter().flat_map(|m| m.folders.iter().enumerate()) {
            let has_others = || {
                let files = existing.into_iter().flat_map(|m| &m.files);
                let mut of_folder = files.filter(|file| file.folder == index);
                of_folder.any(|file| !inputs().any(|(input, _)| is_under(name, file, &input)))
            };
            let input = input(name);
            if input.is_some() || has_others() {
                let name = name.clone();
                folders.push(Folder { name, input });
            }
        }
        for (name, path) in inputs() {
            if folders.iter().all(|folder| folder.name != name) {
                let input = Some(path.clone());
                folders.push(Folder { name, input });
            }
        }
        Folders { folders }
    }

    pub fn names(&self) -> Vec<String> {
        self.folders
            .iter()
            .map(|folder| folder.name.clone())
            .collect()
    }

    /// Index of a folder by its name.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.folders.iter().position(|folder| folder.name == name)
    }

    /// Whether the pieces of a folder stay without being looked for.
    pub fn is_kept(&self, index: usize) -> bool {
        self.folders
            .get(index)
            .is_some_and(|folder| folder.input.is_none())
    }

    /// Names of the folders that are not read.
    pub fn kept(&self) -> Vec<String> {
        let kept = self.folders.iter().filter(|folder| folder.input.is_none());
        kept.map(|folder| folder.name.clone()).collect()
    }

    /// Every file: those under the folders that are read, and those that are kept.
    ///
    /// Errors: `DATASET_EMPTY` if there is none to read, `DATASET_IO`.
    pub fn find(&self, existing: Option<&Manifest>) -> Result<Vec<Found>, DatasetError> {
        let mut found = Vec::new();
        let mut has_any = false;
        for (index, folder) in self.folders.iter().enumerate() {
            let Some(input) = &folder.input else {
                let kept = existing.iter().flat_map(|m| self.kept_files(m, folder));
                found.extend(kept.map(|file| Found {
                    path: None,
                    folder: index,
                    name: file.path.clone(),
                }));
                continue;
            };
            for path in find_midi_files(input)? {
                let name = manifest_path(path.strip_prefix(input).unwrap_or(&path));
                has_any = true;
                found.push(Found {
                    path: Some(path),
                    folder: index,
                    name,
                });
            }
        }
        if has_any {
            return Ok(found);
        }
        let path = self.folders.iter().find_map(|folder| folder.input.clone());
        Err(DatasetError::Empty {
            path: path.unwrap_or_default(),
        })
    }

    /// Files of a kept folder, but those that are read as another folder's.
    fn kept_files<'a>(
        &'a self,
        manifest: &'a Manifest,
        folder: &'a Folder,
    ) -> impl Iterator<Item = &'a FileEntry> {
        let index = manifest
            .folders
            .iter()
            .position(|name| *name == folder.name);
        let of_folder = manifest
            .files
            .iter()
            .filter(move |f| Some(f.folder) == index);
        of_folder.filter(|file| {
            let mut read = self.folders.iter().filter(|other| other.input.is_some());
            !read.any(|other| is_under(&folder.name, file, &other.name))
        })
    }
}

/// Whether a file of `folder` lies under another folder.
fn is_under(folder: &str, file: &FileEntry, other: &str) -> bool {
    let path = format!("{}/{}", folder.trim_end_matches('/'), file.path);
    let rest = path.strip_prefix(other.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.starts_with('/'))
}

/// A folder as the manifest names it.
fn folder_name(folder: &Path) -> String {
    let whole = std::path::absolute(folder);
    manifest_path(whole.as_deref().unwrap_or(folder))
}

/// A dataset that cannot be read must not lose the pieces of folders that are not read now.
///
/// Errors: `DATASET_UNREADABLE`.
pub(super) fn refuse_loss(folder: &Path, inputs: &[PathBuf]) -> Result<(), DatasetError> {
    let Ok(manifest) = Manifest::load(folder) else {
        return Ok(());
    };
    let inputs: Vec<String> = inputs.iter().map(|input| folder_name(input)).collect();
    let has_pieces = |index: usize| {
        let mut files = manifest.files.iter().filter(|file| file.folder == index);
        files.any(|file| {
            let is_piece = matches!(file.outcome, Outcome::Piece { .. });
            let name = &manifest.folders[index];
            is_piece && !inputs.iter().any(|input| is_under(name, file, input))
        })
    };
    let others = (0..manifest.folders.len()).filter(|&index| has_pieces(index));
    let others: Vec<&str> = others
        .map(|index| manifest.folders[index].as_str())
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    let what = match Dataset::open(folder) {
        Err(error) => error.to_string(),
        Ok(_) => "its manifest is of another state".to_owned(),
    };
    Err(DatasetError::Unreadable {
        path: folder.join(FILE),
        what,
        folders: others.join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_under_a_folder_and_not_under_one_whose_name_begins_alike() {
        let file = FileEntry {
            folder: 0,
            path: "album/a.mid".to_owned(),
            size: 0,
            modified: 0,
            sha256: String::new(),
            outcome: Outcome::Failed {
                reason: String::new(),
            },
        };
        let is_under = |other| super::is_under("/music", &file, other);
        assert!(is_under("/music") && is_under("/music/album") && is_under("/"));
        assert!(!is_under("/music/alb") && !is_under("/music/album/a") && !is_under("/mus"));
    }
}
