//! LV2, by its C interface: small enough to need no crate.
//!
//! Ports of both plugins, in this order for ever: notes in, notes out, (instrument only) left and right,
//! free wheeling, then a control for each parameter of the engine's table.

mod abi;
mod atoms;
mod descriptor;
mod plugin;
mod state;
pub mod turtle;
mod ui;

use crate::kind::Kind;
use abi::Descriptor;

static DESCRIPTORS: [Descriptor; Kind::ALL.len()] = [
    descriptor::descriptor(Kind::Instrument),
    descriptor::descriptor(Kind::MidiFx),
];

/// The entry that LV2 hosts look for.
// SAFETY: the name belongs to LV2's entry alone; no other function of the library has it.
#[unsafe(no_mangle)]
pub extern "C" fn lv2_descriptor(index: u32) -> *const Descriptor {
    DESCRIPTORS
        .get(index as usize)
        .map_or(std::ptr::null(), |descriptor| descriptor)
}
