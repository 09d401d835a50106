//! An LV2 host of our own, by LV2's C interface.

use super::{RATE, TEMPO, library, sample};
use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_void};
use std::ptr::{null, null_mut};
use std::sync::Mutex;

#[repr(C)]
pub struct Feature {
    pub uri: *const c_char,
    pub data: *mut c_void,
}

#[repr(C)]
pub struct UridMap {
    pub handle: *mut c_void,
    pub map: unsafe extern "C" fn(*mut c_void, *const c_char) -> u32,
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

pub type Store = unsafe extern "C" fn(*mut c_void, u32, *const c_void, usize, u32, u32) -> u32;
pub type Retrieve =
    unsafe extern "C" fn(*mut c_void, u32, *mut usize, *mut u32, *mut u32) -> *const c_void;

#[repr(C)]
pub struct StateInterface {
    pub save:
        unsafe extern "C" fn(*mut c_void, Store, *mut c_void, u32, *const *const Feature) -> u32,
    restore:
        unsafe extern "C" fn(*mut c_void, Retrieve, *mut c_void, u32, *const *const Feature) -> u32,
}

static URIDS: Mutex<Option<HashMap<CString, u32>>> = Mutex::new(None);

pub unsafe extern "C" fn map(_: *mut c_void, uri: *const c_char) -> u32 {
    // SAFETY: the plugin gives strings that end by zero.
    urid(unsafe { CStr::from_ptr(uri) })
}

pub fn urid(uri: &CStr) -> u32 {
    let mut urids = URIDS.lock().unwrap();
    let urids = urids.get_or_insert_default();
    let next = urids.len() as u32 + 1;
    *urids.entry(uri.into()).or_insert(next)
}

/// The output of a save: its bytes and their type.
pub unsafe extern "C" fn store(
    handle: *mut c_void,
    _: u32,
    data: *const c_void,
    size: usize,
    _: u32,
    _: u32,
) -> u32 {
    // SAFETY: `handle` is the vector of `save`, `data` has `size` bytes.
    unsafe {
        (*handle.cast::<Vec<u8>>()).extend(std::slice::from_raw_parts(data.cast::<u8>(), size))
    };
    0
}

pub unsafe extern "C" fn retrieve(
    handle: *mut c_void,
    _: u32,
    size: *mut usize,
    _: *mut u32,
    _: *mut u32,
) -> *const c_void {
    // SAFETY: `handle` is the vector of `load`.
    let bytes = unsafe { &*handle.cast::<Vec<u8>>() };
    if bytes.is_empty() {
        return null();
    }
    // SAFETY: the plugin's own place.
    unsafe { *size = bytes.len() };
    bytes.as_ptr().cast()
}

pub struct Lv2 {
    pub descriptor: *const Descriptor,
    pub handle: *mut c_void,
    pub input: Vec<u64>,
    pub output: Vec<u64>,
    pub left: Vec<f32>,
    pub right: Vec<f32>,
    _library: libloading::Library,
}

impl Lv2 {
    pub fn new(index: u32) -> Self {
        Self::of(&library(), index)
    }

    /// Of a copy of the library.
    pub fn of(path: &std::path::Path, index: u32) -> Self {
        // SAFETY: it is ours.
        let library = unsafe { libloading::Library::new(path) }.unwrap();
        // SAFETY: LV2's entry has this type.
        let entry: libloading::Symbol<unsafe extern "C" fn(u32) -> *const Descriptor> =
            unsafe { library.get(b"lv2_descriptor\0") }.unwrap();
        // SAFETY: as LV2 has it.
        let descriptor = unsafe { entry(index) };
        assert!(!descriptor.is_null());
        let urid_map = UridMap {
            handle: null_mut(),
            map,
        };
        let data = (&raw const urid_map).cast_mut().cast();
        let feature = Feature {
            uri: c"http://lv2plug.in/ns/ext/urid#map".as_ptr(),
            data,
        };
        let features = [&raw const feature, null()];
        // SAFETY: the descriptor is valid; the features live through the call.
        let handle = unsafe {
            ((*descriptor).instantiate)(descriptor, RATE, c"/".as_ptr(), features.as_ptr())
        };
        assert!(!handle.is_null());
        let mut this = Self {
            descriptor,
            handle,
            input: vec![0; 4096],
            output: vec![0; 4096],
            left: vec![1.; 8192],
            right: vec![1.; 8192],
            _library: library,
        };
        let ports: [*mut c_void; 4] = [
            this.input.as_mut_ptr().cast(),
            this.output.as_mut_ptr().cast(),
            this.left.as_mut_ptr().cast(),
            this.right.as_mut_ptr().cast(),
        ];
        let count = if index == 0 { 4 } else { 2 };
        for (port, data) in ports.into_iter().take(count).enumerate() {
            // SAFETY: the buffers live as long as the instance.
            unsafe { ((*descriptor).connect_port)(handle, port as u32, data) };
        }
        // SAFETY: connected, and not running.
        unsafe { (*descriptor).activate.unwrap()(handle) };
        this
    }

