//! A daemon that misbehaves: what the musician is told, and that nothing hangs.

use continuo_plugin_engine::{Action, Connection, Instance, ParameterId as Id, View};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tungstenite::{Message, WebSocket};

/// Listens where daemon.json says, and does with each connection what the test says.
struct Fake {
    folder: tempfile::TempDir,
    _turn: MutexGuard<'static, ()>,
    connections: Arc<AtomicU32>,
}

impl Fake {
    fn start(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let daemon = json!({ "url": url, "pid": std::process::id() });
        std::fs::write(folder.path().join("daemon.json"), daemon.to_string()).unwrap();
        std::fs::write(folder.path().join("token"), "ab12").unwrap();
        // SAFETY: tests that look at it take turns.
        unsafe { std::env::set_var("CONTINUO_HOME", folder.path()) };
        let connections = Arc::new(AtomicU32::new(0));
        let (count, serve) = (connections.clone(), Arc::new(serve));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                count.fetch_add(1, SeqCst);
                let serve = serve.clone();
                std::thread::spawn(move || serve(stream));
            }
        });
        Self {
            folder,
            _turn: turn,
            connections,
        }
    }

    fn home(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// One that speaks the protocol: `answer` gives what is sent for a method and its id.
    fn speaking(answer: impl Fn(&str, u64) -> Vec<String> + Send + Sync + 'static) -> Self {
        Self::start(move |stream| {
            let Ok(mut socket) = tungstenite::accept(stream) else {
                return;
            };
            while let Some((method, id)) = next(&mut socket) {
                for text in answer(&method, id) {
                    if text == "end" {
                        return;
                    }
                    let _ = socket.send(Message::text(text));
                }
            }
        })
    }
}

fn next(socket: &mut WebSocket<TcpStream>) -> Option<(String, u64)> {
    loop {
        if let Message::Text(text) = socket.read().ok()? {
            let message: Value = serde_json::from_str(&text).ok()?;
            return Some((message["method"].as_str()?.into(), message["id"].as_u64()?));
        }
    }
}

fn result(id: u64, result: Value) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "result": result }).to_string()
}

fn error(id: u64, code: &str, message: &str) -> String {
    let data = json!({ "code": code, "message": message });
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": -32000, "message": message, "data": data } }).to_string()
}

fn asking() -> Instance {
    let instance = Instance::new();
    instance.shared.set_value(Id::Mode, 4.);
    instance.act(Action::NewTake);
    instance
}

