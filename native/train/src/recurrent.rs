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
mod source;

pub use batch::RecurrentBatch;
pub use family::Recurrent;
pub use layout::RecurrentLayout;
pub use network::RecurrentNetwork;
pub use source::Songs;
