//! A run that is stopped and resumed ends with exactly the weights of an uninterrupted one.

use crate::common::{Trial, tiny};
use continuo_train::checkpoint::{Checkpoint, LATEST};
use continuo_train::config::{AnyArchitecture, RunConfig};
use std::path::Path;

fn config() -> RunConfig {
    RunConfig {
        architecture: AnyArchitecture::Infill(tiny()),
        shard_size: 120,
        updates: 12,
        warm_up: 3,
        checkpoint_seconds: 1e9,
        evaluate_seconds: 1e9,
        ..RunConfig::default()
    }
}

fn last(folder: &Path) -> Checkpoint {
    Checkpoint::load(&folder.join(LATEST))
        .expect("a run leaves a checkpoint")
        .0
}

#[test]
fn a_resumed_run_equals_an_uninterrupted_one_bit_for_bit() {
    for (lora, average) in [(0, 0.0), (0, 0.9), (2, 0.9)] {
        let trial = Trial::new(3);
        let config = RunConfig {
            lora,
            average,
            ..config()
        };
        let whole = tempfile::tempdir().expect("temporary folder");
        trial.start(whole.path(), &config, u64::MAX);
        let parts = tempfile::tempdir().expect("temporary folder");
        trial.start(parts.path(), &config, 1);
        for stop_at in [5, 12] {
            trial.resume(parts.path(), stop_at).expect("it resumes");
            assert_eq!(last(parts.path()).state.step, stop_at);
        }
        let (whole, parts) = (last(whole.path()), last(parts.path()));
        assert_eq!(whole.weights, parts.weights);
        assert_eq!(whole.mean, parts.mean);
        assert_eq!(whole.mean.is_empty(), average == 0.0);
        assert_ne!(whole.mean, whole.weights);
        assert_eq!(whole.optimizer, parts.optimizer);
        assert_eq!(whole.state.notes_seen, parts.state.notes_seen);
    }
}

#[test]
fn other_data_is_refused_and_a_cut_checkpoint_is_named() {
    let trial = Trial::new(3);
    let folder = tempfile::tempdir().expect("temporary folder");
    trial.start(
        folder.path(),
        &RunConfig {
            updates: 1,
            ..config()
        },
        u64::MAX,
    );
    let other = Trial::new(2).resume(folder.path(), 2);
    assert_eq!(other.err().map(|e| e.code()), Some("DATA_CHANGED"));

    let path = folder.path().join(LATEST);
    let bytes = std::fs::read(&path).expect("the checkpoint");
    std::fs::write(&path, &bytes[..bytes.len() / 2]).expect("cut");
    let cut = trial.resume(folder.path(), 2);
    assert_eq!(cut.err().map(|e| e.code()), Some("CHECKPOINT_DAMAGED"));
}

#[test]
fn a_loss_that_is_no_number_stops_the_run_and_leaves_the_last_good_checkpoint() {
    let trial = Trial::new(3);
    let folder = tempfile::tempdir().expect("temporary folder");
    let wild = RunConfig {
        learning_rate: 1e30,
        warm_up: 1,
        clip: 1e30,
        ..config()
    };
    let error = trial.try_start(folder.path(), &wild, u64::MAX);
    assert_eq!(error.err().map(|e| e.code()), Some("TRAIN_DIVERGED"));
    let (left, _) = Checkpoint::load(&folder.path().join(LATEST)).expect("a whole checkpoint");
    assert!(left.state.step < 12);
}
