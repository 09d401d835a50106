//! Folders of MIDI files to datasets, and files that are none.

use continuo_midi::write_new;
use continuo_train::dataset::{Dataset, FILE};
use continuo_train::import::{build_dataset, find_midi_files};
use std::path::Path;

fn folder_of_songs(count: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("temporary folder");
    let inner = folder.path().join("Übung");
    std::fs::create_dir(&inner).expect("a folder");
    for seed in 0..count {
        let bytes = write_new(&crate::common::song(seed)).expect("a song");
        let name = if seed % 2 == 0 { "a" } else { "ピアノ" };
        std::fs::write(inner.join(format!("{name}-{seed}.MID")), bytes).expect("a file");
    }
    std::fs::write(folder.path().join("broken.mid"), b"MThd").expect("a file");
    std::fs::write(folder.path().join("notes.txt"), b"no music").expect("a file");
    folder
}

fn build(
    input: &Path,
    output: &Path,
) -> Result<continuo_train::import::Manifest, continuo_train::TrainError> {
    build_dataset(input, output, |_, _| true)
}

#[test]
fn every_piece_is_kept_in_order_and_a_broken_file_is_named() {
    let folder = folder_of_songs(6);
    let data = folder.path().join("data");
    let manifest = build(folder.path(), &data).expect("a dataset");
    assert_eq!(manifest.pieces.len(), 6);
    assert_eq!(manifest.failed.len(), 1);
    assert_eq!(manifest.failed[0].path, "broken.mid");
    assert!(manifest.pieces.iter().any(|p| p.contains("ピアノ")));

    let dataset = Dataset::open(&data).expect("what was built");
    assert_eq!((dataset.len(), dataset.note_count()), (6, manifest.notes));
    for (index, path) in manifest.pieces.iter().enumerate() {
        let song =
            continuo_midi::parse_song(&std::fs::read(folder.path().join(path)).expect("a file"))
                .expect("a song");
        let piece = continuo_tokenizer::Piece::from_song(&song);
        assert_eq!(dataset.piece(index).notes, &piece.notes[..]);
        assert_eq!(dataset.piece(index).bars, &piece.bars[..]);
    }
    let size = std::fs::metadata(data.join(FILE)).expect("the file").len();
    assert!(
        size <= 14 * manifest.notes as u64,
        "{size} bytes for {} notes",
        manifest.notes
    );
}

#[test]
fn the_same_folder_gives_the_same_dataset() {
    let folder = folder_of_songs(5);
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    build(folder.path(), &a).expect("a dataset");
    build(folder.path(), &b).expect("a dataset");
    let read = |path: &Path| std::fs::read(path.join(FILE)).expect("the file");
    assert_eq!(read(&a), read(&b));
}

#[test]
fn stopping_leaves_no_dataset() {
    let folder = folder_of_songs(5);
    let data = folder.path().join("data");
    let error = build_dataset(folder.path(), &data, |done, _| done < 2).expect_err("stopped");
    assert_eq!(error.code(), "CANCELLED");
    assert_eq!(std::fs::read_dir(&data).expect("the folder").count(), 0);
}

#[test]
fn damage_is_refused_with_a_code() {
    let empty = tempfile::tempdir().expect("temporary folder");
    assert_eq!(
        build(empty.path(), &empty.path().join("d"))
            .err()
            .map(|e| e.code()),
        Some("DATASET_EMPTY")
    );
    assert!(find_midi_files(empty.path()).expect("a folder").is_empty());
    assert_eq!(
        Dataset::open(empty.path()).err().map(|e| e.code()),
        Some("TRAIN_IO")
    );

    let folder = folder_of_songs(3);
    let data = folder.path().join("data");
    build(folder.path(), &data).expect("a dataset");
    let whole = std::fs::read(data.join(FILE)).expect("the file");
    for length in (0..whole.len())
        .step_by(whole.len() / 97)
        .chain([8, 31, 32])
    {
        std::fs::write(data.join(FILE), &whole[..length]).expect("cut");
        assert_eq!(
            Dataset::open(&data).err().map(|e| e.code()),
            Some("DATASET_DAMAGED"),
            "{length}"
        );
    }
    let mut other = whole.clone();
    other[8] = 99;
    std::fs::write(data.join(FILE), &other).expect("changed");
    assert_eq!(
        Dataset::open(&data).err().map(|e| e.code()),
        Some("DATASET_VERSION")
    );
}
