//! Bytes to a song: container, events, note pairing, tempo and meter maps, names and programs.

use crate::anomaly::{Anomalies, Anomaly, Warning};
use crate::container::{RawFile, read_container};
use crate::drums::{DrumSigns, DrumsReason, SignPlace};
use crate::error::MidiError;
use crate::event::{EventKind, EventReader};
use crate::maps::MapBuilder;
use crate::pairing::NotePairer;
use crate::silent::silent_tracks;
use crate::song::{Song, Track};
use crate::text::TextEncoding;

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
    pub warnings: Vec<Warning>,
    pub raw: RawFile,
    /// That of all its texts.
    pub encoding: TextEncoding,
}

/// Read a Standard MIDI File of format 0, 1 or 2, bare or in a RIFF wrapper.
///
/// Time and memory grow with the number of bytes only. Chunks of format 2 are patterns of their own:
/// each starts at tick 0, and the maps are those of the first.
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
    let mut song = SongBuilder::new(&raw);
    for (chunk, body) in raw.track_bodies().enumerate() {
        song.read_chunk(chunk, EventReader::new(bytes, body), &mut anomalies)?;
    }
    let (song, drums, encoding) = song.finish(bytes, &raw);
    Ok(ParsedFile {
        drums,
        warnings: anomalies.into_warnings(options.strict, &song)?,
        song,
        raw,
        encoding,
    })
}

/// As `parse`, leniently and for the music alone, without tracks that have no notes: what a dataset
/// import needs of a file.
pub fn parse_song(bytes: &[u8]) -> Result<Song, MidiError> {
    let mut song = parse(bytes, &ParseOptions::default())?.song;
    song.tracks.retain(|track| !track.notes.is_empty());
    Ok(song)
}

struct ProgramChange {
    tick: u32,
    channel: u8,
    program: u8,
}

struct SongBuilder<'a> {
    song: Song,
    /// The name of each chunk; empty where it has none.
    names: Vec<&'a [u8]>,
    drums: DrumSigns,
    maps: MapBuilder,
    pairer: NotePairer,
    programs: Vec<ProgramChange>,
    /// Tracks whose chunk set no program before their first note.
    tracks_without_program: Vec<usize>,
}

impl<'a> SongBuilder<'a> {
    fn new(raw: &RawFile) -> Self {
        Self {
            song: Song {
                format: raw.format,
                ppq: raw.ppq,
                ..Song::default()
            },
            names: Vec::new(),
            drums: DrumSigns::default(),
            maps: MapBuilder::new(raw.ppq),
            pairer: NotePairer::new(),
            programs: Vec::new(),
            tracks_without_program: Vec::new(),
        }
    }

    fn read_chunk(
        &mut self,
        chunk: usize,
        mut reader: EventReader<'a>,
        anomalies: &mut Anomalies,
    ) -> Result<(), MidiError> {
        let has_maps = self.song.format != 2 || chunk == 0;
        let mut name = None;
        let mut programs = [None; 16];
        while let Some(event) = reader.next_event()? {
            // Most events are notes, and a match on all kinds is a jump that processors guess badly.
            if event.is_note() {
                match event.kind {
                    EventKind::NoteOn {
                        channel,
                        pitch,
                        velocity,
                    } => self.pairer.note_on(event.tick, channel, pitch, velocity),
                    EventKind::NoteOff { channel, pitch } => {
                        self.pairer.note_off(event.tick, channel, pitch);
                    }
                    _ => {}
                }
                continue;
            }
            match event.kind {
                EventKind::Program { channel, program } => {
                    if !self.pairer.has_notes(channel) {
                        programs[usize::from(channel)] = Some(program);
                    }
                    self.programs.push(ProgramChange {
                        tick: event.tick,
                        channel,
                        program,
                    });
                }
                EventKind::Meta { kind: 0x03, data } if name.is_none() => name = Some(data),
                EventKind::Meta { kind, data } if has_maps => {
                    self.maps.read_meta(event.tick, kind, data, anomalies);
                }
                EventKind::Control { status, data } => {
                    let place = SignPlace::new(chunk, event.tick);
                    self.drums.read_control(place, status, data);
                }
                EventKind::SysEx { status: 0xf0, data } => {
                    let place = SignPlace::new(chunk, event.tick);
                    self.drums.read_sysex(place, data);
                }
                _ => {}
            }
        }
        self.drums.end_chunk();
        self.names.push(name.unwrap_or_default());
        let end_tick = reader.tick();
        let unclosed = self.pairer.close_all(end_tick);
        self.song.duration_ticks = self.song.duration_ticks.max(end_tick);
        self.add_tracks(chunk, &programs);
        report_chunk(chunk, &reader, unclosed, anomalies);
        Ok(())
    }

    fn add_tracks(&mut self, chunk: usize, programs: &[Option<u8>; 16]) {
        for channel in 0..16u8 {
            if !self.pairer.has_notes(channel) {
                continue;
            }
            let program = programs[usize::from(channel)];
            if program.is_none() {
                self.tracks_without_program.push(self.song.tracks.len());
            }
            self.song.tracks.push(Track {
                chunk,
                channel,
                program: program.unwrap_or(0),
                notes: self.pairer.take_notes(channel),
                ..Track::default()
            });
        }
    }

    fn finish(
        mut self,
        bytes: &[u8],
        raw: &RawFile,
    ) -> (Song, Vec<Option<DrumsReason>>, TextEncoding) {
        let encoding = TextEncoding::of(&self.names);
        let name_of = |chunk| encoding.decode(self.names.get(chunk).copied().unwrap_or_default());
        for track in &mut self.song.tracks {
            track.name = name_of(track.chunk);
        }
        let silent = silent_tracks(bytes, raw, &self.song, name_of);
        self.set_programs();
        self.song.tracks.extend(silent);
        let has_program = |index: usize| !self.tracks_without_program.contains(&index);
        let drums = self.drums.decide(&mut self.song, |_| 0, has_program);
        (self.song.tempo_map, self.song.meters) = self.maps.finish();
        (self.song, drums, encoding)
    }

    fn set_programs(&mut self) {
        // Chunks share the sixteen channels, so a program may come from another chunk.
        if self.song.format != 2 && !self.tracks_without_program.is_empty() {
            self.programs
                .sort_by_key(|change| (change.channel, change.tick));
            for &index in &self.tracks_without_program {
                let track = &mut self.song.tracks[index];
                let first_tick = track.notes.first().map_or(0, |note| note.start_tick);
                let end = self
                    .programs
                    .partition_point(|c| (c.channel, c.tick) <= (track.channel, first_tick));
                if let Some(change) = end.checked_sub(1).and_then(|last| self.programs.get(last))
                    && change.channel == track.channel
                {
                    track.program = change.program;
                }
            }
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
