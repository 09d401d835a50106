//! From weights on disk to numbers: the trunk as an ONNX graph, the heads in Rust.
//!
//! Owns model.json and safetensors, the graph that is built from them, ONNX Runtime sessions and
//! their K/V cache, the choice of device, and the heads. Knows nothing about drawing or about songs.

pub mod device;
mod error;

pub use device::{Device, DeviceChoice, DeviceReport};
pub use error::ModelError;
