//! The window in a foreign one, on a screen of its own: clicks and drags by a real pointer.
#![cfg(target_os = "linux")]

mod support;

use continuo_plugin_editor::{DEFAULT_SIZE, Editor};
use continuo_plugin_engine::{Instance, ParameterId as Id};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{Parent, Screen, count, open_files, parent, wait};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::ConnectionExt;
use x11rb::rust_connection::RustConnection;

#[test]
fn a_pointer_changes_parameters_and_the_host_is_told() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (connection, number) = RustConnection::connect(Some(&screen.display)).unwrap();
    let window = parent(&connection, number, 0);
    let state = br#"{"version":1,"parameters":{"mode":2},"notes":[[0,1,60,90,0],[2,3,64,90,0]],"answers":[]}"#;
    let instance = Arc::new(Instance::new());
    instance.load(state).unwrap();
    let changed = Arc::new(Mutex::new(vec![]));
    let told = changed.clone();
    let open = || {
        let told = told.clone();
        let tell = Box::new(move |id| told.lock().unwrap().push(id));
        Editor::open(
            (&Parent(window)).into(),
            None,
            DEFAULT_SIZE,
            instance.clone(),
            tell,
        )
        .unwrap()
    };
    let closed = open_files();
    let editor = open();
    wait("the picture", || {
        count(&connection, window, [0x4c, 0xc3, 0x8a]) > 500
    });
    let mode = || instance.shared.value(Id::Mode);
    // The buttons of the modes share the right 64 % of the head: the second is Fill.
    let fill = format!("{}", 10 + (740. * (0.36 + 0.64 * 0.3)) as u32);
    screen.pointer(&["mousemove", &fill, "25", "click", "1"]);
    wait("Fill", || mode() == 1.);
    assert_eq!(changed.lock().unwrap().as_slice(), [Id::Mode]);
    // The wheel over the first control: bars.
    let before = instance.shared.value(Id::Bars);
    screen.pointer(&["mousemove", "40", "380", "click", "4"]);
    wait("more bars", || {
        instance.shared.value(Id::Bars) == before + 1.
    });
    // A drag over the ruler chooses whole bars.
    screen.pointer(&[
        "mousemove",
        "120",
        "55",
        "mousedown",
        "1",
        "mousemove",
        "180",
        "55",
        "mousemove",
        "260",
        "55",
    ]);
    screen.pointer(&["mouseup", "1"]);
    wait("a range", || instance.view().region.is_some());
    let (start, end) = instance.view().region.unwrap();
    assert!(
        start % 4. == 0. && end % 4. == 0. && end > start,
        "{start} to {end}"
    );
    drop(editor);
    for _ in 0..50 {
        drop(open());
    }
    wait("the threads' ends", || {
        std::fs::read_dir("/proc/self/task").unwrap().count() < 8
    });
    wait("the connections' ends", || open_files() <= closed);
    // The window of the host goes first, as some do.
    let editor = open();
    connection.destroy_window(window).unwrap();
    connection.flush().unwrap();
    std::thread::sleep(Duration::from_millis(200));
    drop(editor);
    // Before the screen ends: what is still connected then ends with it.
    wait("the last connection's end", || open_files() <= closed);
}
