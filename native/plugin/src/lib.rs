//! The plugin as hosts load it: one library that is CLAP, VST3 (by the wrapper of the CLAP project) and LV2.
//!
//! What it does is `continuo-plugin-engine`; here is only how each format says it. `kind` holds the two plugins in
//! the library. A panic stays in the instance that met it: it is caught at every entry, and silences it.

mod clap;
mod edited;
mod kind;
mod lv2;

pub use kind::Kind;
pub use lv2::turtle;

#[cfg(feature = "vst3")]
clap_wrapper::export_vst3!();
