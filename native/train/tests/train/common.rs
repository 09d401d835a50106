//! A small made-up dataset, so that tests need no files.

use continuo_midi::{MeterChange, Note, Song, TempoChange, Track};
use continuo_model::Architecture;
use continuo_train::TrainError;
use continuo_train::checkpoint::{Checkpoint, LATEST};
use continuo_train::compute::{CpuCompute, losses_of};
use continuo_train::config::RunConfig;
use continuo_train::dataset::{Dataset, DatasetWriter, SplitEntry, StoredPiece};
use continuo_train::draw::Drawer;
use continuo_train::infill::{Infill, Windows};
use continuo_train::random::Random;
use continuo_train::run::{HeldOutSet, Inputs, Listeners, Run};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Small enough for finite differences.
pub fn tiny() -> Architecture {
    Architecture {
        d_model: 32,
        layers: 2,
        heads: 2,
        ff_size: 64,
        head_size: 32,
        ..Architecture::infill_s()
    }
}

/// A piece of 24 bars: a melody, chords and drums, by a seed.
pub fn song(seed: u64) -> Song {
    let mut random = Random::new(seed, 0);
    let note = |start_tick, duration_ticks, pitch, velocity, channel| Note {
        start_tick,
        duration_ticks,
        pitch,
        velocity,
        channel,
    };
    let mut melody = Vec::new();
    let mut chords = Vec::new();
    let mut drums = Vec::new();
    for bar in 0..24u32 {
        let root = [0u8, 5, 7, 9][random.below(4)];
        for beat in 0..4u32 {
            let at = bar * 1920 + beat * 480;
            let pitch = 60 + root + [0u8, 2, 4, 7][random.below(4)];
            melody.push(note(at, 480, pitch, 80, 0));
            if random.chance(0.4) {
                melody.push(note(at + 240, 240, pitch + 2, 72, 0));
            }
            drums.push(note(at, 60, if beat % 2 == 0 { 36 } else { 38 }, 100, 9));
        }
        for third in [0u8, 4, 7] {
            chords.push(note(bar * 1920, 1920, 48 + root + third, 64, 1));
        }
    }
    let track = |channel: u8, program, notes| Track {
        chunk: usize::from(channel),
        channel,
        name: String::new(),
        program,
        is_drums: channel == 9,
        notes,
    };
    Song {
        format: 1,
        ppq: 480,
        duration_ticks: 24 * 1920,
        tempo_map: vec![TempoChange {
            tick: 0,
            tempo_qpm: 100.0,
        }],
        meters: vec![MeterChange {
            tick: 0,
            numerator: 4,
            denominator: 4,
        }],
        tracks: vec![
            track(0, 0, melody),
            track(1, 48, chords),
            track(9, 0, drums),
        ],
    }
}

/// A dataset of `pieces` made-up pieces in `folder`.
pub fn dataset(folder: &Path, pieces: u64) -> Dataset {
    let mut writer = DatasetWriter::create(folder).expect("a temporary folder can be written");
    for seed in 0..pieces {
        writer
            .push(&StoredPiece::from_song(&song(seed)), SplitEntry::default())
            .expect("a piece can be written");
    }
    writer.finish().expect("a dataset can be finished");
    Dataset::open(folder).expect("what was written can be read")
}

/// A tiny network and made-up pieces to train it on.
pub struct Trial {
    _folder: tempfile::TempDir,
    dataset: Dataset,
    family: Infill,
}

impl Trial {
    pub fn new(pieces: u64) -> Trial {
        let folder = tempfile::tempdir().expect("temporary folder");
        Trial {
            dataset: dataset(folder.path(), pieces),
            family: Infill::new(&tiny()),
            _folder: folder,
        }
    }

    /// A new run in `folder` that is stopped after some updates.
    pub fn start(&self, folder: &Path, config: &RunConfig, stop_at: u64) {
        self.try_start(folder, config, stop_at).expect("it trains");
    }

    pub fn try_start(
        &self,
        folder: &Path,
        config: &RunConfig,
        stop_at: u64,
    ) -> Result<(), TrainError> {
        let hash = self.dataset.hash();
        self.go(
            Run::start(&self.family, config.clone(), hash, None, folder.into())?,
            stop_at,
        )
    }

    pub fn resume(&self, folder: &Path, stop_at: u64) -> Result<(), TrainError> {
        let loaded = Checkpoint::load(&folder.join(LATEST))?;
        self.go(
            Run::resume(&self.family, loaded, self.dataset.hash(), folder.into())?,
            stop_at,
        )
    }

    /// A run in `folder` with windows held out that is stopped after some updates: where it stands,
    /// its best weights and their loss.
    pub fn best_of(
        &self,
        folder: &Path,
        config: &RunConfig,
        stop_at: u64,
    ) -> (Checkpoint, Vec<f32>, f64) {
        let hash = self.dataset.hash();
        let run = Run::start(&self.family, config.clone(), hash, None, folder.into());
        let mut run = run.expect("it starts");
        let held_out = [HeldOutSet::draw("data", &self.windows(config), 2)];
        let source = self.windows(config);
        let stop = AtomicBool::new(false);
        let inputs = Inputs {
            source: &source,
            held_out: &held_out,
            compute: &mut CpuCompute::new(&self.family, config.shards),
            stop: &stop,
        };
        let listeners = Listeners {
            event: &mut |_| (),
            update: &mut |step| stop.store(step >= stop_at, Ordering::Relaxed),
        };
        run.train(inputs, listeners).expect("it trains");
        let last = run.checkpoint.clone();
        let best = run.best_weights().expect("there is one").to_vec();
        let losses = losses_of(&self.family, &best, &held_out[0].batches, config.shards);
        (last, best, losses.nats_per_note())
    }

    fn windows(&self, config: &RunConfig) -> Windows<'_> {
        let drawer = Drawer::new(&self.dataset, config.draw.clone(), |_| true);
        Windows {
            drawer: drawer.expect("enough notes"),
            steps: config.shard_size,
        }
    }

    fn go(&self, mut run: Run<'_, Infill>, stop_at: u64) -> Result<(), TrainError> {
        let source = self.windows(&run.config);
        let mut compute = CpuCompute::new(&self.family, run.config.shards);
        let stop = AtomicBool::new(false);
        let inputs = Inputs {
            source: &source,
            held_out: &[],
            compute: &mut compute,
            stop: &stop,
        };
        let listeners = Listeners {
            event: &mut |_| (),
            update: &mut |step| stop.store(step >= stop_at, Ordering::Relaxed),
        };
        run.train(inputs, listeners)
    }
}
