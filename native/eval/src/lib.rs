//! How good are the fills? Held-out nats and musical measures, beside simple baselines.
//!
//! Owns the list of regions, the measures, the two baselines (copy of the bars before, order-1
//! counts) and the report. Fills come from the sampler, losses from the trainer's network.

mod ablation;
mod behaviour;
mod command;
mod counts;
mod error;
mod fills;
mod measures;
mod nats;
mod new_parts;
mod options;
mod part_measures;
mod regions;
mod report;

pub use ablation::Ablation;
pub use behaviour::BehaviourRow;
pub use command::{EvalRequest, run};
pub use counts::Counts;
pub use error::EvalError;
pub use measures::{FillMeasures, GridFill, Ground};
pub use new_parts::{NewPartMeasures, PartCase, load_parts};
pub use options::EvalOptions;
pub use part_measures::{PartContext, PartMeasures, Sounding};
pub use regions::{EvalPiece, Region, draw_regions, load_regions};
pub use report::{
    EvalInputs, EvalProgress, EvalReport, MeasureRow, NatsRow, NewPartRow, PartRow, evaluate,
};
