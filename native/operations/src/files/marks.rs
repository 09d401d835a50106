//! Markers in a file: text, marker and cue events that say where to fill.
//!
//! `[fill`, `[fill Bass` or `[fill 2` is where the region starts, `fill]` where it ends.

use continuo_midi::{EventKind, EventReader};

use crate::files::source::Source;
use crate::files::track::TrackChoice;

/// Text, marker and cue point. Source: Standard MIDI Files 1.0 (RP-001).
const KINDS: [u8; 3] = [0x01, 0x06, 0x07];
/// Two are right, and these are enough to say what is wrong.
const MOST: usize = 64;

#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// With the track that it names.
    Start(Option<TrackChoice>),
    End,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FoundMark {
    pub tick: u32,
    /// Index of its MTrk chunk.
    pub chunk: usize,
    pub mark: Mark,
}

/// In time order. A marker repeated in several chunks, as some programs write them, counts once.
pub fn find_marks(source: &Source) -> Vec<FoundMark> {
    let mut marks: Vec<FoundMark> = Vec::new();
    for (chunk, body) in source.parsed.raw.track_bodies().enumerate() {
        let mut events = EventReader::new(&source.bytes, body);
        // The file was parsed before, so no event of it fails.
        while let Ok(Some(event)) = events.next_event() {
            let EventKind::Meta { kind, data } = event.kind else {
                continue;
            };
            if !KINDS.contains(&kind) || marks.len() == MOST {
                continue;
            }
            let Some(mark) = mark_of(&source.parsed.encoding.decode(data)) else {
                continue;
            };
            let tick = event.tick;
            let is_same = |other: &FoundMark| other.tick == tick && other.mark == mark;
            if !marks.iter().any(is_same) {
                marks.push(FoundMark { tick, chunk, mark });
            }
        }
    }
    marks.sort_by_key(|mark| mark.tick);
    marks
}

/// Upper and lower case are the same. `[fill]`, which is neither, is taken for a start, so that its end is missed.
fn mark_of(text: &str) -> Option<Mark> {
    if text.eq_ignore_ascii_case("fill]") {
        return Some(Mark::End);
    }
    let (head, rest) = text.split_at_checked("[fill".len())?;
    let is_whole_word = rest.is_empty() || rest.starts_with([' ', ':', ']']);
    if !head.eq_ignore_ascii_case("[fill") || !is_whole_word {
        return None;
    }
    let name = rest.trim_matches([' ', ':', ']']);
    Some(Mark::Start(match name.parse() {
        _ if name.is_empty() => None,
        Ok(number) => Some(TrackChoice::Number(number)),
        Err(_) => Some(TrackChoice::Name(name.to_owned())),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_mark() {
        let named = |name: &str| Some(Mark::Start(Some(TrackChoice::Name(name.to_owned()))));
        assert_eq!(mark_of("[fill"), Some(Mark::Start(None)));
        assert_eq!(
            mark_of("[Fill 2"),
            Some(Mark::Start(Some(TrackChoice::Number(2))))
        );
        assert_eq!(mark_of("[fill Große Flöte"), named("Große Flöte"));
        assert_eq!(mark_of("[fill: Bass]"), named("Bass"));
        assert_eq!(mark_of("FILL]"), Some(Mark::End));
        assert_eq!(mark_of("[fill]"), Some(Mark::Start(None)));
    }

    #[test]
    fn what_is_none() {
        for text in [
            "",
            "fill",
            "[filling",
            "refill]",
            "[fil",
            "Strophe [fill",
            "\u{e4}\u{e4}\u{e4}",
        ] {
            assert_eq!(mark_of(text), None, "{text}");
        }
    }
}
