//! An instance as LV2 hosts drive it.

use super::abi::*;
use super::atoms::{self, SequenceWriter};
use crate::kind::Kind;
use continuo_plugin_engine::{Instance, MidiEvent, PARAMETERS, ParameterId, Processor, Transport};
use std::cell::UnsafeCell;
use std::ffi::{CStr, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

const NOTES_IN: usize = 0;
const NOTES_OUT: usize = 1;
const LEFT: usize = 2;
const RIGHT: usize = 3;
const MOST_PORTS: usize = 5 + PARAMETERS.len();
/// Notes of one block; more are left out.
const MOST_INPUT: usize = 1024;

/// An instance: what any thread may touch, and what belongs to whoever runs it.
pub(super) struct Plugin {
    pub instance: Arc<Instance>,
    pub urids: Urids,
    running: UnsafeCell<Running>,
}

/// Of the host's audio thread; of its main thread while nothing runs.
struct Running {
    kind: Kind,
    processor: Option<Box<Processor>>,
    rate: f64,
    ports: [*mut c_void; MOST_PORTS],
    /// The values of the controls in the last block.
    controls: [f32; PARAMETERS.len()],
    transport: Option<Transport>,
    input: Vec<(u32, MidiEvent)>,
    /// A block panicked: silent from then on.
    is_broken: bool,
}

impl Kind {
    fn free_wheeling_port(self) -> usize {
        if self.has_audio() {
            RIGHT + 1
        } else {
            NOTES_OUT + 1
        }
    }

    fn first_control(self) -> usize {
        self.free_wheeling_port() + 1
    }
}

/// The port of the first parameter; the others follow.
pub(super) fn first_control_of(kind: Kind) -> usize {
    kind.first_control()
}

/// A panic must not cross into the host: it is answered by `otherwise`.
pub(super) fn guard<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(otherwise)
}

pub(super) unsafe extern "C" fn instantiate_instrument(
    _: *const Descriptor,
    rate: f64,
    _: *const c_char,
    features: *const *const Feature,
) -> *mut c_void {
    // SAFETY: `features` is the host's list, ended by null.
    guard(null_mut(), || unsafe {
        instantiate(Kind::Instrument, rate, features)
    })
}

pub(super) unsafe extern "C" fn instantiate_midi_fx(
    _: *const Descriptor,
    rate: f64,
    _: *const c_char,
    features: *const *const Feature,
) -> *mut c_void {
    // SAFETY: as above.
    guard(null_mut(), || unsafe {
        instantiate(Kind::MidiFx, rate, features)
    })
}

/// Null where the host cannot map URIs, which the Turtle requires.
///
/// # Safety
/// `features` is null or a list of valid features, ended by null.
unsafe fn instantiate(kind: Kind, rate: f64, features: *const *const Feature) -> *mut c_void {
    // SAFETY: by this function's contract.
    let Some(map) = (unsafe { find_feature(features, c"http://lv2plug.in/ns/ext/urid#map") })
    else {
        return null_mut();
    };
    // SAFETY: this feature's data is a map, which lives as long as the instance.
    let map = unsafe { &*map.cast::<UridMap>() };
    // SAFETY: the host's own function with the host's own handle.
    let urids = Urids::new(|uri| unsafe { (map.map)(map.handle, uri.as_ptr()) });
    let instance = Arc::new(Instance::new());
    let processor = instance.take_processor(rate);
    let running = Running {
        kind,
        processor,
        rate,
        ports: [null_mut(); MOST_PORTS],
        controls: [f32::NAN; PARAMETERS.len()],
        transport: None,
        input: Vec::with_capacity(MOST_INPUT),
        is_broken: false,
    };
    let plugin = Plugin {
        instance,
        urids,
        running: UnsafeCell::new(running),
    };
    Box::into_raw(Box::new(plugin)).cast()
}

/// The data of a feature that the host gives.
///
/// # Safety
/// `features` is null or a list of valid features, ended by null.
pub(super) unsafe fn find_feature(
    features: *const *const Feature,
    uri: &CStr,
) -> Option<*mut c_void> {
    if features.is_null() {
        return None;
    }
    for index in 0.. {
        // SAFETY: the list is valid up to its null, where this ends.
        let feature = unsafe { (*features.add(index)).as_ref() }?;
        // SAFETY: a feature's URI is a string that ends by zero.
        if unsafe { CStr::from_ptr(feature.uri) } == uri {
            return (!feature.data.is_null()).then_some(feature.data);
        }
    }
    None
}

