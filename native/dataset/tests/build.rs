//! Folders of MIDI files to datasets: what is kept, what is read again, what an interruption leaves.

use continuo_dataset::build::BuildAnswer;
use continuo_dataset::journal::JOURNAL;
use continuo_dataset::manifest::{MANIFEST, Outcome};
use continuo_dataset::{BuildRequest, Dataset, DatasetError, FILE, Manifest, build};
use continuo_midi::{MeterChange, Note, Song, TempoChange, Track, write_new};
use std::path::{Path, PathBuf};

/// A made-up melody by a seed, in some key and tempo.
fn song(seed: u32, shift: u8, tempo_qpm: f64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12345);
    let mut random = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let notes = (0..300).map(|i| Note {
        start_tick: i * 240 + 120 * random(2),
        duration_ticks: 100,
        pitch: 48 + shift + random(24) as u8,
        velocity: 80,
        channel: 0,
    });
    let song = Song {
        format: 1,
        ppq: 480,
        duration_ticks: 300 * 240,
        tempo_map: vec![TempoChange { tick: 0, tempo_qpm }],
        meters: vec![MeterChange {
            tick: 0,
            numerator: 4,
            denominator: 4,
        }],
        tracks: vec![Track {
            notes: notes.collect(),
            ..Track::default()
        }],
    };
    write_new(&song).expect("a song can be written")
}

struct Music {
    folder: tempfile::TempDir,
    data: tempfile::TempDir,
}

impl Music {
    fn new(count: u32) -> Music {
        let music = Music {
            folder: tempfile::tempdir().expect("temporary folder"),
            data: tempfile::tempdir().expect("temporary folder"),
        };
        for seed in 0..count {
            music.write(
                &format!("Übung/ピアノ-{seed:02}.MID"),
                &song(seed, 0, 120.0),
            );
        }
        music
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }

    fn request(&self) -> BuildRequest {
        BuildRequest::new(vec![self.folder.path().into()], self.data.path().into())
    }

    fn build(&self) -> Result<BuildAnswer, DatasetError> {
        build(&self.request(), &mut |_| true)
    }

    fn manifest(&self) -> Manifest {
        Manifest::load(self.data.path()).expect("a manifest")
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.data.path().join(FILE)).expect("the pieces")
    }

    fn outcome(&self, name: &str) -> Outcome {
        let files = self.manifest().files;
        let file = files.into_iter().find(|f| f.path == name);
        file.expect("it is listed").outcome
    }
}

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
        panic!("it is no duplicate");
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

#[test]
fn an_interrupted_build_goes_on_where_it_stopped() {
    let music = Music::new(9);
    let stopped = build(&music.request(), &mut |p| p.done < 4);
    assert_eq!(stopped.err().map(|e| e.code()), Some("CANCELLED"));
    assert!(!music.data.path().join(FILE).exists());
    // As a crash leaves it: the last record cut off.
    let journal = music.data.path().join(JOURNAL);
    let bytes = std::fs::read(&journal).expect("the journal");
    std::fs::write(&journal, &bytes[..bytes.len() - 5]).expect("cut");
    let answer = music.build().expect("a dataset");
    assert_eq!((answer.read, answer.pieces), (6, 9));
    let whole = Music::new(9);
    whole.build().expect("a dataset");
    assert_eq!(music.bytes(), whole.bytes());
}

#[test]
fn damage_and_empty_folders_have_their_codes() {
    let code = |result: Result<Dataset, DatasetError>| result.err().map(|e| e.code());
    let empty = Music::new(0);
    assert_eq!(empty.build().err().map(|e| e.code()), Some("DATASET_EMPTY"));
    assert_eq!(code(Dataset::open(empty.data.path())), Some("DATASET_IO"));

    let music = Music::new(3);
    music.build().expect("a dataset");
    let whole = music.bytes();
    let path = music.data.path().join(FILE);
    let lengths = (0..whole.len()).step_by(whole.len() / 97);
    for length in lengths.chain([8, 31, 32]) {
        std::fs::write(&path, &whole[..length]).expect("cut");
        assert_eq!(
            code(Dataset::open(music.data.path())),
            Some("DATASET_DAMAGED"),
            "{length}"
        );
    }
    let mut other = whole.clone();
    other[8] = 99;
    std::fs::write(&path, &other).expect("changed");
    assert_eq!(
        code(Dataset::open(music.data.path())),
        Some("DATASET_VERSION")
    );
    let mut flipped = whole.clone();
    flipped[2000] ^= 1;
    std::fs::write(&path, &flipped).expect("changed");
    let dataset = Dataset::open(music.data.path()).expect("its structure is whole");
    assert_eq!(dataset.damaged().len(), 1);
    assert_eq!(
        dataset.check().err().map(|e| e.code()),
        Some("DATASET_DAMAGED")
    );
    // Building again reads the one file whose notes are damaged.
    drop(dataset);
    assert_eq!(music.build().expect("a dataset").read, 1);
    assert_eq!(music.bytes(), whole);
    // A bit of the index: another side, another place.
    let mut flipped = whole;
    let last = flipped.len() - 12;
    flipped[last] ^= 1;
    std::fs::write(&path, &flipped).expect("changed");
    assert_eq!(
        code(Dataset::open(music.data.path())),
        Some("DATASET_DAMAGED")
    );
}

