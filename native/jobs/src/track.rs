//! Which track is meant: by number from 1, or by name.

use continuo_midi::{Song, Track};
use serde::Deserialize;

use crate::error::JobError;

/// A number wins over a name; a track whose name is a number is reached by its number.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub enum TrackChoice {
    /// From 1, as `info` lists them.
    Number(usize),
    /// Compared without case; an exact match wins over a part of a name.
    Name(String),
}

impl TrackChoice {
    /// Index into `song.tracks`.
    ///
    /// Errors: `TRACK_NOT_FOUND`, `TRACK_AMBIGUOUS`, both with the candidates.
    pub fn resolve(&self, song: &Song) -> Result<usize, JobError> {
        match self {
            Self::Number(number) => match number.checked_sub(1) {
                Some(index) if index < song.tracks.len() => Ok(index),
                _ => Err(not_found(number.to_string(), song)),
            },
            Self::Name(name) => resolve_name(name, song),
        }
    }
}

fn resolve_name(name: &str, song: &Song) -> Result<usize, JobError> {
    let wanted = name.trim().to_lowercase();
    let matching = |fits: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let names = song
            .tracks
            .iter()
            .map(|track| track.name.trim().to_lowercase());
        names
            .enumerate()
            .filter_map(|(index, name)| fits(&name).then_some(index))
            .collect()
    };
    let mut found = matching(&|name| name == wanted);
    if found.is_empty() && !wanted.is_empty() {
        found = matching(&|name| name.contains(&wanted));
    }
    match found.as_slice() {
        [] => Err(not_found(format!("{name:?}"), song)),
        [index] => Ok(*index),
        _ => Err(JobError::TrackAmbiguous {
            wanted: name.to_owned(),
            candidates: found
                .iter()
                .map(|&index| label(index, &song.tracks[index]))
                .collect(),
        }),
    }
}

fn not_found(wanted: String, song: &Song) -> JobError {
    let labels = song.tracks.iter().enumerate();
    JobError::TrackNotFound {
        wanted,
        candidates: labels.map(|(index, track)| label(index, track)).collect(),
    }
}

/// As `continuo info` numbers tracks.
pub(crate) fn id_of(track_index: usize) -> String {
    (track_index + 1).to_string()
}

/// For example `2 "Bass" (channel 3)`.
pub(crate) fn label(index: usize, track: &Track) -> String {
    let channel = track.channel + 1;
    format!("{} {:?} (channel {channel})", index + 1, track.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn song(names: &[&str]) -> Song {
        let tracks = names.iter().map(|name| Track {
            name: (*name).to_owned(),
            ..Track::default()
        });
        Song {
            tracks: tracks.collect(),
            ..Song::default()
        }
    }

    fn by_name(name: &str, names: &[&str]) -> Result<usize, JobError> {
        TrackChoice::Name(name.to_owned()).resolve(&song(names))
    }

    #[test]
    fn exact_name_wins_over_part_of_a_name() {
        assert_eq!(by_name("bass", &["Bass Drum", "Bass"]).unwrap(), 1);
    }

    #[test]
    fn part_of_one_name_is_enough() {
        assert_eq!(by_name("drum", &["Bass Drum", "Bass"]).unwrap(), 0);
    }

    #[test]
    fn ambiguous_name_lists_its_candidates_only() {
        let error = by_name("piano", &["Piano", "Bass", "piano"]).unwrap_err();
        assert_eq!(error.code(), "TRACK_AMBIGUOUS");
        let message = error.to_string();
        assert!(message.contains("1 \"Piano\"") && message.contains("3 \"piano\""));
        assert!(!message.contains("Bass"));
    }

    #[test]
    fn numbers_count_from_one() {
        let song = song(&["a", "b"]);
        assert_eq!(TrackChoice::Number(2).resolve(&song).unwrap(), 1);
        for number in [0, 3, usize::MAX] {
            let error = TrackChoice::Number(number).resolve(&song).unwrap_err();
            assert_eq!(error.code(), "TRACK_NOT_FOUND");
        }
    }

    #[test]
    fn unnamed_track_is_no_part_of_every_name() {
        assert_eq!(
            by_name("", &["Piano"]).unwrap_err().code(),
            "TRACK_NOT_FOUND"
        );
    }
}
