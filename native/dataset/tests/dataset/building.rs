//! Folders of MIDI files to datasets: what is kept, what is left out and why, what is read again.

use crate::music::{Music, song};
use continuo_dataset::journal::JOURNAL;
use continuo_dataset::manifest::{MANIFEST, Outcome};
use continuo_dataset::{BuildRequest, Dataset, build};
use continuo_midi::write_new;
use continuo_tokenizer::grid::GridTick;
use std::path::{Path, PathBuf};

#[test]
fn every_file_is_a_piece_or_has_a_reason() {
    let music = Music::new(6);
    music.write("broken.mid", b"MThd");
    music.write("notes.txt", b"no music");
    music.write("empty.midi", &[]);
    let answer = music.build().expect("a dataset");
    assert_eq!(
        (answer.files, answer.pieces, answer.failed.len()),
        (8, 6, 2)
    );
    let dataset = Dataset::open(music.data.path()).expect("what was built");
    assert_eq!((dataset.len(), dataset.note_count()), (6, answer.notes));
    assert!(answer.notes > 1700);
    assert_eq!(music.manifest().piece_names()[2], "Übung/ピアノ-02.MID");
    assert!((0..6).all(|i| dataset.is_whole(i)));
    // Eleven bytes a note, and all else in the twelfth.
    assert!(music.bytes().len() <= 12 * answer.notes);
    assert!(!music.data.path().join(JOURNAL).exists());
    let tempo = dataset.tempos(0)[0];
    assert_eq!(tempo.microseconds_per_quarter, 500_000);
    let howl = dataset.howl_notes(0, false);
    assert_eq!(howl.len(), dataset.piece(0).notes.len());
}

#[test]
fn the_same_notes_in_another_key_and_tempo_are_kept_once() {
    let music = Music::new(3);
    music.write("ü-transposed.mid", &song(1, 7, 90.0));
    let answer = music.build().expect("a dataset");
    assert_eq!((answer.pieces, answer.duplicates), (3, 1));
    let of = "Übung/ピアノ-01.MID".to_owned();
    let Outcome::Duplicate { of: found, .. } = music.outcome("ü-transposed.mid") else {
        panic!("it is not a duplicate");
    };
    assert_eq!(found, of);
    // It is known as one, so it is not read again; without the other it is a piece of its own.
    assert_eq!(music.build().expect("a dataset").read, 0);
    std::fs::remove_file(music.folder.path().join(of)).expect("removed");
    let answer = music.build().expect("a dataset");
    assert_eq!((answer.read, answer.pieces, answer.duplicates), (1, 3, 0));
}

#[test]
fn the_split_is_by_seed_and_at_least_one_of_five() {
    let music = Music::new(40);
    let held_out = |seed: u64| {
        let request = BuildRequest {
            seed,
            hold_out: 0.2,
            ..music.request()
        };
        build(&request, &mut |_| true).expect("a dataset");
        let dataset = Dataset::open(music.data.path()).expect("a dataset");
        (0..40)
            .filter(|&i| dataset.is_held_out(i))
            .collect::<Vec<_>>()
    };
    let (one, two) = (held_out(1), held_out(2));
    assert_ne!(one, two);
    assert!((2..=16).contains(&one.len()), "{}", one.len());
    assert_eq!(held_out(1), one);
}

#[test]
fn patterns_of_format_2_come_one_after_the_other() {
    let music = Music::new(1);
    let odd_files = concat!(env!("CARGO_MANIFEST_DIR"), "/../../test/odd-files");
    let bytes = std::fs::read(format!("{odd_files}/format-2.mid")).expect("the file");
    music.write("patterns.mid", &bytes);
    music.build().expect("a dataset");
    let Outcome::Piece { piece, .. } = music.outcome("patterns.mid") else {
        panic!("it is a piece");
    };
    let dataset = Dataset::open(music.data.path()).expect("a dataset");
    let piece = dataset.piece(piece);
    // Eight bars of 96 grid ticks in 4/4, then those of 72 in 3/4.
    let starts: Vec<u32> = piece.bars.iter().map(|bar| bar.start.0).take(10).collect();
    assert_eq!(starts, [0, 96, 192, 288, 384, 480, 576, 672, 768, 840]);
    let second = piece.notes.iter().filter(|note| note.track == 1);
    assert_eq!(second.map(|note| note.onset).min(), Some(GridTick(768)));
}

