//! Oddities a file may have without losing music: warnings by default, errors in strict mode.
//!
//! A file can have the same oddity thousands of times, so each kind becomes one warning, with its
//! first position and its count.

mod message;

use crate::error::MidiError;
use crate::event::BadData;
use crate::song::{MeterChange, Song, TempoChange};
use crate::warning::Warning;

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
    use super::message::tests::song;
    use super::*;

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
