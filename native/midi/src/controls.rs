//! The events besides notes that shape a track's sound: controllers, programs, pitch bend and pressure.

use std::collections::{HashMap, HashSet};

use crate::error::MidiError;
use crate::event::{EventKind, EventReader};
use crate::parse::ParsedFile;
use crate::song::TrackLocation;

/// A channel message that is not a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Control {
    pub tick: u32,
    /// The upper four bits of the status: 0xa0 key pressure, 0xb0 controller, 0xc0 program, 0xd0 channel pressure,
    /// 0xe0 pitch bend.
    pub kind: u8,
    /// An unused second byte is 0.
    pub data: [u8; 2],
}

/// The controls of each track, and how many were left out because there were too many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SongControls {
    /// As `song.tracks`, by tick.
    pub tracks: Vec<Vec<Control>>,
    pub left_out: usize,
}

const CONTROLLER: u8 = 0xb0;
const PROGRAM: u8 = 0xc0;

/// Read the controls of every track of a parsed file.
///
/// A channel is one instrument, whichever chunk a message is in. But many files have a chunk for each instrument and
/// all of them on one channel. So a track has the messages of its own chunk; those of a kind that its chunk lacks, such
/// as the pedal of a piano's other hand, come from the other chunks of its channel and port.
/// At most `most` are kept, the earliest of each track.
/// Errors: those of `parse`.
pub fn song_controls(
    bytes: &[u8],
    parsed: &ParsedFile,
    most: usize,
) -> Result<SongControls, MidiError> {
    let chunks = parsed
        .raw
        .track_bodies()
        .map(|body| Chunk::read(EventReader::new(bytes, body)))
        .collect::<Result<Vec<_>, _>>()?;
    let shares_channels = parsed.song.format != 2;
    let mut tracks: Vec<_> = parsed
        .details
        .iter()
        .map(|details| controls_of(details.location, &chunks, shares_channels))
        .collect();
    let count: usize = tracks.iter().map(Vec::len).sum();
    if count <= most {
        return Ok(SongControls {
            tracks,
            left_out: 0,
        });
    }
    let most_each = most / tracks.len();
    for track in &mut tracks {
        track.truncate(most_each);
    }
    let kept: usize = tracks.iter().map(Vec::len).sum();
    Ok(SongControls {
        tracks,
        left_out: count - kept,
    })
}

/// Messages that only make sense together: a bank with its program, a parameter's number with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Group {
    Program,
    Parameter,
    Controller(u8),
    Other(u8),
}

impl Group {
    fn of(control: &Control) -> Self {
        match (control.kind, control.data[0]) {
            (PROGRAM, _) | (CONTROLLER, 0 | 32) => Self::Program,
            (CONTROLLER, 6 | 38 | 96..=101) => Self::Parameter,
            (CONTROLLER, number) => Self::Controller(number),
            (kind, _) => Self::Other(kind),
        }
    }
}

/// The controls of a chunk, by port and channel.
#[derive(Default)]
struct Chunk {
    by_channel: HashMap<(u8, u8), Vec<Control>>,
}

impl Chunk {
    fn read(mut reader: EventReader<'_>) -> Result<Self, MidiError> {
        let mut chunk = Self::default();
        let mut port = 0;
        while let Some(event) = reader.next_event()? {
            let (status, data) = match event.kind {
                EventKind::Program { channel, program } => (PROGRAM | channel, [program, 0]),
                EventKind::Control { status, data } => (status, data),
                _ => {
                    port = event.port().unwrap_or(port);
                    continue;
                }
            };
            let controls = chunk.by_channel.entry((port, status & 15)).or_default();
            controls.push(Control {
                tick: event.tick,
                kind: status & 0xf0,
                data,
            });
        }
        Ok(chunk)
    }

    fn at(&self, location: TrackLocation) -> &[Control] {
        let controls = self.by_channel.get(&(location.port, location.channel));
        controls.map_or(&[], Vec::as_slice)
    }
}