/// The instance and its running half.
///
/// # Safety
/// `instance` is null or one of ours, and no other thread connects, activates or runs it now: LV2's threading rules.
/// Saving and restoring may go on meanwhile; they touch the shared half alone.
unsafe fn parts<'a>(instance: *mut c_void) -> Option<(&'a Plugin, &'a mut Running)> {
    // SAFETY: by this function's contract.
    let plugin = unsafe { instance.cast::<Plugin>().as_ref() }?;
    // SAFETY: as above, there is no other reference to this half.
    Some((plugin, unsafe { &mut *plugin.running.get() }))
}

pub(super) unsafe extern "C" fn connect_port(instance: *mut c_void, port: u32, data: *mut c_void) {
    // SAFETY: the host keeps LV2's threading rules.
    if let Some((_, running)) = unsafe { parts(instance) }
        && let Some(place) = running.ports.get_mut(port as usize)
    {
        *place = data;
    }
}

pub(super) unsafe extern "C" fn activate(instance: *mut c_void) {
    guard((), || {
        // SAFETY: as in `connect_port`.
        if let Some((_, running)) = unsafe { parts(instance) }
            && let Some(processor) = &mut running.processor
        {
            processor.reset();
            running.transport = None;
        }
    });
}

pub(super) unsafe extern "C" fn run(instance: *mut c_void, frames: u32) {
    // SAFETY: as in `connect_port`.
    let Some((plugin, running)) = (unsafe { parts(instance) }) else {
        return;
    };
    let is_done = !running.is_broken
        && guard(false, || {
            // SAFETY: the ports are connected to buffers of the sizes that LV2 promises.
            unsafe { running.run(plugin, frames) };
            true
        });
    if !is_done {
        running.is_broken = true;
        // SAFETY: as above.
        unsafe { running.silence(plugin, frames) };
    }
}

pub(super) unsafe extern "C" fn cleanup(instance: *mut c_void) {
    if !instance.is_null() {
        // SAFETY: it came from `Box::into_raw` in `instantiate`, and the host gives it back once.
        guard((), || {
            drop(unsafe { Box::from_raw(instance.cast::<Plugin>()) })
        });
    }
}

impl Running {
    /// # Safety
    /// Connected ports point to what LV2 promises: sequences with their sizes, `frames` samples, one float.
    unsafe fn run(&mut self, plugin: &Plugin, frames: u32) {
        // SAFETY: by this function's contract, here and below.
        unsafe { self.take_controls(plugin) };
        if frames == 0 {
            // Only the controls are wanted; the output is empty.
            unsafe { self.silence(plugin, 0) };
            return;
        }
        let input = unsafe { sequence(self.ports[NOTES_IN]) };
        self.input.clear();
        for event in atoms::events(input) {
            if event.kind == plugin.urids.midi_event {
                if let [status, pitch, velocity] = *event.body
                    && let Some(note) = MidiEvent::from_bytes([status, pitch, velocity])
                    && self.input.len() < MOST_INPUT
                {
                    self.input
                        .push((event.frame.clamp(0, i64::from(frames - 1)) as u32, note));
                }
            } else if let Some(new) =
                atoms::position(&plugin.urids, event, self.transport, 1. / (60. * self.rate))
            {
                self.transport = Some(new);
            }
        }
        let Some(processor) = &mut self.processor else {
            return;
        };
        processor.process(self.transport, frames, self.input.iter().copied());
        // The host tells only changes.
        if let Some(transport) = &mut self.transport
            && transport.is_playing
        {
            transport.position += transport.tempo_qpm / 60. / self.rate * f64::from(frames);
        }
        let shared = &plugin.instance.shared;
        let passes = shared.is_on(ParameterId::Thru) || shared.is_on(ParameterId::Bypass);
        let output = unsafe { writable_sequence(self.ports[NOTES_OUT]) };
        if let Some(writer) = SequenceWriter::new(output) {
            write(
                writer,
                &plugin.urids,
                processor.output(),
                if passes { input } else { &[] },
            );
        }
        if self.kind.has_audio()
            && let (Some(left), Some(right)) = unsafe {
                (
                    samples(self.ports[LEFT], frames),
                    samples(self.ports[RIGHT], frames),
                )
            }
        {
            processor.tone(left, right);
        }
    }

