//! The notes dragged out of the window onto another program's, as XDND's receiving side asks for them.
#![cfg(target_os = "linux")]

mod support;

use continuo_plugin_editor::{DEFAULT_SIZE, Editor};
use continuo_plugin_engine::Instance;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::{Parent, Screen, count, open_files, parent, wait};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::*;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        XdndAware, XdndSelection, XdndEnter, XdndPosition, XdndStatus, XdndLeave, XdndDrop, XdndFinished, XdndActionCopy,
        GIVEN,
        URI_LIST: b"text/uri-list",
    }
}

/// Another program's window, below the editor's, that takes files or refuses them.
struct Taker {
    connection: RustConnection,
    atoms: Atoms,
    window: Window,
    is_willing: bool,
    /// What it was told, in order, each once.
    told: Vec<&'static str>,
    uri: Option<String>,
}

impl Taker {
    fn open(display: &str, x: i16) -> Self {
        let (connection, screen) = RustConnection::connect(Some(display)).unwrap();
        let atoms = Atoms::new(&connection).unwrap().reply().unwrap();
        let root = connection.setup().roots[screen].root;
        let window = connection.generate_id().unwrap();
        let look = CreateWindowAux::new().background_pixel(0x80_40_00);
        connection
            .create_window(
                0,
                window,
                root,
                x,
                500,
                200,
                200,
                0,
                WindowClass::INPUT_OUTPUT,
                0,
                &look,
            )
            .unwrap();
        connection
            .change_property32(
                PropMode::REPLACE,
                window,
                atoms.XdndAware,
                AtomEnum::ATOM,
                &[5],
            )
            .unwrap();
        connection.map_window(window).unwrap();
        connection.flush().unwrap();
        Self {
            connection,
            atoms,
            window,
            is_willing: true,
            told: vec![],
            uri: None,
        }
    }

    fn tell(&self, to: Window, kind: Atom, data: [u32; 5]) {
        let message = ClientMessageEvent::new(32, to, kind, data);
        self.connection
            .send_event(false, to, EventMask::NO_EVENT, message)
            .unwrap();
        self.connection.flush().unwrap();
    }

    fn hear(&mut self, word: &'static str) {
        if self.told.last() != Some(&word) {
            self.told.push(word);
        }
    }

    fn listen(&mut self) {
        while let Some(event) = self.connection.poll_for_event().unwrap() {
            let atoms = self.atoms;
            match event {
                Event::ClientMessage(message) => {
                    let data = message.data.as_data32();
                    let source = data[0];
                    match message.type_ {
                        kind if kind == atoms.XdndEnter => {
                            assert_eq!([data[1] >> 24, data[2]], [5, atoms.URI_LIST]);
                            self.hear("enter");
                        }
                        kind if kind == atoms.XdndPosition => {
                            self.hear("position");
                            let action = [self.is_willing.into(), 0, 0, atoms.XdndActionCopy];
                            let [a, b, c, d] = action;
                            self.tell(source, atoms.XdndStatus, [self.window, a, b, c, d]);
                        }
                        kind if kind == atoms.XdndLeave => self.hear("leave"),
                        kind if kind == atoms.XdndDrop => {
                            self.hear("drop");
                            self.connection
                                .convert_selection(
                                    self.window,
                                    atoms.XdndSelection,
                                    atoms.URI_LIST,
                                    atoms.GIVEN,
                                    data[2],
                                )
                                .unwrap();
                            self.connection.flush().unwrap();
                        }
                        _ => {}
                    }
                }
                Event::SelectionNotify(given) => {
                    let (window, property) = (self.window, given.property);
                    let value = self
                        .connection
                        .get_property(true, window, property, AtomEnum::ANY, 0, 1024)
                        .unwrap()
                        .reply()
                        .unwrap();
                    self.uri = Some(String::from_utf8(value.value).unwrap());
                    let owner = self
                        .connection
                        .get_selection_owner(atoms.XdndSelection)
                        .unwrap();
                    let owner = owner.reply().unwrap().owner;
                    self.tell(owner, atoms.XdndFinished, [self.window, 0, 0, 0, 0]);
                }
                _ => {}
            }
        }
    }

    fn wait_for(&mut self, word: &str) {
        wait(word, || {
            self.listen();
            self.told.contains(&word) || (word == "file" && self.uri.is_some())
        });
    }
}