/// `shares_channels`: not where each chunk is a pattern, which is a song of its own.
fn controls_of(location: TrackLocation, chunks: &[Chunk], shares_channels: bool) -> Vec<Control> {
    let own = chunks
        .get(location.chunk)
        .map_or(&[][..], |own| own.at(location));
    let mut controls = own.to_vec();
    if !shares_channels {
        return controls;
    }
    let has_own: HashSet<Group> = controls.iter().map(Group::of).collect();
    let others = chunks.iter().enumerate();
    let others = others.filter(|(index, _)| *index != location.chunk);
    let borrowed = others.flat_map(|(_, chunk)| chunk.at(location));
    controls.extend(borrowed.filter(|one| !has_own.contains(&Group::of(one))));
    // Stable, so that a bank stays before its program.
    controls.sort_by_key(|one| one.tick);
    controls
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{ParseOptions, parse};

    /// A file of format 1 whose chunks are these events, each after a delta of one byte.
    fn file(chunks: &[&[u8]]) -> Vec<u8> {
        let mut bytes = b"MThd\0\0\0\x06\0\x01\0\0\0\x60".to_vec();
        bytes[11] = chunks.len() as u8;
        for body in chunks {
            bytes.extend_from_slice(b"MTrk");
            bytes.extend_from_slice(&(body.len() as u32 + 4).to_be_bytes());
            bytes.extend_from_slice(body);
            bytes.extend_from_slice(&[0, 0xff, 0x2f, 0]);
        }
        bytes
    }

    const NOTE: [u8; 8] = [0, 0x90, 60, 80, 96, 0x80, 60, 0];

    fn read(chunks: &[&[u8]]) -> Vec<Vec<(u32, u8, [u8; 2])>> {
        let bytes = file(chunks);
        let parsed = parse(&bytes, &ParseOptions::default()).unwrap();
        let controls = song_controls(&bytes, &parsed, 1000).unwrap();
        assert_eq!(controls.left_out, 0);
        let plain = |track: Vec<Control>| track.iter().map(|c| (c.tick, c.kind, c.data)).collect();
        controls.tracks.into_iter().map(plain).collect()
    }

    #[test]
    fn every_kind_of_message_is_read_at_its_tick() {
        let body: Vec<u8> = [
            &NOTE[..],
            &[0, 0xb0, 1, 30, 4, 0xc0, 7, 0, 0xd0, 9],
            &[0, 0xe0, 1, 65, 0, 0xa0, 60, 5],
        ]
        .concat();
        let expected = [
            (96, 0xb0, [1, 30]),
            (100, 0xc0, [7, 0]),
            (100, 0xd0, [9, 0]),
            (100, 0xe0, [1, 65]),
            (100, 0xa0, [60, 5]),
        ];
        assert_eq!(read(&[&body]), [expected]);
    }

    #[test]
    fn a_pedal_is_that_of_both_hands_and_each_chunk_has_its_own_volume() {
        let right: Vec<u8> = [&[0, 0xb0, 7, 90, 0, 0xb0, 64, 127], &NOTE[..]].concat();
        let left: Vec<u8> = [&[0, 0xb0, 7, 50], &NOTE[..]].concat();
        let tracks = read(&[&right, &left]);
        assert_eq!(tracks[0], [(0, 0xb0, [7, 90]), (0, 0xb0, [64, 127])]);
        assert_eq!(tracks[1], [(0, 0xb0, [7, 50]), (0, 0xb0, [64, 127])]);
    }

    #[test]
    fn a_bank_goes_with_its_program_and_another_port_is_another_instrument() {
        let setup: &[u8] = &[0, 0xb0, 0, 8, 0, 0xb0, 32, 1, 0, 0xc0, 5, 0, 0xb1, 7, 3];
        let own: Vec<u8> = [&[0, 0xc0, 9], &NOTE[..]].concat();
        let plain: &[u8] = &NOTE;
        let other: Vec<u8> = [&[0, 0xff, 0x21, 1, 1], &NOTE[..]].concat();
        let tracks = read(&[setup, &own, plain, &other]);
        assert_eq!(tracks[0], [(0, 0xc0, [9, 0])]);
        assert_eq!(
            tracks[1][..3],
            [(0, 0xb0, [0, 8]), (0, 0xb0, [32, 1]), (0, 0xc0, [5, 0])]
        );
        assert_eq!(tracks[2], []);
    }

    #[test]
    fn each_port_of_a_chunk_has_its_own() {
        let both: Vec<u8> = [
            &[0, 0xb0, 7, 20],
            &NOTE[..],
            &[0, 0xff, 0x21, 1, 1, 0, 0xb0, 7, 90],
            &NOTE[..],
        ]
        .concat();
        let tracks = read(&[&both]);
        assert_eq!(tracks[0], [(0, 0xb0, [7, 20])]);
        assert_eq!(tracks[1], [(96, 0xb0, [7, 90])]);
    }

    #[test]
    fn too_many_are_counted() {
        let body: Vec<u8> = [[0, 0xb0, 1, 2].repeat(10), NOTE.to_vec()].concat();
        let bytes = file(&[&body]);
        let parsed = parse(&bytes, &ParseOptions::default()).unwrap();
        let controls = song_controls(&bytes, &parsed, 4).unwrap();
        assert_eq!((controls.tracks[0].len(), controls.left_out), (4, 6));
    }
}
