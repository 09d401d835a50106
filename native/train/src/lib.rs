//! Training: datasets of notes, the infill network with its backward pass, and the run that ties
//! them together.
//!
//! Owns the dataset file, drawing of regions, loss and gradients on the CPU, the optimizer, and
//! checkpoints that resume exactly. Notes become steps, features and experts by the tokenizer,
//! exactly as in generation.

pub mod adapter;
pub mod agreement;
pub mod batch;
pub mod checkpoint;
pub mod compute;
pub mod config;
pub mod draw;
pub mod error;
pub mod evaluate;
pub mod event;
pub mod export;
pub mod family;
pub mod gain;
pub mod heard;
pub mod infill;
pub mod kernels;
pub mod known_passages;
pub mod matmul;
mod meter;
pub mod network;
pub mod optimizer;
pub mod parameters;
pub mod random;
pub mod recurrent;
pub mod run;
pub mod sides;
pub mod training;

pub use continuo_dataset as dataset;
pub use error::TrainError;
