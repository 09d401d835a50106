//! From weights on disk to numbers: the trunk as an ONNX graph, the heads in Rust.
//!
//! Owns model.json and safetensors, the graph that is built from them, ONNX Runtime sessions and
//! their K/V cache, the choice of device, and the heads. Knows nothing about drawing or about songs.

mod cache;
mod checksums;
mod config;
pub mod device;
pub mod device_choice;
mod error;
mod f16_matmul;
mod family;
mod files;
mod folder;
mod graph;
mod half;
mod heads;
mod kernel;
mod onnx;
pub mod recurrent;
pub mod reference;
pub mod runtime;
mod step;
mod telemetry;
mod trunk;
mod upgrade;
mod weights;

pub use cache::Cache;
pub use checksums::{CHECKSUMS_FILE, seal};
pub use config::{Architecture, ModelConfig, VocabularyId};
pub use device::Device;
pub use device_choice::{DeviceChoice, DeviceReport};
pub use error::ModelError;
pub use files::{Model, Precision};
pub use folder::{CONFIG_FILE, KNOWN_PASSAGES_FILE, WEIGHTS_FILE};
pub use graph::trunk_onnx;
pub use heads::Heads;
pub use runtime::Runtime;
pub use trunk::Trunk;
pub use upgrade::upgrade_tensor;
pub use weights::{HeadWeights, LayerWeights, Weights};
