//! Where results go: looked at before work begins, written whole at its end.

use std::path::{Path, PathBuf};

use continuo_midi::{MidiError, WriteOptions, write_atomic};

use crate::error::JobError;

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

/// Refuse an output that cannot be written or would write over the input, before any work is done.
///
/// Errors: `OUTPUT_IS_INPUT`, `OUTPUT_FOLDER_MISSING`, `OUTPUT_IS_A_FOLDER`.
pub fn check_output(output: &Path, input: &Path) -> Result<(), JobError> {
    let path = output.to_owned();
    if output.is_dir() {
        return Err(JobError::OutputIsAFolder { path });
    }
    let folder = match output.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(JobError::Output(MidiError::OutputFolderMissing {
            folder: folder.to_owned(),
        }));
    }
    // Links and spellings such as ./a.mid are seen through; an output that is not there yet is new.
    match (output.canonicalize(), input.canonicalize()) {
        (Ok(one), Ok(other)) if one == other => Err(JobError::OutputIsInput { path }),
        _ => Ok(()),
    }
}

/// Write whole or not at all. Answers where the backup is, if one was asked for. Errors: `OUTPUT_*`.
pub fn write_output(
    path: &Path,
    bytes: &[u8],
    in_place_backup: bool,
) -> Result<Option<PathBuf>, JobError> {
    write_atomic(path, bytes, &WriteOptions { in_place_backup }).map_err(JobError::Output)
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
        let code = |path: &Path| check_output(path, &input).unwrap_err().code();
        assert_eq!(code(&input), "OUTPUT_IS_INPUT");
        assert_eq!(code(&folder.path().join("./a.mid")), "OUTPUT_IS_INPUT");
        assert_eq!(code(folder.path()), "OUTPUT_IS_A_FOLDER");
        let missing = folder.path().join("none/b.mid");
        assert_eq!(code(&missing), "OUTPUT_FOLDER_MISSING");
        assert!(check_output(&folder.path().join("b.mid"), &input).is_ok());
    }
}
