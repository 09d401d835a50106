//! The editor in the host's window. Where it cannot be opened the host shows its own sliders.

use super::MainThread;
use clack_extensions::gui::*;
use clack_plugin::prelude::*;
use continuo_plugin_editor::{Editor, MINIMUM_SIZE};
use std::cell::{Cell, RefCell};

/// What the main thread keeps of the window.
pub(super) struct Gui {
    editor: RefCell<Option<Editor>>,
    scale: Cell<f64>,
    size: Cell<(u32, u32)>,
}

impl Default for Gui {
    fn default() -> Self {
        Self {
            editor: RefCell::new(None),
            scale: Cell::new(1.),
            size: Cell::new(Editor::default_size(1.)),
        }
    }
}

fn is_ours(configuration: &GuiConfiguration) -> bool {
    !configuration.is_floating
        && Some(configuration.api_type) == GuiApiType::default_for_current_platform()
}

fn failed(why: String) -> PluginError {
    PluginError::Error(why.into())
}

impl PluginGuiImpl for MainThread<'_> {
    fn is_api_supported(&self, configuration: GuiConfiguration) -> bool {
        is_ours(&configuration)
    }

    fn get_preferred_api(&self) -> Option<GuiConfiguration<'_>> {
        Some(GuiConfiguration {
            api_type: GuiApiType::default_for_current_platform()?,
            is_floating: false,
        })
    }

    fn create(&self, configuration: GuiConfiguration) -> Result<(), PluginError> {
        if is_ours(&configuration) {
            Ok(())
        } else {
            Err(PluginError::Message("this kind of window is not supported"))
        }
    }

    fn destroy(&self) {
        self.gui.editor.replace(None);
    }

    fn set_scale(&self, scale: f64) -> Result<(), PluginError> {
        if scale.is_finite() && (0.25..=8.).contains(&scale) {
            self.gui.scale.set(scale);
            self.gui.size.set(Editor::default_size(scale));
        }
        Ok(())
    }

    fn get_size(&self) -> Option<GuiSize> {
        let (width, height) = self.gui.size.get();
        Some(GuiSize { width, height })
    }

    fn can_resize(&self) -> bool {
        true
    }

    fn adjust_size(&self, size: GuiSize) -> Option<GuiSize> {
        let scale = self.gui.scale.get();
        let least = |length: u32| (f64::from(length) * scale) as u32;
        Some(GuiSize {
            width: size.width.max(least(MINIMUM_SIZE.0)),
            height: size.height.max(least(MINIMUM_SIZE.1)),
        })
    }

    fn set_size(&self, size: GuiSize) -> Result<(), PluginError> {
        let size = (size.width, size.height);
        self.gui.size.set(size);
        match &*self.gui.editor.borrow() {
            Some(editor) => editor.resize(size).map_err(failed),
            None => Ok(()),
        }
    }

    fn set_parent(&self, window: Window) -> Result<(), PluginError> {
        let edited = self.shared.edited.clone();
        let editor = Editor::open(
            (&window).into(),
            Some(self.gui.scale.get()),
            self.gui.size.get(),
            self.shared.instance.clone(),
            Box::new(move |id| edited.mark(id)),
        );
        self.gui.editor.replace(Some(editor.map_err(failed)?));
        Ok(())
    }

    fn set_transient(&self, _: Window) -> Result<(), PluginError> {
        Err(PluginError::Message("the editor does not float"))
    }

    fn show(&self) -> Result<(), PluginError> {
        self.gui
            .editor
            .borrow()
            .as_ref()
            .map_or(Ok(()), Editor::show)
            .map_err(failed)
    }

    fn hide(&self) -> Result<(), PluginError> {
        self.gui
            .editor
            .borrow()
            .as_ref()
            .map_or(Ok(()), Editor::hide)
            .map_err(failed)
    }
}
