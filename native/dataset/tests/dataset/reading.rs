//! Describing, checking and exporting datasets.

use crate::music::{Music, song};
use continuo_dataset::{Dataset, FILE};

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
                (note.onset().0 as i32, i32::from(note.pitch))
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
