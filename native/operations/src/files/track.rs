//! Finds a track by number, from 1, or by name.

use continuo_midi::{Song, Track};
use continuo_tokenizer::part::Part;
use serde::{Deserialize, Serialize};

use crate::error::OperationError;

/// A number wins over a name; a track whose name is a number is reached by its number.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub enum TrackChoice {
    /// From 1, as `info` lists them.
    Number(usize),
    /// The whole name wins, then the same without regard to case, then to spaces and signs, then a part of it.
    Name(String),
    /// At least one.
    Several(Vec<TrackChoice>),
    /// Parts that the song does not have yet, at least one; each comes in as a track of its own.
    New(Vec<NewPart>),
}

/// A part to write, and the track that it comes in.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewPart {
    /// What it does in the band; `None` leaves it to its sound and its neighbours.
    #[serde(default)]
    pub role: Option<Role>,
    /// General MIDI, 0-127. Drums have none.
    pub program: u8,
    pub name: String,
}

/// A part's role by its name, such as "bass".
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(try_from = "String", into = "&str")]
pub struct Role(pub Part);

impl From<Role> for &str {
    fn from(Role(part): Role) -> &'static str {
        part.name()
    }
}

impl TryFrom<String> for Role {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let found = Part::by_name(&name);
        found
            .map(Self)
            .ok_or_else(|| format!("unknown part {name:?}"))
    }
}

impl TrackChoice {
    /// Index into `song.tracks`.
    ///
    /// Errors: `TRACK_NOT_FOUND`, `TRACK_AMBIGUOUS`, both with the candidates.
    pub fn resolve(&self, song: &Song) -> Result<usize, OperationError> {
        match self {
            Self::Number(number) => match number.checked_sub(1) {
                Some(index) if index < song.tracks.len() => Ok(index),
                _ => Err(not_found(number.to_string(), song)),
            },
            Self::Name(name) => resolve_name(name, song),
            Self::New(_) => Err(not_found("yet".to_owned(), song)),
            Self::Several(_) => match self.resolve_all(song)?.as_slice() {
                [index] => Ok(*index),
                several => Err(OperationError::TrackSeveral {
                    count: several.len(),
                }),
            },
        }
    }

    /// As `resolve`, where a name may be a list of names and numbers, "1,3" or "Bass, Piano".
    ///
    /// Answers at least one, in the order named. Errors: as `resolve`; `TRACK_REPEATED`.
    pub fn resolve_all(&self, song: &Song) -> Result<Vec<usize>, OperationError> {
        if let Self::Several(choices) = self {
            let mut tracks = Vec::new();
            for choice in choices {
                for index in choice.resolve_all(song)? {
                    add_once(&mut tracks, index, song)?;
                }
            }
            return if tracks.is_empty() {
                Err(not_found("at all".to_owned(), song))
            } else {
                Ok(tracks)
            };
        }
        match (self.resolve(song), self) {
            (Ok(index), _) => Ok(vec![index]),
            // A name may have commas of its own, so the whole of it goes first.
            (Err(error), Self::Name(name)) if error.code() == "TRACK_NOT_FOUND" => {
                if name.contains(',') || numbers_of(name).is_some() {
                    resolve_list(name, song)
                } else {
                    Err(error)
                }
            }
            (Err(error), _) => Err(error),
        }
    }
}

fn resolve_name(name: &str, song: &Song) -> Result<usize, OperationError> {
    let names = || song.tracks.iter().map(|track| track.name.trim());
    let matching = |fits: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let found = names().enumerate().filter(|(_, name)| fits(name));
        found.map(|(index, _)| index).collect()
    };
    let wanted = name.trim();
    let (lower, letters) = (wanted.to_lowercase(), letters_of(wanted));
    // From the whole name as it is written to a part of it; the first that finds anything decides.
    let ways: [&dyn Fn(&str) -> bool; 5] = [
        &|name| name == wanted,
        &|name| name.to_lowercase() == lower,
        &|name| !letters.is_empty() && letters_of(name) == letters,
        &|name| !lower.is_empty() && name.to_lowercase().contains(&lower),
        &|name| !letters.is_empty() && letters_of(name).contains(&letters),
    ];
    let found = ways
        .into_iter()
        .map(matching)
        .find(|found| !found.is_empty());
    match found.unwrap_or_default().as_slice() {
        [] => Err(not_found(format!("{name:?}"), song)),
        [index] => Ok(*index),
        several => Err(OperationError::TrackAmbiguous {
            wanted: name.to_owned(),
            candidates: several
                .iter()
                .map(|&index| label(index, &song.tracks[index]))
                .collect(),
        }),
    }
}

