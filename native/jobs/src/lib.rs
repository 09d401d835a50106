//! What a command does with files, from request to answer.
//!
//! Owns the requests and answers that cross into JavaScript, the choice of track and region, and the
//! order of a fill: read, parse, generate, write. Music theory, models and bytes belong to the crates
//! below; options, help and printing to the command line above.

mod blocks;
mod candidate_files;
mod draw_parts;
mod engines;
mod error;
mod evaluate;
mod fill;
mod fill_request;
mod fill_song;
mod gaps;
mod generate;
mod howl;
mod info;
mod marked;
mod marks;
mod models;
mod notes;
mod output;
mod parts;
mod probe;
mod read_controls;
mod read_region;
mod read_song;
mod region;
mod rewrite_song;
mod same_song;
mod scale_of;
mod sent_tracks;
mod song_request;
mod source;
mod span;
mod target;
mod track;
mod view;
mod warnings;
mod write_fill;
mod write_song;

pub use continuo_sampler::CancelFlag;
pub use engines::{EngineChoice, ModelChoice};
pub use error::JobError;
pub use evaluate::{EvaluateRequest, evaluate};
pub use fill::{FillReport, ProgressEntry, fill};
pub use fill_request::FillRequest;
pub use fill_song::{FillSongRequest, SongProgress, fill_song};
pub use generate::{GenerateProgress, GenerateRequest, generate};
pub use info::{InfoAnswer, InfoRequest, info};
pub use marked::{MarkedRequest, marked};
pub use models::{ExportRequest, ModelInfoRequest, export_model, model_info};
pub use notes::{DecodeRequest, NotesRequest, decode_notes, notes};
pub use probe::{ProbeRequest, probe};
pub use read_controls::{ReadControlsAnswer, ReadControlsRequest, read_controls};
pub use read_region::{ReadRegionRequest, read_region};
pub use read_song::{ReadSongRequest, read_song};
pub use region::RegionChoice;
pub use rewrite_song::{RewriteSongRequest, rewrite_song};
pub use scale_of::{ScaleOfRequest, scale_of};
pub use sent_tracks::{SentTracksRequest, sent_tracks};
pub use span::{Bar, BeatPlace, NamedBar, Span};
pub use track::TrackChoice;
pub use write_fill::{WriteFillRequest, write_fill};
pub use write_song::{WriteSongRequest, write_song};
