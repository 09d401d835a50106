//! Parses every MIDI file of a folder on one core and prints the time it took as a JSON line.
//!
//! `cargo run --release -p continuo-midi --example parse_folder -- FOLDER [REPEATS]`; the fastest
//! pass counts, reading from the disk included.

use std::path::{Path, PathBuf};
use std::time::Instant;

fn find_files(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find_files(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "mid") {
            files.push(path);
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a folder of MIDI files")?;
    let repeats: u32 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let mut files = Vec::new();
    find_files(Path::new(&folder), &mut files)?;
    let (mut bytes, mut notes, mut seconds) = (0, 0, f64::INFINITY);
    for _ in 0..repeats.max(1) {
        (bytes, notes) = (0, 0);
        let start = Instant::now();
        for file in &files {
            let data = std::fs::read(file)?;
            let song = continuo_midi::parse_song(&data)?;
            bytes += data.len();
            notes += song
                .tracks
                .iter()
                .map(|track| track.notes.len())
                .sum::<usize>();
        }
        seconds = start.elapsed().as_secs_f64().min(seconds);
    }
    println!(
        "{{\"files\":{},\"bytes\":{bytes},\"notes\":{notes},\"seconds\":{seconds:.6}}}",
        files.len()
    );
    Ok(())
}