#[test]
fn a_crash_between_pieces_and_manifest_is_seen_and_mended() {
    use continuo_dataset::export::{ExportRequest, export};
    let music = Music::new(4);
    music.build().expect("a dataset");
    let manifest = std::fs::read(music.data.path().join(MANIFEST)).expect("the manifest");
    music.write("aaa.mid", &song(50, 0, 120.0));
    music.build().expect("a dataset");
    let whole = music.bytes();
    std::fs::write(music.data.path().join(MANIFEST), manifest).expect("the older one");
    let request = ExportRequest {
        data: music.data.path().into(),
        output: music.data.path().join("tables"),
    };
    let code = export(&request).err().map(|e| e.code());
    assert_eq!(code, Some("DATASET_DAMAGED"));
    music.build().expect("a dataset");
    assert_eq!(music.bytes(), whole);
    export(&request).expect("it is whole again");
}

#[test]
fn two_builds_of_one_folder_do_not_mix() {
    let music = Music::new(3);
    let mut inner = None;
    build(&music.request(), &mut |p| {
        if p.done == 1 {
            inner = Some(music.build().err().map(|e| e.code()));
        }
        true
    })
    .expect("the first one");
    assert_eq!(inner, Some(Some("DATASET_BUSY")));
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

#[cfg(unix)]
#[test]
fn a_file_without_rights_is_told_and_read_when_they_are_there() {
    use std::os::unix::fs::PermissionsExt;
    let music = Music::new(2);
    music.write("shut.mid", &song(7, 0, 120.0));
    let shut = music.folder.path().join("shut.mid");
    let rights = |mode| std::fs::set_permissions(&shut, PermissionsExt::from_mode(mode));
    rights(0).expect("rights");
    if std::fs::read(&shut).is_ok() {
        // Root reads everything; the test of the command line runs as another user.
        return;
    }
    let answer = music.build().expect("a dataset");
    assert_eq!((answer.pieces, answer.failed.len()), (2, 1));
    rights(0o644).expect("rights");
    assert_eq!(music.build().expect("a dataset").read, 1);
}

#[cfg(unix)]
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
fn info_counts_what_was_built_and_verify_finds_what_changed() {
    use continuo_dataset::info::{InfoRequest, info};
    use continuo_dataset::verify::{VerifyRequest, verify};
    let music = Music::new(6);
    music.write("broken.mid", b"MThd");
    let answer = music.build().expect("a dataset");
    let data = music.data.path().to_path_buf();
    let found = info(&InfoRequest { data: data.clone() }).expect("it is described");
    assert_eq!(
        (found.pieces, found.notes, found.failed.len()),
        (6, answer.notes, 1)
    );
    let sum =
        |columns: &[continuo_dataset::info::Column]| columns.iter().map(|c| c.count).sum::<u64>();
    let histograms = found.histograms;
    assert_eq!(sum(&histograms.pitch), answer.notes as u64);
    assert_eq!(sum(&histograms.instrument), answer.notes as u64);
    assert_eq!(sum(&histograms.notes_per_piece), 6);
    assert_eq!(histograms.meter[0].label, "4/4");
    assert_eq!(histograms.tempo[0].label, "120-139");

    let check = |files| {
        let request = VerifyRequest {
            data: data.clone(),
            files,
        };
        let problems = verify(&request).expect("it can be read").problems;
        problems.into_iter().map(|p| p.path).collect::<Vec<_>>()
    };
    assert!(check(true).is_empty());
    music.write("Übung/ピアノ-01.MID", &song(99, 0, 120.0));
    assert_eq!(check(true), ["Übung/ピアノ-01.MID"]);
    let mut bytes = music.bytes();
    bytes[100] ^= 1;
    std::fs::write(data.join(FILE), bytes).expect("changed");
    assert_eq!(check(false), ["Übung/ピアノ-00.MID"]);
}

#[test]
fn tables_hold_every_note() {
    use continuo_dataset::export::{ExportRequest, export};
    use parquet::file::reader::SerializedFileReader;
    use parquet::record::RowAccessor;
    let music = Music::new(5);
    music.build().expect("a dataset");
    let output = music.data.path().join("tables");
    let request = ExportRequest {
        data: music.data.path().into(),
        output: output.clone(),
    };
    export(&request).expect("it is written");
    let dataset = Dataset::open(music.data.path()).expect("a dataset");
    let rows = |name: &str| {
        let file = std::fs::File::open(output.join(name)).expect("a table");
        let reader = SerializedFileReader::new(file).expect("it is Parquet");
        let rows: Result<Vec<_>, _> = reader.into_iter().collect();
        rows.expect("whole rows")
    };
    let notes = rows("notes.parquet");
    let mut at = 0;
    for piece in 0..5 {
        for note in dataset.piece(piece).notes {
            let row = &notes[at];
            let number = |column| row.get_int(column).expect("a number");
            assert_eq!(number(0), piece as i32);
            assert_eq!(
                (number(4), number(6)),
                (note.onset as i32, i32::from(note.pitch))
            );
            assert!(!row.get_bool(3).expect("a flag"));
            at += 1;
        }
    }
    assert_eq!(at, notes.len());
    let pieces = rows("pieces.parquet");
    assert_eq!(
        pieces[3].get_string(1).expect("a path"),
        "Übung/ピアノ-03.MID"
    );
}
