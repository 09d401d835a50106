//! The editor for LV2 hosts (lv2/ui/ui.h of LV2 1.18). It shares the instance's memory, so hosts that run it in
//! another process show their own sliders.

use super::abi::*;
use super::plugin::{Plugin, find_feature, first_control_of, guard};
use crate::edited::Edited;
use crate::kind::Kind;
use continuo_plugin_editor::{Editor, NativeWindow};
use continuo_plugin_engine::{Instance, ParameterId};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::Arc;

pub(super) const URI: &CStr = c"urn:continuo:ui";
const INSTANCE_ACCESS: &CStr = c"http://lv2plug.in/ns/ext/instance-access";
const PARENT: &CStr = c"http://lv2plug.in/ns/extensions/ui#parent";
const RESIZE: &CStr = c"http://lv2plug.in/ns/extensions/ui#resize";
const IDLE: &CStr = c"http://lv2plug.in/ns/extensions/ui#idleInterface";
/// The protocol of a control's value.
const FLOAT: u32 = 0;

pub(super) static UI: UiDescriptor = UiDescriptor {
    uri: URI.as_ptr(),
    instantiate,
    cleanup,
    port_event: None,
    extension_data,
};

static IDLE_INTERFACE: IdleInterface = IdleInterface { idle };
static RESIZE_INTERFACE: Resize = Resize {
    handle: null_mut(),
    resize,
};

/// Of the host's UI thread.
struct Ui {
    editor: Editor,
    edited: Edited,
    instance: Arc<Instance>,
    first_control: usize,
    write: UiWrite,
    controller: *mut c_void,
}

/// # Safety
/// As LV2 has it: `features` ends by null, and the instance that it gives access to is the plugin named.
unsafe extern "C" fn instantiate(
    _: *const UiDescriptor,
    plugin_uri: *const c_char,
    _: *const c_char,
    write: UiWrite,
    controller: *mut c_void,
    widget: *mut *mut c_void,
    features: *const *const Feature,
) -> *mut c_void {
    guard(null_mut(), || {
        if plugin_uri.is_null() || widget.is_null() {
            return null_mut();
        }
        // SAFETY: the host gives a string that ends by zero.
        let uri = unsafe { CStr::from_ptr(plugin_uri) };
        let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.uri() == uri) else {
            return null_mut();
        };
        // SAFETY: by this function's contract.
        let (plugin, parent, host_resize) = unsafe {
            (
                find_feature(features, INSTANCE_ACCESS),
                find_feature(features, PARENT),
                find_feature(features, RESIZE),
            )
        };
        // SAFETY: what gives access to an instance of ours is what `instantiate` returned; only its shared half is used.
        let plugin = plugin.and_then(|plugin| unsafe { plugin.cast::<Plugin>().as_ref() });
        // SAFETY: the host's window lives longer than the UI in it.
        let parent = parent.and_then(|parent| unsafe { NativeWindow::new(parent) });
        let (Some(plugin), Some(parent)) = (plugin, parent) else {
            return null_mut();
        };
        let (instance, edited) = (plugin.instance.clone(), Edited::default());
        let marks = edited.clone();
        let size = Editor::default_size(1.);
        let on_change = Box::new(move |id| marks.mark(id));
        let Ok(editor) = Editor::open((&parent).into(), None, size, instance.clone(), on_change)
        else {
            return null_mut();
        };
        // SAFETY: the host's place for the window, and its own function.
        unsafe {
            *widget = editor.window();
            if let Some(host) = host_resize.and_then(|data| data.cast::<Resize>().as_ref()) {
                (host.resize)(host.handle, size.0 as c_int, size.1 as c_int);
            }
        }
        let ui = Ui {
            editor,
            edited,
            instance,
            first_control: first_control_of(kind),
            write,
            controller,
        };
        Box::into_raw(Box::new(ui)).cast()
    })
}

unsafe extern "C" fn cleanup(ui: *mut c_void) {
    if !ui.is_null() {
        // SAFETY: it came from `Box::into_raw` in `instantiate`, and the host gives it back once.
        guard((), || drop(unsafe { Box::from_raw(ui.cast::<Ui>()) }));
    }
}

/// Tells the host what was changed here.
unsafe extern "C" fn idle(ui: *mut c_void) -> c_int {
    guard(1, || {
        // SAFETY: one of ours, of this thread.
        let Some(ui) = (unsafe { ui.cast::<Ui>().as_ref() }) else {
            return 1;
        };
        ui.edited.take(|id: ParameterId| {
            let value = ui.instance.shared.value(id) as f32;
            let port = (ui.first_control + id as usize) as u32;
            let size = size_of::<f32>() as u32;
            // SAFETY: the host's own function, with its own controller; it copies the value.
            unsafe { (ui.write)(ui.controller, port, size, FLOAT, (&raw const value).cast()) };
            true
        });
        0
    })
}

unsafe extern "C" fn resize(ui: *mut c_void, width: c_int, height: c_int) -> c_int {
    guard(1, || {
        // SAFETY: as in `idle`.
        let Some(ui) = (unsafe { ui.cast::<Ui>().as_ref() }) else {
            return 1;
        };
        match (u32::try_from(width), u32::try_from(height)) {
            (Ok(width @ 1..), Ok(height @ 1..)) => {
                c_int::from(ui.editor.resize((width, height)).is_err())
            }
            _ => 1,
        }
    })
}

unsafe extern "C" fn extension_data(uri: *const c_char) -> *const c_void {
    if uri.is_null() {
        return std::ptr::null();
    }
    // SAFETY: the host gives a string that ends by zero.
    let uri = unsafe { CStr::from_ptr(uri) };
    if uri == IDLE {
        (&raw const IDLE_INTERFACE).cast()
    } else if uri == RESIZE {
        (&raw const RESIZE_INTERFACE).cast()
    } else {
        std::ptr::null()
    }
}

/// The entry that LV2 hosts look for.
// SAFETY: the name belongs to LV2's UI entry alone; no other function of the library has it.
#[unsafe(no_mangle)]
pub extern "C" fn lv2ui_descriptor(index: u32) -> *const UiDescriptor {
    if index == 0 { &UI } else { std::ptr::null() }
}
