//! The engine's state as one property of LV2's: the same bytes as in CLAP and VST3.

use super::abi::*;
use super::plugin::{Plugin, guard};
use std::ffi::c_void;

pub static STATE: StateInterface = StateInterface { save, restore };

/// # Safety
/// As LV2's state interface has it: `instance` is one of ours, `store` a function of the host.
unsafe extern "C" fn save(
    instance: *mut c_void,
    store: Store,
    handle: *mut c_void,
    _: u32,
    _: *const *const Feature,
) -> u32 {
    guard(STATE_ERR_UNKNOWN, || {
        // SAFETY: `instance` came from `instantiate`, and only its shared half is touched: hosts save while it runs.
        let Some(plugin) = (unsafe { instance.cast::<Plugin>().as_ref() }) else {
            return STATE_ERR_UNKNOWN;
        };
        let bytes = plugin.instance.save();
        let flags = STATE_IS_POD | STATE_IS_PORTABLE;
        // SAFETY: the host copies the bytes before it returns.
        unsafe {
            store(
                handle,
                plugin.urids.state,
                bytes.as_ptr().cast(),
                bytes.len(),
                plugin.urids.chunk,
                flags,
            )
        }
    })
}

/// # Safety
/// As for `save`.
unsafe extern "C" fn restore(
    instance: *mut c_void,
    retrieve: Retrieve,
    handle: *mut c_void,
    _: u32,
    _: *const *const Feature,
) -> u32 {
    guard(STATE_ERR_UNKNOWN, || {
        // SAFETY: as in `save`.
        let Some(plugin) = (unsafe { instance.cast::<Plugin>().as_ref() }) else {
            return STATE_ERR_UNKNOWN;
        };
        let (mut size, mut kind, mut flags) = (0, 0, 0);
        // SAFETY: the three places outlive the call.
        let data =
            unsafe { retrieve(handle, plugin.urids.state, &mut size, &mut kind, &mut flags) };
        if data.is_null() {
            return STATE_ERR_NO_PROPERTY;
        }
        // SAFETY: the host says that so many bytes lie there, until `restore` returns.
        let bytes = unsafe { std::slice::from_raw_parts(data.cast::<u8>(), size) };
        plugin
            .instance
            .load(bytes)
            .map_or(STATE_ERR_UNKNOWN, |()| STATE_SUCCESS)
    })
}
