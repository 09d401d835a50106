//! A run that is stopped and resumed ends with the very weights of one that was not.

use continuo_train::checkpoint::Checkpoint;
use continuo_train::config::RunConfig;
use continuo_train::run::{LATEST, Run};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

fn config() -> RunConfig {
    RunConfig {
        architecture: crate::common::tiny(),
        steps_per_shard: 120,
        updates: 12,
        warm_up: 3,
        checkpoint_seconds: 1e9,
        evaluate_seconds: 1e9,
        held_out_every: 0,
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
    let data = tempfile::tempdir().expect("temporary folder");
    let dataset = crate::common::dataset(data.path(), 3);
    let whole = tempfile::tempdir().expect("temporary folder");
    let go = AtomicBool::new(false);
    let mut run = Run::start(&dataset, config(), whole.path().into()).expect("a run starts");
    run.train(None, &go, |_| {}).expect("it trains");

    let parts = tempfile::tempdir().expect("temporary folder");
    let mut run = Run::start(&dataset, config(), parts.path().into()).expect("a run starts");
    for stop_at in [1, 5, 12] {
        let stop = AtomicBool::new(false);
        run.train_while(
            None,
            &stop,
            |_| {},
            |step| {
                if step >= stop_at {
                    stop.store(true, Ordering::Relaxed);
                }
            },
        )
        .expect("it trains");
        assert_eq!(last(parts.path()).state.step, stop_at);
        run = Run::resume(&dataset, parts.path().into()).expect("it resumes");
    }
    let (whole, parts) = (last(whole.path()), last(parts.path()));
    assert_eq!(whole.weights, parts.weights);
    assert_eq!(whole.optimizer, parts.optimizer);
    assert_eq!(whole.state.notes_seen, parts.state.notes_seen);
}

#[test]
fn other_data_is_refused_and_a_cut_checkpoint_is_named() {
    let data = tempfile::tempdir().expect("temporary folder");
    let dataset = crate::common::dataset(data.path(), 3);
    let folder = tempfile::tempdir().expect("temporary folder");
    let mut run = Run::start(
        &dataset,
        RunConfig {
            updates: 1,
            ..config()
        },
        folder.path().into(),
    )
    .expect("a run starts");
    run.train(None, &AtomicBool::new(false), |_| {})
        .expect("it trains");

    let other = tempfile::tempdir().expect("temporary folder");
    let other = crate::common::dataset(other.path(), 2);
    let error = Run::resume(&other, folder.path().into())
        .err()
        .expect("other data");
    assert_eq!(error.code(), "DATA_CHANGED");

    let path = folder.path().join(LATEST);
    let bytes = std::fs::read(&path).expect("the checkpoint");
    std::fs::write(&path, &bytes[..bytes.len() / 2]).expect("cut");
    let error = Run::resume(&dataset, folder.path().into())
        .err()
        .expect("cut");
    assert_eq!(error.code(), "CHECKPOINT_DAMAGED");
}
