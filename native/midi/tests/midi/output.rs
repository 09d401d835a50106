//! Files on disk: written atomically, with backups that are never overwritten.

use std::fs;
use std::path::{Path, PathBuf};

use continuo_midi::{WriteOptions, is_device_or_pipe, write_atomic, write_unless_there};

const PLAIN: WriteOptions = WriteOptions {
    in_place_backup: false,
};
const WITH_BACKUP: WriteOptions = WriteOptions {
    in_place_backup: true,
};

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("readable")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

fn code(path: &Path) -> &'static str {
    write_atomic(path, b"new", &WITH_BACKUP)
        .expect_err("refused")
        .code()
}

#[test]
fn a_file_is_written_and_written_over_without_leftovers() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("Lied für Zwei.mid");
    assert_eq!(
        write_atomic(&path, b"one", &WITH_BACKUP).expect("written"),
        None
    );
    assert_eq!(write_atomic(&path, b"two", &PLAIN).expect("written"), None);
    assert_eq!(fs::read(&path).expect("there"), b"two");
    assert_eq!(names(folder.path()), ["Lied für Zwei.mid"]);
}

#[test]
fn every_backup_has_a_name_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("song.mid");
    let mut backups: Vec<Option<PathBuf>> = Vec::new();
    for bytes in [b"0", b"1", b"2", b"3"] {
        backups.push(write_atomic(&path, bytes, &WITH_BACKUP).expect("written"));
    }
    let expected = ["song.bak.mid", "song.bak.2.mid", "song.bak.3.mid"];
    for (index, name) in expected.iter().enumerate() {
        let backup = fs::canonicalize(folder.path()).expect("there").join(name);
        assert_eq!(
            fs::read(&backup).expect("there"),
            index.to_string().as_bytes()
        );
        assert_eq!(backups[index + 1].as_ref(), Some(&backup));
    }
    assert_eq!(fs::read(&path).expect("there"), b"3");
    assert_eq!(names(folder.path()).len(), 4);
}

#[test]
fn a_missing_folder_and_a_file_as_folder_have_a_code() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(
        code(&folder.path().join("none").join("a.mid")),
        "OUTPUT_FOLDER_MISSING"
    );
    fs::write(folder.path().join("file"), b"").expect("written");
    assert_eq!(
        code(&folder.path().join("file").join("a.mid")),
        "OUTPUT_FOLDER_MISSING"
    );
}

#[test]
fn a_folder_as_file_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.mid");
    fs::create_dir(&path).expect("made");
    let result = write_atomic(&path, b"new", &PLAIN);
    assert_eq!(result.expect_err("refused").code(), "OUTPUT_FAILED");
    assert_eq!(code(&path), "OUTPUT_FAILED");
    assert_eq!(names(folder.path()), ["a.mid"]);
}

#[test]
fn a_read_only_file_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.mid");
    fs::write(&path, b"old").expect("written");
    let mut permissions = fs::metadata(&path).expect("there").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).expect("set");
    assert_eq!(code(&path), "OUTPUT_READ_ONLY");
    assert_eq!(fs::read(&path).expect("there"), b"old");
    assert_eq!(names(folder.path()), ["a.mid"]);
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).expect("set");
    assert_eq!(code(&folder.path().join("a.mid")), "OUTPUT_READ_ONLY");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("set");
    assert!(names(folder.path()).is_empty());
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let (path, link) = (folder.path().join("a.mid"), folder.path().join("link.mid"));
    fs::write(&path, b"old").expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
    std::os::unix::fs::symlink(&path, &link).expect("linked");
    write_atomic(&link, b"new", &PLAIN).expect("written");
    assert_eq!(fs::read(&path).expect("there"), b"new");
    assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
    assert_eq!(
        fs::metadata(&path).expect("there").permissions().mode() & 0o777,
        0o640
    );
}

#[test]
fn writers_of_one_file_never_mix() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.mid");
    std::thread::scope(|scope| {
        for writer in 0..8u8 {
            let path = &path;
            scope.spawn(move || {
                for _ in 0..20 {
                    write_atomic(path, &vec![writer; 100_000], &PLAIN).expect("written");
                }
            });
        }
    });
    let bytes = fs::read(&path).expect("there");
    assert_eq!(bytes.len(), 100_000);
    assert!(bytes.iter().all(|byte| byte == &bytes[0]));
    assert_eq!(names(folder.path()), ["a.mid"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_or_device_is_written_into_and_stays() {
    use std::os::unix::fs::FileTypeExt;
    use std::process::Command;
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    let reader = {
        let pipe = pipe.clone();
        std::thread::spawn(move || fs::read(pipe).expect("read"))
    };
    // A link to it is followed as well.
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&pipe, &link).expect("linked");
    assert_eq!(
        write_atomic(&link, b"new", &WITH_BACKUP).expect("written"),
        None
    );
    assert_eq!(reader.join().expect("ended"), b"new");
    assert!(fs::metadata(&pipe).expect("there").file_type().is_fifo());
    assert_eq!(names(folder.path()), ["link", "pipe"]);
    assert!(is_device_or_pipe(&pipe));
    assert!(is_device_or_pipe(Path::new("/dev/null")));
    assert!(!is_device_or_pipe(folder.path()));
}

#[cfg(unix)]
#[test]
fn a_socket_is_refused_and_stays() {
    use std::os::unix::fs::FileTypeExt;
    use std::os::unix::net::UnixListener;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("socket");
    let _listener = UnixListener::bind(&path).expect("bound");
    assert_eq!(code(&path), "OUTPUT_FAILED");
    assert!(fs::metadata(&path).expect("there").file_type().is_socket());
    assert_eq!(names(folder.path()), ["socket"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_that_is_not_there_leads_to_it() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("other")).expect("made");
    let link = folder.path().join("link.mid");
    std::os::unix::fs::symlink("other/new.mid", &link).expect("linked");
    write_atomic(&link, b"new", &PLAIN).expect("written");
    assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
    assert_eq!(
        fs::read(folder.path().join("other/new.mid")).expect("there"),
        b"new"
    );
}

#[test]
fn what_is_there_is_not_replaced_unless_that_is_allowed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.mid");
    write_unless_there(&path, b"one").expect("written");
    let refused = write_unless_there(&path, b"two").expect_err("refused");
    assert_eq!(refused.code(), "OUTPUT_EXISTS");
    assert_eq!(fs::read(&path).expect("there"), b"one");
    assert_eq!(names(folder.path()), ["a.mid"]);
    let missing = folder.path().join("none").join("a.mid");
    let refused = write_unless_there(&missing, b"two").expect_err("refused");
    assert_eq!(refused.code(), "OUTPUT_FOLDER_MISSING");
}
