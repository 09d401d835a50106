//! The library in a VST3 host, by the wrapper.
#![cfg(feature = "vst3")]

mod support;

use support::*;
use vst3_host::Vst3Host;
use vst3_host::audio::AudioBuffers;
use vst3_host::midi::{MidiChannel, MidiEvent, PluginEventData};
use vst3_host::plugin::{Plugin, ProcessMode, TransportPosition};

const FRAMES: usize = 256;

/// A bundle around the library, as hosts want it.
fn bundle() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("Continuo.vst3");
    let inside = bundle
        .join("Contents")
        .join(format!("{}-linux", std::env::consts::ARCH));
    std::fs::create_dir_all(&inside).unwrap();
    std::fs::copy(library(), inside.join("Continuo.so")).unwrap();
    (folder, bundle)
}

fn plugin(bundle: &std::path::Path) -> Plugin {
    let mut host = Vst3Host::builder()
        .sample_rate(RATE)
        .block_size(FRAMES)
        .tempo(TEMPO)
        .time_signature(4, 4)
        .build()
        .unwrap();
    let mut plugin = host.load_plugin(bundle).unwrap();
    plugin.set_process_mode(ProcessMode::Offline).unwrap();
    plugin.start_processing().unwrap();
    plugin.set_playing(true).unwrap();
    plugin
}

fn run(plugin: &mut Plugin, blocks: i64, input: Option<(u8, i32)>) -> Vec<(u64, u8)> {
    let mut buffers = AudioBuffers::new(0, 2, FRAMES, RATE);
    let mut starts = vec![];
    for block in 0..blocks {
        let samples = block * FRAMES as i64;
        let quarter_notes = samples as f64 / RATE * TEMPO / 60.;
        plugin
            .set_transport_position(TransportPosition {
                samples,
                quarter_notes,
            })
            .unwrap();
        if let (0, Some((note, at))) = (block, input) {
            let event = MidiEvent::NoteOn {
                channel: MidiChannel::Ch1,
                note,
                velocity: 100,
            };
            plugin.send_midi_event_at(event, at).unwrap();
        }
        plugin.process_audio(&mut buffers).unwrap();
        for event in plugin.take_output_events() {
            if let PluginEventData::NoteOn { pitch, .. } = event.data {
                starts.push((samples as u64 + event.sample_offset as u64, pitch as u8));
            }
        }
    }
    starts
}

#[test]
fn a_state_is_played_to_the_sample_and_input_passes() {
    let (_folder, bundle) = bundle();
    let mut first = plugin(&bundle);
    assert_eq!(
        run(&mut first, 2, Some((61, 9))),
        [(9, 61)],
        "the input passes"
    );
    let names: Vec<String> = first
        .get_parameters()
        .unwrap()
        .iter()
        .map(|parameter| parameter.name.clone())
        .collect();
    assert!(
        names.len() < 40 && names.contains(&"Novelty".into()),
        "{names:?}"
    );
    // Its state around ours.
    let saved = first.save_state().unwrap();
    first.load_state(&saved).unwrap();
    let own = br#"{"answers":"#;
    assert!(
        saved.windows(own.len()).any(|window| window == own),
        "the engine's own bytes"
    );
}
