//! The host's audio thread: a block in, a block out.

use super::{MainThread, Shared, events, parameters};
use clack_extensions::params::PluginAudioProcessorParams;
use clack_plugin::events::event_types::{NoteOffEvent, NoteOnEvent};
use clack_plugin::events::spaces::CoreEventSpace;
use clack_plugin::events::{Match, Pckn};
use clack_plugin::prelude::*;
use continuo_plugin_engine::{MidiEvent, ParameterId, Processor};
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(crate) struct AudioThread<'a> {
    pub shared: &'a Shared,
    /// `None` if a second activation was asked for; then this is silent.
    processor: Option<Box<Processor>>,
    /// A block panicked.
    is_broken: bool,
}

impl<'a> PluginAudioProcessor<'a, Shared, MainThread<'a>> for AudioThread<'a> {
    fn activate(
        _: HostAudioProcessorHandle<'a>,
        _: &MainThread<'a>,
        shared: &'a Shared,
        config: PluginAudioConfiguration,
    ) -> Result<Self, PluginError> {
        Ok(Self {
            shared,
            processor: shared.instance.take_processor(config.sample_rate),
            is_broken: false,
        })
    }

    fn deactivate(self, _: &MainThread<'a>) {
        if let Some(processor) = self.processor {
            self.shared.instance.put_processor(processor);
        }
    }

    fn reset(&mut self) {
        if let Some(processor) = &mut self.processor {
            processor.reset();
        }
    }

    fn stop_processing(&mut self) {
        self.reset();
    }

    fn process(
        &mut self,
        process: Process,
        mut audio: Audio,
        events: Events,
    ) -> Result<ProcessStatus, PluginError> {
        if !self.is_broken {
            let done = catch_unwind(AssertUnwindSafe(|| self.block(process, &mut audio, events)));
            match done {
                Ok(status) => return status,
                // This instance is silent from now on; the host and the others go on.
                Err(_) => self.is_broken = true,
            }
        }
        if let Some(mut port) = audio.output_port(0)
            && let Some(channels) = port.channels()?.into_f32()
        {
            channels.into_iter().for_each(|channel| channel.fill(0.));
        }
        Ok(ProcessStatus::Sleep)
    }
}

impl AudioThread<'_> {
    fn block(
        &mut self,
        process: Process,
        audio: &mut Audio,
        events: Events,
    ) -> Result<ProcessStatus, PluginError> {
        let Some(processor) = &mut self.processor else {
            return Ok(ProcessStatus::Sleep);
        };
        let shared = self.shared;
        // From the block's beginning on: a bypass or a mode that came late would leave notes of the one before.
        parameters::take(shared, events.input);
        let input = events.input.iter().flat_map(|event| {
            let at = event.header().time();
            let notes = event.as_core_event().map(|event| events::notes(&event));
            notes.into_iter().flatten().map(move |note| (at, note))
        });
        events::tell_edited(shared, events.output);
        let transport = process.transport.and_then(events::transport);
        processor.process(transport, audio.frames_count(), input);
        if shared.instance.shared.is_on(ParameterId::Thru)
            || shared.instance.shared.is_on(ParameterId::Bypass)
        {
            pass(events.input, events.output, processor.output());
        } else {
            send(events.output, processor.output());
        }
        if let Some(mut port) = audio.output_port(0)
            && let Some(mut channels) = port.channels()?.into_f32()
        {
            let mut both = channels.iter_mut();
            if let (Some(left), Some(right)) = (both.next(), both.next()) {
                processor.tone(left, right);
            }
        }
        Ok(ProcessStatus::Continue)
    }
}

impl PluginAudioProcessorParams for AudioThread<'_> {
    fn flush(&mut self, input: &InputEvents, output: &mut OutputEvents) {
        parameters::take(self.shared, input);
        events::tell_edited(self.shared, output);
    }
}

fn send(output: &mut OutputEvents, notes: &[(u32, MidiEvent)]) {
    for (at, event) in notes {
        push(output, *at, *event);
    }
}

/// Our notes, and of the input what is not a note: pedals, bends, expressions; in order of time.
fn pass(input: &InputEvents, output: &mut OutputEvents, notes: &[(u32, MidiEvent)]) {
    let mut notes = notes.iter().peekable();
    for event in input.iter() {
        let passes = match event.as_core_event() {
            Some(CoreEventSpace::Midi(midi)) => MidiEvent::from_bytes(midi.data()).is_none(),
            Some(
                CoreEventSpace::NoteExpression(_)
                | CoreEventSpace::MidiSysEx(_)
                | CoreEventSpace::Midi2(_),
            ) => true,
            _ => false,
        };
        if passes {
            while let Some((at, note)) = notes.next_if(|(at, _)| *at <= event.header().time()) {
                push(output, *at, *note);
            }
            // A host whose buffer is full loses the rest: there is nobody to tell.
            let _ = output.try_push(event);
        }
    }
    for (at, note) in notes {
        push(output, *at, *note);
    }
}

fn push(output: &mut OutputEvents, at: u32, event: MidiEvent) {
    let pckn =
        |pitch: u8, channel: u8| Pckn::new(0u16, u16::from(channel), u16::from(pitch), Match::All);
    // As notes of CLAP: the wrapper turns no other event into VST3's.
    let _ = match event {
        MidiEvent::On {
            pitch,
            velocity,
            channel,
        } => output.try_push(NoteOnEvent::new(
            at,
            pckn(pitch, channel),
            f64::from(velocity) / 127.,
        )),
        MidiEvent::Off { pitch, channel } => {
            output.try_push(NoteOffEvent::new(at, pckn(pitch, channel), 0.))
        }
    };
}
