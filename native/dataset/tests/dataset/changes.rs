//! Variations of a song: played again, cut or arranged.

use continuo_midi::{Note, Song, Track};

/// A change, and its name. None where a song cannot be changed so.
pub type Change = (&'static str, fn(&Song) -> Option<Song>);

pub const CHANGES: [Change; 18] = [
    ("humanised by 1/24 quarter", |song| Some(humanised(song))),
    ("ticks x 2", |song| Some(stretched(song, 2.0))),
    ("ticks x 1.1", |song| Some(stretched(song, 1.1))),
    ("ticks x 0.5", |song| Some(stretched(song, 0.5))),
    ("first half", |song| Some(part(song, 0.0, 0.5))),
    ("second half", |song| Some(part(song, 0.5, 1.0))),
    ("middle third", |song| {
        Some(part(song, 1.0 / 3.0, 2.0 / 3.0))
    }),
    ("every 12th note dropped", |song| Some(thinned(song, 12))),
    ("every 8th note dropped", |song| Some(thinned(song, 8))),
    ("every 12th note another", |song| {
        Some(with_wrong_notes(song, 12))
    }),
    ("every 12th note has a grace note", |song| {
        Some(with_graces(song, 12))
    }),
    ("one track removed", one_track_removed),
    ("a fourth up", |song| Some(transposed(song, |_| true, 5))),
    ("longest track an octave lower", octave_lower),
    ("tracks merged", merged),
    ("on the grid of 1/16", |song| Some(quantised(song))),
    ("humanised, a fourth up, ticks x 1.1", |song| {
        let song = transposed(&humanised(song), |_| true, 5);
        Some(stretched(&song, 1.1))
    }),
    ("first half, every 12th note dropped, humanised", |song| {
        Some(humanised(&thinned(&part(song, 0.0, 0.5), 12)))
    }),
];

fn humanised(song: &Song) -> Song {
    let widest = u32::from(song.ppq) / 24;
    let mut state = 1u32;
    each_note(song, |note| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let late = (state >> 8) % (2 * widest + 1);
        note.start_tick = (note.start_tick + late).saturating_sub(widest);
        Some(note)
    })
}

fn stretched(song: &Song, factor: f64) -> Song {
    let ticks = |ticks: u32| (f64::from(ticks) * factor).round() as u32;
    each_note(song, |note| {
        note.start_tick = ticks(note.start_tick);
        note.duration_ticks = ticks(note.duration_ticks).max(1);
        Some(note)
    })
}

fn part(song: &Song, from: f64, to: f64) -> Song {
    let notes = song.tracks.iter().flat_map(|track| &track.notes);
    let last = notes.map(|note| note.start_tick).max().unwrap_or(0);
    let (from, to) = (f64::from(last) * from, f64::from(last) * to);
    each_note(song, |note| {
        let is_inside = (from..to).contains(&f64::from(note.start_tick));
        note.start_tick = note.start_tick.saturating_sub(from as u32);
        is_inside.then_some(note)
    })
}

fn thinned(song: &Song, nth: usize) -> Song {
    let mut count = 0;
    each_note(song, |note| {
        count += 1;
        (count % nth != 0).then_some(note)
    })
}

fn with_wrong_notes(song: &Song, nth: usize) -> Song {
    let mut count = 0;
    each_note(song, |note| {
        count += 1;
        if count % nth == 0 {
            note.pitch = (note.pitch + 2).min(127);
        }
        Some(note)
    })
}

fn with_graces(song: &Song, nth: usize) -> Song {
    let before = u32::from(song.ppq) / 8;
    let mut song = song.clone();
    let mut count = 0;
    for track in &mut song.tracks {
        let mut graces = Vec::new();
        for note in &track.notes {
            count += 1;
            if count % nth == 0 && note.start_tick > before {
                graces.push(Note {
                    start_tick: note.start_tick - before,
                    duration_ticks: before,
                    pitch: (note.pitch + 2).min(127),
                    ..*note
                });
            }
        }
        track.notes.extend(graces);
    }
    sorted(song)
}

/// One in the middle.
fn one_track_removed(song: &Song) -> Option<Song> {
    let mut song = song.clone();
    song.tracks.retain(|track| !track.notes.is_empty());
    if song.tracks.len() < 2 {
        return None;
    }
    song.tracks.remove(song.tracks.len() / 2);
    Some(song)
}

fn transposed(song: &Song, is_moved: impl Fn(&Track) -> bool, by: i16) -> Song {
    let mut song = song.clone();
    let tracks = song.tracks.iter_mut().filter(|track| !track.is_drums);
    for track in tracks.filter(|track| is_moved(track)) {
        for note in &mut track.notes {
            note.pitch = (i16::from(note.pitch) + by).clamp(0, 127) as u8;
        }
    }
    song
}

fn octave_lower(song: &Song) -> Option<Song> {
    let pitched = song.tracks.iter().filter(|track| !track.is_drums);
    let most = pitched.map(|track| track.notes.len()).max()?;
    Some(transposed(song, |track| track.notes.len() == most, -12))
}

fn merged(song: &Song) -> Option<Song> {
    let (mut drums, pitched): (Vec<Track>, Vec<Track>) = song
        .tracks
        .iter()
        .cloned()
        .partition(|track| track.is_drums);
    if pitched.len() < 2 {
        return None;
    }
    drums.push(Track {
        notes: pitched.into_iter().flat_map(|track| track.notes).collect(),
        ..Track::default()
    });
    Some(sorted(Song {
        tracks: drums,
        ..song.clone()
    }))
}

fn quantised(song: &Song) -> Song {
    let grid = u32::from(song.ppq) / 4;
    each_note(song, |note| {
        note.start_tick = (note.start_tick + grid / 2) / grid * grid;
        Some(note)
    })
}

fn each_note(song: &Song, mut change: impl FnMut(&mut Note) -> Option<&mut Note>) -> Song {
    let mut song = song.clone();
    for track in &mut song.tracks {
        track.notes.retain_mut(|note| change(note).is_some());
    }
    sorted(song)
}

fn sorted(mut song: Song) -> Song {
    song.tracks.retain(|track| !track.notes.is_empty());
    for track in &mut song.tracks {
        track
            .notes
            .sort_by_key(|note| (note.start_tick, note.pitch));
    }
    song
}
