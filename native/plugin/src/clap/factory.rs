//! The library's entry: both plugins, and how one is made.

use super::{Continuo, MainThread, Shared};
use crate::edited::Edited;
use crate::kind::Kind;
use clack_plugin::entry::prelude::*;
use clack_plugin::plugin::features;
use continuo_plugin_engine::Instance;
use std::ffi::CStr;
use std::sync::Arc;

pub struct ContinuoEntry {
    factory: PluginFactoryWrapper<Factory>,
}

impl Entry for ContinuoEntry {
    fn new(_: Option<&CStr>) -> Result<Self, EntryLoadError> {
        let plugins = Kind::ALL.map(|kind| (kind, descriptor(kind)));
        Ok(Self {
            factory: PluginFactoryWrapper::new(Factory { plugins }),
        })
    }

    fn declare_factories<'a>(&'a self, builder: &mut EntryFactories<'a>) {
        builder.register_factory(&self.factory);
    }
}

struct Factory {
    plugins: [(Kind, PluginDescriptor); Kind::ALL.len()],
}

impl PluginFactoryImpl for Factory {
    fn plugin_count(&self) -> u32 {
        self.plugins.len() as u32
    }

    fn plugin_descriptor(&self, index: u32) -> Option<&PluginDescriptor> {
        self.plugins
            .get(index as usize)
            .map(|(_, descriptor)| descriptor)
    }

    fn create_plugin<'a>(&'a self, host: HostInfo<'a>, id: &CStr) -> Option<PluginInstance<'a>> {
        let (kind, descriptor) = self
            .plugins
            .iter()
            .find(|(_, descriptor)| descriptor.id() == Some(id))?;
        let is_wrapped = host.name().is_some_and(|name| {
            let name = name.to_string_lossy().to_ascii_lowercase();
            name.contains("clap-as-")
        });
        Some(PluginInstance::new::<Continuo>(
            host,
            descriptor,
            move |_| {
                Ok(Shared {
                    kind: *kind,
                    is_wrapped,
                    instance: Arc::new(Instance::new()),
                    edited: Edited::default(),
                })
            },
            MainThread::new,
        ))
    }
}

/// Features decide where hosts list a plugin, and Logic's slot for note effects wants that feature alone.
fn descriptor(kind: Kind) -> PluginDescriptor {
    let features: &[&CStr] = match kind {
        Kind::Instrument => &[features::INSTRUMENT, features::NOTE_EFFECT],
        Kind::MidiFx => &[features::NOTE_EFFECT],
    };
    PluginDescriptor::new(kind.id(), kind.name())
        .with_vendor("Continuo")
        .with_version(env!("CARGO_PKG_VERSION"))
        .with_description("Fills, answers and accompanies what you play, on your own machine")
        .with_features(features.iter().copied())
}
