//! The thread that may wait: collects what is heard, asks for notes, hands plans to the audio thread and keeps the
//! view for the editor. It never blocks for longer than a step: requests are polled.

mod flight;
mod heard;
#[cfg(feature = "fallback")]
mod inside;
mod kept;
mod live;
mod request;
mod takes;

pub(crate) use kept::{Answer, Kept};
pub(crate) use request::ContextTrack;

use crate::daemon::{Connection as Socket, Home, Trouble, launch};
use crate::midi_file;
use crate::neighbours::{Neighbour, Sounding};
use crate::note::Note;
use crate::parameters::{ParameterId as Id, Part};
use crate::report::Report;
use crate::shared::Shared;
use crate::view::{Action, Connection};
use flight::Flight;
use heard::Heard;
use rtrb::Consumer;
use std::sync::Arc;
use std::sync::atomic::Ordering::*;
use std::sync::mpsc::Receiver;
use std::thread::park_timeout;
use std::time::{Duration, Instant};

const STEP: Duration = Duration::from_millis(2);
const VIEW_INTERVAL: Duration = Duration::from_millis(33);
/// A daemon that was started is waited for this long.
const START: Duration = Duration::from_secs(20);
const RETRY: Duration = Duration::from_millis(150);

pub(crate) struct Link {
    pub shared: Arc<Shared>,
    pub kept: Arc<Kept>,
    pub reports: Consumer<Report>,
    pub actions: Receiver<Action>,
}

pub(crate) fn work(link: Link) {
    let mut worker = Worker::new(link);
    while !worker.link.shared.is_ending.load(Acquire) {
        if !worker.step() {
            park_timeout(STEP);
        }
    }
}

struct Worker {
    link: Link,
    heard: Heard,
    neighbour: Neighbour,
    socket: Option<Socket>,
    /// Requests that were overtaken before their job was known: cancelled when it is.
    abandoned: Vec<u64>,
    /// The request under way, or waiting for a daemon that starts.
    flight: Option<Flight>,
    /// While a daemon starts: until when it is waited for, and when it is tried next.
    starting: Option<(Instant, Instant)>,
    /// The dropped file.
    file: Vec<ContextTrack>,
    range: Option<(f64, f64)>,
    presses: [u32; BUTTONS.len()],
    candidate: usize,
    /// The job of the candidates in the view, to be told what was kept.
    job_id: Option<String>,
    shown_heard: u64,
    shown_generated: Arc<[Note]>,
    progress_at: Instant,
    shown_at: Instant,
}

const BUTTONS: [(Id, Action); 3] = [
    (Id::NewTake, Action::NewTake),
    (Id::Keep, Action::Keep),
    (Id::Clear, Action::Clear { everything: false }),
];

impl Worker {
    fn new(link: Link) -> Self {
        let presses = BUTTONS.map(|(id, _)| link.shared.presses(id));
        Self {
            link,
            heard: Heard::default(),
            neighbour: Neighbour::new(),
            socket: None,
            abandoned: Vec::new(),
            flight: None,
            starting: None,
            file: Vec::new(),
            range: None,
            presses,
            candidate: 1,
            job_id: None,
            shown_heard: 0,
            shown_generated: Arc::new([]),
            progress_at: Instant::now(),
            shown_at: Instant::now(),
        }
    }

