//! C types of LV2's core, atoms, URID, state and UI (lv2/core/lv2.h, atom/atom.h, urid/urid.h, state/state.h, ui/ui.h of
//! LV2 1.18).

use std::ffi::{CStr, c_char, c_int, c_void};

#[repr(C)]
pub struct Feature {
    pub uri: *const c_char,
    pub data: *mut c_void,
}

#[repr(C)]
pub struct Descriptor {
    pub uri: *const c_char,
    pub instantiate: unsafe extern "C" fn(
        *const Descriptor,
        f64,
        *const c_char,
        *const *const Feature,
    ) -> *mut c_void,
    pub connect_port: unsafe extern "C" fn(*mut c_void, u32, *mut c_void),
    pub activate: Option<unsafe extern "C" fn(*mut c_void)>,
    pub run: unsafe extern "C" fn(*mut c_void, u32),
    pub deactivate: Option<unsafe extern "C" fn(*mut c_void)>,
    pub cleanup: unsafe extern "C" fn(*mut c_void),
    pub extension_data: unsafe extern "C" fn(*const c_char) -> *const c_void,
}

// SAFETY: it holds pointers to constants and functions, and nobody writes to it.
unsafe impl Sync for Descriptor {}

/// A UI's value for a port: controller, port, size, protocol, value.
pub type UiWrite = unsafe extern "C" fn(*mut c_void, u32, u32, u32, *const c_void);

#[repr(C)]
pub struct UiDescriptor {
    pub uri: *const c_char,
    pub instantiate: unsafe extern "C" fn(
        *const UiDescriptor,
        *const c_char,
        *const c_char,
        UiWrite,
        *mut c_void,
        *mut *mut c_void,
        *const *const Feature,
    ) -> *mut c_void,
    pub cleanup: unsafe extern "C" fn(*mut c_void),
    pub port_event: Option<unsafe extern "C" fn(*mut c_void, u32, u32, u32, *const c_void)>,
    pub extension_data: unsafe extern "C" fn(*const c_char) -> *const c_void,
}

// SAFETY: as for `Descriptor`.
unsafe impl Sync for UiDescriptor {}

#[repr(C)]
pub struct IdleInterface {
    pub idle: unsafe extern "C" fn(*mut c_void) -> c_int,
}

#[repr(C)]
pub struct Resize {
    pub handle: *mut c_void,
    pub resize: unsafe extern "C" fn(*mut c_void, c_int, c_int) -> c_int,
}

// SAFETY: ours holds no pointer but a function's.
unsafe impl Sync for Resize {}

#[repr(C)]
pub struct UridMap {
    pub handle: *mut c_void,
    pub map: unsafe extern "C" fn(*mut c_void, *const c_char) -> u32,
}

pub type Store = unsafe extern "C" fn(*mut c_void, u32, *const c_void, usize, u32, u32) -> u32;
pub type Retrieve =
    unsafe extern "C" fn(*mut c_void, u32, *mut usize, *mut u32, *mut u32) -> *const c_void;

#[repr(C)]
pub struct StateInterface {
    pub save:
        unsafe extern "C" fn(*mut c_void, Store, *mut c_void, u32, *const *const Feature) -> u32,
    pub restore:
        unsafe extern "C" fn(*mut c_void, Retrieve, *mut c_void, u32, *const *const Feature) -> u32,
}

pub const STATE_INTERFACE: &CStr = c"http://lv2plug.in/ns/ext/state#interface";
pub const STATE_IS_POD: u32 = 1;
pub const STATE_IS_PORTABLE: u32 = 2;
pub const STATE_SUCCESS: u32 = 0;
pub const STATE_ERR_UNKNOWN: u32 = 1;
pub const STATE_ERR_NO_PROPERTY: u32 = 5;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Atom {
    pub size: u32,
    pub kind: u32,
}

/// Numbers that the host gives to the URIs that we use.
#[derive(Clone, Copy, Debug)]
pub struct Urids {
    pub midi_event: u32,
    pub object: u32,
    pub blank: u32,
    pub sequence: u32,
    pub chunk: u32,
    pub float: u32,
    pub double: u32,
    pub int: u32,
    pub long: u32,
    pub position: u32,
    pub bar: u32,
    pub bar_beat: u32,
    pub beat_unit: u32,
    pub beats_per_bar: u32,
    pub beats_per_minute: u32,
    pub speed: u32,
    pub state: u32,
}

impl Urids {
    pub fn new(map: impl Fn(&CStr) -> u32) -> Self {
        Self {
            midi_event: map(c"http://lv2plug.in/ns/ext/midi#MidiEvent"),
            object: map(c"http://lv2plug.in/ns/ext/atom#Object"),
            blank: map(c"http://lv2plug.in/ns/ext/atom#Blank"),
            sequence: map(c"http://lv2plug.in/ns/ext/atom#Sequence"),
            chunk: map(c"http://lv2plug.in/ns/ext/atom#Chunk"),
            float: map(c"http://lv2plug.in/ns/ext/atom#Float"),
            double: map(c"http://lv2plug.in/ns/ext/atom#Double"),
            int: map(c"http://lv2plug.in/ns/ext/atom#Int"),
            long: map(c"http://lv2plug.in/ns/ext/atom#Long"),
            position: map(c"http://lv2plug.in/ns/ext/time#Position"),
            bar: map(c"http://lv2plug.in/ns/ext/time#bar"),
            bar_beat: map(c"http://lv2plug.in/ns/ext/time#barBeat"),
            beat_unit: map(c"http://lv2plug.in/ns/ext/time#beatUnit"),
            beats_per_bar: map(c"http://lv2plug.in/ns/ext/time#beatsPerBar"),
            beats_per_minute: map(c"http://lv2plug.in/ns/ext/time#beatsPerMinute"),
            speed: map(c"http://lv2plug.in/ns/ext/time#speed"),
            state: map(c"urn:continuo:state"),
        }
    }
}
