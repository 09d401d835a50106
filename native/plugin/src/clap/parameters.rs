//! The engine's table of parameters, as CLAP's.

use super::{MainThread, Shared};
use clack_extensions::params::*;
use clack_plugin::events::spaces::CoreEventSpace;
use clack_plugin::prelude::*;
use clack_plugin::utils::Cookie;
use continuo_plugin_engine::{Kind, PARAMETERS, Parameter, ParameterId};
use std::ffi::CStr;
use std::fmt::Write as _;

impl PluginMainThreadParams for MainThread<'_> {
    fn count(&self) -> u32 {
        PARAMETERS.len() as u32
    }

    fn get_info(&self, index: u32, writer: &mut ParamInfoWriter) {
        let Some(parameter) = PARAMETERS.get(index as usize) else {
            return;
        };
        writer.set(&ParamInfo {
            id: ClapId::new(parameter.id as u32),
            flags: flags(parameter),
            cookie: Cookie::empty(),
            name: parameter.name.as_bytes(),
            module: b"",
            min_value: parameter.minimum,
            max_value: parameter.maximum,
            default_value: parameter.default,
        });
    }

    fn get_value(&self, id: ClapId) -> Option<f64> {
        ParameterId::from_index(id.get()).map(|id| self.shared.instance.shared.value(id))
    }

    fn value_to_text(
        &self,
        id: ClapId,
        value: f64,
        writer: &mut ParamDisplayWriter,
    ) -> std::fmt::Result {
        let id = ParameterId::from_index(id.get()).ok_or(std::fmt::Error)?;
        writer.write_str(&id.parameter().text(value))
    }

    fn text_to_value(&self, id: ClapId, text: &CStr) -> Option<f64> {
        ParameterId::from_index(id.get())?
            .parameter()
            .value(text.to_str().ok()?)
    }

    fn flush(&self, input: &InputEvents, output: &mut OutputEvents) {
        take(self.shared, input);
        super::events::tell_edited(self.shared, output);
    }
}

fn flags(parameter: &Parameter) -> ParamInfoFlags {
    let mut flags = ParamInfoFlags::IS_AUTOMATABLE;
    if parameter.is_stepped() {
        flags |= ParamInfoFlags::IS_STEPPED;
    }
    if matches!(parameter.kind, Kind::Choice(_)) {
        flags |= ParamInfoFlags::IS_ENUM;
    }
    if parameter.id == ParameterId::Bypass {
        flags |= ParamInfoFlags::IS_BYPASS;
    }
    flags
}

pub(super) fn take(shared: &Shared, input: &InputEvents) {
    for event in input {
        if let Some(CoreEventSpace::ParamValue(event)) = event.as_core_event() {
            set(shared, event.param_id(), event.value());
        }
    }
}

pub(super) fn set(shared: &Shared, id: Option<ClapId>, value: f64) {
    if let Some(id) = id.and_then(|id| ParameterId::from_index(id.get())) {
        shared.instance.shared.set_value(id, value);
    }
}
