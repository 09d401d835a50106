//! Bytes to a song: container, events, note pairing, tempo and meter maps, names and programs.

use crate::anomaly::{Anomalies, Anomaly, Warning};
use crate::container::{RawFile, read_container};
use crate::error::MidiError;
use crate::event::{EventKind, EventReader};
use crate::maps::MapBuilder;
use crate::name::decode_name;
use crate::pairing::NotePairer;
use crate::song::{Song, Track};

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
    pub warnings: Vec<Warning>,
    pub raw: RawFile,
}

/// The General MIDI drum channel, 10 on screen.
const DRUM_CHANNEL: u8 = 9;

/// Read a Standard MIDI File of format 0, 1 or 2, bare or in a RIFF wrapper.
///
/// Time and memory grow with the number of bytes only. Chunks of format 2 are patterns of their own:
/// each starts at tick 0, and the maps are those of the first.
/// Errors: the `MIDI_*` codes of `MidiError`. Source: Standard MIDI Files 1.0 (RP-001), RMID (RP-029).
pub fn parse(bytes: &[u8], options: &ParseOptions) -> Result<ParsedFile, MidiError> {
    let mut anomalies = Anomalies::default();
    let raw = read_container(bytes, &mut anomalies)?;
    let mut song = SongBuilder::new(&raw);
    for (chunk, body) in raw.track_bodies().enumerate() {
        song.read_chunk(chunk, EventReader::new(bytes, body), &mut anomalies)?;
    }
    let song = song.finish();
    Ok(ParsedFile {
        warnings: anomalies.into_warnings(options.strict, &song)?,
        song,
        raw,
    })
}

/// As `parse`, leniently and for the song alone: what a dataset import needs of a file.
pub fn parse_song(bytes: &[u8]) -> Result<Song, MidiError> {
    Ok(parse(bytes, &ParseOptions::default())?.song)
}

struct ProgramChange {
    tick: u32,
    channel: u8,
    program: u8,
}

struct SongBuilder {
    song: Song,
    maps: MapBuilder,
    pairer: NotePairer,
    programs: Vec<ProgramChange>,
    /// Tracks whose chunk set no program before their first note.
    tracks_without_program: Vec<usize>,
}

impl SongBuilder {
    fn new(raw: &RawFile) -> Self {
        Self {
            song: Song {
                format: raw.format,
                ppq: raw.ppq,
                ..Song::default()
            },
            maps: MapBuilder::new(raw.ppq),
            pairer: NotePairer::new(),
            programs: Vec::new(),
            tracks_without_program: Vec::new(),
        }
    }

    fn read_chunk(
        &mut self,
        chunk: usize,
        mut reader: EventReader<'_>,
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
                _ => {}
            }
        }
        let end_tick = reader.tick();
        let unclosed = self.pairer.close_all(end_tick);
        self.song.duration_ticks = self.song.duration_ticks.max(end_tick);
        self.add_tracks(chunk, &decode_name(name.unwrap_or_default()), &programs);
        report_chunk(chunk, &reader, unclosed, anomalies);
        Ok(())
    }

    fn add_tracks(&mut self, chunk: usize, name: &str, programs: &[Option<u8>; 16]) {
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
                name: name.to_owned(),
                program: program.unwrap_or(0),
                is_drums: channel == DRUM_CHANNEL,
                notes: self.pairer.take_notes(channel),
            });
        }
    }

    fn finish(mut self) -> Song {
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
        (self.song.tempo_map, self.song.meters) = self.maps.finish();
        self.song
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
    if reader.system_events > 0 {
        let count = reader.system_events;
        anomalies.report(Anomaly::SystemEvent { chunk, count });
    }
    if unclosed > 0 {
        let count = unclosed;
        anomalies.report(Anomaly::NoteUnclosed { chunk, count });
    }
}
