//! What a command does with files, from request to answer.
//!
//! Owns the requests and answers that cross into JavaScript, the choice of track and region, and the
//! order of a fill: read, parse, generate, write. Music theory, models and bytes belong to the crates
//! below; options, help and printing to the command line above.

mod cancel;
mod error;
mod info;
mod source;
mod span;
mod track;

pub use cancel::CancelFlag;
pub use error::JobError;
pub use info::{InfoAnswer, InfoRequest, info};
pub use span::{BeatPlace, Span};
pub use track::TrackChoice;
