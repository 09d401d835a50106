//! The window in a foreign one, on a screen of its own: clicks and drags by a real pointer.
#![cfg(target_os = "linux")]

use continuo_plugin_editor::{DEFAULT_SIZE, Editor};
use continuo_plugin_engine::{Instance, ParameterId as Id};
use raw_window_handle::{
    HandleError, HasWindowHandle, RawWindowHandle, WindowHandle, XcbWindowHandle,
};
use std::io::{BufRead, BufReader};
use std::num::NonZeroU32;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, CreateWindowAux, ImageFormat, WindowClass};
use x11rb::rust_connection::RustConnection;

/// A screen without a monitor; ended when dropped.
struct Screen {
    process: Child,
    display: String,
}

impl Screen {
    /// `None` where Xvfb and xdotool are not here, unless CONTINUO_REQUIRE_HOSTS says that this must not be.
    fn start() -> Option<Self> {
        if !["/usr/bin/Xvfb", "/usr/bin/xdotool"]
            .iter()
            .all(|program| Path::new(program).exists())
        {
            assert!(
                std::env::var_os("CONTINUO_REQUIRE_HOSTS").is_none(),
                "packages xvfb and xdotool are missing"
            );
            eprintln!("left out: Xvfb or xdotool is missing");
            return None;
        }
        let mut process = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        let display = format!(":{}", number.trim());
        // SAFETY: the only test of this program; what else runs reads no environment.
        unsafe { std::env::set_var("DISPLAY", &display) };
        Some(Self { process, display })
    }

    fn pointer(&self, commands: &[&str]) {
        let status = Command::new("xdotool")
            .env("DISPLAY", &self.display)
            .args(commands)
            .status()
            .unwrap();
        assert!(status.success());
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Parent(u32);

impl HasWindowHandle for Parent {
    fn window_handle(&self) -> Result<WindowHandle<'_>, HandleError> {
        let id = NonZeroU32::new(self.0).ok_or(HandleError::Unavailable)?;
        // SAFETY: the window lives as long as the test.
        Ok(unsafe { WindowHandle::borrow_raw(RawWindowHandle::Xcb(XcbWindowHandle::new(id))) })
    }
}

/// A window as a host would give it, at the screen's corner.
fn parent(connection: &RustConnection, screen: usize) -> u32 {
    let window = connection.generate_id().unwrap();
    let root = connection.setup().roots[screen].root;
    let (width, height) = (DEFAULT_SIZE.0 as u16, DEFAULT_SIZE.1 as u16);
    let black = CreateWindowAux::new().background_pixel(0);
    connection
        .create_window(
            0,
            window,
            root,
            0,
            0,
            width,
            height,
            0,
            WindowClass::INPUT_OUTPUT,
            0,
            &black,
        )
        .unwrap();
    connection.map_window(window).unwrap();
    connection.flush().unwrap();
    window
}

fn wait(what: &str, mut until: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(8);
    while !until() {
        assert!(Instant::now() < end, "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// How many pixels of a window have this colour.
fn count(connection: &RustConnection, window: u32, colour: [u8; 3]) -> usize {
    let (width, height) = (DEFAULT_SIZE.0 as u16, DEFAULT_SIZE.1 as u16);
    let image = connection
        .get_image(ImageFormat::Z_PIXMAP, window, 0, 0, width, height, !0)
        .unwrap()
        .reply()
        .unwrap();
    let [red, green, blue] = colour;
    image
        .data
        .chunks_exact(4)
        .filter(|pixel| pixel[..3] == [blue, green, red])
        .count()
}

#[test]
fn a_pointer_changes_parameters_and_the_host_is_told() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (connection, number) = RustConnection::connect(Some(&screen.display)).unwrap();
    let window = parent(&connection, number);
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
    let open_files = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let before = open_files();
    for _ in 0..20 {
        drop(open());
    }
    wait("the threads' ends", || {
        std::fs::read_dir("/proc/self/task").unwrap().count() < 8
    });
    wait("the connections' ends", || open_files() <= before);
    // The window of the host goes first, as some do.
    let editor = open();
    connection.destroy_window(window).unwrap();
    connection.flush().unwrap();
    std::thread::sleep(Duration::from_millis(200));
    drop(editor);
    // Before the screen ends: what is still connected then ends with it.
    wait("the last connection's end", || open_files() <= before);
}
