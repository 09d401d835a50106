//! The message of an anomaly: how often it occurred, its first position, and how it was handled.

use super::Anomaly;
use crate::song::{MeterChange, Song, TempoChange};

impl Anomaly {
    /// What to tell: how often it was met in all, the first place, and what became of it.
    pub(super) fn message(&self, count: usize, song: &Song) -> String {
        let one = count == 1;
        let first = |found: String| match count {
            1 => found,
            _ => format!("{count} times, first {found}"),
        };
        match self {
            Self::TrackCount {
                declared,
                found,
                counts_others,
            } => format!(
                "the header says {} and the file has {found}; {}, and what is written from it has the right count",
                plural(usize::from(*declared), "track"),
                if *counts_others {
                    "it counts chunks of unknown types too, which are kept as they are"
                } else if *found < usize::from(*declared) {
                    "check that no music is missing"
                } else {
                    "all were read"
                }
            ),
            Self::TrailingBytes { offset, bytes } => format!(
                "{} after the last chunk, at byte {offset}, belong to no chunk; they are kept as they are",
                plural(*bytes, "byte")
            ),
            Self::RiffSize { declared, found } => format!(
                "the RIFF header says {declared} bytes and the file has {found}; the music inside was read"
            ),
            Self::EndOfTrackMissing { chunk } if one => format!(
                "{} has no end-of-track event; its last event ends it",
                chunk_name(*chunk, song)
            ),
            Self::EndOfTrackMissing { chunk } => format!(
                "{count} track chunks have no end-of-track event, first {}; the last event of each ends it",
                chunk_name(*chunk, song)
            ),
            Self::BytesAfterEnd { chunk, bytes } if one => format!(
                "{} goes on for {} after its end of track; they are kept as they are",
                chunk_name(*chunk, song),
                plural(*bytes, "byte")
            ),
            Self::BytesAfterEnd { chunk, bytes } => format!(
                "{count} track chunks have bytes after their end of track, first {} for {}; they are kept unchanged",
                chunk_name(*chunk, song),
                plural(*bytes, "byte")
            ),
            Self::RunningStatus { chunk, .. } => format!(
                "running status is used across a meta or sysex event {}; it was read that way",
                first(format!("in {}", chunk_name(*chunk, song)))
            ),
            Self::SystemEvent { chunk, .. } if one => format!(
                "1 system event of {} belongs on a wire, not in a file; it is kept as it is",
                chunk_name(*chunk, song)
            ),
            Self::SystemEvent { chunk, .. } => format!(
                "{count} system events belong on a wire, not in a file, first in {}; they are kept as they are",
                chunk_name(*chunk, song)
            ),
            Self::NoteUnclosed { chunk, .. } if one => format!(
                "1 note of {} has no note-off; it ends with the next note of its pitch, or with its track",
                chunk_name(*chunk, song)
            ),
            Self::NoteUnclosed { chunk, .. } => format!(
                "{count} notes have no note-off, first in {}; they end with the next note of their pitch, or with their tracks",
                chunk_name(*chunk, song)
            ),
            Self::Meter {
                tick,
                numerator,
                power,
            } => format!(
                "the meter {numerator}/2^{power} has no bar of at least one tick, {}; it was ignored",
                first(format!("at tick {tick}"))
            ),
            Self::MeterMidBar { bar_index, meter } => format!(
                "the meter {} begins inside a bar, {}; that bar is cut short",
                meter_text(meter),
                first(format!("bar {} at tick {}", bar_index + 1, meter.tick))
            ),
            Self::MeterConflict {
                tick,
                chunks: [other, last],
                meters: [given, holds],
            } => format!(
                "tracks disagree about the meter {}: {} in {}, {} in {}; {} applies",
                first(format!("at tick {tick}")),
                meter_text(given),
                chunk_name(*other, song),
                meter_text(holds),
                chunk_name(*last, song),
                meter_text(holds)
            ),
            Self::TempoConflict {
                tick,
                chunks: [other, last],
                tempos: [given, holds],
            } => format!(
                "tracks disagree about the tempo {}: {} in {}, {} in {}; {} applies",
                first(format!("at tick {tick}")),
                tempo_text(given),
                chunk_name(*other, song),
                tempo_text(holds),
                chunk_name(*last, song),
                tempo_text(holds)
            ),
            Self::TempoZero { tick } => format!(
                "the tempo is 0 microseconds a quarter {}; it was ignored",
                first(format!("at tick {tick}"))
            ),
            Self::MetaShort { tick, kind, length } => format!(
                "a meta event of type {kind:#04x} has {}, too few, {}; it was ignored",
                plural(*length, "byte"),
                first(format!("at tick {tick}"))
            ),
            Self::UnknownChunk { kind, offset } if one => format!(
                "a chunk of the unknown type \"{}\" is at byte {offset}; it is kept unchanged",
                kind.escape_ascii()
            ),
            Self::UnknownChunk { kind, offset } => format!(
                "{count} chunks are of an unknown type, first \"{}\" at byte {offset}; they are kept as they are",
                kind.escape_ascii()
            ),
            Self::FormatTwo { patterns } => format!(
                "the file is of format 2; its {} {} from tick 0, with {} own tempo and meter",
                plural(*patterns, "pattern"),
                if *patterns == 1 {
                    "starts"
                } else {
                    "each start"
                },
                if *patterns == 1 { "its" } else { "their" },
            ),
            Self::FormatZeroTracks { found } => format!(
                "the file is of format 0 and has {}; all were read",
                plural(*found, "track chunk")
            ),
            Self::MacBinary => {
                format!("a MacBinary header precedes the music; {WRITTEN_WITHOUT}")
            }
            Self::LeadingBytes { bytes } => format!(
                "{} in front of the music {} not MIDI; {WRITTEN_WITHOUT}",
                plural(*bytes, "byte"),
                if *bytes == 1 { "is" } else { "are" }
            ),
            Self::BetweenChunks { offset, bytes } if one => format!(
                "{} at byte {offset} {} to no chunk; {WRITTEN_WITHOUT}",
                plural(*bytes, "byte"),
                if *bytes == 1 { "belongs" } else { "belong" }
            ),
            Self::BetweenChunks { offset, bytes } => format!(
                "there are bytes between the chunks in {count} places, first {} at byte {offset}; {WRITTEN_WITHOUT}",
                plural(*bytes, "byte")
            ),
            Self::ChunkLength {
                chunk,
                declared,
                found,
            } if one => format!(
                "the length of {} is given as {declared} bytes and is {found}; it was read to its end, {WRITTEN_RIGHT}",
                chunk_name(*chunk, song)
            ),
            Self::ChunkLength {
                chunk,
                declared,
                found,
            } => format!(
                "{count} track chunks give a wrong length, first {} with {declared} bytes, where it has {found}; they were read to their ends, {WRITTEN_RIGHT}",
                chunk_name(*chunk, song)
            ),
            Self::MoreSongs { song, count } => format!(
                "the file holds {count} songs in sequence; this is song {}, choose another with --song, the others are kept unchanged",
                song + 1
            ),
            Self::DataByte { chunk, first, .. } => format!(
                "{} above 127, first {:#04x} at byte {} in {}; such a velocity was read as 127, other such events were ignored, and all are kept unchanged",
                plural(count, "data byte"),
                first.byte,
                first.offset,
                chunk_name(*chunk, song)
            ),
            Self::LongDelta { chunk, .. } => format!(
                "{} of 5 bytes where 4 are allowed, first in {}; {} read and kept",
                plural(count, "delta time"),
                chunk_name(*chunk, song),
                if one { "it was" } else { "they were" }
            ),
        }
    }
}

