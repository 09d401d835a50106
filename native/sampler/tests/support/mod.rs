//! What the tests of this crate share: songs from a seed, and an engine with random weights.
#![allow(dead_code, reason = "each test file uses its part")]

use continuo_midi::{MeterChange, Note, Song, TempoChange, Tick, Track};
use continuo_model::runtime::bundled_library;
use continuo_model::{Architecture, Device, DeviceChoice, Model};
use continuo_sampler::{
    CancelFlag, Controls, Engine, EngineOptions, FillRequest, FillResult, Locks, Mode, Rhythm,
    SamplerError, Sampling,
};
use continuo_tokenizer::Head;
use std::path::Path;
use std::sync::Arc;

/// SplitMix64: enough for test data.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % u64::from(limit.max(1))) as u32
    }

    pub fn one_in(&mut self, chances: u32) -> bool {
        self.below(chances) == 0
    }
}

/// A network with one small layer: it knows nothing, so promises cannot be kept by luck. It likes
/// to stay in its bar, so that fills have notes enough to break a promise.
pub fn engine(seed: u64) -> Engine {
    let mut a = Architecture::infill_s();
    (a.layers, a.ff_size, a.head_size) = (1, 32, 16);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let options = EngineOptions {
        device: DeviceChoice::Only(Device::Cpu),
        threads: 1,
        runtime_library: bundled_library(&root),
    };
    let mut model = Model::random(a, seed);
    let weights = Arc::get_mut(&mut model.weights).expect("nobody else holds them");
    weights.heads[Head::Bar as usize].output_bias[0] += 3.0;
    Engine::from_model(model, &options).expect("run `npm install` first")
}

/// A song with three tracks (the third drums), notes on and off the grid, meters that change.
pub fn song(dice: &mut Dice, ppq: u16) -> Song {
    let quarter = u32::from(ppq);
    let bars = 12;
    let track = |channel: u8, dice: &mut Dice| {
        let mut notes: Vec<Note> = (0..bars * 6)
            .map(|_| {
                let grid = dice.below(bars * 16);
                let loose = if dice.one_in(3) {
                    dice.below(quarter / 8 + 1)
                } else {
                    0
                };
                let quarters = if dice.one_in(5) { 6 } else { 1 };
                Note {
                    start_tick: grid * quarter / 4 + loose,
                    duration_ticks: 1 + dice.below(quarter * quarters),
                    pitch: (36 + dice.below(48)) as u8,
                    velocity: (1 + dice.below(127)) as u8,
                    channel,
                }
            })
            .collect();
        notes.sort_by_key(|n| (n.start_tick, n.pitch));
        notes.dedup_by_key(|n| (n.start_tick, n.pitch));
        Track {
            chunk: usize::from(channel),
            channel,
            name: format!("track {channel}"),
            program: dice.below(128) as u8,
            is_drums: channel == 9,
            notes,
        }
    };
    let tracks: Vec<Track> = [0, 3, 9]
        .into_iter()
        .map(|channel| track(channel, dice))
        .collect();
    let change = quarter * 4 * 5 + dice.below(quarter * 4);
    let (numerator, denominator) = [(4, 4), (3, 4), (7, 8), (5, 16)][dice.below(4) as usize];
    Song {
        format: 1,
        ppq,
        duration_ticks: bars * 4 * quarter,
        tempo_map: vec![TempoChange {
            tick: 0,
            tempo_qpm: 120.0,
        }],
        meters: vec![
            MeterChange {
                tick: 0,
                numerator: 4,
                denominator: 4,
            },
            MeterChange {
                tick: change,
                numerator,
                denominator,
            },
        ],
        tracks,
    }
}

pub fn request(song: &Song, track: usize, start_tick: u32, end_tick: u32) -> FillRequest<'_> {
    FillRequest {
        song,
        track,
        start_tick: Tick(start_tick),
        end_tick: Tick(end_tick),
        mode: Mode::Fill,
        controls: Controls::default(),
        sampling: Sampling::default(),
        locks: Locks::default(),
    }
}

pub fn fill(engine: &mut Engine, request: &FillRequest<'_>) -> Result<FillResult, SamplerError> {
    engine.fill(request, &CancelFlag::new(), &mut |_| ())
}

/// Old notes of the track that stay and sound in the region.
pub fn kept(request: &FillRequest<'_>, removed: &[Note]) -> Vec<Note> {
    let notes = request.song.tracks[request.track].notes.iter().copied();
    notes
        .filter(|n| n.start() < request.end_tick && n.end() > request.start_tick)
        .filter(|n| !removed.contains(n))
        .collect()
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

pub fn simple_song() -> Song {
    let mut song = song(&mut Dice(4), 480);
    song.tracks[0].notes = (0..64)
        .map(|i| note(i * 240, 200, 60 + [0, 4, 7, 12][i as usize % 4]))
        .collect();
    song
}

/// `simple_song` on one pitch.
pub fn song_of_one_pitch() -> Song {
    let mut song = simple_song();
    for note in &mut song.tracks[0].notes {
        note.pitch = 60;
    }
    song
}

/// Three candidates, where the old notes of `song_of_one_pitch` are the only answer.
pub fn request_for_old_notes(song: &Song) -> FillRequest<'_> {
    let mut request = request(song, 0, 1920, 3840);
    request.controls.rhythm = Rhythm::Keep;
    request.controls.pitch_range = Some((60, 60));
    request.sampling.candidates = 3;
    request
}