    unsafe fn take_controls(&mut self, plugin: &Plugin) {
        let first = self.kind.first_control();
        for (index, parameter) in PARAMETERS.iter().enumerate() {
            // SAFETY: a connected control is one float.
            let Some(value) = (unsafe { self.ports[first + index].cast::<f32>().as_ref() }) else {
                continue;
            };
            if *value != self.controls[index] {
                self.controls[index] = *value;
                plugin
                    .instance
                    .shared
                    .set_value(parameter.id, f64::from(*value));
            }
        }
        // SAFETY: as above.
        let free_wheeling = unsafe {
            self.ports[self.kind.free_wheeling_port()]
                .cast::<f32>()
                .as_ref()
        };
        if let Some(free_wheeling) = free_wheeling {
            plugin
                .instance
                .shared
                .is_offline
                .store(*free_wheeling > 0., Relaxed);
        }
    }

    /// # Safety
    /// As `run`.
    unsafe fn silence(&mut self, plugin: &Plugin, frames: u32) {
        // SAFETY: by this function's contract.
        unsafe {
            if let Some(writer) = SequenceWriter::new(writable_sequence(self.ports[NOTES_OUT])) {
                writer.finish(&plugin.urids);
            }
            if self.kind.has_audio() {
                for port in [LEFT, RIGHT] {
                    if let Some(samples) = samples(self.ports[port], frames) {
                        samples.fill(0.);
                    }
                }
            }
        }
    }
}

/// Our notes, and of `input` what is not a note, in order of time. Where the host's buffer is small, note-ons are
/// left out first: the room that is left goes to note-offs.
fn write(mut writer: SequenceWriter, urids: &Urids, notes: &[(u32, MidiEvent)], input: &[u8]) {
    let mut offs = notes
        .iter()
        .filter(|(_, event)| matches!(event, MidiEvent::Off { .. }))
        .count();
    let mut put = |writer: &mut SequenceWriter, (at, event): (u32, MidiEvent)| {
        if matches!(event, MidiEvent::Off { .. }) {
            offs -= 1;
        } else if writer.room() <= offs {
            return;
        }
        writer.push(i64::from(at), urids.midi_event, &event.to_bytes());
    };
    let mut notes = notes.iter().copied().peekable();
    let others = atoms::events(input).filter(|event| {
        let is_note = matches!(event.body, [status, ..] if matches!(status & 0xf0, 0x80 | 0x90));
        event.kind == urids.midi_event && !is_note
    });
    for event in others {
        while let Some(note) = notes.next_if(|(at, _)| i64::from(*at) <= event.frame) {
            put(&mut writer, note);
        }
        if writer.room() > notes.len() {
            writer.push(event.frame, event.kind, event.body);
        }
    }
    for note in notes {
        put(&mut writer, note);
    }
    writer.finish(urids);
}

/// # Safety
/// `port` is null or a sequence of the length that its header says.
unsafe fn sequence<'a>(port: *mut c_void) -> &'a [u8] {
    // SAFETY: by this function's contract.
    let Some(header) = (unsafe { port.cast::<Atom>().as_ref() }) else {
        return &[];
    };
    // SAFETY: as above; the size counts from behind the atom's own header.
    unsafe {
        std::slice::from_raw_parts(port.cast::<u8>(), size_of::<Atom>() + header.size as usize)
    }
}

/// # Safety
/// `port` is null or a buffer whose header says how many bytes it holds.
unsafe fn writable_sequence<'a>(port: *mut c_void) -> &'a mut [u8] {
    // SAFETY: by this function's contract.
    let Some(header) = (unsafe { port.cast::<Atom>().as_ref() }) else {
        return &mut [];
    };
    let length = size_of::<Atom>() + header.size as usize;
    // SAFETY: as above, and the host gives output buffers to nobody else while this runs.
    unsafe { std::slice::from_raw_parts_mut(port.cast::<u8>(), length) }
}

/// # Safety
/// `port` is null or so many samples.
unsafe fn samples<'a>(port: *mut c_void, frames: u32) -> Option<&'a mut [f32]> {
    // SAFETY: by this function's contract.
    (!port.is_null())
        .then(|| unsafe { std::slice::from_raw_parts_mut(port.cast::<f32>(), frames as usize) })
}
