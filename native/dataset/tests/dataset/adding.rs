//! Datasets that grow: adding folders loses nothing of the earlier ones unless asked to.

use crate::music::{Music, song};
use continuo_dataset::build::BuildAnswer;
use continuo_dataset::manifest::{MANIFEST, Outcome};
use continuo_dataset::{BuildRequest, DatasetError, FILE, build};
use std::path::Path;

fn build_of(music: &Music, inputs: &[&Path]) -> Result<BuildAnswer, DatasetError> {
    let inputs = inputs.iter().map(|path| path.to_path_buf()).collect();
    build(
        &BuildRequest::new(inputs, music.data.path().into()),
        &mut |_| true,
    )
}

fn names(music: &Music) -> Vec<String> {
    let manifest = music.manifest();
    manifest
        .piece_names()
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[test]
fn another_folder_is_added_and_the_first_need_not_even_be_there() {
    let (old, new) = (Music::new(6), Music::new(0));
    old.build().expect("a dataset");
    new.write("neu.mid", &song(70, 0, 120.0));
    std::fs::remove_dir_all(old.folder.path()).expect("the first folder is gone");
    let answer = build_of(&old, &[new.folder.path()]).expect("it grows");
    assert_eq!((answer.pieces, answer.read, answer.kept_pieces), (7, 1, 6));
    let first = old.manifest().folders[0].clone();
    assert_eq!(answer.kept_folders, [first]);
    // Those that it had come first, and are what they were.
    assert_eq!(names(&old)[0], "Übung/ピアノ-00.MID");
    assert_eq!(names(&old)[6], "neu.mid");
    let again = build_of(&old, &[new.folder.path()]).expect("nothing new");
    assert_eq!((again.pieces, again.read, again.kept_pieces), (7, 0, 6));
}

#[test]
fn what_was_there_is_left_out_only_if_asked() {
    let (old, new) = (Music::new(6), Music::new(0));
    old.build().expect("a dataset");
    new.write("neu.mid", &song(70, 0, 120.0));
    let request = BuildRequest {
        replace: true,
        ..BuildRequest::new(vec![new.folder.path().into()], old.data.path().into())
    };
    let answer = build(&request, &mut |_| true).expect("another dataset");
    assert_eq!((answer.pieces, answer.kept_pieces), (1, 0));
    assert_eq!(old.manifest().folders.len(), 1);
}

#[test]
fn a_folder_inside_or_around_another_is_not_counted_twice() {
    let music = Music::new(6);
    let inner = music.folder.path().join("Übung");
    build_of(&music, &[&inner]).expect("of the inner folder");
    let answer = music.build().expect("of the outer one");
    assert_eq!((answer.files, answer.pieces, answer.kept_pieces), (6, 6, 0));
    let answer = build_of(&music, &[&inner]).expect("of the inner one again");
    assert_eq!((answer.files, answer.pieces), (6, 6));
}

#[test]
fn pieces_that_cannot_be_read_any_more_are_not_lost_without_a_word() {
    let (old, new) = (Music::new(6), Music::new(0));
    old.build().expect("a dataset");
    new.write("neu.mid", &song(70, 0, 120.0));
    let path = old.data.path().join(FILE);
    let mut bytes = old.bytes();
    bytes[8] ^= 1;
    std::fs::write(&path, &bytes).expect("of another version");
    let error = build_of(&old, &[new.folder.path()]).expect_err("it would be lost");
    assert_eq!(error.code(), "DATASET_UNREADABLE");
    assert!(error.to_string().contains("--replace"), "{error}");
    // Its own folders read it again.
    let folders: [&Path; 2] = [old.folder.path(), new.folder.path()];
    assert_eq!(build_of(&old, &folders).expect("a dataset").pieces, 7);
}

#[test]
fn a_damaged_piece_of_a_folder_that_is_not_read_is_told() {
    let (old, new) = (Music::new(6), Music::new(0));
    old.build().expect("a dataset");
    new.write("neu.mid", &song(70, 0, 120.0));
    let mut bytes = old.bytes();
    bytes[200] ^= 1;
    std::fs::write(old.data.path().join(FILE), &bytes).expect("damaged");
    let answer = build_of(&old, &[new.folder.path()]).expect("the others");
    assert_eq!((answer.pieces, answer.failed.len()), (6, 1));
    assert!(answer.failed[0].reason.contains("damaged"));
    // With its folder it is read again.
    let folders: [&Path; 2] = [old.folder.path(), new.folder.path()];
    assert_eq!(build_of(&old, &folders).expect("all").pieces, 7);
}

#[test]
fn shares_that_are_none_are_refused() {
    let music = Music::new(5);
    for value in [2.0, 1.0, -0.1, f64::NAN] {
        let request = BuildRequest {
            hold_out: value,
            ..music.request()
        };
        let error = build(&request, &mut |_| true).expect_err("no share");
        assert_eq!(error.code(), "HOLD_OUT_OUT_OF_RANGE", "{value}");
    }
    assert!(!music.data.path().join(MANIFEST).exists());
    let request = BuildRequest {
        hold_out: 0.0,
        ..music.request()
    };
    assert_eq!(
        build(&request, &mut |_| true)
            .expect("none held out")
            .held_out_pieces,
        0
    );
}

#[test]
fn more_is_held_out_of_few_pieces_unless_the_user_says_how_much() {
    let held_out = |count, enough| {
        let music = Music::new(count);
        let request = BuildRequest {
            enough,
            ..music.request()
        };
        build(&request, &mut |_| true)
            .expect("a dataset")
            .held_out_pieces
    };
    assert_eq!([4, 5, 10, 20].map(|count| held_out(count, 8)), [0, 1, 2, 4]);
    assert_eq!(held_out(20, 1), 1);
}

#[test]
fn a_piece_that_is_most_of_the_notes_is_told() {
    let music = Music::new(3);
    assert!(music.build().expect("a dataset").largest.is_none());
    let mut long = continuo_midi::parse_song(&song(9, 0, 120.0)).expect("a song");
    let notes = long.tracks[0].notes.clone();
    for times in 1..10 {
        long.tracks[0]
            .notes
            .extend(notes.iter().map(|note| continuo_midi::Note {
                start_tick: note.start_tick + times * 72_000,
                ..*note
            }));
    }
    music.write(
        "lang.mid",
        &continuo_midi::write_new(&long).expect("a song"),
    );
    let answer = music.build().expect("a dataset");
    let largest = answer.largest.expect("one is most of it");
    assert_eq!((largest.path.as_str(), largest.notes), ("lang.mid", 3000));
    let outcome = music.outcome("lang.mid");
    assert!(matches!(outcome, Outcome::Piece { notes: 3000, .. }));
}
