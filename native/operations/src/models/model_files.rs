//! The contents of a model folder, and its trunk as a file that other programs can open.

use std::path::PathBuf;

use continuo_model::recurrent::{Family, RecurrentModel, family_of, recurrent_onnx};
use continuo_model::{Model, trunk_onnx};
use serde::{Deserialize, Serialize};

use crate::error::OperationError;
use crate::files::output::{Existing, check_output, file_of, warnings_of, write_result};
use crate::warnings::WarningEntry;

/// Which model answered.
#[derive(Debug, Serialize)]
pub struct ModelEntry {
    pub id: String,
    pub sha256: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ModelInfoRequest {
    pub folder: PathBuf,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelInfoAnswer {
    /// The whole of model.json.
    pub config: serde_json::Value,
    pub sha256: String,
    pub parameter_count: usize,
}

/// Errors: `MODEL_NOT_FOUND`, `MODEL_DAMAGED`, `VOCAB_MISMATCH`.
pub fn model_info(request: &ModelInfoRequest) -> Result<ModelInfoAnswer, OperationError> {
    let folder = &request.folder;
    if family_of(folder)? == Family::Recurrent {
        let model = RecurrentModel::load(folder)?;
        return Ok(ModelInfoAnswer {
            parameter_count: model.flat().len(),
            sha256: model.sha256().to_owned(),
            config: serde_json::json!(model.config),
        });
    }
    let model = Model::load(folder)?;
    let tensors = model.weights.tensors(&model.config.architecture);
    Ok(ModelInfoAnswer {
        parameter_count: tensors.iter().map(|(_, _, values)| values.len()).sum(),
        sha256: model.sha256().to_owned(),
        config: serde_json::json!(model.config),
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExportRequest {
    pub folder: PathBuf,
    pub output: PathBuf,
    #[serde(default)]
    pub existing: Existing,
}

#[derive(Debug, Serialize)]
pub struct ExportAnswer {
    pub file: PathBuf,
    pub bytes: usize,
    /// What became of a file that was there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningEntry>,
}

/// Write the ONNX graph that a fill runs. Errors: those of `model_info`, and `OUTPUT_*`.
pub fn export_model(request: &ExportRequest) -> Result<ExportAnswer, OperationError> {
    check_output(&request.output, &request.folder, request.existing)?;
    let onnx = match family_of(&request.folder)? {
        Family::Recurrent => recurrent_onnx(&RecurrentModel::load(&request.folder)?),
        Family::Infill => trunk_onnx(&Model::load(&request.folder)?),
    };
    let became = write_result(&request.output, &onnx, request.existing, &|_| false)?;
    Ok(ExportAnswer {
        file: request.output.clone(),
        bytes: onnx.len(),
        warnings: warnings_of(&file_of(&request.output, became), &[]),
    })
}
