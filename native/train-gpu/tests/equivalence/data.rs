//! Made-up music, the devices to try, and what may differ.

use continuo_midi::{MeterChange, Note, Song, TempoChange, Track};
use continuo_model::Architecture;
use continuo_model::recurrent::{Cell, RecurrentArchitecture};
use continuo_train::agreement::Agreement;
use continuo_train::compute::Devices;
use continuo_train::dataset::{Dataset, DatasetWriter, SplitEntry, StoredPiece};
use continuo_train::random::Random;
use continuo_train_gpu::Gpu;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// For tests with dropout: the random numbers of a device have one seed for all threads.
pub fn one_at_a_time() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Every device of this build that the machine has; burn's CPU code always.
///
/// With `CONTINUO_REQUIRE_HOSTS=1` a GPU that cannot be opened is a failure.
pub fn devices() -> Vec<&'static str> {
    let mut devices = vec!["flex"];
    let built = [
        ("wgpu", cfg!(feature = "wgpu")),
        ("cuda", cfg!(feature = "cuda")),
        ("metal", cfg!(feature = "metal")),
    ];
    for (name, is_built) in built {
        if !is_built {
            continue;
        }
        match Gpu.infill(name, &infill(), 1) {
            Ok(_) => devices.push(name),
            Err(error) => {
                // CUDA and Metal are compiled where no machine has them; Vulkan has a software driver.
                let is_required = std::env::var("CONTINUO_REQUIRE_HOSTS").is_ok_and(|v| v == "1");
                assert!(!(is_required && name == "wgpu"), "not tested: {error}");
                // Not by println, which cargo keeps from those who read it.
                let _ = writeln!(std::io::stderr(), "NOT TESTED on {name}: {error}");
            }
        }
    }
    devices
}

pub fn infill() -> continuo_train::infill::Infill {
    continuo_train::infill::Infill::new(&Architecture {
        d_model: 32,
        layers: 2,
        heads: 2,
        ff_size: 64,
        head_size: 32,
        ..Architecture::infill_s()
    })
}

/// Two layers.
pub fn recurrent(cell: Cell) -> RecurrentArchitecture {
    RecurrentArchitecture {
        block_size: 24,
        ..RecurrentArchitecture::new(cell, 20, 2)
    }
}

/// A dataset of two tracks, 24 bars a piece.
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

fn song(seed: u64) -> Song {
    let mut random = Random::new(seed, 0);
    let mut track = |channel: u8, length: u32| Track {
        chunk: usize::from(channel),
        channel,
        name: String::new(),
        program: channel * 8,
        is_drums: false,
        notes: (0..24 * 1920 / length)
            .map(|i| Note {
                start_tick: i * length,
                duration_ticks: length,
                pitch: 48 + 12 * channel + [0u8, 2, 4, 7, 9][random.below(5)],
                velocity: 60 + 5 * random.below(8) as u8,
                channel,
            })
            .collect(),
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
        tracks: vec![track(0, 480), track(1, 240)],
    }
}

/// Panics where losses or any tensor's gradient differ from the CPU's by more than a thousandth.
pub fn check(what: &str, agreement: Agreement) {
    let Agreement { loss, gradient } = agreement;
    println!("{what}: losses off by {loss:.1e}, gradients by {gradient:.1e}");
    assert!(loss < 1e-4, "{what}: losses are off by {loss:.1e}");
    assert!(
        gradient < 1e-3,
        "{what}: a gradient is off by {gradient:.1e}"
    );
}
