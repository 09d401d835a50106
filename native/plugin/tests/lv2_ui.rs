//! The window of the LV2 plugin, in a host's on a screen of its own.
#![cfg(target_os = "linux")]

#[path = "../../plugin-editor/tests/support/mod.rs"]
mod screen;
mod support;

use screen::{Screen, count, open_files, parent, wait};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::{null, null_mut};
use support::lv2::*;
use support::*;
use x11rb::protocol::xproto::ConnectionExt;
use x11rb::rust_connection::RustConnection;

type Write = unsafe extern "C" fn(*mut c_void, u32, u32, u32, *const c_void);

#[repr(C)]
struct UiDescriptor {
    uri: *const c_char,
    instantiate: unsafe extern "C" fn(
        *const UiDescriptor,
        *const c_char,
        *const c_char,
        Write,
        *mut c_void,
        *mut *mut c_void,
        *const *const Feature,
    ) -> *mut c_void,
    cleanup: unsafe extern "C" fn(*mut c_void),
    port_event: Option<unsafe extern "C" fn(*mut c_void, u32, u32, u32, *const c_void)>,
    extension_data: unsafe extern "C" fn(*const c_char) -> *const c_void,
}

#[repr(C)]
struct Resize {
    handle: *mut c_void,
    resize: unsafe extern "C" fn(*mut c_void, c_int, c_int) -> c_int,
}

/// Port and value of each write, as the host gets them.
unsafe extern "C" fn write(
    told: *mut c_void,
    port: u32,
    size: u32,
    protocol: u32,
    value: *const c_void,
) {
    assert_eq!((size, protocol), (4, 0));
    // SAFETY: the test's own vector, and one float.
    unsafe { (*told.cast::<Vec<(u32, f32)>>()).push((port, *value.cast::<f32>())) };
}

/// What the plugin wants its window to be.
unsafe extern "C" fn wanted(size: *mut c_void, width: c_int, height: c_int) -> c_int {
    // SAFETY: the test's own place.
    unsafe { *size.cast::<(c_int, c_int)>() = (width, height) };
    0
}

#[test]
fn a_click_reaches_the_host_as_a_control() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (connection, number) = RustConnection::connect(Some(&screen.display)).unwrap();
    let window = parent(&connection, number, 0);
    let plugin = Lv2::new(0);
    assert_eq!(plugin.load(&state()), 0);
    // SAFETY: it is ours, and stays loaded to the end.
    let library = unsafe { libloading::Library::new(library()) }.unwrap();
    // SAFETY: LV2's entry for UIs has this type.
    let entry: libloading::Symbol<unsafe extern "C" fn(u32) -> *const UiDescriptor> =
        unsafe { library.get(b"lv2ui_descriptor\0") }.unwrap();
    // SAFETY: as LV2 has it.
    let (ui, none) = unsafe { (&*entry(0), entry(1)) };
    assert!(none.is_null());
    // SAFETY: a string that ends by zero.
    assert_eq!(unsafe { CStr::from_ptr(ui.uri) }, c"urn:continuo:ui");
    let (mut told, mut size): (Vec<(u32, f32)>, (c_int, c_int)) = (vec![], (0, 0));
    let mut widget = null_mut();
    let resize = Resize {
        handle: (&raw mut size).cast(),
        resize: wanted,
    };
    let feature = |uri: &'static CStr, data: *mut c_void| Feature {
        uri: uri.as_ptr(),
        data,
    };
    let features = [
        feature(c"http://lv2plug.in/ns/ext/instance-access", plugin.handle),
        feature(
            c"http://lv2plug.in/ns/extensions/ui#parent",
            window as usize as *mut c_void,
        ),
        feature(
            c"http://lv2plug.in/ns/extensions/ui#resize",
            (&raw const resize).cast_mut().cast(),
        ),
    ];
    let closed = open_files();
    let mut open = |uri: &CStr, features: &[&Feature]| {
        let mut list: Vec<*const Feature> = features
            .iter()
            .map(|feature| &raw const **feature)
            .collect();
        list.push(null());
        let (controller, place) = ((&raw mut told).cast(), &raw mut widget);
        // SAFETY: features and places live through the test.
        unsafe {
            (ui.instantiate)(
                ui,
                uri.as_ptr(),
                c"/".as_ptr(),
                write,
                controller,
                place,
                list.as_ptr(),
            )
        }
    };
    // Without access, without a window, or for another plugin there is none.
    assert!(open(c"urn:continuo:instrument", &[&features[1]]).is_null());
    assert!(open(c"urn:continuo:instrument", &[&features[0]]).is_null());
    assert!(open(c"urn:other", &[&features[0], &features[1]]).is_null());
    let all = [&features[0], &features[1], &features[2]];
    let handle = open(c"urn:continuo:instrument", &all);
    assert!(!handle.is_null());
    assert!(!widget.is_null());
    assert_eq!(size, (760, 460));
    wait("the picture", || {
        count(&connection, window, [0x4c, 0xc3, 0x8a]) > 100
    });
    // SAFETY: both interfaces are constants of the library.
    let (idle, resize) = unsafe {
        let idle =
            (ui.extension_data)(c"http://lv2plug.in/ns/extensions/ui#idleInterface".as_ptr());
        let resize = (ui.extension_data)(c"http://lv2plug.in/ns/extensions/ui#resize".as_ptr());
        assert!((ui.extension_data)(c"urn:other".as_ptr()).is_null());
        (
            &*idle.cast::<unsafe extern "C" fn(*mut c_void) -> c_int>(),
            &*resize.cast::<Resize>(),
        )
    };
    // SAFETY: the UI's own handle, in one thread.
    assert_eq!(unsafe { idle(handle) }, 0);
    assert_eq!(told, []);
    let fill = format!("{}", 10 + (740. * (0.36 + 0.64 * 0.3)) as u32);
    screen.pointer(&["mousemove", &fill, "25", "click", "1"]);
    wait("Fill", || {
        // SAFETY: as above.
        unsafe { idle(handle) };
        !told.is_empty()
    });
    // The first control comes after notes, sound and free wheeling.
    assert_eq!(told, [(5, 1.)]);
    // SAFETY: as above.
    assert_eq!(unsafe { (resize.resize)(handle, 900, 500) }, 0);
    // SAFETY: as above.
    assert_ne!(unsafe { (resize.resize)(handle, -1, 500) }, 0);
    wait("the size", || {
        let geometry = connection
            .get_geometry(widget as usize as u32)
            .unwrap()
            .reply()
            .unwrap();
        (geometry.width, geometry.height) == (900, 500)
    });
    // The plugin may go before its window.
    drop(plugin);
    // SAFETY: given back once.
    unsafe { (ui.cleanup)(handle) };
    wait("the connections' ends", || open_files() <= closed);
}
