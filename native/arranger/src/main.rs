//! continuo-arranger: write a folder of pieces to train on.

use continuo_arranger::write_piece;
use continuo_midi::write_new;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: continuo-arranger FOLDER [PIECES (300)] [FIRST SEED (1)]";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let folder = args.next().filter(|arg| !arg.starts_with('-'));
    let number = |arg: Option<String>, default: u64| arg.map_or(Some(default), |a| a.parse().ok());
    let (Some(folder), Some(pieces), Some(first)) =
        (folder, number(args.next(), 300), number(args.next(), 1))
    else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match write(&PathBuf::from(folder), pieces, first) {
        Ok(notes) => {
            println!("{pieces} pieces, {notes} notes");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &PathBuf, pieces: u64, first: u64) -> Result<usize, Box<dyn std::error::Error>> {
    std::fs::create_dir_all(folder)?;
    let mut notes = 0;
    for seed in first..first.saturating_add(pieces) {
        let (style, song) = write_piece(seed);
        notes += song.tracks.iter().map(|t| t.notes.len()).sum::<usize>();
        let name = format!("{}-{seed:05}.mid", style.replace(' ', "-"));
        std::fs::write(folder.join(name), write_new(&song)?)?;
    }
    Ok(notes)
}
