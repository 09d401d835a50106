//! Adds tracks to a file: a chunk for each after the last one, everything else unchanged.

use crate::error::MidiError;
use crate::new_file::write_track;
use crate::parse::{ParseOptions, parse_nth};
use crate::song::Track;
use crate::splice::append_chunks;

const MOST_CHUNKS: usize = u16::MAX as usize;

/// Add tracks to a song of a file, each in a chunk of its own behind the last MTrk chunk of the song.
///
/// `song`: which one of several, from 0. A song of format 0 becomes one of format 1, which may have several
/// chunks; its chunk stays as it is. Names are written in the encoding of the names that are there.
/// Errors: those of `parse`; `SONG_INVALID`, `NOTE_INVALID`.
pub fn append_tracks(bytes: &[u8], song: usize, tracks: &[Track]) -> Result<Vec<u8>, MidiError> {
    if tracks.is_empty() {
        return Ok(bytes.to_vec());
    }
    let parsed = parse_nth(bytes, song, &ParseOptions::default())?;
    let count = parsed.raw.track_bodies().count() + tracks.len();
    if count > MOST_CHUNKS {
        return Err(MidiError::SongInvalid {
            what: format!("it would have {count} tracks, the limit is {MOST_CHUNKS}"),
        });
    }
    let mut added = Vec::new();
    for track in tracks {
        write_track(track, &parsed.encoding.encode(&track.name), &mut added)?;
    }
    append_chunks(bytes, &parsed.raw, &added, tracks.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse_song;
    use crate::song::Note;

    fn track(name: &str, notes: Vec<Note>) -> Track {
        Track {
            name: name.to_owned(),
            channel: 3,
            program: 33,
            notes,
            ..Track::default()
        }
    }

    fn note(start_tick: u32) -> Note {
        Note {
            start_tick,
            duration_ticks: 96,
            pitch: 40,
            velocity: 80,
            channel: 3,
        }
    }

    /// One note on channel 0, in a file of format 0.
    fn file() -> Vec<u8> {
        let body = [0, 0x90, 60, 80, 96, 0x80, 60, 0, 0, 0xff, 0x2f, 0];
        let mut bytes = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x0c".to_vec();
        bytes.extend_from_slice(&body);
        bytes
    }

    #[test]
    fn a_track_is_added_and_the_others_are_the_same_bytes() {
        let bytes = file();
        let out = append_tracks(&bytes, 0, &[track("Bass", vec![note(48)])]).unwrap();
        assert_eq!(&out[14..bytes.len()], &bytes[14..]);
        assert_eq!(&out[8..12], &[0, 1, 0, 2]);
        let song = parse_song(&out).unwrap();
        let last = song.tracks.last().unwrap();
        assert_eq!((last.name.as_str(), last.program), ("Bass", 33));
        assert_eq!(last.notes, [note(48)]);
        assert_eq!(append_tracks(&bytes, 0, &[]).unwrap(), bytes);
    }

    #[test]
    fn a_wrapped_file_stays_wrapped_and_what_follows_stays_behind() {
        let mut data = file();
        data.extend_from_slice(b"XFIH\0\0\0\x01!");
        let mut bytes = b"RIFF\0\0\0\0RMIDdata".to_vec();
        bytes.extend_from_slice(&(data.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&data);
        bytes.resize(bytes.len() + data.len() % 2, 0);
        bytes.extend_from_slice(b"LIST\x02\0\0\0hi");
        let length = (bytes.len() - 8) as u32;
        bytes[4..8].copy_from_slice(&length.to_le_bytes());
        let out = append_tracks(
            &bytes,
            0,
            &[track("A", vec![note(0)]), track("B", vec![note(9)])],
        )
        .unwrap();
        assert!(out.ends_with(b"LIST\x02\0\0\0hi"));
        assert_eq!(
            out.len() - 8,
            u32::from_le_bytes([out[4], out[5], out[6], out[7]]) as usize
        );
        assert!(out.windows(4).any(|window| window == b"XFIH"));
        assert_eq!(parse_song(&out).unwrap().tracks.len(), 3);
    }

    #[test]
    fn one_song_of_several_gets_the_track() {
        let bytes = [file(), file(), b"rest".to_vec()].concat();
        let out = append_tracks(&bytes, 1, &[track("Bass", vec![note(48)])]).unwrap();
        assert_eq!(out[..file().len()], file());
        assert!(out.ends_with(b"rest"));
        let tracks_of = |song| {
            let parsed = parse_nth(&out, song, &ParseOptions::default()).unwrap();
            (parsed.song.tracks.len(), parsed.raw.song_count)
        };
        assert_eq!((tracks_of(0), tracks_of(1)), ((1, 2), (2, 2)));
    }

    #[test]
    fn a_broken_file_comes_out_right() {
        let mut bytes = file();
        bytes[11] = 7;
        let end = bytes.len();
        bytes.truncate(end - 4);
        bytes[21] -= 4;
        let out = append_tracks(&bytes, 0, &[track("Bass", vec![note(48)])]).unwrap();
        let strict = ParseOptions { strict: true };
        assert_eq!(parse_nth(&out, 0, &strict).unwrap().song.tracks.len(), 2);
    }

    #[test]
    fn a_name_is_in_the_encoding_of_the_others() {
        let named = |name: &[u8]| {
            let mut body = vec![0, 0xff, 3, name.len() as u8];
            body.extend_from_slice(name);
            body.extend_from_slice(&[0, 0x90, 60, 80, 96, 0x80, 60, 0, 0, 0xff, 0x2f, 0]);
            let mut bytes = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0".to_vec();
            bytes.push(body.len() as u8);
            bytes.extend_from_slice(&body);
            bytes
        };
        let names = |bytes: &[u8], name: &str| -> Vec<String> {
            let out = append_tracks(bytes, 0, &[track(name, vec![note(0)])]).unwrap();
            let song = parse_song(&out).unwrap();
            song.tracks.into_iter().map(|track| track.name).collect()
        };
        // In Shift_JIS.
        let piano = b"\x83\x73\x83\x41\x83\x6d";
        assert_eq!(names(&named(piano), "ベース"), ["ピアノ", "ベース"]);
        assert_eq!(names(&named(piano), "ピアノ ♞"), ["ピアノ", "ピアノ ?"]);
        assert_eq!(
            names(&named(b"Piano"), "Geige für Möwen"),
            ["Piano", "Geige für Möwen"]
        );
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        let zero = Note {
            velocity: 0,
            ..note(0)
        };
        let error = append_tracks(&file(), 0, &[track("A", vec![zero])]).unwrap_err();
        assert_eq!(error.code(), "NOTE_INVALID");
        let many = vec![track("A", vec![]); 65_535];
        assert_eq!(
            append_tracks(&file(), 0, &many).unwrap_err().code(),
            "SONG_INVALID"
        );
    }
}
