//! A screen of one's own, a host's window on it, and a pointer.
#![allow(dead_code, reason = "each test file uses a part of it")]

use continuo_plugin_editor::DEFAULT_SIZE;
use raw_window_handle::{
    HandleError, HasWindowHandle, RawWindowHandle, WindowHandle, XcbWindowHandle,
};
use std::io::{BufRead, BufReader};
use std::num::NonZeroU32;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, CreateWindowAux, ImageFormat, WindowClass};
use x11rb::rust_connection::RustConnection;

/// A screen without a monitor; ended when dropped.
pub struct Screen {
    process: Child,
    pub display: String,
}

impl Screen {
    /// `None` where Xvfb and xdotool are not here, unless CONTINUO_REQUIRE_HOSTS says that this must not be.
    pub fn start() -> Option<Self> {
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

    pub fn pointer(&self, commands: &[&str]) {
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

pub struct Parent(pub u32);

impl HasWindowHandle for Parent {
    fn window_handle(&self) -> Result<WindowHandle<'_>, HandleError> {
        let id = NonZeroU32::new(self.0).ok_or(HandleError::Unavailable)?;
        // SAFETY: the window lives as long as the test.
        Ok(unsafe { WindowHandle::borrow_raw(RawWindowHandle::Xcb(XcbWindowHandle::new(id))) })
    }
}

/// A window as a host would give it, at the top of the screen.
pub fn parent(connection: &RustConnection, screen: usize, x: i16) -> u32 {
    let window = connection.generate_id().unwrap();
    let root = connection.setup().roots[screen].root;
    let (width, height) = (DEFAULT_SIZE.0 as u16, DEFAULT_SIZE.1 as u16);
    let black = CreateWindowAux::new().background_pixel(0);
    connection
        .create_window(
            0,
            window,
            root,
            x,
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

pub fn wait(what: &str, mut until: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(8);
    while !until() {
        assert!(Instant::now() < end, "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// How many pixels of a window have this colour.
pub fn count(connection: &RustConnection, window: u32, colour: [u8; 3]) -> usize {
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

/// Of this process: connections to the screen among them.
pub fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}
