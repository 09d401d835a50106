//! Oddities a file may have without losing music: warnings by default, errors in strict mode.
//!
//! A file can have the same oddity thousands of times, so each kind becomes one warning, with its
//! first place and how often it was met.

use crate::error::MidiError;
use crate::event::BadData;

use crate::song::{MeterChange, Song, TempoChange};

/// Something in a file that is against the specification, or that changes how it is read. Chunks
/// count from 0, among the MTrk chunks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Anomaly {
    TrackCount {
        declared: u16,
        found: usize,
        counts_others: bool,
    },
    TrailingBytes {
        offset: usize,
        bytes: usize,
    },
    RiffSize {
        declared: u32,
        found: usize,
    },
    EndOfTrackMissing {
        chunk: usize,
    },
    BytesAfterEnd {
        chunk: usize,
        bytes: usize,
    },
    RunningStatus {
        chunk: usize,
        count: usize,
    },
    SystemEvent {
        chunk: usize,
        count: usize,
    },
    NoteUnclosed {
        chunk: usize,
        count: usize,
    },
    Meter {
        tick: u32,
        numerator: u8,
        power: u8,
    },
    /// The meter begins inside the bar, from 0.
    MeterMidBar {
        bar_index: u32,
        meter: MeterChange,
    },
    /// The last one holds, here and below.
    MeterConflict {
        tick: u32,
        chunks: [usize; 2],
        meters: [MeterChange; 2],
    },
    TempoConflict {
        tick: u32,
        chunks: [usize; 2],
        tempos: [TempoChange; 2],
    },
    TempoZero {
        tick: u32,
    },
    MetaShort {
        tick: u32,
        kind: u8,
        length: usize,
    },
    UnknownChunk {
        kind: [u8; 4],
        offset: usize,
    },
    FormatTwo {
        patterns: usize,
    },
    FormatZeroTracks {
        found: usize,
    },
    MacBinary,
    LeadingBytes {
        bytes: usize,
    },
    BetweenChunks {
        offset: usize,
        bytes: usize,
    },
    ChunkLength {
        chunk: usize,
        declared: u32,
        found: usize,
    },
    MoreSongs {
        song: usize,
        count: usize,
    },
    DataByte {
        chunk: usize,
        count: usize,
        first: BadData,
    },
    LongDelta {
        chunk: usize,
        count: usize,
    },
}

