//! A checkpoint as a model: the weights that its run would leave then.

use crate::common::{Trial, tiny};
use continuo_train::checkpoint::LATEST;
use continuo_train::config::{AnyArchitecture, RunConfig};
use continuo_train::export::export_model;
use continuo_train::heard::{ExportCheckpointRequest, export_checkpoint};
use std::path::Path;

#[test]
fn a_checkpoint_becomes_the_model_that_its_run_leaves_also_with_adapters() {
    for lora in [0, 2] {
        let config = RunConfig {
            architecture: AnyArchitecture::Infill(tiny()),
            lora,
            shard_size: 120,
            seconds: 1e9,
            learning_rate: 0.02,
            warm_up: 1,
            average: 0.6,
            evaluate_seconds: 1e9,
            ..RunConfig::default()
        };
        let folder = tempfile::tempdir().expect("temporary folder");
        let (last, best, _) = Trial::new(3).best_of(folder.path(), &config, 40);
        let request = ExportCheckpointRequest {
            run: folder.path().to_path_buf(),
            checkpoint: folder.path().join(LATEST),
            output: folder.path().join("heard"),
            model_id: "heard".to_owned(),
        };
        let answer = export_checkpoint(&request).expect("a model");
        assert_eq!((answer.step, last.state.best_step), (40, Some(40)));
        let left = folder.path().join("left");
        let record = serde_json::json!({});
        export_model(&left, "heard", &config.architecture, &best, record).expect("a model");
        let weights = |folder: &Path| std::fs::read(folder.join("model.safetensors"));
        let (heard, left) = (weights(&answer.model), weights(&left));
        assert_eq!(heard.expect("weights"), left.expect("weights"));
    }
}
