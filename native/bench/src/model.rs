//! Random weights of the default model's sizes, for a clone that has no trained ones.

use crate::Failure;
use crate::options::{Options, SEED};
use continuo_model::{Architecture, Model, Precision};

pub fn run(options: &Options) -> Result<(), Failure> {
    let model = Model::random(Architecture::infill_s(), SEED);
    Ok(model.save(&options.path("out")?, Precision::F16)?)
}
