//! Folders of MIDI files to a dataset: what changed is read, duplicates go, alike pieces stay together.

use crate::alike::{clusters, fingerprint, held_out, sampled_runs};
use crate::error::DatasetError;
use crate::file::{Dataset, DatasetWriter, Place, VERSION};
use crate::find::find_midi_files;
use crate::journal::{Journal, Record};
use crate::manifest::{FileEntry, Manifest, Outcome, manifest_path};
use crate::read::{Stamp, read_file};
use crate::stored::StoredPiece;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Instant;

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
    /// Share of the clusters that is held out.
    #[serde(default = "default_hold_out")]
    pub hold_out: f64,
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

impl BuildRequest {
    /// A build with the usual split.
    pub fn new(inputs: Vec<PathBuf>, output: PathBuf) -> BuildRequest {
        BuildRequest {
            inputs,
            output,
            seed: default_seed(),
            hold_out: default_hold_out(),
            licence: None,
        }
    }
}

/// Where a build stands.
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
    pub failed: Vec<Failure>,
}

#[derive(Debug, Serialize)]
pub struct Failure {
    pub path: String,
    pub reason: String,
}

/// A file that was found.
struct Found {
    path: PathBuf,
    folder: usize,
    name: String,
}

/// What is known of a file: from the journal, or from the dataset that stands.
enum Known {
    Read(Record),
    Piece(FileEntry, usize),
    Failed(FileEntry),
}

impl Known {
    fn stamp(&self) -> Stamp {
        let (Known::Read(Record { entry, .. }) | Known::Piece(entry, _) | Known::Failed(entry)) =
            self;
        Stamp {
            size: entry.size,
            modified: entry.modified,
        }
    }
}

/// Read every MIDI file under the folders on all cores and write a dataset.
///
/// A file that fails is listed in the manifest and the rest goes on; only new and changed files are
/// read. `go_on` returns false to stop, which leaves the earlier dataset and what was read so far.
/// The same files in the same places give the same bytes.
///
/// Errors: `DATASET_EMPTY`, `DATASET_IO`, `CANCELLED`.
pub fn build(
    request: &BuildRequest,
    go_on: &mut dyn FnMut(BuildProgress) -> bool,
) -> Result<BuildAnswer, DatasetError> {
    let found = find(&request.inputs, &request.output)?;
    let folder = &request.output;
    std::fs::create_dir_all(folder).map_err(DatasetError::io(folder))?;
    let standing = standing(folder);
    let (records, mut journal) = Journal::open(folder)?;
    let folders: Vec<String> = request.inputs.iter().map(|f| folder_name(f)).collect();
    let mut known = known(standing.as_ref(), records, &folders);
    let fresh: Vec<&Found> = found
        .iter()
        .filter(|file| {
            let earlier = known.get(&(file.folder, file.name.clone()));
            let stamp = Stamp::at(&file.path);
            stamp == Stamp::default() || earlier.is_none_or(|k| k.stamp() != stamp)
        })
        .collect();
    let read = fresh.len();
    let unchanged = found.len() - read;
    read_all(&fresh, unchanged, &mut journal, &mut known, go_on)?;

    let dataset = standing.as_ref().map(|(dataset, _)| dataset);
    let mut manifest = Manifest {
        version: VERSION,
        seed: request.seed,
        hold_out: request.hold_out,
        folders,
        licence: request
            .licence
            .clone()
            .or_else(|| licence_file(&request.inputs)),
        ..Manifest::default()
    };
    let pieces = choose(found, known, dataset, &mut manifest);
    let answer = write(folder, dataset, pieces, manifest, request, read)?;
    journal.remove()?;
    Ok(answer)
}

fn find(inputs: &[PathBuf], output: &Path) -> Result<Vec<Found>, DatasetError> {
    let mut found = Vec::new();
    for (folder, input) in inputs.iter().enumerate() {
        for path in find_midi_files(input)? {
            let name = manifest_path(path.strip_prefix(input).unwrap_or(&path));
            found.push(Found { path, folder, name });
        }
    }
    if found.is_empty() {
        let path = inputs
            .first()
            .map_or_else(|| output.to_path_buf(), Clone::clone);
        return Err(DatasetError::Empty { path });
    }
    Ok(found)
}

