//! A new file of format 1 from a song: a chunk of tempo and meter, then one chunk a track.

use crate::error::{MAX_TICK, MidiError};
use crate::number::{MAX_NUMBER, write_number};
use crate::song::{Song, Track};

/// MIDI clocks between two clicks of a metronome: a quarter.
const CLOCKS_A_CLICK: u8 = 24;

/// Write `song` as a file of format 1 at its PPQ.
///
/// Every track gets a chunk of its own, so `Track::chunk` is not kept. Tempos are rounded to whole
/// microseconds a quarter. Overlapping notes of one pitch keep their number and onsets; their ends go
/// to the earlier one first, as MIDI cannot say more.
/// Errors: `SONG_INVALID`, `NOTE_INVALID`. Source: Standard MIDI Files 1.0 (RP-001).
pub fn write_new(song: &Song) -> Result<Vec<u8>, MidiError> {
    if song.ppq == 0 || song.ppq > 0x7fff {
        return Err(song_error(format!(
            "it has {} ticks per quarter, the limits are 1 and 32767",
            song.ppq
        )));
    }
    let chunk_count = u16::try_from(song.tracks.len() + 1).map_err(|_| {
        song_error(format!(
            "it has {} tracks, the limit is 65534",
            song.tracks.len()
        ))
    })?;
    let mut out = b"MThd\0\0\0\x06\0\x01".to_vec();
    out.extend_from_slice(&chunk_count.to_be_bytes());
    out.extend_from_slice(&song.ppq.to_be_bytes());
    Chunk::of_maps(song)?.append_to(&mut out)?;
    for track in &song.tracks {
        write_track(track, track.name.as_bytes(), &mut out)?;
    }
    Ok(out)
}

/// Append a chunk that plays one track; `name`: its name in the encoding of the file.
///
/// Errors: `SONG_INVALID`, `NOTE_INVALID`.
pub(crate) fn write_track(track: &Track, name: &[u8], out: &mut Vec<u8>) -> Result<(), MidiError> {
    Chunk::of_track(track, name)?.append_to(out)
}

/// Events of one chunk with absolute ticks; those of one tick are written in the order of `rank`.
#[derive(Default)]
struct Chunk {
    events: Vec<(u32, u8, Vec<u8>)>,
}

const RANK_SETUP: u8 = 0;
const RANK_OFF: u8 = 1;
const RANK_ON: u8 = 2;

impl Chunk {
    fn of_maps(song: &Song) -> Result<Self, MidiError> {
        let mut chunk = Self::default();
        for change in &song.tempo_map {
            let microseconds = (60_000_000.0 / change.tempo_qpm).round();
            if !(1.0..=16_777_215.0).contains(&microseconds) {
                return Err(song_error(format!(
                    "the tempo {} at tick {} is not within 3.58 and 60000000 quarters a minute",
                    change.tempo_qpm, change.tick
                )));
            }
            let [_, high, middle, low] = (microseconds as u32).to_be_bytes();
            chunk.push(
                change.tick,
                RANK_SETUP,
                vec![0xff, 0x51, 3, high, middle, low],
            )?;
        }
        for meter in &song.meters {
            if !meter.denominator.is_power_of_two() || meter.numerator == 0 {
                return Err(song_error(format!(
                    "{}/{} at tick {} is not a valid meter; the denominator must be a power of two",
                    meter.numerator, meter.denominator, meter.tick
                )));
            }
            let power = meter.denominator.trailing_zeros() as u8;
            // A metronome click a quarter, and 8 thirty-seconds a quarter.
            let message = vec![0xff, 0x58, 4, meter.numerator, power, CLOCKS_A_CLICK, 8];
            chunk.push(meter.tick, RANK_SETUP, message)?;
        }
        Ok(chunk)
    }

    fn of_track(track: &Track, name: &[u8]) -> Result<Self, MidiError> {
        let mut chunk = Self::default();
        if track.channel > 15 || track.program > 127 {
            return Err(song_error(format!(
                "the track \"{}\" has channel {} and program {}, the limits are 15 and 127",
                track.name, track.channel, track.program
            )));
        }
        if !name.is_empty() {
            let name = &name[..name.len().min(MAX_NUMBER as usize)];
            let mut message = vec![0xff, 0x03];
            write_number(&mut message, name.len() as u32);
            message.extend_from_slice(name);
            chunk.push(0, RANK_SETUP, message)?;
        }
        let program = vec![0xc0 | track.channel, track.program];
        chunk.push(0, RANK_SETUP, program)?;
        for note in &track.notes {
            let rule = if note.pitch > 127 {
                "its pitch is 0 to 127"
            } else if !(1..=127).contains(&note.velocity) {
                "its velocity is 1 to 127"
            } else if note.duration_ticks == 0 {
                "it lasts at least 1 tick"
            } else {
                let on = vec![0x90 | track.channel, note.pitch, note.velocity];
                let off = vec![0x80 | track.channel, note.pitch, 64];
                chunk.push(note.start_tick, RANK_ON, on)?;
                chunk.push(note.end_tick(), RANK_OFF, off)?;
                continue;
            };
            return Err(MidiError::NoteInvalid {
                start_tick: note.start_tick,
                pitch: note.pitch,
                rule,
            });
        }
        Ok(chunk)
    }

    fn push(&mut self, tick: u32, rank: u8, message: Vec<u8>) -> Result<(), MidiError> {
        if tick > MAX_TICK {
            return Err(song_error(format!(
                "it reaches tick {tick}, the limit is {MAX_TICK}"
            )));
        }
        self.events.push((tick, rank, message));
        Ok(())
    }

    fn append_to(mut self, out: &mut Vec<u8>) -> Result<(), MidiError> {
        self.events.sort_by_key(|(tick, rank, _)| (*tick, *rank));
        let end_tick = self.events.last().map_or(0, |(tick, ..)| *tick);
        self.events.push((end_tick, RANK_ON, vec![0xff, 0x2f, 0]));
        out.extend_from_slice(b"MTrk\0\0\0\0");
        let start = out.len();
        let mut previous = 0;
        for (tick, _, message) in &self.events {
            let mut delta = tick - previous;
            while delta > MAX_NUMBER {
                write_number(out, MAX_NUMBER);
                out.extend_from_slice(&[0xff, 0x01, 0]);
                delta -= MAX_NUMBER;
            }
            write_number(out, delta);
            out.extend_from_slice(message);
            previous = *tick;
        }
        let length = u32::try_from(out.len() - start)
            .map_err(|_| song_error("a track has more than 4 GiB of events".to_owned()))?;
        out[start - 4..start].copy_from_slice(&length.to_be_bytes());
        Ok(())
    }
}

fn song_error(what: String) -> MidiError {
    MidiError::SongInvalid { what }
}