/// The letters and digits of a name, in lower case.
fn letters_of(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Errors: `TRACK_REPEATED` where it is there already.
fn add_once(tracks: &mut Vec<usize>, index: usize, song: &Song) -> Result<(), OperationError> {
    if tracks.contains(&index) {
        let track = label(index, &song.tracks[index]);
        return Err(OperationError::TrackRepeated { track });
    }
    tracks.push(index);
    Ok(())
}

/// "1,3", "2-4" or "Bass, Piano", in this order.
fn resolve_list(text: &str, song: &Song) -> Result<Vec<usize>, OperationError> {
    let mut tracks = Vec::new();
    for item in text
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
    {
        let numbers = numbers_of(item);
        let found = match numbers {
            Some((first, last)) => (first..=last)
                .take(song.tracks.len() + 1)
                .map(|number| TrackChoice::Number(number).resolve(song))
                .collect::<Result<Vec<_>, _>>()?,
            None => vec![resolve_name(item, song)?],
        };
        for index in found {
            add_once(&mut tracks, index, song)?;
        }
    }
    if tracks.is_empty() {
        return Err(not_found(format!("{text:?}"), song));
    }
    Ok(tracks)
}

/// "3" or "2-4".
fn numbers_of(item: &str) -> Option<(usize, usize)> {
    let (first, last) = item.split_once('-').unwrap_or((item, item));
    let number = |text: &str| text.trim().parse().ok();
    number(first)
        .zip(number(last))
        .filter(|(first, last)| first <= last)
}

fn not_found(wanted: String, song: &Song) -> OperationError {
    let labels = song.tracks.iter().enumerate();
    OperationError::TrackNotFound {
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

    fn by_name(name: &str, names: &[&str]) -> Result<usize, OperationError> {
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
        let error = by_name("PIANO", &["Piano", "Bass", "piano"]).unwrap_err();
        assert_eq!(error.code(), "TRACK_AMBIGUOUS");
        let message = error.to_string();
        assert!(message.contains("1 \"Piano\"") && message.contains("3 \"piano\""));
        assert!(!message.contains("Bass"));
    }

    #[test]
    fn the_name_as_it_is_written_wins() {
        assert_eq!(by_name("piano", &["Piano", "Bass", "piano"]).unwrap(), 2);
    }

    #[test]
    fn case_spaces_and_signs_do_not_matter() {
        let names = ["ViolinI:", "ViolinII:", "Violon-cello", "Fl\u{f6}te (2.)"];
        assert_eq!(by_name("Violin I", &names).unwrap(), 0);
        assert_eq!(by_name("violin ii", &names).unwrap(), 1);
        assert_eq!(by_name("Violoncello", &names).unwrap(), 2);
        assert_eq!(by_name("FL\u{d6}TE 2", &names).unwrap(), 3);
        assert_eq!(by_name("cello", &names).unwrap(), 2);
        let error = by_name("violin", &names).unwrap_err();
        assert_eq!(error.code(), "TRACK_AMBIGUOUS");
        assert_eq!(by_name("!?", &names).unwrap_err().code(), "TRACK_NOT_FOUND");
    }

    #[test]
    fn lists_of_numbers_and_names() {
        let song = song(&["Strings, high", "Bass", "Lead"]);
        let all = |text: &str| TrackChoice::Name(text.to_owned()).resolve_all(&song);
        assert_eq!(all("1,3").unwrap(), [0, 2]);
        assert_eq!(all("Lead, bass").unwrap(), [2, 1]);
        assert_eq!(all("Strings, high").unwrap(), [0]);
        assert_eq!(all("1-3").unwrap(), [0, 1, 2]);
        assert_eq!(TrackChoice::Number(2).resolve_all(&song).unwrap(), [1]);
        let several = TrackChoice::Several(vec![
            TrackChoice::Name("Strings, high".to_owned()),
            TrackChoice::Name("3,Bass".to_owned()),
        ]);
        assert_eq!(several.resolve_all(&song).unwrap(), [0, 2, 1]);
        assert_eq!(several.resolve(&song).unwrap_err().code(), "TRACK_SEVERAL");
        let none = TrackChoice::Several(Vec::new()).resolve(&song);
        assert_eq!(none.unwrap_err().code(), "TRACK_NOT_FOUND");
        for twice in ["1,1", "Lead, bass,3", "1-3,2"] {
            let error = all(twice).unwrap_err();
            assert_eq!(error.code(), "TRACK_REPEATED", "{twice}");
        }
        let twice = TrackChoice::Several(vec![
            TrackChoice::Number(2),
            TrackChoice::Name("bass".to_owned()),
        ]);
        let error = twice.resolve_all(&song).unwrap_err();
        assert!(error.to_string().contains("2 \"Bass\""), "{error}");
        for wrong in ["1,4", "Lead,Tuba", ", ,", "2-99999999999"] {
            assert_eq!(all(wrong).unwrap_err().code(), "TRACK_NOT_FOUND", "{wrong}");
        }
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
