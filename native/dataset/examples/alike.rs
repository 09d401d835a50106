//! How often changed pieces are found to be alike, and what clusters a folder of MIDI files has.
//!
//! `cargo run --release -p continuo-dataset --example alike -- FOLDER [EVERY]`: every piece is compared
//! with every other, and each EVERYth (15) with its changes. The table of
//! docs/design/0017-alike-pieces.md is what it prints.

#[path = "../tests/dataset/changes.rs"]
mod changes;

use changes::CHANGES;
use continuo_dataset::alike::{clusters, fingerprint, is_alike, sketch_of};
use continuo_dataset::find_midi_files;
use continuo_midi::{Song, parse_song};
use continuo_tokenizer::Piece;
use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (folder, every) = (arguments.next(), arguments.next());
    let every = every.map_or(Some(15), |text| text.parse().ok());
    let (Some(folder), Some(every @ 1..)) = (folder, every) else {
        eprintln!("say which folder, and which pieces to change: FOLDER [EVERY]");
        return ExitCode::FAILURE;
    };
    let songs = match find_midi_files(Path::new(&folder)) {
        Ok(files) => files
            .iter()
            .filter_map(|file| song_of(file))
            .collect::<Vec<_>>(),
        Err(error) => {
            eprintln!("error[{}]: {error}", error.code());
            return ExitCode::FAILURE;
        }
    };
    let pieces: Vec<Piece> = songs.iter().map(Piece::from_song).collect();
    print_clusters(&pieces);
    print_changes(&songs, &pieces, every);
    ExitCode::SUCCESS
}

fn song_of(file: &Path) -> Option<Song> {
    parse_song(&std::fs::read(file).ok()?).ok()
}

fn print_clusters(pieces: &[Piece]) {
    let sketches: Vec<_> = pieces
        .iter()
        .map(|p| sketch_of(&p.sounds, &p.notes))
        .collect();
    let sketches: Vec<_> = sketches.iter().collect();
    let mut sizes = HashMap::<u32, usize>::new();
    for cluster in clusters(&sketches, &vec![None; pieces.len()]) {
        *sizes.entry(cluster).or_default() += 1;
    }
    let mut largest: Vec<usize> = sizes.values().copied().collect();
    largest.sort_unstable_by(|a, b| b.cmp(a));
    largest.truncate(5);
    let (count, clusters) = (pieces.len(), sizes.len());
    println!("{count} pieces in {clusters} clusters, the largest of {largest:?}");
}

fn print_changes(songs: &[Song], pieces: &[Piece], every: usize) {
    println!("| change | found |\n|---|---|");
    for (name, change) in CHANGES {
        let (mut found, mut of) = (0, 0);
        for (song, piece) in songs.iter().zip(pieces).step_by(every) {
            let Some(changed) = change(song).map(|song| Piece::from_song(&song)) else {
                continue;
            };
            if changed.notes.len() < 2 {
                continue;
            }
            let [a, b] = [piece, &changed].map(|p| sketch_of(&p.sounds, &p.notes));
            let is_same = fingerprint(piece.view()) == fingerprint(changed.view());
            of += 1;
            found += usize::from(is_same || is_alike(&a, &b, false));
        }
        println!("| {name} | {found} of {of} |");
    }
}