#[test]
fn notes_are_dragged_onto_another_window_note_for_note() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("Zoë 100%");
    std::fs::create_dir(&folder).unwrap();
    // SAFETY: the only test of this program; what else runs reads no environment.
    unsafe { std::env::set_var("CONTINUO_HOME", &folder) };
    let (connection, number) = RustConnection::connect(Some(&screen.display)).unwrap();
    let window = parent(&connection, number, 0);
    let neighbour = parent(&connection, number, 770);
    let mut taker = Taker::open(&screen.display, 100);
    let mut other = Taker::open(&screen.display, 400);
    other.is_willing = false;
    let state =
        br#"{"version":1,"parameters":{},"notes":[[8,9,60,90,0],[10,11.5,64,80,0]],"answers":[]}"#;
    let instance = Arc::new(Instance::new());
    instance.load(state).unwrap();
    let before = open_files();
    let heard = Arc::new(Instance::new());
    let open = |window: Window, instance: &Arc<Instance>| {
        let parent = Parent(window);
        let tell = Box::new(|_| {});
        Editor::open((&parent).into(), None, DEFAULT_SIZE, instance.clone(), tell).unwrap()
    };
    let editors = [open(window, &instance), open(neighbour, &heard)];
    wait("the picture", || {
        count(&connection, window, [0x4c, 0xc3, 0x8a]) > 100
    });
    // Held over the roll, moved onto the window below: it is asked, and left again.
    screen.pointer(&["mousemove", "300", "120", "mousedown", "1"]);
    screen.pointer(&["mousemove", "300", "140", "mousemove", "200", "600"]);
    taker.wait_for("position");
    screen.pointer(&["mousemove", "500", "600"]);
    taker.wait_for("leave");
    other.wait_for("position");
    screen.pointer(&["mouseup", "1"]);
    other.wait_for("leave");
    assert_eq!(
        other.told,
        ["enter", "position", "leave"],
        "it wanted nothing"
    );
    assert_eq!(taker.told, ["enter", "position", "leave"]);
    // Back inside, let go over the editor: nothing happens.
    screen.pointer(&["mousemove", "300", "120", "mousedown", "1"]);
    screen.pointer(&[
        "mousemove",
        "320",
        "140",
        "mousemove",
        "330",
        "150",
        "mouseup",
        "1",
    ]);
    // Dropped.
    taker.told.clear();
    screen.pointer(&["mousemove", "300", "120", "mousedown", "1"]);
    screen.pointer(&["mousemove", "300", "140", "mousemove", "200", "600"]);
    taker.wait_for("position");
    screen.pointer(&["mousemove", "210", "610"]);
    let settled = Instant::now() + Duration::from_millis(100);
    while Instant::now() < settled {
        taker.listen();
    }
    screen.pointer(&["mouseup", "1"]);
    taker.wait_for("file");
    assert_eq!(taker.told, ["enter", "position", "drop"]);
    let uri = taker.uri.take().unwrap();
    let path = uri
        .strip_prefix("file://")
        .unwrap()
        .strip_suffix("\r\n")
        .unwrap();
    let path = percent_encoding::percent_decode_str(path)
        .decode_utf8()
        .unwrap();
    let path = PathBuf::from(path.as_ref());
    assert!(path.starts_with(&folder), "{path:?}");
    let song = continuo_midi::parse_song(&std::fs::read(&path).unwrap()).unwrap();
    let notes: Vec<_> = song.tracks[0]
        .notes
        .iter()
        .map(|note| {
            (
                note.start_tick,
                note.duration_ticks,
                note.pitch,
                note.velocity,
            )
        })
        .collect();
    // From its bar's start.
    assert_eq!(notes, [(0, 960, 60, 90), (1920, 1440, 64, 80)]);
    // Onto the editor of another instance, which hears it as well.
    screen.pointer(&["mousemove", "300", "120", "mousedown", "1"]);
    screen.pointer(&["mousemove", "300", "140", "mousemove", "900", "150"]);
    std::thread::sleep(Duration::from_millis(200));
    screen.pointer(&["mousemove", "910", "160"]);
    std::thread::sleep(Duration::from_millis(200));
    screen.pointer(&["mouseup", "1"]);
    wait("the file in the other window", || {
        heard
            .view()
            .context
            .iter()
            .any(|(_, notes)| notes.iter().map(|note| note.pitch).eq([60, 64]))
    });
    drop(editors);
    // Before the screen ends: what is still connected then ends with it.
    wait("the connections' ends", || open_files() <= before);
}
