//! The functions of a plugin, as LV2's descriptor lists them.

use super::abi::*;
use super::plugin::*;
use super::state::STATE;
use crate::kind::Kind;
use std::ffi::{CStr, c_char, c_void};

pub(super) const fn descriptor(kind: Kind) -> Descriptor {
    Descriptor {
        uri: kind.uri().as_ptr(),
        instantiate: match kind {
            Kind::Instrument => instantiate_instrument,
            Kind::MidiFx => instantiate_midi_fx,
        },
        connect_port,
        activate: Some(activate),
        run,
        deactivate: None,
        cleanup,
        extension_data,
    }
}

unsafe extern "C" fn extension_data(uri: *const c_char) -> *const c_void {
    // SAFETY: the host gives a string that ends by zero.
    if !uri.is_null() && unsafe { CStr::from_ptr(uri) } == STATE_INTERFACE {
        return (&raw const STATE).cast();
    }
    std::ptr::null()
}
