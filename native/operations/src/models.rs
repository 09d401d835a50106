//! Model folders and the devices that can run them.

pub mod model_files;
pub mod probe;
