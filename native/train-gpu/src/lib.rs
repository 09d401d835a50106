//! The networks of training on a GPU, in burn's plain tensor operations.
//!
//! Takes the flat weights and the batches of `continuo-train`, gives the same losses and the same
//! flat gradient; `tests/equivalence.rs` compares them. Optimizer, checkpoints and held-out losses
//! stay where they are. Without a feature that names a device this crate is empty.

#[cfg(feature = "burn")]
mod compute;
#[cfg(feature = "burn")]
mod dense;
#[cfg(feature = "burn")]
mod device;
#[cfg(feature = "burn")]
mod devices;
#[cfg(feature = "burn")]
mod infill;
#[cfg(feature = "burn")]
mod recurrent;
#[cfg(feature = "burn")]
mod weights;

#[cfg(feature = "burn")]
pub use devices::Gpu;
