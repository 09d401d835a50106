//! From logits to notes: constraints as masks, draws, candidates, their order.
//!
//! Owns the request and the answer of a fill, the loop that draws notes, and the promises that
//! every answer keeps. Knows nothing about files, hosts or how a trunk is computed.

mod cancel;
mod error;
mod request;
mod result;
mod scale;

pub use cancel::CancelFlag;
pub use error::SamplerError;
pub use request::{Controls, FillRequest, Locks, Mode, Rhythm, Sampling};
pub use result::{Candidate, FillResult, ModelIdentity, Progress, RegionEcho, Timings, Warning};
pub use scale::{Scale, ScaleChoice};
