//! Where results go: checked before work begins, written completely at its end.

use std::fs;
use std::path::{Path, PathBuf};

use continuo_midi::{MidiError, WriteOptions, write_atomic, write_unless_there};
use serde::Deserialize;

use crate::error::OperationError;
use crate::files::source::read_bytes;
use crate::warnings::WarningEntry;

/// File of candidate `index` from 0: OUT.mid, OUT.2.mid, OUT.3.mid, ...
pub fn candidate_path(output: &Path, index: usize) -> PathBuf {
    if index == 0 {
        return output.to_owned();
    }
    let mut name = output.file_stem().unwrap_or_default().to_os_string();
    name.push(format!(".{}", index + 1));
    if let Some(extension) = output.extension() {
        name.push(".");
        name.push(extension);
    }
    output.with_file_name(name)
}

/// What happens to an existing file at the result's path.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum Existing {
    /// A result of before is replaced, anything else is kept under another name; the user is told of both.
    #[default]
    Keep,
    Replace,
    Refuse,
}

/// Refuse an output that cannot be written or would write over the input, before any work is done.
///
/// Errors: `OUTPUT_IS_INPUT`, `OUTPUT_FOLDER_MISSING`, `OUTPUT_IS_A_FOLDER`; `OUTPUT_EXISTS` where what is there
/// is not to be replaced.
pub fn check_output(output: &Path, input: &Path, existing: Existing) -> Result<(), OperationError> {
    let path = output.to_owned();
    if output.is_dir() {
        return Err(OperationError::OutputIsAFolder { path });
    }
    let folder = match output.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(OperationError::Output(MidiError::OutputFolderMissing {
            folder: folder.to_owned(),
        }));
    }
    // Links and spellings such as ./a.mid are seen through; an output that is not there yet is new.
    if let (Ok(one), Ok(other)) = (output.canonicalize(), input.canonicalize())
        && one == other
    {
        return Err(OperationError::OutputIsInput { path });
    }
    if existing == Existing::Refuse && fs::symlink_metadata(output).is_ok() {
        return Err(OperationError::Output(MidiError::OutputExists { path }));
    }
    Ok(())
}

/// Write whole or not at all, over whatever file is there. Answers where the backup is, if one was asked for.
/// Errors: `OUTPUT_*`.
pub fn write_output(
    path: &Path,
    bytes: &[u8],
    in_place_backup: bool,
) -> Result<Option<PathBuf>, OperationError> {
    write_atomic(path, bytes, &WriteOptions { in_place_backup }).map_err(OperationError::Output)
}

/// What became of a file that stood where a result went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// A result of before made room.
    Replaced,
    /// It is kept under this name.
    BackedUp(PathBuf),
}

/// Write a result whole or not at all; answers what happened to an existing file, if the user should know.
///
/// `is_earlier`: are these the bytes of a result of before, which nobody misses? Errors: `OUTPUT_*`.
pub fn write_result(
    path: &Path,
    bytes: &[u8],
    existing: Existing,
    is_earlier: &dyn Fn(&[u8]) -> bool,
) -> Result<Option<Became>, OperationError> {
    if existing == Existing::Refuse {
        write_unless_there(path, bytes).map_err(OperationError::Output)?;
        return Ok(None);
    }
    // Reading a pipe would wait for its writer.
    let is_file = existing == Existing::Keep && path.is_file();
    match is_file.then(|| read_bytes(path)) {
        Some(Ok(old)) if old == bytes => write_output(path, bytes, false).map(|_| None),
        Some(Ok(old)) if is_earlier(&old) => {
            write_output(path, bytes, false)?;
            Ok(Some(Became::Replaced))
        }
        // Also what cannot be read may be dear to somebody.
        Some(_) => Ok(write_output(path, bytes, true)?.map(Became::BackedUp)),
        None => write_output(path, bytes, false).map(|_| None),
    }
}

/// A file, with what became of it.
pub fn file_of(path: &Path, became: Option<Became>) -> Vec<(PathBuf, Became)> {
    let file = became.map(|became| (path.to_owned(), became));
    file.into_iter().collect()
}

