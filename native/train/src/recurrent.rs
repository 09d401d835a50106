//! The recurrent family on the CPU: layout, batches, forward, loss and backward through time.

pub mod batch;
mod cells;
mod dropout;
mod family;
mod input;
mod kernels;
mod layout;
mod network;
mod output;
mod shape;
mod source;

pub use batch::{NO_TARGET, RecurrentBatch};
pub use dropout::{AlphaDropout, DROPOUT};
pub use family::Recurrent;
pub use layout::{CellRanges, LinearRanges, RecurrentLayout};
pub use network::RecurrentNetwork;
pub use source::Songs;