    pub fn state(&self) -> &'static StateInterface {
        // SAFETY: the interface is a constant of the library, which stays loaded.
        unsafe {
            let data = ((*self.descriptor).extension_data)(
                c"http://lv2plug.in/ns/ext/state#interface".as_ptr(),
            );
            &*data.cast::<StateInterface>()
        }
    }

    pub fn load(&self, bytes: &[u8]) -> u32 {
        let mut bytes = bytes.to_vec();
        // SAFETY: `retrieve` reads the vector.
        unsafe { (self.state().restore)(self.handle, retrieve, (&raw mut bytes).cast(), 0, null()) }
    }

    pub fn save(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = vec![];
        // SAFETY: `store` writes to the vector.
        assert_eq!(
            unsafe { (self.state().save)(self.handle, store, (&raw mut bytes).cast(), 0, null()) },
            0
        );
        bytes
    }

    /// Runs a block; `events` are (frame, type, body). Returns frames and bytes of the MIDI that came out.
    pub fn run(
        &mut self,
        frames: u32,
        events: &[(i64, u32, Vec<u8>)],
        room: u32,
    ) -> Vec<(i64, Vec<u8>)> {
        let mut bytes = vec![];
        for (frame, kind, body) in events {
            bytes.extend(frame.to_ne_bytes());
            bytes.extend((body.len() as u32).to_ne_bytes());
            bytes.extend(kind.to_ne_bytes());
            bytes.extend(body);
            bytes.resize(bytes.len().next_multiple_of(8), 0);
        }
        let sequence = urid(c"http://lv2plug.in/ns/ext/atom#Sequence");
        write(&mut self.input, (bytes.len() + 8) as u32, sequence, &bytes);
        write(
            &mut self.output,
            room,
            urid(c"http://lv2plug.in/ns/ext/atom#Chunk"),
            &[],
        );
        // SAFETY: the buffers are larger than `frames` and what the headers say.
        unsafe { ((*self.descriptor).run)(self.handle, frames) };
        self.read()
    }

    pub fn read(&self) -> Vec<(i64, Vec<u8>)> {
        let bytes: Vec<u8> = self
            .output
            .iter()
            .flat_map(|word| word.to_ne_bytes())
            .collect();
        let word = |at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        let (end, mut at, mut events) = (8 + word(0), 16, vec![]);
        while at + 16 <= end {
            let size = word(at + 8);
            let frame = i64::from_ne_bytes(bytes[at..at + 8].try_into().unwrap());
            events.push((frame, bytes[at + 16..at + 16 + size].to_vec()));
            at = (at + 16 + size).next_multiple_of(8);
        }
        events
    }

    /// Four quarters from the beginning, at 120.
    pub fn play(&mut self) -> Vec<(u64, u8)> {
        let mut starts = vec![];
        let mut at = 0u64;
        while at < sample(4.) {
            let events = if at == 0 {
                vec![position(0., 1.)]
            } else {
                vec![]
            };
            for (frame, data) in self.run(512, &events, 8192) {
                if data[0] & 0xf0 == 0x90 {
                    starts.push((at + frame as u64, data[1]));
                }
            }
            at += 512;
        }
        starts
    }
}

impl Drop for Lv2 {
    fn drop(&mut self) {
        // SAFETY: given back once.
        unsafe { ((*self.descriptor).cleanup)(self.handle) };
    }
}

pub fn write(buffer: &mut [u64], size: u32, kind: u32, body: &[u8]) {
    let mut bytes = vec![];
    bytes.extend(size.to_ne_bytes());
    bytes.extend(kind.to_ne_bytes());
    bytes.extend([0; 8]);
    bytes.extend(body);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    for (word, chunk) in buffer.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = u64::from_ne_bytes(chunk.try_into().unwrap());
    }
}

/// A time:Position at 120 in 4/4, `beat` quarters from the beginning.
pub fn position(beat: f32, speed: f32) -> (i64, u32, Vec<u8>) {
    let mut body = vec![];
    body.extend(0u32.to_ne_bytes());
    body.extend(urid(c"http://lv2plug.in/ns/ext/time#Position").to_ne_bytes());
    let float = urid(c"http://lv2plug.in/ns/ext/atom#Float");
    for (key, value) in [
        (c"http://lv2plug.in/ns/ext/time#bar", (beat / 4.).floor()),
        (c"http://lv2plug.in/ns/ext/time#barBeat", beat % 4.),
        (c"http://lv2plug.in/ns/ext/time#beatUnit", 4.),
        (c"http://lv2plug.in/ns/ext/time#beatsPerBar", 4.),
        (
            c"http://lv2plug.in/ns/ext/time#beatsPerMinute",
            TEMPO as f32,
        ),
        (c"http://lv2plug.in/ns/ext/time#speed", speed),
    ] {
        for word in [urid(key), 0, 4, float] {
            body.extend(word.to_ne_bytes());
        }
        body.extend(value.to_ne_bytes());
        body.extend([0; 4]);
    }
    (0, urid(c"http://lv2plug.in/ns/ext/atom#Object"), body)
}

pub fn midi(frame: i64, data: &[u8]) -> (i64, u32, Vec<u8>) {
    (
        frame,
        urid(c"http://lv2plug.in/ns/ext/midi#MidiEvent"),
        data.to_vec(),
    )
}
