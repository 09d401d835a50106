//! The moving mean of the weights: its value, when it is used, and what older runs have instead.

use crate::common::{Trial, tiny};
use continuo_train::checkpoint::{Checkpoint, LATEST};
use continuo_train::config::{AnyArchitecture, RunConfig};

/// Steps so large that the weights sway around where they go.
fn swaying() -> RunConfig {
    RunConfig {
        architecture: AnyArchitecture::Infill(tiny()),
        shard_size: 120,
        seconds: 1e9,
        learning_rate: 0.02,
        warm_up: 1,
        average: 0.6,
        evaluate_seconds: 1e9,
        ..RunConfig::default()
    }
}

#[test]
fn the_model_gets_the_mean_where_that_is_heard_to_be_better() {
    for lora in [0, 2] {
        let config = RunConfig { lora, ..swaying() };
        let folder = tempfile::tempdir().expect("temporary folder");
        let (last, best, loss) = Trial::new(3).best_of(folder.path(), &config, 40);
        assert!(last.state.best_is_mean);
        assert_eq!(last.state.best_step, Some(40));
        assert_eq!(last.state.best_loss, Some(loss));
        assert!(lora > 0 || best == last.mean);

        let without = RunConfig {
            average: 0.0,
            ..config
        };
        let folder = tempfile::tempdir().expect("temporary folder");
        let (same, _, worse) = Trial::new(3).best_of(folder.path(), &without, 40);
        assert_eq!(same.weights, last.weights, "the mean changes no update");
        assert!(!same.state.best_is_mean);
        assert!(loss < worse, "{loss} by the mean, {worse} without");
    }
}

#[test]
fn a_run_of_an_earlier_version_has_no_mean_and_goes_on_without() {
    let mut config = serde_json::to_value(swaying()).expect("a config");
    config.as_object_mut().expect("fields").remove("average");
    let config: RunConfig = serde_json::from_value(config).expect("the config of an older run");
    assert_eq!(config.average, 0.0);

    let trial = Trial::new(3);
    let folder = tempfile::tempdir().expect("temporary folder");
    trial.start(folder.path(), &config, 2);
    trial.resume(folder.path(), 3).expect("it goes on");
    let path = folder.path().join(LATEST);
    let (checkpoint, _) = Checkpoint::load(&path).expect("a checkpoint");
    assert_eq!((checkpoint.state.step, checkpoint.mean.len()), (3, 0));

    // One that says that there is a mean must have it.
    checkpoint.save(&path, &swaying()).expect("it is written");
    let error = Checkpoint::load(&path).err().map(|e| e.code());
    assert_eq!(error, Some("CHECKPOINT_DAMAGED"));
}
