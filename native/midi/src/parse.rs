//! Bytes to a song: container, events, note pairing, tempo and meter maps, names and programs.

use crate::anomaly::{Anomalies, Anomaly};
use crate::container::{RawFile, read_container};
use crate::drums::{DrumSigns, DrumsReason, SignPosition};
use crate::error::MidiError;
use crate::event::{EventKind, EventReader};
use crate::maps::MapBuilder;
use crate::pairing::NotePairer;
use crate::ports::Ports;
use crate::programs::{ProgramEvent, set_programs};
use crate::silent::silent_tracks;
use crate::song::{Note, Pattern, Song, Track, TrackDetails, TrackLocation};
use crate::text::TextEncoding;
use crate::warning::Warning;

/// How to read a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParseOptions {
    /// Refuse what is against the specification instead of warning.
    pub strict: bool,
}

/// A song, what was odd about its file, and where its bytes lie.
#[derive(Clone, Debug, PartialEq)]
pub struct ParsedFile {
    pub song: Song,
    /// How it is known of each track that it is drums, or that it is not on the channel of drums.
    pub drums: Vec<Option<DrumsReason>>,
    /// One for each track of the song.
    pub details: Vec<TrackDetails>,
    /// The track chunks of a file of format 2, in order; none of other files.
    pub patterns: Vec<Pattern>,
    pub warnings: Vec<Warning>,
    pub raw: RawFile,
    /// That of all its texts.
    pub encoding: TextEncoding,
}

/// Read a Standard MIDI File of format 0, 1 or 2, bare or in a RIFF wrapper.
///
/// Time and memory grow with the number of bytes only. Chunks of format 2 are patterns of their own:
/// each starts at tick 0 and has its own maps; those of the song are the first one's.
/// Errors: the `MIDI_*` codes of `MidiError`. Source: Standard MIDI Files 1.0 (RP-001), RMID (RP-029).
pub fn parse(bytes: &[u8], options: &ParseOptions) -> Result<ParsedFile, MidiError> {
    parse_nth(bytes, 0, options)
}

/// As `parse`, another song of a file that holds several, one behind the other.
///
/// `song`: from 0. Errors: also `MIDI_SONG_MISSING`.
pub fn parse_nth(
    bytes: &[u8],
    song: usize,
    options: &ParseOptions,
) -> Result<ParsedFile, MidiError> {
    let mut anomalies = Anomalies::default();
    let raw = read_container(bytes, song, &mut anomalies)?;
    let mut builder = SongBuilder::new(song, &raw);
    let mut ports = Ports::new();
    for (chunk, body) in raw.track_bodies().enumerate() {
        let reader = EventReader::new(bytes, body);
        builder.read_chunk(chunk, reader, &mut ports, &mut anomalies)?;
    }
    let mut parsed = builder.finish(bytes, raw, &mut anomalies);
    parsed.warnings = anomalies.into_warnings(options.strict, &parsed.song)?;
    Ok(parsed)
}

/// As `parse`, leniently and for the music alone, without tracks that have no notes: what a dataset
/// import needs of a file. The patterns of format 2 come one after the other.
pub fn parse_song(bytes: &[u8]) -> Result<Song, MidiError> {
    let mut song = parse(bytes, &ParseOptions::default())?.into_one_song();
    song.tracks.retain(|track| !track.notes.is_empty());
    Ok(song)
}

struct SongBuilder<'a> {
    song: Song,
    /// Which of several songs of the file, from 0.
    song_index: usize,
    /// The name of each chunk; empty where it has none.
    names: Vec<&'a [u8]>,
    drums: DrumSigns,
    details: Vec<TrackDetails>,
    patterns: Vec<Pattern>,
    /// Of all chunks; of format 2 those of the chunk that is read.
    maps: MapBuilder,
    /// Of the first chunk of format 2.
    first_maps: Option<MapBuilder>,
    programs: Vec<ProgramEvent>,
}

impl<'a> SongBuilder<'a> {
    fn new(song_index: usize, raw: &RawFile) -> Self {
        Self {
            song_index,
            song: Song {
                format: raw.format,
                ppq: raw.ppq,
                ..Song::default()
            },
            names: Vec::new(),
            drums: DrumSigns::default(),
            details: Vec::new(),
            patterns: Vec::new(),
            maps: MapBuilder::new(raw.ppq),
            first_maps: None,
            programs: Vec::new(),
        }
    }

