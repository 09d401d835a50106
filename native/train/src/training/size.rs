//! Whether a run fits its data and this machine, before hours are spent on it.

use crate::config::{AnyArchitecture, RunConfig};
use crate::error::TrainError;
use crate::parameters::Tensor;

/// An update that hears each note more often learns nothing that a smaller one would not.
const MAX_HEARD: usize = 64;
/// A note of a song in memory.
const SONG_NOTE: u64 = 16;

/// Errors: `SEQUENCE_TOO_LONG`, `BATCH_TOO_LARGE`, `MEMORY_SHORT`.
pub(super) fn check(config: &RunConfig, notes: u64) -> Result<(), TrainError> {
    let sequences = config.shards.saturating_mul(config.shard_size);
    let (units, what) = match config.architecture {
        AnyArchitecture::Infill(_) => (sequences, "steps"),
        AnyArchitecture::Recurrent(_) => (sequences.saturating_mul(config.sequence), "notes"),
    };
    let notes_here = usize::try_from(notes).unwrap_or(usize::MAX);
    let is_recurrent = matches!(config.architecture, AnyArchitecture::Recurrent(_));
    if is_recurrent && config.sequence > notes_here {
        return Err(TrainError::SequenceTooLong {
            steps: config.sequence,
            notes: notes_here,
        });
    }
    if units / MAX_HEARD > notes_here {
        return Err(TrainError::BatchTooLarge {
            units,
            what,
            notes: notes_here,
            limit: MAX_HEARD,
        });
    }
    let needed = needed_bytes(config, units as u64, notes);
    match free_bytes() {
        Some(free) if needed > free => Err(TrainError::MemoryShort {
            needed_mib: needed >> 20,
            free_mib: free >> 20,
        }),
        _ => Ok(()),
    }
}

/// The least that a run takes: weights, moments and gradients, what the network keeps of every row for
/// the way back, and songs.
fn needed_bytes(config: &RunConfig, rows: u64, notes: u64) -> u64 {
    const FLOAT: u64 = 4;
    let tensors = config.architecture.tensors();
    let weights = tensors.last().map_or(0, |t| t.range.end) as u64;
    // Weights, two moments, the gradient, and the mean.
    let copies = 4 + u64::from(config.average > 0.0);
    let (trained, beside) = match config.lora {
        0 => (weights, 0),
        // The base, and the two together.
        rank => (adapter_size(&tensors, rank as u64), 2 * weights),
    };
    let (row, songs) = match &config.architecture {
        AnyArchitecture::Infill(a) => {
            let layer = 9 * a.d_model + 2 * a.ff_size;
            ((a.layers * layer) as u64, 0)
        }
        AnyArchitecture::Recurrent(a) => {
            let row = (8 * a.layers + 2) * a.width;
            (row as u64, notes.saturating_mul(SONG_NOTE))
        }
    };
    let gradients = weights.saturating_mul(config.shards as u64);
    let floats = trained
        .saturating_mul(copies)
        .saturating_add(beside)
        .saturating_add(gradients)
        .saturating_add(rows.saturating_mul(row));
    floats.saturating_mul(FLOAT).saturating_add(songs)
}

/// Numbers of adapters of a rank, without asking for their memory.
fn adapter_size(tensors: &[Tensor], rank: u64) -> u64 {
    let sizes = tensors.iter().filter(|tensor| tensor.is_decayed());
    let sum = sizes
        .filter(|t| t.shape.len() == 2)
        .map(|t| t.shape.iter().sum::<usize>());
    rank.saturating_mul(sum.sum::<usize>() as u64)
}

/// Memory that programs may still take; none where the system does not tell.
fn free_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::Adapter;

    fn recurrent(name: &str, shard_size: usize) -> RunConfig {
        let architecture = AnyArchitecture::by_name(name).expect("a preset");
        RunConfig {
            shard_size,
            ..RunConfig::new(architecture)
        }
    }

    #[test]
    fn a_batch_may_hear_each_note_some_times_but_not_for_ever() {
        let code = |notes| check(&recurrent("gru-16", 64), notes).map_err(|e| e.code());
        // 128 sequences of 256 notes.
        assert_eq!(code(512), Ok(()));
        assert_eq!(code(511), Err("BATCH_TOO_LARGE"));
        assert_eq!(code(255), Err("SEQUENCE_TOO_LONG"));
    }

    #[test]
    fn adapters_are_counted_before_they_are_made() {
        let config = |lora| RunConfig {
            lora,
            ..RunConfig::default()
        };
        let adapter = Adapter::new(&config(0).architecture.tensors(), 8);
        let tensors = config(0).architecture.tensors();
        assert_eq!(adapter_size(&tensors, 8), adapter.len as u64);
        assert!(needed_bytes(&config(8), 1, 1) < needed_bytes(&config(0), 1, 1));
        let code = |lora| check(&config(lora), 1 << 40).err().map(|e| e.code());
        if free_bytes().is_some() {
            assert_eq!(code(8), None);
            for rank in [10_000_000, usize::MAX] {
                assert_eq!(code(rank), Some("MEMORY_SHORT"), "{rank}");
            }
        }
    }

    #[test]
    fn more_than_there_is_memory_for_is_refused() {
        let error = check(&recurrent("lstm-1024", 1 << 24), 1 << 40);
        if free_bytes().is_some() {
            assert_eq!(error.err().map(|e| e.code()), Some("MEMORY_SHORT"));
        }
        assert_eq!(
            needed_bytes(&recurrent("lstm-192", 32), u64::MAX, 1),
            u64::MAX
        );
    }
}
