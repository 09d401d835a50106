//! Writes files atomically, and never over the only copy of the user's music.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::error::MidiError;

/// As many links one after the other as systems follow.
const MOST_LINKS: usize = 40;

/// How to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Keep what stood at the path as NAME.bak.mid, or NAME.bak.2.mid and so on: no backup is ever
    /// overwritten.
    pub in_place_backup: bool,
}

/// Write `bytes` to `path` through a temporary file of the same folder, which is renamed at the end.
///
/// The file is there whole or not at all, also when two processes write it; the temporary file never
/// stays. A link is followed, also to a file that is not there yet. Anything else, such as a device or a
/// pipe, is written into and stays what it is. Answers where the backup is, if one was asked for and a file
/// was there.
/// Errors: `OUTPUT_FOLDER_MISSING`, `OUTPUT_READ_ONLY` (folder or existing file), `OUTPUT_DISK_FULL`,
/// `OUTPUT_FAILED`.
pub fn write_atomic(
    path: &Path,
    bytes: &[u8],
    options: &WriteOptions,
) -> Result<Option<PathBuf>, MidiError> {
    if is_device_or_pipe(path) {
        return write_into(path, bytes).map(|()| None);
    }
    let whole = Whole::prepare(path, bytes)?;
    let fail = |error: io::Error| output_error(&whole.target, error);
    let backup = match &whole.old {
        Some(_) if options.in_place_backup => Some(back_up(&whole.target).map_err(fail)?),
        _ => None,
    };
    if let Err(failed) = whole.temporary.persist(&whole.target) {
        if let Some(backup) = &backup {
            // The original is untouched, so its second name is of no use.
            let _ = fs::remove_file(backup);
        }
        return Err(output_error(&whole.target, failed.error));
    }
    sync_folder(&whole.folder);
    Ok(backup)
}

/// As `write_atomic`, where nothing may be at `path`, not even at the last moment.
///
/// Errors: `OUTPUT_EXISTS`; those of `write_atomic`.
pub fn write_unless_there(path: &Path, bytes: &[u8]) -> Result<(), MidiError> {
    let exists = || MidiError::OutputExists {
        path: path.to_path_buf(),
    };
    if fs::symlink_metadata(path).is_ok() {
        return Err(exists());
    }
    let whole = Whole::prepare(path, bytes)?;
    match whole.temporary.persist_noclobber(&whole.target) {
        Err(failed) if failed.error.kind() == ErrorKind::AlreadyExists => Err(exists()),
        Err(failed) => Err(output_error(&whole.target, failed.error)),
        Ok(_) => {
            sync_folder(&whole.folder);
            Ok(())
        }
    }
}

/// Whether bytes can be written into what is at a path, and a file must not take its place.
pub fn is_device_or_pipe(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

fn write_into(path: &Path, bytes: &[u8]) -> Result<(), MidiError> {
    fs::OpenOptions::new()
        .write(true)
        .open(path)
        .and_then(|mut open| open.write_all(bytes))
        .map_err(|error| output_error(path, error))
}

/// The bytes beside the place that they will have.
struct Whole {
    target: PathBuf,
    folder: PathBuf,
    old: Option<fs::Metadata>,
    temporary: tempfile::NamedTempFile,
}

impl Whole {
    fn prepare(path: &Path, bytes: &[u8]) -> Result<Whole, MidiError> {
        let target = followed(path);
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
            _ => PathBuf::from("."),
        };
        if !folder.is_dir() {
            return Err(MidiError::OutputFolderMissing { folder });
        }
        let old = fs::metadata(&target).ok();
        let is_read_only = old.as_ref().is_some_and(|old| old.permissions().readonly());
        if is_read_only || is_read_only_folder(&folder) {
            return Err(MidiError::OutputReadOnly { path: target });
        }
        let fail = |error: io::Error| output_error(&target, error);
        let mut temporary = tempfile_in(&folder).map_err(fail)?;
        temporary.write_all(bytes).map_err(fail)?;
        if let Some(old) = &old {
            temporary
                .as_file()
                .set_permissions(old.permissions())
                .map_err(fail)?;
        }
        temporary.as_file().sync_all().map_err(fail)?;
        Ok(Whole {
            target,
            folder,
            old,
            temporary,
        })
    }
}

/// Where a path leads; of a link whose file is not there yet, where that would be.
fn followed(path: &Path) -> PathBuf {
    if let Ok(found) = fs::canonicalize(path) {
        return found;
    }
    let mut path = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        let Ok(next) = fs::read_link(&path) else {
            break;
        };
        path = match path.parent() {
            Some(folder) => folder.join(next),
            None => next,
        };
    }
    path
}

fn tempfile_in(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".continuo-").suffix(".tmp");
    // As for any new file, the umask decides who may read it; tempfile's own default is the owner.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Give the file at `target` a second name that was free: NAME.bak.mid, NAME.bak.2.mid and so on.
pub fn back_up(target: &Path) -> io::Result<PathBuf> {
    let mut number = 1;
    loop {
        let backup = backup_path(target, number);
        match link_or_copy(target, &backup) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
            Ok(()) => return Ok(backup),
        }
    }
}

fn backup_path(target: &Path, number: u32) -> PathBuf {
    let mut name = target.file_stem().unwrap_or_default().to_os_string();
    name.push(".bak");
    if number > 1 {
        name.push(format!(".{number}"));
    }
    name.push(".");
    name.push(
        target
            .extension()
            .map_or(OsString::from("mid"), OsString::from),
    );
    target.with_file_name(name)
}

/// A link costs nothing and cannot be half done; some file systems have none.
fn link_or_copy(target: &Path, backup: &Path) -> io::Result<()> {
    match fs::hard_link(target, backup) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => copy_new(target, backup),
        result => result,
    }
}

fn copy_new(target: &Path, backup: &Path) -> io::Result<()> {
    let mut copy = File::create_new(backup)?;
    let result = File::open(target)
        .and_then(|mut source| io::copy(&mut source, &mut copy))
        .and_then(|_| copy.sync_all());
    if result.is_err() {
        let _ = fs::remove_file(backup);
    }
    result
}

/// No write bit at all: also root, whom the system would let through, is refused.
#[cfg(unix)]
fn is_read_only_folder(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|folder| folder.permissions().readonly())
}

/// On Windows the read-only mark of a folder says nothing about the files in it.
#[cfg(not(unix))]
fn is_read_only_folder(_folder: &Path) -> bool {
    false
}

/// The rename itself must survive a power cut; where folders cannot be synced, it is done anyway.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

fn output_error(path: &Path, source: io::Error) -> MidiError {
    let path = path.to_path_buf();
    match source.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            MidiError::OutputReadOnly { path }
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => MidiError::OutputDiskFull { path },
        // The folder was there a moment ago.
        ErrorKind::NotFound => MidiError::OutputFolderMissing {
            folder: path.parent().map(Path::to_path_buf).unwrap_or_default(),
        },
        _ => MidiError::OutputFailed { path, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_errors_have_codes() {
        let code = |kind: ErrorKind| output_error(Path::new("a.mid"), kind.into()).code();
        assert_eq!(code(ErrorKind::StorageFull), "OUTPUT_DISK_FULL");
        assert_eq!(code(ErrorKind::QuotaExceeded), "OUTPUT_DISK_FULL");
        assert_eq!(code(ErrorKind::ReadOnlyFilesystem), "OUTPUT_READ_ONLY");
        assert_eq!(code(ErrorKind::PermissionDenied), "OUTPUT_READ_ONLY");
        assert_eq!(code(ErrorKind::Other), "OUTPUT_FAILED");
    }
}
