//! CLAP, by clack; VST3 comes from the same entry.

mod events;
mod factory;
mod gui;
mod main_thread;
mod parameters;
mod ports;
mod processor;

use crate::edited::Edited;
use crate::kind::Kind;
use clack_extensions::{
    audio_ports::PluginAudioPorts, gui::PluginGui, note_ports::PluginNotePorts,
    params::PluginParams, render::PluginRender, state::PluginState,
};
use clack_plugin::prelude::*;
use continuo_plugin_engine::Instance;
use factory::ContinuoEntry;
use main_thread::MainThread;
use processor::AudioThread;
use std::sync::Arc;

clack_plugin::clack_export_entry!(ContinuoEntry);

pub(crate) struct Continuo;

/// What an instance's threads share.
pub(crate) struct Shared {
    pub kind: Kind,
    /// The host is the wrapper that makes a VST3 of this.
    pub is_wrapped: bool,
    pub instance: Arc<Instance>,
    pub edited: Edited,
}

impl PluginShared<'_> for Shared {}

impl Plugin for Continuo {
    type AudioProcessor<'a> = AudioThread<'a>;
    type Shared<'a> = Shared;
    type MainThread<'a> = MainThread<'a>;

    fn declare_extensions(builder: &mut PluginExtensions<Self>, _: Option<&Shared>) {
        builder
            .register::<PluginAudioPorts>()
            .register::<PluginGui>()
            .register::<PluginNotePorts>()
            .register::<PluginParams>()
            .register::<PluginRender>()
            .register::<PluginState>();
    }
}
