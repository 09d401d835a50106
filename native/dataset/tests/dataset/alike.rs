//! Changed pieces stay on the side of their original, and other pieces do not.

use crate::changes::CHANGES;
use crate::music::{Music, song};
use continuo_dataset::manifest::Outcome;
use continuo_midi::{Song, parse_song, write_new};
use std::collections::HashSet;
use std::path::Path;

/// Pieces of this repository, whose works are different ones.
const PIECES: [&str; 8] = [
    "examples/pieces/arriaga-quartet-1-adagio.mid",
    "examples/pieces/faure-apres-un-reve.mid",
    "examples/pieces/satie-gymnopedie-2.mid",
    "test/fixtures/beethoven-op10-no2-allegretto.mid",
    "test/fixtures/caudioso-mandolin-concerto-1.mid",
    "test/fixtures/drummer1-rock-115.mid",
    "test/fixtures/holmes-le-desir.mid",
    "test/fixtures/mendelssohn-op61-no5.mid",
];

fn piece(path: &str) -> Song {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let bytes = std::fs::read(root.join(path)).expect("a piece of the repository");
    parse_song(&bytes).expect("a song")
}

/// Cluster of a file, also of one that is left out as a duplicate.
fn cluster(music: &Music, name: &str) -> u32 {
    match music.outcome(name) {
        Outcome::Piece { cluster, .. } => cluster,
        Outcome::Duplicate { of, .. } => cluster(music, &of),
        Outcome::Failed { reason } => panic!("{name}: {reason}"),
    }
}

#[test]
fn a_changed_piece_is_in_the_cluster_of_the_piece_and_other_works_are_not() {
    let music = Music::new(0);
    let mut names = Vec::new();
    for (number, path) in PIECES.iter().enumerate() {
        let song = piece(path);
        let original = format!("{number} original.mid");
        music.write(&original, &write_new(&song).expect("a song"));
        for (at, (change, changed)) in CHANGES.iter().enumerate() {
            if let Some(changed) = changed(&song) {
                // Its name says nothing.
                let name = format!("{at:02}/{number} x{}.mid", at * 8 + number);
                music.write(&name, &write_new(&changed).expect("a song"));
                names.push((original.clone(), name, *change));
            }
        }
    }
    music.build().expect("a dataset");
    let originals: HashSet<u32> = (0..PIECES.len())
        .map(|number| cluster(&music, &format!("{number} original.mid")))
        .collect();
    assert_eq!(originals.len(), PIECES.len());
    let is_apart = |(original, name, _): &&(String, String, &str)| {
        cluster(&music, original) != cluster(&music, name)
    };
    // Where a piece is short, notes between its notes leave too little of its lines.
    let apart: Vec<_> = names.iter().filter(is_apart).collect();
    let is_known =
        |change: &str| change.starts_with("every 12th note") && !change.ends_with("dropped");
    let known = apart
        .iter()
        .filter(|(_, _, change)| is_known(change))
        .count();
    assert_eq!(known, apart.len(), "{apart:?}");
    assert!(
        known <= 3 && names.len() > 130,
        "{known} of {}",
        names.len()
    );
}

#[test]
fn many_takes_of_one_song_are_one_cluster() {
    let music = Music::new(5);
    let song = piece("examples/pieces/faure-apres-un-reve.mid");
    let (_, humanised) = CHANGES[0];
    let mut take = song;
    for number in 0..40 {
        take = humanised(&take).expect("a take");
        // Other folders, so that only the notes tell.
        music.write(
            &format!("{number}/faure.mid"),
            &write_new(&take).expect("a song"),
        );
    }
    music.build().expect("a dataset");
    let first = cluster(&music, "0/faure.mid");
    for number in 1..40 {
        assert_eq!(
            cluster(&music, &format!("{number}/faure.mid")),
            first,
            "{number}"
        );
    }
    assert_ne!(cluster(&music, "Übung/ピアノ-01.MID"), first);
}

#[test]
fn a_take_that_shares_little_is_told_by_its_name() {
    // Of 300 notes the first 40 are those of the song.
    let mut improvised = parse_song(&song(2, 0, 120.0)).expect("a song");
    let theme = parse_song(&song(1, 0, 120.0)).expect("a song");
    let theme = &theme.tracks[0].notes[..20];
    improvised.tracks[0]
        .notes
        .splice(..20, theme.iter().copied());
    let improvised = write_new(&improvised).expect("a song");
    let of = |name: &str| {
        let music = Music::new(0);
        music.write("Lied.mid", &song(1, 0, 120.0));
        music.write(name, &improvised);
        music.build().expect("a dataset");
        (cluster(&music, "Lied.mid"), cluster(&music, name))
    };
    let (song, take) = of("Lied take 2.mid");
    assert_eq!(song, take);
    let (song, other) = of("Tanz.mid");
    assert_ne!(song, other);
}

#[test]
fn sketches_of_an_import_that_was_stopped_are_made_again() {
    let music = Music::new(3);
    let song = piece("examples/pieces/faure-apres-un-reve.mid");
    let (_, half) = CHANGES[4];
    music.write("a.mid", &write_new(&song).expect("a song"));
    let half = write_new(&half(&song).expect("a half")).expect("a song");
    music.write("z/half.mid", &half);
    let mut calls = 0;
    let stopped = continuo_dataset::build(&music.request(), &mut |_| {
        calls += 1;
        calls < 3
    });
    assert_eq!(stopped.err().map(|e| e.code()), Some("CANCELLED"));
    music.build().expect("a dataset");
    assert_eq!(cluster(&music, "a.mid"), cluster(&music, "z/half.mid"));
}
