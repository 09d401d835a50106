//! A file with other notes in some of its tracks.

use std::path::PathBuf;

use continuo_midi::{Note, Track, append_tracks, exchange_notes};
use serde::{Deserialize, Serialize};

use crate::error::OperationError;
use crate::files::output::write_output;
use crate::files::source::{Reading, read_source};
use crate::files::track::TrackChoice;
use crate::songs::sent_song::on_channel;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RewriteSongRequest {
    pub input: PathBuf,
    pub output: PathBuf,
    /// What the musician calls the file, where errors name it.
    #[serde(default)]
    pub shown_as: Option<PathBuf>,
    /// Which song, from 1, of a file that holds several.
    #[serde(default)]
    pub song: Option<usize>,
    /// Those that are not named stay byte for byte.
    pub tracks: Vec<RewrittenTrack>,
    /// Tracks that the file does not have yet, in order.
    #[serde(default)]
    pub new_tracks: Vec<NewTrack>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RewrittenTrack {
    /// Number from 1, as `continuo info` lists them.
    pub track: usize,
    /// All of its notes, in any order; their channel is the track's.
    pub notes: Vec<Note>,
}

/// A track that comes into the file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewTrack {
    pub name: String,
    /// 0-15.
    pub channel: u8,
    /// 0-127.
    pub program: u8,
    /// In any order; their channel is the track's.
    pub notes: Vec<Note>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RewriteSongAnswer {
    pub file: PathBuf,
    pub note_count: usize,
}

/// Write the file with exactly these notes; every other event stays.
///
/// Errors: `INPUT_*`, `MIDI_*`, `TRACK_NOT_FOUND`, `REQUEST_INVALID`, `NOTE_*`, `OUTPUT_*`.
pub fn rewrite_song(request: &RewriteSongRequest) -> Result<RewriteSongAnswer, OperationError> {
    let source = read_source(&request.input, Reading::new(false, request.song))?;
    let song = &source.parsed.song;
    let midi = |source| OperationError::Midi {
        path: request.shown_as.as_ref().unwrap_or(&request.input).clone(),
        source,
    };
    let mut counts: Vec<usize> = song.tracks.iter().map(|track| track.notes.len()).collect();
    let mut bytes = source.bytes;
    for RewrittenTrack { track, notes } in &request.tracks {
        let index = TrackChoice::Number(*track).resolve(song)?;
        let location = source.parsed.details[index].location;
        let notes = on_channel(notes, location.channel)?;
        bytes = exchange_notes(&bytes, location, &notes).map_err(midi)?;
        counts[index] = notes.len();
    }
    let new_tracks: Vec<Track> = request
        .new_tracks
        .iter()
        .map(NewTrack::track)
        .collect::<Result<_, _>>()?;
    counts.extend(new_tracks.iter().map(|track| track.notes.len()));
    bytes = append_tracks(&bytes, source.song_index, &new_tracks).map_err(midi)?;
    write_output(&request.output, &bytes, false)?;
    Ok(RewriteSongAnswer {
        file: request.output.clone(),
        note_count: counts.iter().sum(),
    })
}

impl NewTrack {
    fn track(&self) -> Result<Track, OperationError> {
        Ok(Track {
            name: self.name.clone(),
            channel: self.channel,
            program: self.program,
            notes: on_channel(&self.notes, self.channel)?,
            ..Track::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::songs::read_song::{ReadSongAnswer, ReadSongRequest, read_song};

    const MOST: usize = 1_000_000;

    fn fixture(name: &str) -> PathBuf {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../test/fixtures");
        Path::new(folder).join(name)
    }

    fn read(input: PathBuf, most_notes: usize) -> Result<ReadSongAnswer, OperationError> {
        read_song(&ReadSongRequest {
            input,
            shown_as: Some("song.mid".into()),
            song: None,
            most_notes,
        })
    }

    #[test]
    fn all_notes_of_a_file_and_their_maps_are_read() {
        let song = read(fixture("holmes-le-desir.mid"), MOST).unwrap();
        let tracks: Vec<_> = song
            .tracks
            .iter()
            .map(|t| (t.id.as_str(), t.notes.len()))
            .collect();
        assert_eq!(tracks, [("1", 209), ("2", 428), ("3", 447)]);
        assert_eq!(
            (song.tempo_map[0].tick, song.time_signatures[0].tick),
            (0, 0)
        );
        let error = read(fixture("holmes-le-desir.mid"), 1083).unwrap_err();
        assert_eq!(error.code(), "ROLL_TOO_LARGE");
    }

    #[test]
    fn errors_name_the_file_as_it_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("base.mid");
        fs::write(&input, b"hello").unwrap();
        let error = read(input, MOST).unwrap_err();
        assert_eq!(error.code(), "MIDI_NOT_MIDI");
        assert!(error.to_string().starts_with("song.mid: "), "{error}");
    }

    #[test]
    fn only_the_named_tracks_change() {
        let folder = tempfile::tempdir().unwrap();
        let (input, output) = (
            fixture("holmes-le-desir.mid"),
            folder.path().join("new.mid"),
        );
        let before = read(input.clone(), MOST).unwrap();
        let rewrite = |tracks| {
            let request = RewriteSongRequest {
                input: input.clone(),
                output: output.clone(),
                shown_as: Some("song.mid".into()),
                song: None,
                tracks,
                new_tracks: vec![],
            };
            rewrite_song(&request)
        };
        rewrite(vec![]).unwrap();
        assert!(fs::read(&output).unwrap() == fs::read(&input).unwrap());

        // A page may not know the track's channel.
        let notes: Vec<Note> = before.tracks[1].notes[10..]
            .iter()
            .map(|note| Note {
                channel: 15,
                ..*note
            })
            .collect();
        let answer = rewrite(vec![RewrittenTrack { track: 2, notes }]).unwrap();
        assert_eq!(answer.note_count, 1074);
        let after = read(output.clone(), MOST).unwrap();
        assert_eq!(after.tracks[1].notes.len(), 418);
        assert!(
            after.tracks[1]
                .notes
                .iter()
                .all(|note| note.channel == before.tracks[1].channel)
        );

        let note = before.tracks[1].notes[20];
        let around = Note {
            start_tick: note.start_tick - 1,
            duration_ticks: note.duration_ticks + 2,
            ..note
        };
        let notes = vec![note, around];
        let overlap = rewrite(vec![RewrittenTrack { track: 2, notes }]).unwrap_err();
        assert_eq!(overlap.code(), "NOTE_OVERLAP");
        assert!(overlap.to_string().starts_with("song.mid: "), "{overlap}");

        let missing = rewrite(vec![RewrittenTrack {
            track: 9,
            notes: vec![],
        }]);
        assert_eq!(missing.unwrap_err().code(), "TRACK_NOT_FOUND");
    }

    #[test]
    fn a_track_comes_into_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("new.mid");
        let note = Note {
            start_tick: 96,
            duration_ticks: 48,
            pitch: 40,
            velocity: 70,
            channel: 0,
        };
        rewrite_song(&RewriteSongRequest {
            input: fixture("holmes-le-desir.mid"),
            output: output.clone(),
            shown_as: None,
            song: None,
            tracks: vec![],
            new_tracks: vec![NewTrack {
                name: "Bass".to_owned(),
                channel: 5,
                program: 33,
                notes: vec![note],
            }],
        })
        .unwrap();
        let song = read(output, MOST).unwrap();
        let last = song.tracks.last().unwrap();
        assert_eq!(
            (last.name.as_str(), last.channel, last.program),
            ("Bass", 5, 33)
        );
        assert_eq!(last.notes.len(), 1);
        assert_eq!(song.tracks.len(), 4);
    }
}
