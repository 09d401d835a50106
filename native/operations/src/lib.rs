//! What the commands do with files, from request to answer.
//!
//! Owns the requests and answers that cross into JavaScript, the choice of track and region, and the
//! order of a fill: open, draw, write. Music theory, models and bytes belong to the crates below; options,
//! help and printing to the command line above.

mod encodings;
mod error;
mod files;
mod fill;
mod generate;
mod models;
mod songs;
mod warnings;

pub use continuo_sampler::CancelFlag;
pub use encodings::notes::{DecodeRequest, NotesRequest, decode_notes, notes};
pub use error::OperationError;
pub use files::info::{InfoAnswer, InfoRequest, info};
pub use files::marked::{MarkedRequest, marked};
pub use files::region::RegionChoice;
pub use files::span::{Bar, BeatPosition, NamedBar, Span};
pub use files::track::TrackChoice;
pub use fill::chords_of_bars::{ChordsOfBarsRequest, chords_of_bars};
pub use fill::engines::{EngineChoice, ModelChoice};
pub use fill::evaluate::{EvaluateRequest, evaluate};
pub use fill::request::{
    FileRegion, FillRequest, FillSongRequest, ReadRegionRequest, WriteRegionRequest,
};
pub use fill::scale_of::{ScaleOfRequest, scale_of};
pub use fill::{FillProgress, FillReport, fill, fill_song, read_region, write_region};
pub use generate::{GenerateProgress, GenerateRequest, generate};
pub use models::model_files::{ExportRequest, ModelInfoRequest, export_model, model_info};
pub use models::probe::{ProbeRequest, probe};
pub use songs::fill_order::{FillOrderRequest, fill_order};
pub use songs::read_controls::{ReadControlsAnswer, ReadControlsRequest, read_controls};
pub use songs::read_song::{ReadSongRequest, read_song};
pub use songs::rewrite_song::{RewriteSongRequest, rewrite_song};
pub use songs::sent_tracks::{SentTracksRequest, sent_tracks};
pub use songs::write_song::{WriteSongRequest, write_song};
