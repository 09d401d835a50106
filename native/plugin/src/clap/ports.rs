//! Ports, named as a musician sees them in the host's routing.

use super::MainThread;
use clack_extensions::audio_ports::*;
use clack_extensions::note_ports::*;
use clack_plugin::prelude::*;

impl PluginAudioPortsImpl for MainThread<'_> {
    fn count(&self, is_input: bool) -> u32 {
        u32::from(!is_input && self.shared.kind.has_audio())
    }

    fn get(&self, index: u32, is_input: bool, writer: &mut AudioPortInfoWriter) {
        if index >= PluginAudioPortsImpl::count(self, is_input) {
            return;
        }
        writer.set(&AudioPortInfo {
            id: ClapId::new(1),
            name: b"Tone",
            channel_count: 2,
            flags: AudioPortFlags::IS_MAIN,
            port_type: Some(AudioPortType::STEREO),
            in_place_pair: None,
        });
    }
}

impl PluginNotePortsImpl for MainThread<'_> {
    fn count(&self, _: bool) -> u32 {
        1
    }

    fn get(&self, index: u32, is_input: bool, writer: &mut NotePortInfoWriter) {
        if index > 0 {
            return;
        }
        // With MIDI, the wrapper gives a VST3 2,096 hidden controllers that hosts then list.
        let supported_dialects = if self.shared.is_wrapped {
            NoteDialects::CLAP
        } else {
            NoteDialects::CLAP | NoteDialects::MIDI
        };
        writer.set(&NotePortInfo {
            id: ClapId::new(if is_input { 2 } else { 1 }),
            name: if is_input { b"Notes in" } else { b"Notes out" },
            supported_dialects,
            preferred_dialect: Some(NoteDialect::Clap),
        });
    }
}
