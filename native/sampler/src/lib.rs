//! From logits to notes: constraints as masks, draws, candidates, their order.
//!
//! Owns the request and the answer of a fill, the loop that draws notes, and the promises that
//! every answer keeps. Knows nothing about files, hosts or how a trunk is computed.

mod batch;
mod deadline;
mod draw;
mod engine;
mod error;
mod fallback;
mod fill_plan;
pub mod humanize;
mod judge;
mod limits;
mod measure;
mod new_part;
mod note_measures;
mod openings;
mod ranking;
pub mod recurrent;
mod register;
mod request;
mod result;
mod row;
mod scale;
mod shuffle;
mod spacing;

pub use continuo_cancel::CancelFlag;
pub use deadline::Clock;
pub use draw::candidate_seed;
pub use engine::{Engine, EngineOptions};
pub use error::SamplerError;
pub use fill_plan::{MAX_QUARTERS, split};
pub use judge::best_first;
pub use note_measures::{NoteMeasures, measure_notes};
pub use request::{
    ChordAt, Controls, FillRequest, LimitSource, Locks, Mode, Rhythm, Sampling, TickRange,
};
pub use result::{Candidate, FillResult, ModelIdentity, Progress, RegionEcho, Timings, Warning};
pub use scale::{Scale, ScaleChoice};