    /// @returns whether there was something to do
    fn step(&mut self) -> bool {
        let mut is_busy = false;
        while let Ok(report) = self.link.reports.pop() {
            is_busy = true;
            match report {
                Report::Due(due) => self.due(due),
                report => self.heard.take(report),
            }
        }
        while let Ok(action) = self.link.actions.try_recv() {
            is_busy = true;
            self.act(action);
        }
        for (index, (id, action)) in BUTTONS.into_iter().enumerate() {
            let presses = self.link.shared.presses(id);
            if presses != self.presses[index] {
                self.presses[index] = presses;
                self.act(action);
            }
        }
        let candidate = self.link.shared.value(Id::Candidate) as usize;
        if candidate != self.candidate {
            self.candidate = candidate;
            self.select(candidate.saturating_sub(1));
        }
        is_busy |= self.poll();
        self.link.kept.catch_up();
        // A project that is loaded changes what is played too.
        let is_stale = self.shown_heard != self.heard.version
            || !Arc::ptr_eq(&self.shown_generated, &self.link.kept.generated());
        if is_stale && self.shown_at.elapsed() >= VIEW_INTERVAL {
            self.show_heard();
        }
        is_busy
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::NewTake => self.new_take(),
            Action::Select(index) => {
                self.candidate = index + 1;
                self.link
                    .shared
                    .set_value(Id::Candidate, (index + 1) as f64);
                self.select(index);
            }
            Action::Keep => self.keep(),
            Action::Clear { everything } => self.clear(everything),
            Action::SetRange(range) => {
                self.range = range.filter(|(start, end)| end > start);
                let range = self.range;
                self.link.kept.change_view(|view| {
                    view.region = range;
                    view.candidates.clear();
                });
            }
            Action::OpenFile(path) => match midi_file::read(&path) {
                Ok(tracks) => {
                    self.file = tracks;
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    self.link.kept.change_view(|view| {
                        view.file = Some(name.into());
                        view.message.clear();
                    });
                    self.show_heard();
                }
                Err(why) => self.say(&why),
            },
            Action::CloseFile => {
                self.file.clear();
                self.link.kept.change_view(|view| view.file = None);
                self.show_heard();
            }
            Action::OpenRoll => self.open_roll(),
            Action::StartDaemon => self.reach(true),
        }
    }

    fn say(&self, message: &str) {
        self.link
            .kept
            .change_view(|view| view.message = message.into());
    }

    fn show_heard(&mut self) {
        self.shown_heard = self.heard.version;
        self.shown_at = Instant::now();
        let heard: Arc<[Note]> = self
            .heard
            .notes((f64::NEG_INFINITY, f64::INFINITY), self.now())
            .into();
        let region = self.link.kept.view().region;
        let at = self
            .heard
            .timeline_at(region.map_or(self.now(), |(start, _)| start));
        let context = self
            .context()
            .into_iter()
            .map(|track| (track.name, track.notes.into()))
            .collect();
        self.link.kept.change_view(|view| {
            view.heard = heard.clone();
            view.context = context;
            (view.tempo_qpm, view.meter, view.bar_origin) = (at.tempo_qpm, at.meter, at.bar_line);
        });
        let generated = self.link.kept.generated();
        self.shown_generated = generated.clone();
        let part = Id::Part.parameter().text(self.link.shared.value(Id::Part));
        let name = if part == "Same" {
            format!("Continuo {}", self.neighbour.number)
        } else {
            part
        };
        self.neighbour.publish(Sounding {
            name,
            heard,
            generated,
        });
    }

    /// The playhead in quarters; 0 before the first block.
    fn now(&self) -> f64 {
        let playhead = self.link.shared.playhead();
        if playhead.is_nan() { 0. } else { playhead }
    }

    fn part(&self) -> Part {
        Part::from_value(self.link.shared.value(Id::Part))
    }

    /// The tracks of the dropped file, and those of the other instances.
    fn context(&self) -> Vec<ContextTrack> {
        let mut tracks = self.file.clone();
        if !self.link.shared.is_on(Id::Neighbours) {
            return tracks;
        }
        for (_, sounding) in self.neighbour.others() {
            for (what, notes) in [("", &sounding.heard), (" (answer)", &sounding.generated)] {
                if !notes.is_empty() {
                    let name = format!("{}{what}", sounding.name);
                    let is_drums = notes.iter().all(|note| note.channel == 9).then_some(true);
                    tracks.push(ContextTrack {
                        name,
                        program: 0,
                        is_drums,
                        notes: notes.to_vec(),
                    });
                }
            }
        }
        tracks
    }

    /// Connects, and where nothing listens starts a daemon once; the view says how it stands.
    fn reach(&mut self, may_start: bool) {
        if self.socket.is_some() {
            return;
        }
        let Some(home) = Home::find() else {
            return self.unavailable("Continuo's folder was not found: set CONTINUO_HOME.");
        };
        let name = format!("plugin-{}-{}", std::process::id(), self.neighbour.number);
        match Socket::open(&home, &name, &self.link.shared.is_ending) {
            Ok(socket) => {
                self.socket = Some(socket);
                self.starting = None;
                self.link
                    .kept
                    .change_view(|view| view.connection = Connection::Connected);
            }
            Err(Trouble::Refused(why)) => self.unavailable(&why),
            Err(Trouble::Starting) => {
                // It may have ended before it listened; one that is alive is not disturbed by another start.
                if may_start {
                    let _ = launch(&home);
                }
                self.is_starting();
            }
            Err(Trouble::NotRunning) if !may_start => {}
            Err(Trouble::NotRunning) => match launch(&home) {
                Ok(()) => self.is_starting(),
                Err(why) => self.unavailable(&why),
            },
        }
    }

    fn is_starting(&mut self) {
        let now = Instant::now();
        self.starting.get_or_insert((now + START, now + RETRY));
        self.link
            .kept
            .change_view(|view| view.connection = Connection::Starting);
    }

    fn unavailable(&mut self, why: &str) {
        self.starting = None;
        self.socket = None;
        #[cfg(feature = "fallback")]
        if self.fill_inside() {
            let message = format!("{why} The small model inside the plugin answered.");
            self.link.kept.change_view(|view| {
                view.connection = Connection::Fallback;
                view.message = message;
            });
            return;
        }
        self.link.kept.change_view(|view| {
            view.connection = Connection::Unavailable(why.into());
            view.progress = None;
        });
        self.drop_flight();
    }

    /// While a daemon starts: tries it again now and then.
    fn await_daemon(&mut self) {
        let Some((until, next)) = self.starting else {
            return;
        };
        let now = Instant::now();
        if now < next {
            return;
        }
        self.starting = Some((until, now + RETRY));
        self.reach(false);
        if self.socket.is_some() {
            self.start_flight();
        } else if now > until {
            self.unavailable("Continuo did not start: \"continuo doctor\" says why.");
        }
    }
}
