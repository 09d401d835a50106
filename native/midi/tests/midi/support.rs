//! What the tests share: files built byte by byte, real files, an independent dump, random numbers.

use std::path::PathBuf;

use continuo_midi::{
    MidiError, Note, ParseOptions, ParsedFile, ReplaceRequest, Track, TrackLocation, parse,
    replace_region,
};

pub const END: &[u8] = &[0, 0xff, 0x2f, 0];

pub const FIXTURES: [&str; 6] = [
    "beethoven-op10-no2-allegretto.mid",
    "caudioso-mandolin-concerto-1.mid",
    "drummer1-rock-115.mid",
    "faure-apres-un-reve.mid",
    "holmes-le-desir.mid",
    "mendelssohn-op61-no5.mid",
];

pub fn fixture(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../test/fixtures");
    std::fs::read(folder.join(name)).expect("the fixture is in the repository")
}

/// A file of `test/odd-files`.
pub fn odd_file(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../test/odd-files");
    std::fs::read(folder.join(name)).expect("the file is in the repository")
}

pub fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = kind.to_vec();
    out.extend_from_slice(&(body.len() as u32).to_be_bytes());
    out.extend_from_slice(body);
    out
}

pub fn header(format: u16, tracks: u16, division: u16) -> Vec<u8> {
    let mut body = format.to_be_bytes().to_vec();
    body.extend_from_slice(&tracks.to_be_bytes());
    body.extend_from_slice(&division.to_be_bytes());
    chunk(b"MThd", &body)
}

/// A file of MTrk chunks, each with the end of track added.
pub fn file(format: u16, division: u16, bodies: &[&[u8]]) -> Vec<u8> {
    let mut out = header(format, bodies.len() as u16, division);
    for body in bodies {
        out.extend(chunk(b"MTrk", &[body, END].concat()));
    }
    out
}

/// A RIFF RMID file: `data` holds `smf`, and a DISP chunk follows.
pub fn rmi(smf: &[u8]) -> Vec<u8> {
    let mut inside = b"RMIDdata".to_vec();
    inside.extend_from_slice(&(smf.len() as u32).to_le_bytes());
    inside.extend_from_slice(smf);
    inside.resize(inside.len() + smf.len() % 2, 0);
    inside.extend_from_slice(b"DISP\x04\0\0\0name");
    let mut out = b"RIFF".to_vec();
    out.extend_from_slice(&(inside.len() as u32).to_le_bytes());
    out.extend(inside);
    out
}

pub fn lenient(bytes: &[u8]) -> Result<ParsedFile, MidiError> {
    parse(bytes, &ParseOptions::default())
}

pub fn strict(bytes: &[u8]) -> Result<ParsedFile, MidiError> {
    parse(bytes, &ParseOptions { strict: true })
}

pub fn note(start_tick: u32, duration_ticks: u32, pitch: u8) -> Note {
    Note {
        start_tick,
        duration_ticks,
        pitch,
        velocity: 80,
        channel: 0,
    }
}

/// (onset, duration, pitch, velocity) of all notes of a file's first track.
pub fn first_notes(bytes: &[u8]) -> Vec<(u32, u32, u8, u8)> {
    let song = lenient(bytes).expect("the file is sound").song;
    song.tracks.first().map_or_else(Vec::new, |track| {
        let tuple = |n: &Note| (n.start_tick, n.duration_ticks, n.pitch, n.velocity);
        track.notes.iter().map(tuple).collect()
    })
}

/// Of a track of a file that names no ports.
pub fn location_of(track: &Track) -> TrackLocation {
    TrackLocation {
        chunk: track.chunk,
        channel: track.channel,
        ..TrackLocation::default()
    }
}

/// Chunk 0, channel 0, ticks 100 to 200.
pub fn request(notes: &[Note]) -> ReplaceRequest<'_> {
    ReplaceRequest {
        location: TrackLocation::default(),
        start_tick: 100,
        end_tick: 200,
        notes,
        keep: &[],
        cut_crossing: false,
    }
}

pub fn replace(bytes: &[u8], request: &ReplaceRequest<'_>) -> Vec<u8> {
    let replaced = replace_region(bytes, request).expect("the request is sound");
    replaced.bytes
}

/// A note before, one inside, one after the region, with controllers between.
pub fn three_notes() -> Vec<u8> {
    let body = [
        0, 0x90, 60, 80, 50, 0x80, 60, 64, // 0-50
        70, 0xb0, 7, 100, 0, 0x90, 62, 80, 40, 0x80, 62, 64, // 120-160
        10, 0xb0, 7, 90, 80, 0x90, 64, 80, 50, 0x80, 64, 64, // 250-300
    ];
    file(1, 96, &[&body])
}

/// Events of every chunk as midly reads them: tick, and the event in words.
pub fn dump(bytes: &[u8]) -> Vec<Vec<(u32, String)>> {
    let smf = midly::Smf::parse(bytes).expect("midly reads the file");
    let dump_track = |track: &midly::Track<'_>| {
        let mut tick = 0;
        let dump_event = |event: &midly::TrackEvent<'_>| {
            tick += event.delta.as_int();
            (tick, format!("{:?}", event.kind))
        };
        track.iter().map(dump_event).collect()
    };
    smf.tracks.iter().map(dump_track).collect()
}

/// A small generator that repeats (splitmix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in 0..limit; `limit` at least 1.
    pub fn below(&mut self, limit: u32) -> u32 {
        (self.next() % u64::from(limit)) as u32
    }
}
