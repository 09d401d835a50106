//! Parsing every file of a folder into notes, on one thread and on several.

use crate::Failure;
use crate::options::Options;
use crate::samples::{milliseconds, print};
use continuo_midi::parse_song;
use continuo_train::dataset::find_midi_files;
use serde_json::json;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Total {
    files: usize,
    bytes: usize,
    notes: usize,
}

/// Reads and parses `files`, `threads` at a time; a file that fails counts for nothing.
fn parse_all(files: &[PathBuf], threads: usize) -> Total {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut total = Total::default();
        while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Ok(bytes) = std::fs::read(path) else {
                continue;
            };
            let Ok(song) = parse_song(&bytes) else {
                continue;
            };
            total.files += 1;
            total.bytes += bytes.len();
            total.notes += song.tracks.iter().map(|t| t.notes.len()).sum::<usize>();
        }
        total
    };
    let totals: Vec<Total> = std::thread::scope(|scope| {
        let running: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let own = work();
        let others = running.into_iter().map(|r| r.join().unwrap_or_default());
        others.chain([own]).collect()
    });
    totals.iter().fold(Total::default(), |sum, t| Total {
        files: sum.files + t.files,
        bytes: sum.bytes + t.bytes,
        notes: sum.notes + t.notes,
    })
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let files = find_midi_files(&options.path("data")?)?;
    let repeats: usize = options.number("repeats", 5)?;
    // The first pass warms the disk's cache and says what every later one must find.
    let expected = parse_all(&files, 1);
    if expected.files == 0 {
        return Err("no MIDI file could be parsed".into());
    }
    for threads in options.numbers("threads", &[1])? {
        let mut samples = Vec::with_capacity(repeats);
        for _ in 0..repeats {
            let (found, ms) = milliseconds(|| parse_all(&files, threads));
            if found != expected {
                return Err(format!("{threads} threads found another number of notes").into());
            }
            samples.push(ms);
        }
        let Total {
            files,
            bytes,
            notes,
        } = expected;
        let facts = json!({"threads": threads, "files": files, "bytes": bytes, "notes": notes});
        print("parse", "ms", &samples, facts)?;
    }
    Ok(())
}
