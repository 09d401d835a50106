//! The host's main thread: state and rendering.

use super::Shared;
use super::gui::Gui;
use clack_extensions::params::{HostParams, ParamRescanFlags};
use clack_extensions::render::{PluginRenderImpl, RenderMode};
use clack_extensions::state::PluginStateImpl;
use clack_plugin::prelude::*;
use clack_plugin::stream::{InputStream, OutputStream};
use std::io::{Read, Write};
use std::sync::atomic::Ordering::Relaxed;

/// More than any state that is written; the length comes from the host's project file.
const MOST_STATE_BYTES: u64 = 64 << 20;

pub(crate) struct MainThread<'a> {
    pub shared: &'a Shared,
    host: HostMainThreadHandle<'a>,
    pub(super) gui: Gui,
}

impl<'a> MainThread<'a> {
    pub fn new(host: HostMainThreadHandle<'a>, shared: &'a Shared) -> Result<Self, PluginError> {
        Ok(Self {
            shared,
            host,
            gui: Gui::default(),
        })
    }
}

impl<'a> PluginMainThread<'a, Shared> for MainThread<'a> {}

impl PluginStateImpl for MainThread<'_> {
    fn save(&self, output: &mut OutputStream) -> Result<(), PluginError> {
        Ok(output.write_all(&self.shared.instance.save())?)
    }

    fn load(&self, input: &mut InputStream) -> Result<(), PluginError> {
        let mut bytes = vec![];
        input.take(MOST_STATE_BYTES).read_to_end(&mut bytes)?;
        self.shared
            .instance
            .load(&bytes)
            .map_err(|error| PluginError::Error(error.into()))?;
        // Else hosts show, and save, the values from before.
        if let Some(params) = self.host.get_extension::<HostParams>() {
            params.rescan(&self.host, ParamRescanFlags::VALUES);
        }
        Ok(())
    }
}

impl PluginRenderImpl for MainThread<'_> {
    fn has_hard_realtime_requirement(&self) -> bool {
        false
    }

    fn set(&self, mode: RenderMode) -> Result<(), PluginError> {
        self.shared
            .instance
            .shared
            .is_offline
            .store(mode == RenderMode::Offline, Relaxed);
        Ok(())
    }
}
