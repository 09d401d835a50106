//! The library in a CLAP host.

mod support;

use clack_extensions::audio_ports::PluginAudioPorts;
use clack_extensions::gui::{GuiApiType, GuiConfiguration, GuiSize, PluginGui, Window};
use clack_extensions::note_ports::PluginNotePorts;
use clack_extensions::params::{ParamInfoBuffer, PluginParams};
use clack_extensions::state::PluginState;
use clack_host::events::event_types::*;
use clack_host::events::spaces::CoreEventSpace;
use clack_host::events::{EventFlags, EventHeader, Match, Pckn};
use clack_host::prelude::*;
use clack_host::utils::{BeatTime, SecondsTime};
use std::io::Cursor;
use support::*;

const FRAMES: usize = 256;

struct Shared;

impl SharedHandler<'_> for Shared {
    fn request_restart(&self) {}
    fn request_process(&self) {}
    fn request_callback(&self) {}
}

struct Host;

impl HostHandlers for Host {
    type Shared<'a> = Shared;
    type MainThread<'a> = ();
    type AudioProcessor<'a> = ();
}

fn entry() -> PluginEntry {
    // SAFETY: it is ours, and keeps CLAP's promises.
    unsafe { PluginEntry::load(library()) }.unwrap()
}

fn make(entry: &PluginEntry, id: &str) -> PluginInstance<Host> {
    let id = std::ffi::CString::new(id).unwrap();
    let info = HostInfo::new("tests", "Continuo", "", "1").unwrap();
    PluginInstance::<Host>::new(|_| Shared, |_| (), entry, &id, &info).unwrap()
}

fn load(plugin: &mut PluginInstance<Host>, bytes: &[u8]) -> bool {
    let state: PluginState = plugin.plugin_handle().get_extension().unwrap();
    state
        .load(&plugin.plugin_handle(), &mut Cursor::new(bytes))
        .is_ok()
}

fn save(plugin: &mut PluginInstance<Host>) -> Vec<u8> {
    let state: PluginState = plugin.plugin_handle().get_extension().unwrap();
    let mut bytes = vec![];
    state.save(&plugin.plugin_handle(), &mut bytes).unwrap();
    bytes
}

/// Runs from the song's beginning; `input` in the first block. Returns samples, pitches and what is loudest.
fn run(
    plugin: &mut PluginInstance<Host>,
    blocks: usize,
    input: &EventBuffer,
) -> (Vec<(u64, u8)>, f32) {
    let (starts, loudest) = run_blocks(plugin, blocks, input);
    (starts, loudest.into_iter().fold(0., f32::max))
}

/// As `run`, with what is loudest in each block.
fn run_blocks(
    plugin: &mut PluginInstance<Host>,
    blocks: usize,
    input: &EventBuffer,
) -> (Vec<(u64, u8)>, Vec<f32>) {
    let config = PluginAudioConfiguration {
        sample_rate: RATE,
        min_frames_count: 1,
        max_frames_count: FRAMES as u32,
    };
    let mut processor = plugin
        .activate(|_, _| (), config)
        .unwrap()
        .start_processing()
        .unwrap();
    let per_block = TEMPO / 60. * FRAMES as f64 / RATE;
    let (mut starts, mut loudest) = (vec![], vec![]);
    let silence = EventBuffer::new();
    for block in 0..blocks {
        let position = block as f64 * per_block;
        let flags = TransportFlags::HAS_TEMPO
            | TransportFlags::HAS_BEATS_TIMELINE
            | TransportFlags::HAS_TIME_SIGNATURE
            | TransportFlags::IS_PLAYING;
        let transport = TransportEvent {
            header: EventHeader::new_core(0, EventFlags::empty()),
            flags,
            song_pos_beats: BeatTime::from_float(position),
            song_pos_seconds: SecondsTime::from_float(position * 60. / TEMPO),
            tempo: TEMPO,
            tempo_inc: 0.,
            loop_start_beats: BeatTime::from_float(0.),
            loop_end_beats: BeatTime::from_float(0.),
            loop_start_seconds: SecondsTime::from_float(0.),
            loop_end_seconds: SecondsTime::from_float(0.),
            bar_start: BeatTime::from_float((position / 4.).floor() * 4.),
            bar_number: (position / 4.) as i32,
            time_signature_numerator: 4,
            time_signature_denominator: 4,
        };
        let mut output = EventBuffer::with_capacity(64);
        let mut buffers = [[0f32; FRAMES]; 2];
        let mut ports = AudioPorts::with_capacity(2, 1);
        let mut audio = ports.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(
                buffers.iter_mut().map(|channel| channel.as_mut_slice()),
            ),
        }]);
        let input = if block == 0 { input } else { &silence };
        processor
            .process(
                &InputAudioBuffers::empty(),
                &mut audio,
                &input.as_input(),
                &mut output.as_output(),
                Some((block * FRAMES) as u64),
                Some(&transport),
            )
            .unwrap();
        let peak = |loudest: f32, sample: &f32| loudest.max(sample.abs());
        loudest.push(buffers[0].iter().fold(0., peak));
        for event in output.iter() {
            if let Some(CoreEventSpace::NoteOn(on)) = event.as_core_event() {
                let at = (block * FRAMES) as u64 + u64::from(event.header().time());
                starts.push((at, on.key().into_specific().unwrap() as u8));
            }
        }
    }
    plugin.deactivate(processor.stop_processing());
    (starts, loudest)
}