/// What became of files, each kind once.
pub fn warnings_of(files: &[(PathBuf, Became)], removed: &[PathBuf]) -> Vec<WarningEntry> {
    let mut warnings = Vec::new();
    let list = |paths: &[&PathBuf]| {
        let names: Vec<String> = paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        names.join(", ")
    };
    let replaced: Vec<&PathBuf> = files
        .iter()
        .filter(|(_, became)| *became == Became::Replaced)
        .map(|(path, _)| path)
        .collect();
    let mut told = Vec::new();
    if !replaced.is_empty() {
        told.push(format!(
            "{} held an earlier result, which was replaced",
            list(&replaced)
        ));
    }
    if !removed.is_empty() {
        let removed: Vec<&PathBuf> = removed.iter().collect();
        let of = "of an earlier fill with more candidates";
        let were = if removed.len() == 1 { "was" } else { "were" };
        told.push(format!("{} {of} {were} removed", list(&removed)));
    }
    if !told.is_empty() {
        warnings.push(WarningEntry::new("OUTPUT_REPLACED", told.join("; ")));
    }
    let kept = files.iter().filter_map(|(path, became)| match became {
        Became::BackedUp(backup) => Some(format!(
            "{} held something else, which is kept as {}",
            path.display(),
            backup.display()
        )),
        Became::Replaced => None,
    });
    let kept: Vec<String> = kept.collect();
    if !kept.is_empty() {
        let message = format!("{}; --force replaces it", kept.join(", "));
        warnings.push(WarningEntry::new("OUTPUT_BACKED_UP", message));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_after_the_first_are_numbered_before_the_extension() {
        let path = |index| candidate_path(Path::new("a/b.c.mid"), index);
        assert_eq!(path(0), Path::new("a/b.c.mid"));
        assert_eq!(path(1), Path::new("a/b.c.2.mid"));
        assert_eq!(candidate_path(Path::new("out"), 2), Path::new("out.3"));
    }

    #[test]
    fn output_over_the_input_is_refused_however_it_is_spelled() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("a.mid");
        std::fs::write(&input, b"x").unwrap();
        let check = |path: &Path, existing| check_output(path, &input, existing);
        let code = |path: &Path| check(path, Existing::Keep).unwrap_err().code();
        assert_eq!(code(&input), "OUTPUT_IS_INPUT");
        assert_eq!(code(&folder.path().join("./a.mid")), "OUTPUT_IS_INPUT");
        assert_eq!(code(folder.path()), "OUTPUT_IS_A_FOLDER");
        let missing = folder.path().join("none/b.mid");
        assert_eq!(code(&missing), "OUTPUT_FOLDER_MISSING");
        let other = folder.path().join("b.mid");
        assert!(check(&other, Existing::Refuse).is_ok());
        std::fs::write(&other, b"y").unwrap();
        assert!(check(&other, Existing::Keep).is_ok());
        let refused = check(&other, Existing::Refuse).unwrap_err();
        assert_eq!(refused.code(), "OUTPUT_EXISTS");
    }

    #[test]
    fn what_was_there_is_kept_unless_it_was_a_result_of_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.mid");
        let write = |bytes: &[u8], existing, is_earlier: bool| {
            let became = write_result(&path, bytes, existing, &|_| is_earlier).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
            let files = file_of(&path, became);
            let code = |warning: &WarningEntry| warning.code.clone();
            warnings_of(&files, &[]).first().map(code)
        };
        let backups = || std::fs::read_dir(folder.path()).unwrap().count() - 1;
        assert_eq!(write(b"1", Existing::Keep, false), None);
        assert_eq!(write(b"1", Existing::Keep, false), None);
        assert_eq!(
            write(b"2", Existing::Keep, true).as_deref(),
            Some("OUTPUT_REPLACED")
        );
        assert_eq!(backups(), 0);
        assert_eq!(
            write(b"3", Existing::Keep, false).as_deref(),
            Some("OUTPUT_BACKED_UP")
        );
        assert_eq!(
            std::fs::read(folder.path().join("out.bak.mid")).unwrap(),
            b"2"
        );
        assert_eq!(write(b"4", Existing::Replace, false), None);
        assert_eq!(backups(), 1);
        let refused = write_result(&path, b"5", Existing::Refuse, &|_| true).unwrap_err();
        assert_eq!(refused.code(), "OUTPUT_EXISTS");
        assert_eq!(std::fs::read(&path).unwrap(), b"4");
    }
}