impl Anomaly {
    /// The stable code of the warning, or of the error in strict mode.
    fn code(&self) -> &'static str {
        match self {
            Self::TrackCount { .. } => "MIDI_TRACK_COUNT",
            Self::TrailingBytes { .. } => "MIDI_TRAILING_BYTES",
            Self::RiffSize { .. } => "MIDI_RIFF_SIZE",
            Self::EndOfTrackMissing { .. } => "MIDI_END_OF_TRACK_MISSING",
            Self::BytesAfterEnd { .. } => "MIDI_BYTES_AFTER_END",
            Self::RunningStatus { .. } => "MIDI_RUNNING_STATUS",
            Self::SystemEvent { .. } => "MIDI_SYSTEM_EVENT",
            Self::NoteUnclosed { .. } => "MIDI_NOTE_UNCLOSED",
            Self::Meter { .. } => "MIDI_METER_INVALID",
            Self::MeterMidBar { .. } => "MIDI_METER_MID_BAR",
            Self::MeterConflict { .. } => "MIDI_METER_CONFLICT",
            Self::TempoConflict { .. } => "MIDI_TEMPO_CONFLICT",
            Self::TempoZero { .. } => "MIDI_TEMPO_ZERO",
            Self::MetaShort { .. } => "MIDI_META_SHORT",
            Self::UnknownChunk { .. } => "MIDI_UNKNOWN_CHUNK",
            Self::FormatTwo { .. } => "MIDI_FORMAT_2",
            Self::FormatZeroTracks { .. } => "MIDI_FORMAT_0_TRACKS",
            Self::MacBinary => "MIDI_MACBINARY",
            Self::LeadingBytes { .. } => "MIDI_LEADING_BYTES",
            Self::BetweenChunks { .. } => "MIDI_BETWEEN_CHUNKS",
            Self::ChunkLength { .. } => "MIDI_CHUNK_LENGTH",
            Self::MoreSongs { .. } => "MIDI_MORE_SONGS",
            Self::DataByte { .. } => "MIDI_DATA_BYTE",
            Self::LongDelta { .. } => "MIDI_NUMBER_TOO_LONG",
        }
    }

    /// Whether the specification allows it, so that strict reading only warns too.
    fn is_allowed(&self) -> bool {
        matches!(
            self,
            Self::UnknownChunk { .. }
                | Self::FormatTwo { .. }
                | Self::MeterMidBar { .. }
                | Self::MeterConflict { .. }
                | Self::TempoConflict { .. }
        )
    }

    /// How often one report stands for.
    fn count(&self) -> usize {
        match self {
            Self::RunningStatus { count, .. }
            | Self::SystemEvent { count, .. }
            | Self::NoteUnclosed { count, .. }
            | Self::DataByte { count, .. }
            | Self::LongDelta { count, .. } => *count,
            _ => 1,
        }
    }

    /// What to tell: how often it was met in all, the first place, and what became of it.
    fn message(&self, count: usize, song: &Song) -> String {
        let one = count == 1;
        let first = |place: String| match count {
            1 => place,
            _ => format!("{count} times, first {place}"),
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
                place(*chunk, song)
            ),
            Self::EndOfTrackMissing { chunk } => format!(
                "{count} track chunks have no end-of-track event, first {}; the last event of each ends it",
                place(*chunk, song)
            ),
            Self::BytesAfterEnd { chunk, bytes } if one => format!(
                "{} goes on for {} after its end of track; they are kept as they are",
                place(*chunk, song),
                plural(*bytes, "byte")
            ),
            Self::BytesAfterEnd { chunk, bytes } => format!(
                "{count} track chunks go on after their end of track, first {} for {}; that is kept as it is",
                place(*chunk, song),
                plural(*bytes, "byte")
            ),
            Self::RunningStatus { chunk, .. } => format!(
                "running status is used across a meta or sysex event {}; it was read that way",
                first(format!("in {}", place(*chunk, song)))
            ),
            Self::SystemEvent { chunk, .. } if one => format!(
                "1 system event of {} belongs on a wire, not in a file; it is kept as it is",
                place(*chunk, song)
            ),
            Self::SystemEvent { chunk, .. } => format!(
                "{count} system events belong on a wire, not in a file, first in {}; they are kept as they are",
                place(*chunk, song)
            ),
            Self::NoteUnclosed { chunk, .. } if one => format!(
                "1 note of {} has no note-off; it ends with the next note of its pitch, or with its track",
                place(*chunk, song)
            ),
            Self::NoteUnclosed { chunk, .. } => format!(
                "{count} notes have no note-off, first in {}; they end with the next note of their pitch, or with their tracks",
                place(*chunk, song)
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
                "tracks disagree about the meter {}: {} in {}, {} in {}; {} holds",
                first(format!("at tick {tick}")),
                meter_text(given),
                place(*other, song),
                meter_text(holds),
                place(*last, song),
                meter_text(holds)
            ),
            Self::TempoConflict {
                tick,
                chunks: [other, last],
                tempos: [given, holds],
            } => format!(
                "tracks disagree about the tempo {}: {} in {}, {} in {}; {} holds",
                first(format!("at tick {tick}")),
                tempo_text(given),
                place(*other, song),
                tempo_text(holds),
                place(*last, song),
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
                "a chunk of the unknown type \"{}\" stands at byte {offset}; it is kept as it is",
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
                format!("a MacBinary header stands in front of the music; {WRITTEN_WITHOUT}")
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
                "{count} times something stands between the chunks, first {} at byte {offset}; {WRITTEN_WITHOUT}",
                plural(*bytes, "byte")
            ),
            Self::ChunkLength {
                chunk,
                declared,
                found,
            } if one => format!(
                "the length of {} is given as {declared} bytes and is {found}; it was read to its end, {WRITTEN_RIGHT}",
                place(*chunk, song)
            ),
            Self::ChunkLength {
                chunk,
                declared,
                found,
            } => format!(
                "{count} track chunks give a wrong length, first {} with {declared} bytes, where it has {found}; they were read to their ends, {WRITTEN_RIGHT}",
                place(*chunk, song)
            ),
            Self::MoreSongs { song, count } => format!(
                "the file holds {count} songs, one behind the other; this is song {}, choose another with --song, the others are kept as they are",
                song + 1
            ),
            Self::DataByte { chunk, first, .. } => format!(
                "{} above 127, first {:#04x} at byte {} in {}; such a velocity was read as 127, other such events mean nothing, and all are kept as they are",
                plural(count, "data byte"),
                first.byte,
                first.offset,
                place(*chunk, song)
            ),
            Self::LongDelta { chunk, .. } => format!(
                "{} of 5 bytes where 4 are allowed, first in {}; {} read and kept",
                plural(count, "delta time"),
                place(*chunk, song),
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
pub(crate) fn plural(count: usize, noun: &str) -> String {
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
fn place(chunk: usize, song: &Song) -> String {
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

/// A note to the user about how a file was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub code: &'static str,
    /// Names the first place, and how often it was met where that is more than once.
    pub message: String,
    /// How often it was met, at least once.
    pub count: usize,
}

/// Collects the anomalies of one file: of each kind the first one, and how many there were.
#[derive(Default)]
pub(crate) struct Anomalies {
    found: Vec<(Anomaly, usize)>,
}

impl Anomalies {
    pub(crate) fn report(&mut self, anomaly: Anomaly) {
        let count = anomaly.count();
        self.add(anomaly, count);
    }

    fn add(&mut self, anomaly: Anomaly, times: usize) {
        let kind = std::mem::discriminant(&anomaly);
        let mut found = self.found.iter_mut();
        match found.find(|(first, _)| std::mem::discriminant(first) == kind) {
            Some((_, count)) => *count += times,
            None => self.found.push((anomaly, times)),
        }
    }

    /// Those of a part that was read on trial.
    pub(crate) fn append(&mut self, other: Anomalies) {
        for (anomaly, count) in other.found {
            self.add(anomaly, count);
        }
    }

    /// One warning for each kind, in the order in which they were met.
    ///
    /// Errors: in strict mode the first one that the specification does not allow.
    pub(crate) fn into_warnings(
        self,
        strict: bool,
        song: &Song,
    ) -> Result<Vec<Warning>, MidiError> {
        let warning = |(anomaly, count): (Anomaly, usize)| {
            let warning = Warning {
                code: anomaly.code(),
                message: anomaly.message(count, song),
                count,
            };
            if strict && !anomaly.is_allowed() {
                return Err(MidiError::Strict(warning));
            }
            Ok(warning)
        };
        self.found.into_iter().map(warning).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::song::Track;

    fn song() -> Song {
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
        assert_eq!(place(0, &song), "track chunk 1, which has no notes");
        assert_eq!(place(1, &song), "track 1 \"Bass\"");
        assert_eq!(place(2, &song), "track 2");
        assert_eq!(place(3, &song), "tracks 3 to 4 \"Band\"");
    }

    #[test]
    fn one_warning_a_kind_with_its_count_and_first_place() {
        let mut anomalies = Anomalies::default();
        for chunk in [1, 3] {
            anomalies.report(Anomaly::NoteUnclosed { chunk, count: 2 });
            anomalies.report(Anomaly::EndOfTrackMissing { chunk });
        }
        let warnings = anomalies.into_warnings(false, &song()).unwrap();
        let facts: Vec<_> = warnings.iter().map(|w| (w.code, w.count)).collect();
        assert_eq!(
            facts,
            [("MIDI_NOTE_UNCLOSED", 4), ("MIDI_END_OF_TRACK_MISSING", 2)]
        );
        assert_eq!(
            warnings[0].message,
            "4 notes have no note-off, first in track 1 \"Bass\"; they end with the next note of their pitch, or with their tracks"
        );
    }

    #[test]
    fn one_is_no_plural() {
        let mut anomalies = Anomalies::default();
        anomalies.report(Anomaly::NoteUnclosed { chunk: 2, count: 1 });
        let warnings = anomalies.into_warnings(false, &song()).unwrap();
        assert_eq!(
            warnings[0].message,
            "1 note of track 2 has no note-off; it ends with the next note of its pitch, or with its track"
        );
    }
}
