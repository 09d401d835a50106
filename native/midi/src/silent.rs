//! Tracks that have a name and no notes yet: a musician made them to be filled.
//!
//! They come behind the tracks that have notes, so that those keep their numbers. The name of the
//! first of several chunks is that of the song, and no track's.

use crate::container::RawFile;
use crate::drum_names::is_drum_name;
use crate::drums::DRUM_CHANNEL;
use crate::event::{EventKind, EventReader};
use crate::song::{Song, Track};

const META_CHANNEL_PREFIX: u8 = 0x20;

/// What a chunk without notes says of its channel.
#[derive(Default)]
struct Setup {
    channel: Option<u8>,
    program: Option<u8>,
    /// Of what it says of its channel.
    port: u8,
}

/// The tracks to add behind those of `song`, each with its port. `name_of`: of a chunk, empty where it has
/// none.
pub(crate) fn silent_tracks(
    bytes: &[u8],
    raw: &RawFile,
    song: &Song,
    name_of: impl Fn(usize) -> String,
) -> Vec<(Track, u8)> {
    let mut has_notes = vec![false; raw.track_bodies().count()];
    for track in &song.tracks {
        if let Some(chunk) = has_notes.get_mut(track.chunk) {
            *chunk = true;
        }
    }
    // Format 1 says so; the chunks of format 2 are songs of their own.
    let first = usize::from(song.format == 1 && has_notes.len() > 1);
    let mut channels = Channels::of(song);
    let mut tracks: Vec<(Track, Setup)> = Vec::new();
    for (chunk, body) in raw.track_bodies().enumerate().skip(first) {
        let name = match has_notes[chunk] {
            true => continue,
            false => name_of(chunk),
        };
        if name.is_empty() {
            continue;
        }
        let setup = read_setup(EventReader::new(bytes, body));
        if let Some(channel) = setup.channel {
            channels.take(channel);
        }
        let track = Track {
            chunk,
            name,
            program: setup.program.unwrap_or(0),
            ..Track::default()
        };
        tracks.push((track, setup));
    }
    tracks
        .into_iter()
        .map(|(mut track, setup)| {
            track.channel = match setup.channel {
                Some(channel) => channel,
                None if is_drum_name(&track.name, None) => DRUM_CHANNEL,
                None => channels.take_free(),
            };
            (track, setup.port)
        })
        .collect()
}

/// The channel of the first program, else of the first event that has one, else of the prefix.
fn read_setup(mut events: EventReader<'_>) -> Setup {
    let mut setup = Setup::default();
    let mut prefix = None;
    // The chunk was read before, so no event of it fails.
    while let Ok(Some(event)) = events.next_event() {
        match event.kind {
            EventKind::Program { channel, program } => {
                return Setup {
                    channel: Some(channel),
                    program: Some(program),
                    ..setup
                };
            }
            EventKind::Meta {
                kind: META_CHANNEL_PREFIX,
                data: &[channel @ 0..=15],
            } => {
                prefix.get_or_insert(channel);
            }
            EventKind::Meta { .. } => setup.port = event.port().unwrap_or(setup.port),
            _ if event.status < 0xf0 => {
                setup.channel.get_or_insert(event.status & 0x0f);
            }
            _ => {}
        }
    }
    setup.channel = setup.channel.or(prefix);
    setup
}

/// Which channels are in use.
struct Channels {
    is_used: [bool; 16],
}

impl Channels {
    fn of(song: &Song) -> Self {
        let mut channels = Self {
            is_used: [false; 16],
        };
        for track in &song.tracks {
            channels.take(track.channel);
        }
        channels
    }

    fn take(&mut self, channel: u8) {
        self.is_used[usize::from(channel & 15)] = true;
    }

    /// The first that nothing uses, not that of drums; where all are in use, the first.
    fn take_free(&mut self) -> u8 {
        let mut free = (0..16u8)
            .filter(|&channel| channel != DRUM_CHANNEL && !self.is_used[usize::from(channel)]);
        let channel = free.next().unwrap_or(0);
        self.take(channel);
        channel
    }
}