/// What becomes of bytes that other programs do not read past.
const WRITTEN_WITHOUT: &str = "what is written from it leaves that out";
/// What becomes of a wrong length.
const WRITTEN_RIGHT: &str = "and what is written from it has the right length";

/// "1 note", "2 notes".
fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn meter_text(meter: &MeterChange) -> String {
    format!("{}/{}", meter.numerator, meter.denominator)
}

/// Quarters a minute, to a hundredth.
fn tempo_text(tempo: &TempoChange) -> String {
    ((tempo.tempo_qpm * 100.0).round() / 100.0).to_string()
}

/// A track chunk as the list of tracks names it: by the tracks that it holds, from 1.
fn chunk_name(chunk: usize, song: &Song) -> String {
    let mut tracks = song.tracks.iter().enumerate();
    let Some((first, track)) = tracks.find(|(_, track)| track.chunk == chunk) else {
        return format!("track chunk {}, which has no notes", chunk + 1);
    };
    let name = match track.name.as_str() {
        "" => String::new(),
        name => format!(" {name:?}"),
    };
    match tracks.rfind(|(_, track)| track.chunk == chunk) {
        Some((last, _)) => format!("tracks {} to {}{name}", first + 1, last + 1),
        None => format!("track {}{name}", first + 1),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::song::Track;

    /// Tracks of three chunks behind one without notes; one has no name, two share a chunk.
    pub(in crate::anomaly) fn song() -> Song {
        let track = |chunk, name: &str| Track {
            chunk,
            name: name.to_owned(),
            ..Track::default()
        };
        Song {
            tracks: vec![
                track(1, "Bass"),
                track(2, ""),
                track(3, "Band"),
                track(3, "Band"),
            ],
            ..Song::default()
        }
    }

    #[test]
    fn chunks_are_named_as_the_list_of_tracks_names_them() {
        let song = song();
        assert_eq!(chunk_name(0, &song), "track chunk 1, which has no notes");
        assert_eq!(chunk_name(1, &song), "track 1 \"Bass\"");
        assert_eq!(chunk_name(2, &song), "track 2");
        assert_eq!(chunk_name(3, &song), "tracks 3 to 4 \"Band\"");
    }
}
