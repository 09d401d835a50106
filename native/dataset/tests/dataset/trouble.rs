//! The state after interruption, damage, another program's access or missing permissions.

use crate::music::{Music, song};
use continuo_dataset::journal::{JOURNAL, PART};
use continuo_dataset::manifest::MANIFEST;
use continuo_dataset::{Dataset, DatasetError, FILE, build};

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
fn a_damaged_record_of_an_unfinished_build_is_read_again() {
    let music = Music::new(9);
    let stopped = build(&music.request(), &mut |p| p.done < 6);
    assert_eq!(stopped.err().map(|e| e.code()), Some("CANCELLED"));
    // A run of the last record: its shape is whole, its checksum is not.
    let journal = music.data.path().join(JOURNAL);
    let mut bytes = std::fs::read(&journal).expect("the journal");
    let last = bytes.len() - 9;
    bytes[last] ^= 1;
    std::fs::write(&journal, bytes).expect("damaged");
    let answer = music.build().expect("a dataset");
    assert_eq!((answer.read, answer.pieces), (4, 9));
    let whole = Music::new(9);
    whole.build().expect("a dataset");
    assert_eq!(music.bytes(), whole.bytes());
}

#[test]
fn a_damaged_or_lost_piece_of_an_unfinished_build_is_read_again() {
    let whole = Music::new(9);
    whole.build().expect("a dataset");
    type Damage = fn(&mut Vec<u8>);
    let damage: [(Damage, usize); 4] = [
        // A note of the first piece, the end of the last one, a little more than half, everything.
        (|bytes| bytes[200] ^= 1, 1),
        (|bytes| bytes.truncate(bytes.len() - 5), 1),
        (|bytes| bytes.truncate(bytes.len() / 2), 4),
        (Vec::clear, 6),
    ];
    for (damage, lost) in damage {
        let music = Music::new(9);
        let stopped = build(&music.request(), &mut |p| p.done < 6);
        assert_eq!(stopped.err().map(|e| e.code()), Some("CANCELLED"));
        let part = music.data.path().join(PART);
        let mut bytes = std::fs::read(&part).expect("the pieces so far");
        damage(&mut bytes);
        std::fs::write(&part, bytes).expect("damaged");
        let answer = music.build().expect("a dataset");
        assert_eq!((answer.read, answer.pieces), (3 + lost, 9));
        assert_eq!(music.bytes(), whole.bytes());
        assert!(!part.exists());
    }
}

#[test]
fn what_came_before_an_interrupted_build_goes_on_is_put_in_its_place() {
    let music = Music::new(9);
    let stopped = build(&music.request(), &mut |p| p.done < 6);
    assert_eq!(stopped.err().map(|e| e.code()), Some("CANCELLED"));
    // The first one in order equals one that was read; another has changed; a third is gone.
    let add = |music: &Music| {
        music.write("aaa.mid", &song(3, 5, 90.0));
        music.write("aab.mid", &song(70, 0, 120.0));
        music.write("Übung/ピアノ-01.MID", &song(71, 0, 120.0));
        std::fs::remove_file(music.folder.path().join("Übung/ピアノ-02.MID")).expect("removed");
    };
    add(&music);
    let answer = music.build().expect("a dataset");
    assert_eq!((answer.read, answer.pieces, answer.duplicates), (6, 9, 1));
    let whole = Music::new(9);
    add(&whole);
    whole.build().expect("a dataset");
    assert_eq!(music.bytes(), whole.bytes());
    let outcomes = |music: &Music| {
        let files = music.manifest().files.into_iter();
        files.map(|f| (f.path, f.outcome)).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(&music), outcomes(&whole));
    let left = std::fs::read_dir(music.data.path()).expect("a folder");
    assert_eq!(left.count(), 2);
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
fn a_crash_between_the_names_of_pieces_and_manifest_loses_nothing() {
    let music = Music::new(4);
    music.build().expect("a dataset");
    let manifest = music.data.path().join(MANIFEST);
    let older = std::fs::read(&manifest).expect("the manifest");
    music.write("aaa.mid", &song(50, 0, 120.0));
    music.build().expect("a dataset");
    let (pieces, whole) = (music.bytes(), music.manifest());
    std::fs::rename(&manifest, manifest.with_added_extension("part")).expect("renamed");
    for older in [Some(older), None] {
        if let Some(older) = older {
            std::fs::write(&manifest, older).expect("the older one");
        }
        assert_eq!(music.build().expect("a dataset").read, 0);
        assert_eq!(
            (music.bytes(), music.manifest()),
            (pieces.clone(), whole.clone())
        );
        std::fs::rename(&manifest, manifest.with_added_extension("part")).expect("renamed");
    }
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