    fn read_chunk(
        &mut self,
        chunk: usize,
        mut reader: EventReader<'a>,
        ports: &mut Ports,
        anomalies: &mut Anomalies,
    ) -> Result<(), MidiError> {
        let events = reader.clone();
        let mut name = None;
        while let Some(event) = reader.next_event()? {
            // Most events are notes, and a match on all kinds is a jump that processors guess badly.
            if event.is_note() {
                ports.pair(&event);
                continue;
            }
            let position = SignPosition {
                chunk,
                tick: event.tick,
                port: ports.port(),
            };
            match event.kind {
                EventKind::Program { channel, program } => self.programs.push(ProgramEvent {
                    tick: event.tick,
                    chunk,
                    port: ports.port(),
                    channel,
                    program,
                    is_before_notes: !ports.notes.has_notes(channel),
                }),
                EventKind::Meta { kind: 0x03, data } if name.is_none() => name = Some(data),
                EventKind::Meta { kind, data } => match event.port() {
                    Some(port) => ports.switch(port),
                    None => self
                        .maps
                        .read_meta((chunk, event.tick), kind, data, anomalies),
                },
                EventKind::Control { status, data } => {
                    self.drums.read_control(position, status, data)
                }
                EventKind::SysEx { status: 0xf0, data } => self.drums.read_sysex(position, data),
                _ => {}
            }
        }
        self.drums.end_chunk();
        self.names.push(name.unwrap_or_default());
        let end_tick = reader.tick();
        let mut unclosed = 0;
        ports.end_chunk(|port, notes| {
            let held = match notes.has_open() {
                true => notes.end_open_notes(events.clone(), port)?,
                false => Vec::new(),
            };
            unclosed += held.len();
            self.add_tracks(chunk, port, notes, held);
            Ok(())
        })?;
        self.song.duration_ticks = self.song.duration_ticks.max(end_tick);
        if self.song.format == 2 {
            self.end_pattern(chunk, end_tick, anomalies);
        }
        report_chunk(chunk, &reader, unclosed, anomalies);
        Ok(())
    }

    fn add_tracks(&mut self, chunk: usize, port: u8, notes: &mut NotePairer, held: Vec<Note>) {
        for channel in 0..16u8 {
            if !notes.has_notes(channel) {
                continue;
            }
            self.song.tracks.push(Track {
                chunk,
                channel,
                notes: notes.take_notes(channel),
                ..Track::default()
            });
            let own = held.iter().filter(|note| note.channel == channel);
            self.details.push(TrackDetails {
                location: TrackLocation {
                    song: self.song_index,
                    chunk,
                    port,
                    channel,
                },
                program_changes: Vec::new(),
                held: own.copied().collect(),
            });
        }
    }

    /// A pattern should say its tempo and meter; one that does not has those of the first.
    fn end_pattern(&mut self, chunk: usize, duration_ticks: u32, anomalies: &mut Anomalies) {
        let next = MapBuilder::new(self.song.ppq);
        let mut maps = std::mem::replace(&mut self.maps, next);
        let first = self.first_maps.get_or_insert_with(|| maps.clone());
        maps.complete_from(first);
        let (tempo_map, meters) = maps.finish(anomalies);
        self.patterns.push(Pattern {
            chunk,
            duration_ticks,
            tempo_map,
            meters,
        });
    }

    /// The file, still without its warnings.
    fn finish(mut self, bytes: &[u8], raw: RawFile, anomalies: &mut Anomalies) -> ParsedFile {
        let encoding = TextEncoding::of(&self.names);
        let name_of = |chunk| encoding.decode(self.names.get(chunk).copied().unwrap_or_default());
        for track in &mut self.song.tracks {
            track.name = name_of(track.chunk);
        }
        let silent = silent_tracks(bytes, &raw, &self.song, name_of);
        let sets_program = set_programs(&mut self.song, &mut self.details, &mut self.programs);
        for (track, port) in silent {
            self.details.push(TrackDetails {
                location: TrackLocation {
                    song: self.song_index,
                    chunk: track.chunk,
                    port,
                    channel: track.channel,
                },
                ..TrackDetails::default()
            });
            self.song.tracks.push(track);
        }
        let port_of = |index: usize| self.details[index].location.port;
        let has_program = |index: usize| sets_program.get(index).copied().unwrap_or(true);
        let drums = self.drums.decide(&mut self.song, port_of, has_program);
        (self.song.tempo_map, self.song.meters) = match self.patterns.first() {
            Some(first) => (first.tempo_map.clone(), first.meters.clone()),
            None => self.maps.finish(anomalies),
        };
        ParsedFile {
            song: self.song,
            drums,
            details: self.details,
            patterns: self.patterns,
            warnings: Vec::new(),
            raw,
            encoding,
        }
    }
}

fn report_chunk(
    chunk: usize,
    reader: &EventReader<'_>,
    unclosed: usize,
    anomalies: &mut Anomalies,
) {
    if !reader.is_ended() {
        anomalies.report(Anomaly::EndOfTrackMissing { chunk });
    }
    if !reader.rest().is_empty() {
        let bytes = reader.rest().len();
        anomalies.report(Anomaly::BytesAfterEnd { chunk, bytes });
    }
    if reader.running_across_meta > 0 {
        let count = reader.running_across_meta;
        anomalies.report(Anomaly::RunningStatus { chunk, count });
    }
    if let Some(first) = reader.first_bad_data {
        let count = reader.bad_data_bytes;
        anomalies.report(Anomaly::DataByte {
            chunk,
            count,
            first,
        });
    }
    if reader.long_deltas > 0 {
        let count = reader.long_deltas;
        anomalies.report(Anomaly::LongDelta { chunk, count });
    }
    if reader.system_events > 0 {
        let count = reader.system_events;
        anomalies.report(Anomaly::SystemEvent { chunk, count });
    }
    if unclosed > 0 {
        let count = unclosed;
        anomalies.report(Anomaly::NoteUnclosed { chunk, count });
    }
}
