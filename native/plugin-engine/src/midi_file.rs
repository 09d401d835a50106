//! Notes from and to .mid files: a dropped file as context, a candidate to be dragged out.

use crate::note::Note;
use crate::transport::Meter;
use crate::worker::ContextTrack;
use continuo_midi::{MeterChange, Song, TempoChange, Track, parse_song, write_new};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const PPQ: u16 = 960;
const MOST_BYTES: u64 = 16 << 20;
/// Hosts read a dropped file late, or link it.
const KEPT_FOR: Duration = Duration::from_secs(7 * 24 * 3600);

/// The tracks of a file from bar 1 on. Errors: a sentence for the musician.
pub(crate) fn read(path: &Path) -> Result<Vec<ContextTrack>, String> {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let cannot = |why: &dyn std::fmt::Display| format!("{name} cannot be read: {why}.");
    let size = std::fs::metadata(path).map_err(|error| cannot(&error))?;
    if !size.is_file() || size.len() > MOST_BYTES {
        return Err(cannot(&"it is not a file of at most 16 MB"));
    }
    let bytes = std::fs::read(path).map_err(|error| cannot(&error))?;
    let song = parse_song(&bytes).map_err(|error| cannot(&error))?;
    if song.tracks.is_empty() {
        return Err(format!("{name} has no notes."));
    }
    let quarters = |tick: u32| f64::from(tick) / f64::from(song.ppq);
    Ok(song
        .tracks
        .iter()
        .map(|track| ContextTrack {
            name: track.name.clone(),
            program: track.program,
            is_drums: Some(track.is_drums),
            notes: (track.notes.iter())
                .map(|note| Note {
                    start: quarters(note.start_tick),
                    end: quarters(note.start_tick + note.duration_ticks),
                    pitch: note.pitch,
                    velocity: note.velocity,
                    channel: note.channel,
                })
                .collect(),
        })
        .collect())
}

/// Writes notes as a file of one track whose bar 1 is `start`, in `folder`, which is made. Older exports are removed.
pub(crate) fn export(
    folder: &Path,
    notes: &[Note],
    start: f64,
    tempo_qpm: f64,
    meter: Meter,
    bar: i64,
) -> io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    remove_old(folder);
    let tick = |position: f64| ((position - start) * f64::from(PPQ)).round().max(0.) as u32;
    let mut notes: Vec<continuo_midi::Note> = notes
        .iter()
        .map(|note| continuo_midi::Note {
            start_tick: tick(note.start),
            duration_ticks: tick(note.end).saturating_sub(tick(note.start)).max(1),
            pitch: note.pitch,
            velocity: note.velocity,
            channel: note.channel,
        })
        .collect();
    notes.sort_by_key(|note| (note.start_tick, note.pitch));
    let channel = notes.first().map_or(0, |note| note.channel);
    let track = Track {
        channel,
        name: "Continuo".into(),
        is_drums: channel == 9,
        notes,
        ..Track::default()
    };
    let song = Song {
        format: 1,
        ppq: PPQ,
        tempo_map: vec![TempoChange { tick: 0, tempo_qpm }],
        meters: vec![MeterChange {
            tick: 0,
            numerator: u8::try_from(meter.numerator).unwrap_or(4),
            denominator: meter.denominator,
        }],
        tracks: vec![track],
        ..Song::default()
    };
    let bytes =
        write_new(&song).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let seconds = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());
    // Two in one second are two files.
    for number in 1.. {
        let end = if number == 1 {
            String::new()
        } else {
            format!("-{number}")
        };
        let path = folder.join(format!("continuo-bar-{bar}-{seconds}{end}.mid"));
        match std::fs::File::create_new(&path) {
            Ok(mut file) => {
                file.write_all(&bytes)?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn remove_old(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let is_ours = entry
            .file_name()
            .to_string_lossy()
            .starts_with("continuo-bar-");
        let age = entry
            .metadata()
            .and_then(|data| data.modified())
            .ok()
            .and_then(|time| time.elapsed().ok());
        if is_ours && age.is_some_and(|age| age > KEPT_FOR) {
            // One that a host still holds is removed another time.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_is_read_back_note_for_note() {
        let folder = tempfile::tempdir().unwrap();
        let notes = [
            Note {
                start: 8.,
                end: 8.5,
                pitch: 60,
                velocity: 90,
                channel: 2,
            },
            Note {
                start: 9.25,
                end: 12.,
                pitch: 64,
                velocity: 1,
                channel: 2,
            },
        ];
        let meter = Meter {
            numerator: 3,
            denominator: 4,
        };
        let path = export(&folder.path().join("ü"), &notes, 8., 97., meter, 3).unwrap();
        let tracks = read(&path).unwrap();
        let shifted: Vec<Note> = notes
            .iter()
            .map(|n| Note {
                start: n.start - 8.,
                end: n.end - 8.,
                ..*n
            })
            .collect();
        assert_eq!(tracks[0].notes, shifted);
        let song = parse_song(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(
            (
                song.meters[0].numerator,
                song.tempo_map[0].tempo_qpm.round()
            ),
            (3, 97.)
        );
    }

    #[test]
    fn files_that_are_none_are_told_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mid");
        std::fs::write(&path, b"not midi").unwrap();
        assert!(read(&path).unwrap_err().starts_with("a.mid cannot be read"));
        assert!(read(folder.path()).is_err());
        assert!(read(&folder.path().join("missing.mid")).is_err());
    }
}