fn folder_name(folder: &Path) -> String {
    let whole = std::path::absolute(folder);
    manifest_path(whole.as_deref().unwrap_or(folder))
}

/// The dataset that stands in the folder, if it is one of this version and its manifest is its own.
fn standing(folder: &Path) -> Option<(Dataset, Manifest)> {
    let (dataset, manifest) = (Dataset::open(folder).ok()?, Manifest::load(folder).ok()?);
    let is_own = manifest.version == VERSION && manifest.hash == dataset.hash();
    is_own.then_some((dataset, manifest))
}

fn known(
    standing: Option<&(Dataset, Manifest)>,
    records: Vec<Record>,
    folders: &[String],
) -> HashMap<(usize, String), Known> {
    let mut known = HashMap::new();
    if let Some((_, manifest)) = standing {
        for entry in &manifest.files {
            let folder = manifest.folders.get(entry.folder);
            let Some(folder) = folder.and_then(|f| folders.iter().position(|g| g == f)) else {
                continue;
            };
            let what = match entry.outcome {
                Outcome::Piece { piece, .. } => Known::Piece(entry.clone(), piece),
                Outcome::Failed { .. } => Known::Failed(entry.clone()),
                // Its notes are not kept, and what it equals may be gone: cheap to read again.
                Outcome::Duplicate { .. } => continue,
            };
            known.insert((folder, entry.path.clone()), what);
        }
    }
    for record in records {
        let key = (record.entry.folder, record.entry.path.clone());
        known.insert(key, Known::Read(record));
    }
    known
}

/// Read files on all cores, each into the journal and into what is known.
fn read_all(
    files: &[&Found],
    unchanged: usize,
    journal: &mut Journal,
    known: &mut HashMap<(usize, String), Known>,
    go_on: &mut dyn FnMut(BuildProgress) -> bool,
) -> Result<(), DatasetError> {
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let began = Instant::now();
    let mut progress = BuildProgress {
        total: files.len(),
        unchanged,
        ..BuildProgress::default()
    };
    if !go_on(progress) {
        return Err(DatasetError::Cancelled);
    }
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(4 * workers);
        for _ in 0..workers {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if sender.send((*file, read_file(&file.path))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (file, read) in receiver {
            let (outcome, piece) = match read.piece {
                Ok(stored) => {
                    let notes = stored.piece.notes.len();
                    progress.notes += notes;
                    let outcome = Outcome::Piece {
                        piece: 0,
                        notes,
                        cluster: 0,
                        held_out: false,
                    };
                    (outcome, Some(stored))
                }
                Err(reason) => {
                    progress.failed += 1;
                    (Outcome::Failed { reason }, None)
                }
            };
            let entry = FileEntry {
                folder: file.folder,
                path: file.name.clone(),
                size: read.stamp.size,
                modified: read.stamp.modified,
                sha256: read.sha256,
                outcome,
            };
            let record = Record { entry, piece };
            journal.push(&record)?;
            known.insert((file.folder, file.name.clone()), Known::Read(record));
            progress.done += 1;
            let seconds = began.elapsed().as_secs_f64().max(1e-9);
            progress.files_per_second = progress.done as f64 / seconds;
            progress.seconds_left =
                (progress.total - progress.done) as f64 / progress.files_per_second;
            if !go_on(progress) {
                next.store(files.len(), Ordering::Relaxed);
                return Err(DatasetError::Cancelled);
            }
        }
        Ok(())
    })
}

/// A piece that will be in the dataset.
struct Chosen {
    /// Index into the manifest's files.
    file: usize,
    source: Source,
    fingerprint: u64,
    runs: Vec<u64>,
}

enum Source {
    New(StoredPiece),
    /// Index into the dataset that stands.
    Old(usize),
}

