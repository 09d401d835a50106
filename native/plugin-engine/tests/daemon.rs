//! The real daemon answers: every mode end to end, rendered offline, where the plugin waits for its answers.

mod support;

use continuo_plugin_engine::{
    Action, Connection, Instance, MidiEvent, Note, ParameterId as Id, View,
};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use support::Host;

const MODES: [(&str, f64); 5] = [
    ("play", 0.),
    ("fill", 1.),
    ("answer", 2.),
    ("accompany", 3.),
    ("continue", 4.),
];
/// C, then G, in quavers over two bars.
const CALL: [u8; 16] = [
    60, 64, 67, 72, 71, 67, 64, 62, 59, 62, 67, 71, 74, 71, 67, 62,
];

/// A daemon of the built command line in a folder of its own; one test at a time, since the folder is in the environment.
struct Daemon {
    process: Child,
    folder: tempfile::TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Daemon {
    /// `None` where the command line is not built, unless CONTINUO_REQUIRE_HOSTS says that this must not be.
    fn start() -> Option<Self> {
        static TURN: Mutex<()> = Mutex::new(());
        let cli = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../dist/cli.js");
        if !cli.exists() {
            assert!(
                std::env::var_os("CONTINUO_REQUIRE_HOSTS").is_none(),
                "build it first: npm run build"
            );
            eprintln!("left out: {} is not built", cli.display());
            return None;
        }
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        // SAFETY: tests that look at it take turns.
        unsafe { std::env::set_var("CONTINUO_HOME", folder.path()) };
        let process = Command::new("node")
            .arg(cli)
            .args(["serve", "--port", "0", "--tcp-port", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let daemon = Self {
            process,
            folder,
            _turn: turn,
        };
        let file = daemon.folder.path().join("daemon.json");
        wait("the daemon", || {
            std::fs::read_to_string(&file).is_ok_and(|text| text.contains("url"))
        });
        Some(daemon)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn wait(what: &str, mut until: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(120);
    while !until() {
        assert!(Instant::now() < end, "{what} did not come");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn host(mode: &str) -> Host {
    let instance = Instance::new();
    let value = MODES.iter().find(|(name, _)| *name == mode).unwrap().1;
    instance.shared.set_value(Id::Mode, value);
    instance.shared.set_value(Id::Thru, 0.);
    instance.shared.is_offline.store(true, Relaxed);
    Host::new(instance)
}

/// Plays two bars into the plugin, from where the host is.
fn play_call(host: &mut Host) {
    let start = host.position;
    let per_block = host.tempo_qpm / 60. / host.rate * 480.;
    let blocks = (8. / per_block).round() as usize;
    for block in 0..blocks {
        let at = block as f64 * per_block;
        let mut events = vec![];
        for (index, &pitch) in CALL.iter().enumerate() {
            let (on, off) = (index as f64 * 0.5, index as f64 * 0.5 + 0.45);
            for (position, event) in [
                (off, MidiEvent::Off { pitch, channel: 2 }),
                (
                    on,
                    MidiEvent::On {
                        pitch,
                        velocity: 90,
                        channel: 2,
                    },
                ),
            ] {
                if position >= at - 1e-9 && position < at + per_block - 1e-9 {
                    events.push((((position - at) / per_block * 480.) as u32, event));
                }
            }
        }
        events.sort_by_key(|(at, _)| *at);
        host.block(480, &events);
    }
    assert!((host.position - start - 8.).abs() < 0.05 || host.cycle.is_some());
}

fn take(host: &Host) -> Arc<View> {
    host.instance.act(Action::NewTake);
    wait("candidates", || {
        let view = host.instance.view();
        assert!(
            !matches!(view.connection, Connection::Unavailable(_)),
            "{view:?}"
        );
        view.progress.is_none() && !view.candidates.is_empty()
    });
    host.instance.view()
}

fn wait_for_word(host: &Host, word: &str) {
    wait(word, || host.instance.view().message.contains(word));
}

fn inside(notes: &[Note], start: f64, end: f64) -> usize {
    notes
        .iter()
        .filter(|note| note.start >= start && note.start < end)
        .count()
}

#[test]
fn a_call_is_answered_on_its_bar_and_once() {
    let Some(_daemon) = Daemon::start() else {
        return;
    };
    let mut host = host("answer");
    play_call(&mut host);
    host.run(8., 480);
    let generated = host.instance.generated();
    assert!(
        generated.len() > 3 && inside(&generated, 8., 16.) == generated.len(),
        "{generated:?}"
    );
    assert_eq!(host.starts().len(), generated.len());
    assert!(generated.iter().all(|note| note.channel == 2));
    let copied = generated
        .iter()
        .zip(CALL)
        .filter(|(note, pitch)| note.pitch == *pitch)
        .count();
    assert!(copied < generated.len(), "an answer is not the call again");
    // Played as before, it is answered as before.
    host.position = 0.;
    play_call(&mut host);
    host.run(8., 480);
    assert_eq!(host.instance.generated(), generated);
    host.stop();
    host.assert_silent();
    // The project has it, without a daemon.
    let saved = host.instance.save();
    let again = Host::new(Instance::new());
    again.instance.load(&saved).unwrap();
    let loaded = again.instance.generated();
    assert_eq!(loaded.len(), generated.len());
    assert!(
        loaded
            .iter()
            .zip(generated.iter())
            .all(|(a, b)| (a.start - b.start).abs() < 1e-3 && a.pitch == b.pitch)
    );
}

#[test]
fn bars_under_the_loop_are_filled_and_candidates_change_places() {
    let Some(_daemon) = Daemon::start() else {
        return;
    };
    let mut host = host("fill");
    play_call(&mut host);
    host.stop();
    host.instance.act(Action::NewTake);
    wait_for_word(&host, "Which bars");
    host.cycle = Some((8., 16.));
    host.block(64, &[]);
    let view = take(&host);
    assert_eq!(view.candidates.len(), 4, "{view:?}");
    assert_eq!(view.region, Some((8., 16.)));
    assert_eq!(
        inside(&view.generated, 8., 16.),
        view.candidates[0].notes.len()
    );
    host.instance.shared.set_value(Id::Candidate, 3.);
    wait("the third candidate", || host.instance.view().selected == 2);
    assert_eq!(
        host.instance.generated().len(),
        view.candidates[2].notes.len()
    );
    host.instance.act(Action::Keep);
    wait_for_word(&host, "Kept");
    let kept = host.instance.generated();
    host.instance.act(Action::NewTake);
    wait_for_word(&host, "kept: clear them");
    assert_eq!(host.instance.generated(), kept);
    let count = |candidate| {
        let file = host.instance.export(candidate).unwrap();
        let song = continuo_midi::parse_song(&std::fs::read(file).unwrap()).unwrap();
        song.tracks[0].notes.len()
    };
    assert_eq!([count(Some(2)), count(None)], [kept.len(); 2]);
    assert_eq!(count(Some(0)), view.candidates[0].notes.len());
    host.instance.act(Action::Clear { everything: false });
    wait("silence", || host.instance.generated().is_empty());
}

#[test]
fn a_bass_is_written_under_what_was_heard() {
    let Some(_daemon) = Daemon::start() else {
        return;
    };
    let mut host = host("accompany");
    host.set(Id::Part, 1.);
    play_call(&mut host);
    host.run(8., 480);
    let generated = host.instance.generated();
    let bass = inside(&generated, 8., 16.);
    assert!(bass > 1, "{generated:?}");
    let mean = generated
        .iter()
        .map(|note| f64::from(note.pitch))
        .sum::<f64>()
        / generated.len() as f64;
    assert!(mean < 55., "a bass is low: {mean}");
}

#[test]
fn it_goes_on_from_the_next_bar_line() {
    let Some(_daemon) = Daemon::start() else {
        return;
    };
    let mut host = host("continue");
    play_call(&mut host);
    host.stop();
    let view = take(&host);
    let (start, end) = view.region.unwrap();
    assert_eq!(
        (
            (start * 1e6).round() / 1e6,
            ((end - start) * 1e6).round() / 1e6
        ),
        (8., 8.),
        "{view:?}"
    );
    assert!(inside(&view.generated, start, end) > 2);
}

#[test]
fn instances_hear_each_other_and_files() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let mut melody = host("play");
    play_call(&mut melody);
    let mut bass = host("fill");
    bass.set(Id::Part, 1.);
    bass.block(64, &[]);
    bass.cycle = Some((0., 8.));
    bass.is_playing = false;
    bass.block(64, &[]);
    wait("the melody", || {
        bass.instance.act(Action::CloseFile);
        bass.instance
            .view()
            .context
            .iter()
            .any(|(_, notes)| notes.len() == CALL.len())
    });
    take(&bass);
    let file = daemon.folder.path().join("lied – ü.mid");
    let fixture = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../test/fixtures/faure-apres-un-reve.mid");
    std::fs::copy(fixture, &file).unwrap();
    bass.instance.act(Action::OpenFile(file));
    wait("the file", || bass.instance.view().context.len() > 2);
}

#[test]
fn without_a_daemon_it_says_what_to_do() {
    let Some(mut daemon) = Daemon::start() else {
        return;
    };
    daemon.process.kill().unwrap();
    daemon.process.wait().unwrap();
    let host = host("continue");
    host.instance.act(Action::NewTake);
    wait(
        "the word",
        || matches!(&host.instance.view().connection, Connection::Unavailable(why) if why.contains("continuo serve")),
    );
}

#[test]
fn it_starts_the_daemon_and_goes_on() {
    let Some(mut daemon) = Daemon::start() else {
        return;
    };
    daemon.process.kill().unwrap();
    daemon.process.wait().unwrap();
    let cli = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../dist/cli.js");
    let node = Command::new("node")
        .args(["-p", "process.execPath"])
        .output()
        .unwrap();
    let node = String::from_utf8(node.stdout).unwrap();
    let program = format!(
        "{}\n{}\n",
        node.trim(),
        cli.canonicalize().unwrap().display()
    );
    std::fs::write(daemon.folder.path().join("program.txt"), program).unwrap();
    let mut host = host("continue");
    play_call(&mut host);
    host.stop();
    take(&host);
    let stopped = Command::new("node")
        .arg(cli)
        .arg("stop")
        .env("CONTINUO_HOME", daemon.folder.path())
        .status()
        .unwrap();
    assert!(stopped.success());
}