#[test]
fn both_plugins_are_listed_and_have_their_ports() {
    let entry = entry();
    let factory = entry.get_plugin_factory().unwrap();
    let ids: Vec<String> = factory
        .plugin_descriptors()
        .map(|plugin| plugin.id().unwrap().to_string_lossy().into())
        .collect();
    assert_eq!(ids, ["org.continuo.instrument", "org.continuo.midi-fx"]);
    for (id, outputs) in ids.iter().zip([1, 0]) {
        let mut plugin = make(&entry, id);
        let handle = plugin.plugin_handle();
        let audio: PluginAudioPorts = handle.get_extension().unwrap();
        let notes: PluginNotePorts = handle.get_extension().unwrap();
        assert_eq!(audio.count(&plugin.plugin_handle(), false), outputs, "{id}");
        assert_eq!(notes.count(&plugin.plugin_handle(), true), 1);
        assert_eq!(notes.count(&plugin.plugin_handle(), false), 1);
    }
}

#[test]
fn notes_of_a_project_are_played_to_the_sample() {
    let entry = entry();
    for id in ["org.continuo.instrument", "org.continuo.midi-fx"] {
        let mut plugin = make(&entry, id);
        assert!(load(&mut plugin, &state()));
        assert_eq!(
            run(&mut plugin, 380, &EventBuffer::new()).0,
            expected(),
            "{id}"
        );
        // Deactivated and activated again, it plays again.
        assert_eq!(
            run(&mut plugin, 380, &EventBuffer::new()).0,
            expected(),
            "{id}"
        );
    }
}

#[test]
fn state_goes_there_and_back_and_damage_is_refused() {
    let entry = entry();
    let mut plugin = make(&entry, "org.continuo.instrument");
    assert!(load(&mut plugin, &state()));
    let saved = save(&mut plugin);
    for bad in [
        &b""[..],
        b"{}",
        b"not json",
        br#"{"version":99,"notes":[]}"#,
        &saved[..saved.len() / 2],
    ] {
        assert!(!load(&mut plugin, bad));
    }
    assert_eq!(
        save(&mut plugin),
        saved,
        "what cannot be read changes nothing"
    );
    let mut other = make(&entry, "org.continuo.midi-fx");
    assert!(load(&mut other, &saved));
    assert_eq!(save(&mut other), saved);
}

#[test]
fn parameters_have_ids_that_stay_and_texts_both_ways() {
    let entry = entry();
    let mut plugin = make(&entry, "org.continuo.instrument");
    let params: PluginParams = plugin.plugin_handle().get_extension().unwrap();
    let mut names = vec![];
    for index in 0..params.count(&plugin.plugin_handle()) {
        let mut buffer = ParamInfoBuffer::new();
        let info = params
            .get_info(&plugin.plugin_handle(), index, &mut buffer)
            .unwrap();
        assert_eq!(info.id.get(), index);
        assert_eq!(
            params.get_value(&plugin.plugin_handle(), info.id),
            Some(info.default_value)
        );
        let mut text = [0; 64];
        let text = params
            .value_to_text(&plugin.plugin_handle(), info.id, info.max_value, &mut text)
            .unwrap();
        let text = std::ffi::CString::new(text).unwrap();
        let back = params.text_to_value(&plugin.plugin_handle(), info.id, &text);
        assert_eq!(back, Some(info.max_value), "{text:?}");
        names.push(String::from_utf8_lossy(info.name).into_owned());
    }
    // Projects and automation hold these numbers: add at the end, change nothing.
    let kept = "Mode, Bars, Part, Candidate, New take, Keep, Clear, Density, Novelty, Temperature, Lowest note, \
                Highest note, Key, Scale, Play input, Tone, Lead, Hear other instances, Bypass";
    assert!(names.join(", ").starts_with(kept), "{names:?}");
}