#[test]
fn only_new_and_changed_files_are_read_again_and_the_result_is_the_same() {
    let music = Music::new(8);
    assert_eq!(music.build().expect("a dataset").read, 8);
    assert_eq!(music.build().expect("a dataset").read, 0);
    music.write("new.mid", &song(50, 0, 120.0));
    music.write("Übung/ピアノ-03.MID", &song(51, 3, 120.0));
    std::fs::remove_file(music.folder.path().join("Übung/ピアノ-05.MID")).expect("removed");
    let answer = music.build().expect("a dataset");
    assert_eq!((answer.read, answer.pieces), (2, 8));
    let again = music.bytes();
    std::fs::remove_file(music.data.path().join(MANIFEST)).expect("removed");
    assert_eq!(music.build().expect("from nothing").read, 8);
    assert_eq!(music.bytes(), again);
}

#[cfg(unix)]
#[test]
fn what_was_read_by_older_rules_is_read_again() {
    let music = Music::new(4);
    music.build().expect("a dataset");
    assert_eq!(music.build().expect("a dataset").read, 0);
    let path = music.data.path().join(MANIFEST);
    let text = std::fs::read_to_string(&path).expect("a manifest");
    let older = text.replacen("\"reader\":", "\"reader\":1000", 1);
    assert_ne!(older, text);
    std::fs::write(&path, older).expect("written");
    assert_eq!(music.build().expect("a dataset").read, 4);
    // A manifest from before there were rules.
    let start = text.find("\"reader\":").expect("a reader");
    let end = start + text[start..].find(',').expect("more") + 1;
    std::fs::write(&path, [&text[..start], &text[end..]].concat()).expect("written");
    assert_eq!(music.build().expect("a dataset").read, 4);
}

#[test]
fn links_are_passed_and_unreadable_names_are_kept_apart() {
    use std::os::unix::ffi::OsStrExt;
    let music = Music::new(2);
    let here = music.folder.path();
    std::os::unix::fs::symlink(here, here.join("loop")).expect("a link");
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.mid");
    std::fs::write(here.join(name), song(7, 0, 120.0)).expect("a file");
    let answer = music.build().expect("a dataset");
    assert_eq!((answer.files, answer.pieces), (3, 3));
    assert!(matches!(
        music.outcome("caf\\xe9.mid"),
        Outcome::Piece { .. }
    ));
    let missing = BuildRequest::new(
        vec![PathBuf::from("/nowhere/at/all")],
        Path::new("/tmp/x").into(),
    );
    let code = build(&missing, &mut |_| true).err().map(|e| e.code());
    assert_eq!(code, Some("DATASET_IO"));
}

#[test]
fn pieces_of_no_and_of_one_note_are_left_out_with_a_reason() {
    let music = Music::new(2);
    for count in [0, 1, 2] {
        let mut short = continuo_midi::parse_song(&song(9, 0, 120.0)).expect("a song");
        short.tracks[0].notes.truncate(count);
        let bytes = write_new(&short).expect("a song can be written");
        music.write(&format!("{count}.mid"), &bytes);
    }
    let answer = music.build().expect("a dataset");
    assert_eq!((answer.pieces, answer.failed.len()), (3, 2));
    let reason = |path: &str| {
        let failure = answer.failed.iter().find(|f| f.path == path);
        failure.map(|f| f.reason.as_str())
    };
    assert_eq!(reason("0.mid"), Some("0 notes, fewer than 2"));
    assert_eq!(reason("1.mid"), Some("1 notes, fewer than 2"));
}

#[test]
fn a_file_that_claims_to_last_for_ages_is_left_out() {
    let music = Music::new(2);
    let mut long = continuo_midi::parse_song(&song(9, 0, 120.0)).expect("a song");
    long.ppq = 1;
    long.duration_ticks = 2_000_000_000;
    let last = long.tracks[0].notes.last_mut().expect("a note");
    last.start_tick = 1_999_999_000;
    music.write("long.mid", &write_new(&long).expect("a song"));
    let answer = music.build().expect("a dataset");
    assert_eq!(answer.failed.len(), 1);
    let reason = &answer.failed[0].reason;
    assert!(reason.contains("quarters long"), "{reason}");
}
