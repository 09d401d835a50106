//! The sending side of XDND, version 5 (freedesktop.org, "Drag-and-Drop Protocol for the X Window System"), which no
//! crate has for plain X11. It has a connection and a window of its own, so that the editor's events are not disturbed;
//! the editor's window holds the pointer while the button is down, so that no grab is needed.

use baseview::PlatformHandle;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use raw_window_handle::{HasWindowHandle, RawWindowHandle};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::*};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::errors::ReplyOrIdError;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::*;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

const VERSION: u32 = 5;
const STEP: Duration = Duration::from_millis(8);
/// How long a target may take to say whether it wants the notes, and then to fetch them.
const ANSWER: Duration = Duration::from_secs(1);
const FETCH: Duration = Duration::from_secs(5);
/// Windows in each other.
const DEEPEST: usize = 32;

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        XdndAware, XdndSelection, XdndEnter, XdndPosition, XdndStatus, XdndLeave, XdndDrop, XdndFinished, XdndActionCopy,
        TARGETS,
        CONTINUO_TIME,
        URI_LIST: b"text/uri-list",
    }
}

/// A drag under way on a thread of its own; dropping this ends it.
pub(crate) struct DragOut {
    is_ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl DragOut {
    /// While the left button is down; what is dropped is `file`, an absolute path. Errors: a sentence.
    pub fn begin(window: PlatformHandle, file: PathBuf) -> Result<Self, String> {
        let editor = match window.window_handle().map(|handle| handle.as_raw()) {
            Ok(RawWindowHandle::Xlib(handle)) => handle.window as Window,
            Ok(RawWindowHandle::Xcb(handle)) => handle.window.get(),
            _ => return Err("the notes cannot be dragged: this is no X11 window".into()),
        };
        let is_ending = Arc::new(AtomicBool::new(false));
        let ending = is_ending.clone();
        let thread = std::thread::Builder::new()
            .name("continuo drag".into())
            .spawn(move || {
                // A display that goes away in a drag ends it; there is nobody left to tell.
                let _ = Source::open(editor, &file).and_then(|mut source| source.drag(&ending));
            })
            .map_err(|error| format!("the notes cannot be dragged: {error}"))?;
        Ok(Self {
            is_ending,
            thread: Some(thread),
        })
    }
}

impl Drop for DragOut {
    fn drop(&mut self) {
        self.is_ending.store(true, Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A window that takes drops, and the version that it speaks.
#[derive(Clone, Copy, PartialEq)]
struct Target {
    window: Window,
    version: u32,
}

struct Source {
    connection: RustConnection,
    atoms: Atoms,
    root: Window,
    /// Where a drop would mean nothing.
    editor: Window,
    window: Window,
    uri: String,
    /// The server's, of the drag's begin.
    time: Timestamp,
    target: Option<Target>,
    /// The target wants the notes where the pointer is.
    is_wanted: bool,
    /// Since when the target has not answered the last position.
    asked: Option<Instant>,
    position: (i16, i16),
    is_finished: bool,
}

type Outcome<T> = Result<T, ReplyOrIdError>;

impl Source {
    fn open(editor: Window, file: &Path) -> Outcome<Self> {
        let failed =
            |_| ReplyOrIdError::ConnectionError(x11rb::errors::ConnectionError::UnknownError);
        let (connection, screen) = RustConnection::connect(None).map_err(failed)?;
        let root = connection.setup().roots[screen].root;
        let atoms = Atoms::new(&connection)?.reply()?;
        let window = connection.generate_id()?;
        let mask = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        let kind = WindowClass::INPUT_ONLY;
        connection.create_window(0, window, root, -1, -1, 1, 1, 0, kind, 0, &mask)?;
        let mut source = Self {
            connection,
            atoms,
            root,
            editor,
            window,
            uri: uri_of(file),
            time: x11rb::CURRENT_TIME,
            target: None,
            is_wanted: false,
            asked: None,
            position: (i16::MIN, i16::MIN),
            is_finished: false,
        };
        source.time = source.now()?;
        source
            .connection
            .set_selection_owner(window, atoms.XdndSelection, source.time)?;
        Ok(source)
    }

    /// The server's time: it stamps a change of a property.
    fn now(&self) -> Outcome<Timestamp> {
        let (property, kind) = (self.atoms.CONTINUO_TIME, AtomEnum::STRING);
        self.connection
            .change_property8(PropMode::REPLACE, self.window, property, kind, b"")?;
        self.connection.flush()?;
        loop {
            if let Event::PropertyNotify(event) = self.connection.wait_for_event()? {
                return Ok(event.time);
            }
        }
    }

    fn drag(&mut self, is_ending: &AtomicBool) -> Outcome<()> {
        while !is_ending.load(Acquire) {
            self.listen()?;
            let pointer = self.connection.query_pointer(self.root)?.reply()?;
            self.moved((pointer.root_x, pointer.root_y))?;
            if !pointer.mask.contains(KeyButMask::BUTTON1) {
                return self.released(is_ending);
            }
            sleep(STEP);
        }
        self.leave()
    }

    fn moved(&mut self, position: (i16, i16)) -> Outcome<()> {
        let is_answered = self.asked.is_none_or(|since| since.elapsed() > ANSWER);
        if position == self.position || !is_answered {
            return Ok(());
        }
        self.position = position;
        let found = self.find()?;
        if found != self.target {
            self.leave()?;
            self.target = found;
            if let Some(Target { version, .. }) = found {
                let kinds = [version << 24, self.atoms.URI_LIST, 0, 0];
                self.tell(self.atoms.XdndEnter, kinds)?;
            }
        }
        if self.target.is_some() {
            self.asked = Some(Instant::now());
            let both = |(x, y): (i16, i16)| u32::from(x as u16) << 16 | u32::from(y as u16);
            let data = [0, both(position), self.time, self.atoms.XdndActionCopy];
            self.tell(self.atoms.XdndPosition, data)?;
        }
        Ok(())
    }

    /// The outermost window below the pointer that takes drops; none over the editor.
    fn find(&self) -> Outcome<Option<Target>> {
        let (mut window, mut found) = (self.root, None);
        for _ in 0..DEEPEST {
            window = self.connection.query_pointer(window)?.reply()?.child;
            if window == self.editor {
                return Ok(None);
            }
            if window == x11rb::NONE {
                break;
            }
            if found.is_none() {
                let (aware, kind) = (self.atoms.XdndAware, AtomEnum::ATOM);
                let aware = self
                    .connection
                    .get_property(false, window, aware, kind, 0, 1)?
                    .reply()?;
                let version = aware.value32().and_then(|mut values| values.next());
                found = version.map(|version| Target {
                    window,
                    version: version.min(VERSION),
                });
            }
        }
        Ok(found)
    }

    fn tell(&self, kind: Atom, [a, b, c, d]: [u32; 4]) -> Outcome<()> {
        let Some(Target { window, .. }) = self.target else {
            return Ok(());
        };
        let message = ClientMessageEvent::new(32, window, kind, [self.window, a, b, c, d]);
        self.connection
            .send_event(false, window, EventMask::NO_EVENT, message)?;
        self.connection.flush()?;
        Ok(())
    }

    fn leave(&mut self) -> Outcome<()> {
        self.tell(self.atoms.XdndLeave, [0; 4])?;
        (self.target, self.is_wanted, self.asked) = (None, false, None);
        // A connection that is closed at once takes with it what the server has not read yet.
        self.connection.sync()?;
        Ok(())
    }

    fn released(&mut self, is_ending: &AtomicBool) -> Outcome<()> {
        self.listen_until(ANSWER, is_ending, |source| source.asked.is_none())?;
        // The answer to an earlier place is none to this one.
        if !self.is_wanted {
            return self.leave();
        }
        let time = self.now()?;
        self.tell(self.atoms.XdndDrop, [0, time, 0, 0])?;
        self.listen_until(FETCH, is_ending, |source| source.is_finished)
    }

    fn listen_until(
        &mut self,
        patience: Duration,
        is_ending: &AtomicBool,
        is_enough: impl Fn(&Self) -> bool,
    ) -> Outcome<()> {
        let end = Instant::now() + patience;
        while !is_enough(self) && Instant::now() < end && !is_ending.load(Acquire) {
            self.listen()?;
            sleep(STEP);
        }
        Ok(())
    }

    /// What the target has said and asked.
    fn listen(&mut self) -> Outcome<()> {
        while let Some(event) = self.connection.poll_for_event()? {
            match event {
                Event::ClientMessage(message) => {
                    let data = message.data.as_data32();
                    let is_from_target = self.target.is_some_and(|target| target.window == data[0]);
                    if message.type_ == self.atoms.XdndStatus && is_from_target {
                        (self.is_wanted, self.asked) = (data[1] & 1 == 1, None);
                    }
                    // Some say that they did not take what they took: the end is all that counts.
                    self.is_finished |= message.type_ == self.atoms.XdndFinished;
                }
                Event::SelectionRequest(request) => self.give(&request)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn give(&self, request: &SelectionRequestEvent) -> Outcome<()> {
        let atoms = &self.atoms;
        // Old clients leave the property to the target's name.
        let property = if request.property == x11rb::NONE {
            request.target
        } else {
            request.property
        };
        let is_given = if request.target == atoms.TARGETS {
            let kinds = [atoms.TARGETS, atoms.URI_LIST];
            let kind = AtomEnum::ATOM;
            self.connection.change_property32(
                PropMode::REPLACE,
                request.requestor,
                property,
                kind,
                &kinds,
            )?;
            true
        } else if request.target == atoms.URI_LIST {
            let (kind, uri) = (atoms.URI_LIST, self.uri.as_bytes());
            self.connection.change_property8(
                PropMode::REPLACE,
                request.requestor,
                property,
                kind,
                uri,
            )?;
            true
        } else {
            false
        };
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: request.requestor,
            selection: request.selection,
            target: request.target,
            property: if is_given { property } else { x11rb::NONE },
        };
        self.connection
            .send_event(false, request.requestor, EventMask::NO_EVENT, answer)?;
        self.connection.flush()?;
        Ok(())
    }
}

/// What a path may hold as it is (RFC 3986, section 3.3); other characters that may are escaped as well.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A line of `text/uri-list` (RFC 2483).
fn uri_of(file: &Path) -> String {
    let path = percent_encode(file.as_os_str().as_bytes(), PLAIN);
    format!("file://{path}\r\n")
}

#[cfg(test)]
mod tests {
    use super::uri_of;
    use std::path::Path;

    #[test]
    fn a_path_is_escaped_as_a_uri() {
        let uri = uri_of(Path::new("/home/Zoë/a b#1%.mid"));
        assert_eq!(uri, "file:///home/Zo%C3%AB/a%20b%231%25.mid\r\n");
    }
}