#[test]
fn input_passes_and_sounds_unless_the_tone_is_off() {
    let entry = entry();
    let mut plugin = make(&entry, "org.continuo.instrument");
    let mut input = EventBuffer::new();
    let value =
        |id: u32, value: f64| ParamValueEvent::new(0, ClapId::new(id), Pckn::match_all(), value);
    input.push(&value(0, 0.));
    input.push(&NoteOnEvent::new(
        7,
        Pckn::new(0u16, 3u16, 61u16, Match::<u32>::All),
        0.8,
    ));
    let (starts, loudest) = run(&mut plugin, 4, &input);
    assert_eq!(starts, [(7, 61)]);
    assert!(loudest > 0.01, "{loudest}");
    let mut quiet = make(&entry, "org.continuo.instrument");
    let mut input = EventBuffer::new();
    input.push(&value(15, 0.));
    input.push(&NoteOnEvent::new(
        7,
        Pckn::new(0u16, 3u16, 61u16, Match::<u32>::All),
        0.8,
    ));
    assert_eq!(run(&mut quiet, 4, &input).1, 0.);
}

#[test]
fn one_event_may_end_the_notes_of_all_keys() {
    let entry = entry();
    let mut plugin = make(&entry, "org.continuo.instrument");
    let all = Pckn::new(0u16, Match::All, Match::All, Match::<u32>::All);
    for is_choke in [false, true] {
        let mut input = EventBuffer::new();
        for key in [60u16, 127] {
            let pckn = Pckn::new(0u16, 3u16, key, Match::<u32>::All);
            input.push(&NoteOnEvent::new(0, pckn, 0.8));
        }
        if is_choke {
            input.push(&NoteChokeEvent::new(100, all));
        } else {
            input.push(&NoteOffEvent::new(100, all, 0.));
        }
        let (starts, loudest) = run_blocks(&mut plugin, 4, &input);
        assert_eq!(starts, [(0, 60), (0, 127)]);
        assert!(loudest[0] > 0.001 && loudest[3] == 0., "{loudest:?}");
    }
}

#[test]
fn sixteen_instances_come_and_go() {
    let entry = entry();
    let mut plugins: Vec<_> = (0..16)
        .map(|_| make(&entry, "org.continuo.instrument"))
        .collect();
    for plugin in &mut plugins {
        assert!(load(plugin, &state()));
        assert_eq!(run(plugin, 380, &EventBuffer::new()).0, expected());
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_window_that_cannot_be_opened_is_an_error() {
    let entry = entry();
    let mut plugin = make(&entry, "org.continuo.instrument");
    let gui: PluginGui = plugin.plugin_handle().get_extension().unwrap();
    let embedded = |api_type| GuiConfiguration {
        api_type,
        is_floating: false,
    };
    let floating = GuiConfiguration {
        api_type: GuiApiType::X11,
        is_floating: true,
    };
    assert!(gui.is_api_supported(&plugin.plugin_handle(), embedded(GuiApiType::X11)));
    assert!(!gui.is_api_supported(&plugin.plugin_handle(), embedded(GuiApiType::WIN32)));
    assert!(!gui.is_api_supported(&plugin.plugin_handle(), floating));
    gui.create(&plugin.plugin_handle(), embedded(GuiApiType::X11))
        .unwrap();
    gui.set_scale(&plugin.plugin_handle(), 2.).unwrap();
    let size = gui.get_size(&plugin.plugin_handle()).unwrap();
    assert_eq!((size.width, size.height), (1520, 920));
    let small = GuiSize {
        width: 1,
        height: 1,
    };
    let least = gui.adjust_size(&plugin.plugin_handle(), small).unwrap();
    assert_eq!((least.width, least.height), (960, 600));
    // SAFETY: no other test of this program looks at the environment.
    unsafe { std::env::set_var("DISPLAY", ":4711") };
    // SAFETY: there is no such display, and so no such window.
    let opened = unsafe { gui.set_parent(&plugin.plugin_handle(), Window::from_x11_handle(1)) };
    assert!(opened.is_err());
    gui.destroy(&plugin.plugin_handle());
}