/// The first of each set of equal pieces; the manifest gets every file.
fn choose(
    found: Vec<Found>,
    mut known: HashMap<(usize, String), Known>,
    dataset: Option<&Dataset>,
    manifest: &mut Manifest,
) -> Vec<Chosen> {
    let mut chosen: Vec<Chosen> = Vec::new();
    let mut seen: HashMap<u64, String> = HashMap::new();
    for file in found {
        let Some(what) = known.remove(&(file.folder, file.name)) else {
            continue;
        };
        let (mut entry, source) = match what {
            Known::Read(Record { entry, piece }) => (entry, piece.map(Source::New)),
            Known::Piece(entry, piece) => (entry, Some(Source::Old(piece))),
            Known::Failed(entry) => (entry, None),
        };
        entry.folder = file.folder;
        if let Some(source) = source {
            let view = match (&source, dataset) {
                (Source::New(stored), _) => Some(stored.piece.view()),
                (Source::Old(piece), Some(dataset)) => Some(dataset.piece(*piece)),
                (Source::Old(_), None) => None,
            };
            let print = view.map_or(0, fingerprint);
            let runs = view.map(sampled_runs).unwrap_or_default();
            if let Some(of) = seen.get(&print) {
                entry.outcome = Outcome::Duplicate { of: of.clone() };
            } else {
                seen.insert(print, entry.path.clone());
                chosen.push(Chosen {
                    file: manifest.files.len(),
                    source,
                    fingerprint: print,
                    runs,
                });
            }
        }
        manifest.files.push(entry);
    }
    chosen
}

/// Write pieces and manifest, each under a temporary name first.
fn write(
    folder: &Path,
    standing: Option<&Dataset>,
    mut chosen: Vec<Chosen>,
    mut manifest: Manifest,
    request: &BuildRequest,
    read: usize,
) -> Result<BuildAnswer, DatasetError> {
    let runs: Vec<Vec<u64>> = chosen
        .iter_mut()
        .map(|c| std::mem::take(&mut c.runs))
        .collect();
    let clusters = clusters(&runs);
    drop(runs);
    let firsts: Vec<usize> = (0..chosen.len())
        .filter(|&i| clusters[i] as usize == i)
        .collect();
    let names: Vec<u64> = firsts.iter().map(|&i| chosen[i].fingerprint).collect();
    let sides = held_out(&names, request.seed, request.hold_out);
    let is_held_out: HashMap<usize, bool> = firsts.iter().copied().zip(sides).collect();
    let mut answer = BuildAnswer {
        files: manifest.files.len(),
        read,
        pieces: chosen.len(),
        held_out_pieces: 0,
        clusters: firsts.len(),
        notes: 0,
        duplicates: 0,
        failed: Vec::new(),
    };
    let mut writer = DatasetWriter::create(folder)?;
    for (index, one) in chosen.into_iter().enumerate() {
        let stored = match one.source {
            Source::New(stored) => stored,
            Source::Old(piece) => match standing {
                Some(dataset) => dataset.stored(piece),
                None => continue,
            },
        };
        let place = Place {
            cluster: clusters[index],
            held_out: is_held_out
                .get(&(clusters[index] as usize))
                .copied()
                .unwrap_or(false),
        };
        let notes = stored.piece.notes.len();
        answer.notes += notes;
        answer.held_out_pieces += usize::from(place.held_out);
        manifest.files[one.file].outcome = Outcome::Piece {
            piece: index,
            notes,
            cluster: place.cluster,
            held_out: place.held_out,
        };
        writer.push(&stored, place)?;
    }
    manifest.hash = writer.finish()?;
    manifest.save(folder)?;
    for file in &manifest.files {
        match &file.outcome {
            Outcome::Duplicate { .. } => answer.duplicates += 1,
            Outcome::Failed { reason } => answer.failed.push(Failure {
                path: file.path.clone(),
                reason: reason.clone(),
            }),
            Outcome::Piece { .. } => {}
        }
    }
    Ok(answer)
}

/// First line of a licence file beside the music, if there is one.
fn licence_file(inputs: &[PathBuf]) -> Option<String> {
    const LONGEST: usize = 200;
    inputs.iter().find_map(|input| {
        let entries = std::fs::read_dir(input).ok()?;
        let path = entries.flatten().map(|e| e.path()).find(|path| {
            let stem = path
                .file_stem()
                .and_then(|s| s.to_str())
                .unwrap_or_default();
            ["license", "licence", "licenses", "copying"].contains(&stem.to_lowercase().as_str())
        })?;
        let text = std::fs::read_to_string(path).ok()?;
        let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
        Some(line.chars().take(LONGEST).collect())
    })
}