fn wait_for(instance: &Instance, what: impl Fn(&View) -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !what(&instance.view()) {
        assert!(Instant::now() < end, "{:?}", instance.view());
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn is_unavailable(view: &View, word: &str) -> bool {
    matches!(&view.connection, Connection::Unavailable(why) if why.contains(word))
}

#[test]
fn another_users_token_is_told() {
    let _fake = Fake::start(|mut stream| {
        let mut head = [0; 2048];
        let _ = stream.read(&mut head);
        let _ = stream.write_all(
            b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        );
    });
    wait_for(&asking(), |view| is_unavailable(view, "token"));
}

#[test]
fn another_protocol_is_told() {
    let _fake = Fake::speaking(|_, id| {
        vec![error(
            id,
            "PROTOCOL_MISMATCH",
            "this daemon speaks protocol 2",
        )]
    });
    wait_for(&asking(), |view| is_unavailable(view, "PROTOCOL_MISMATCH"));
}

#[test]
fn a_full_queue_is_told_and_the_next_take_asks_again() {
    let fake = Fake::speaking(|method, id| match method {
        "initialize" => vec![result(id, json!({}))],
        _ => vec![error(id, "BUSY", "the queue is full")],
    });
    let instance = asking();
    wait_for(&instance, |view| {
        view.message.contains("BUSY") && view.progress.is_none()
    });
    assert_eq!(fake.connections.load(SeqCst), 1);
}

#[test]
fn one_that_ends_over_a_request_is_asked_once_more() {
    let fake = Fake::speaking(|method, id| match method {
        "initialize" => vec![result(id, json!({}))],
        _ => vec!["end".into()],
    });
    let instance = asking();
    wait_for(&instance, |view| view.message.contains("ended twice"));
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(fake.connections.load(SeqCst), 2);
}

#[test]
fn nonsense_is_skipped_and_notes_that_are_none_are_not_played() {
    let _fake = Fake::speaking(|method, id| match method {
        "initialize" => vec!["[".into(), "{}".into(), result(id, json!({}))],
        "fill/start" => {
            let end = json!({ "jobId": "1", "state": "done", "result": { "candidates": [
                { "seed": 1, "notes": [{ "startTick": -5, "durationTicks": 0, "pitch": 900, "velocity": 0 }] }, 7, null] } });
            let end = json!({ "jsonrpc": "2.0", "method": "fill/end", "params": end });
            vec![
                "null".into(),
                result(id, json!({ "jobId": "1" })),
                "\u{0}".into(),
                end.to_string(),
            ]
        }
        _ => vec![],
    });
    let instance = asking();
    wait_for(&instance, |view| {
        view.message == "The daemon sent no notes."
    });
    assert!(instance.generated().is_empty());
}

#[test]
fn an_overtaken_request_is_cancelled() {
    let cancelled = Arc::new(AtomicU32::new(0));
    let count = cancelled.clone();
    let _fake = Fake::speaking(move |method, id| match method {
        "initialize" => vec![result(id, json!({}))],
        "fill/start" => {
            std::thread::sleep(Duration::from_millis(100));
            vec![result(id, json!({ "jobId": format!("job-{id}") }))]
        }
        "fill/cancel" => {
            count.fetch_add(1, SeqCst);
            vec![result(id, json!({}))]
        }
        _ => vec![],
    });
    let instance = asking();
    wait_for(&instance, |view| view.connection == Connection::Connected);
    // The second comes before the first one's job is known.
    instance.act(Action::NewTake);
    let end = Instant::now() + Duration::from_secs(60);
    while cancelled.load(SeqCst) == 0 {
        assert!(Instant::now() < end, "nothing was cancelled");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn one_that_never_answers_does_not_hold_the_host() {
    let fake = Fake::start(|stream| {
        std::thread::sleep(Duration::from_secs(120));
        drop(stream);
    });
    let instance = asking();
    let end = Instant::now() + Duration::from_secs(60);
    while fake.connections.load(SeqCst) == 0 {
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(1));
    }
    let begun = Instant::now();
    drop(instance);
    // A wait of two seconds is what this is about; the limit is generous to a busy machine.
    assert!(
        begun.elapsed() < Duration::from_millis(1500),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn clearing_leaves_what_is_kept() {
    let _fake = Fake::start(drop);
    let instance = Instance::new();
    let state = br#"{"version":1,"parameters":{"mode":0},"notes":[[0,1,60,90,0],[9,10,64,90,0]],
        "answers":[{"start":0,"end":8,"call":1,"seed":2,"model":"m","kept":true},
            {"start":8,"end":16,"call":1,"seed":2,"model":"m","kept":false}]}"#;
    instance.load(state).unwrap();
    instance.act(Action::SetRange(None));
    instance.act(Action::Clear { everything: false });
    let end = Instant::now() + Duration::from_secs(60);
    while instance.generated().len() != 1 {
        assert!(Instant::now() < end, "{:?}", instance.generated());
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(instance.generated()[0].pitch, 60);
    instance.act(Action::Clear { everything: true });
    while !instance.generated().is_empty() {
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn without_a_daemon_the_model_inside_goes_on() {
    let model = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let fake = Fake::start(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
    });
    let play = |instance: &Instance| {
        // Notes of an earlier answer are heard before the next bars.
        let notes: Vec<String> = (0..8)
            .map(|index| {
                let start = f64::from(index) / 2.;
                format!("[{start},{},{},90,0]", start + 0.5, 60 + index)
            })
            .collect();
        let state = format!(
            r#"{{"version":1,"parameters":{{"mode":1}},"notes":[{}],"answers":[]}}"#,
            notes.join(",")
        );
        instance.load(state.as_bytes()).unwrap();
        instance.act(Action::SetRange(Some((4., 8.))));
        instance.act(Action::NewTake);
    };
    // No model lies in this folder, and no program either.
    let instance = Instance::new();
    play(&instance);
    wait_for(&instance, |view| is_unavailable(view, "token"));
    std::fs::create_dir(fake.home().join("models")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(
        model.join("howl-lstm-192"),
        fake.home().join("models/howl-lstm-192"),
    )
    .unwrap();
    #[cfg(not(unix))]
    return;
    let instance = Instance::new();
    instance.shared.set_value(Id::Key, 2.);
    instance.shared.set_value(Id::LowestPitch, 60.);
    instance.shared.set_value(Id::Density, 5.);
    play(&instance);
    wait_for(&instance, |view| view.connection == Connection::Fallback);
    let view = instance.view();
    assert!(view.message.contains("small model"), "{}", view.message);
    assert_eq!(view.candidates.len(), 4);
    let is_c_major = |pitch: u8| [0, 2, 4, 5, 7, 9, 11].contains(&(pitch % 12));
    for candidate in &view.candidates {
        assert!(!candidate.notes.is_empty());
        for note in candidate.notes.iter() {
            assert!(note.start >= 4. && note.start < 8., "{note:?}");
            assert!(note.pitch >= 60 && is_c_major(note.pitch), "{note:?}");
        }
    }
    let new = |instance: &Instance| {
        instance
            .generated()
            .iter()
            .filter(|note| note.start >= 4.)
            .count()
    };
    assert_eq!(new(&instance), view.candidates[view.selected].notes.len());
    // A part is the large model's work.
    instance.shared.set_value(Id::Part, 1.);
    instance.act(Action::NewTake);
    wait_for(&instance, |view| is_unavailable(view, "token"));
}

/// An example of the protocol's own (test/contract), which the daemon's tests hold it to.
fn example(name: &str) -> Value {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/contract");
    serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

#[test]
fn the_protocols_own_examples_are_understood() {
    let told = |name: &str| {
        let mut message = example(&format!("notifications/{name}.json"));
        message["jsonrpc"] = json!("2.0");
        // Another example's job.
        message["params"]["jobId"] = example("fill-start.json")["result"]["jobId"].clone();
        message.to_string()
    };
    let _fake = Fake::speaking(move |method, id| match method {
        "initialize" => vec![result(id, example("initialize.json")["result"].clone())],
        "fill/start" => vec![
            result(id, example("fill-start.json")["result"].clone()),
            told("fill-progress"),
            told("fill-candidate"),
            told("models-changed"),
            told("fill-end"),
        ],
        _ => vec![],
    });
    let instance = asking();
    wait_for(&instance, |view| {
        view.progress.is_none() && !view.candidates.is_empty()
    });
    let wanted = example("notifications/fill-end.json")["params"]["result"]["candidates"].clone();
    let view = instance.view();
    assert_eq!(view.candidates.len(), wanted.as_array().unwrap().len());
    for (candidate, wanted) in view.candidates.iter().zip(wanted.as_array().unwrap()) {
        assert_eq!(candidate.seed, wanted["seed"].as_u64().unwrap());
        // 960 ticks a quarter, from where the request's ticks began.
        let notes: Vec<Value> = candidate
            .notes
            .iter()
            .map(|note| {
                let ticks = (note.end - note.start) * 960.;
                json!([note.start * 960., ticks, note.pitch, note.velocity])
            })
            .collect();
        let wanted: Vec<Value> = wanted["notes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|note| {
                let float = |name: &str| note[name].as_f64().unwrap();
                json!([
                    float("startTick"),
                    float("durationTicks"),
                    note["pitch"],
                    note["velocity"]
                ])
            })
            .collect();
        assert_eq!(notes, wanted);
    }
}
