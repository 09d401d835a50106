//! One plugin in one slot of a host: its worker thread, and the audio half that the host activates.

use crate::audio::Processor;
use crate::daemon::Home;
use crate::midi_file;
use crate::note::Note;
use crate::shared::Shared;
use crate::state::{self, StateError};
use crate::view::{Action, View};
use crate::worker::{self, Kept, Link};
use rtrb::RingBuffer;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::Ordering::Release;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

const REPORTS: usize = 8192;
const PLANS: usize = 16;

pub struct Instance {
    pub shared: Arc<Shared>,
    kept: Arc<Kept>,
    processor: Mutex<Option<Box<Processor>>>,
    actions: Sender<Action>,
    worker: Option<JoinHandle<()>>,
}

impl Default for Instance {
    fn default() -> Self {
        Self::new()
    }
}

impl Instance {
    /// Starts the worker. Touches neither network nor files: hosts do this in a scan.
    pub fn new() -> Self {
        let (reports_in, reports) = RingBuffer::new(REPORTS);
        let (plans_in, plans) = RingBuffer::new(PLANS);
        // Never full: it holds every plan that can be under way.
        let (old_in, old) = RingBuffer::new(2 * PLANS);
        let (actions, actions_out) = channel();
        let shared = Arc::new(Shared::default());
        let kept = Arc::new(Kept::new(plans_in, old));
        let processor = Processor::new(shared.clone(), reports_in, plans, old_in);
        let link = Link {
            shared: shared.clone(),
            kept: kept.clone(),
            reports,
            actions: actions_out,
        };
        let worker = std::thread::Builder::new()
            .name("continuo".into())
            .spawn(move || worker::work(link))
            .ok();
        Self {
            shared,
            kept,
            processor: Mutex::new(Some(Box::new(processor))),
            actions,
            worker,
        }
    }

    /// The audio half, for as long as the host processes; `None` if it is out already.
    pub fn take_processor(&self, sample_rate: f64) -> Option<Box<Processor>> {
        let mut processor = self
            .processor
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()?;
        processor.start(sample_rate);
        Some(processor)
    }

    pub fn put_processor(&self, processor: Box<Processor>) {
        *self
            .processor
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(processor);
    }

    pub fn act(&self, action: Action) {
        // Without a worker there is nobody to act; the view says so.
        let _ = self.actions.send(action);
        if let Some(worker) = &self.worker {
            worker.thread().unpark();
        }
    }

    pub fn view(&self) -> Arc<View> {
        self.kept.view()
    }

    /// Parameters and all notes, for the host's project.
    pub fn save(&self) -> Vec<u8> {
        state::save(&self.shared, &self.kept)
    }

    /// Errors: `StateError` where these are not bytes of [`Instance::save`]; nothing is changed then.
    pub fn load(&self, bytes: &[u8]) -> Result<(), StateError> {
        state::load(&self.shared, &self.kept, bytes)
    }

    /// Tells the musician, in a sentence.
    pub fn say(&self, message: &str) {
        self.kept.change_view(|view| view.message = message.into());
    }

    /// Writes a candidate, else what the region holds, as a .mid file that starts at its bar 1, to be dragged into a
    /// host. Errors: there are no notes, or the file cannot be written.
    pub fn export(&self, candidate: Option<usize>) -> io::Result<PathBuf> {
        let view = self.kept.view();
        let all = (f64::NEG_INFINITY, f64::INFINITY);
        let (start, end) = view.region.unwrap_or(all);
        let notes: Vec<Note> = match candidate.and_then(|index| view.candidates.get(index)) {
            Some(candidate) => candidate.notes.to_vec(),
            None => view
                .generated
                .iter()
                .copied()
                .filter(|note| note.start >= start && note.start < end)
                .collect(),
        };
        let first = notes
            .first()
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there are no notes yet"))?;
        let bar = view.meter.quarters_per_bar();
        let from = if start.is_finite() {
            start
        } else {
            ((first.start - view.bar_origin) / bar).floor() * bar + view.bar_origin
        };
        let number = ((from - view.bar_origin.rem_euclid(bar)) / bar).round() as i64 + 1;
        let home = Home::find().ok_or_else(|| {
            io::Error::new(io::ErrorKind::NotFound, "Continuo's folder was not found")
        })?;
        midi_file::export(
            &home.folder().join("exports"),
            &notes,
            from,
            view.tempo_qpm,
            view.meter,
            number,
        )
    }

    /// What is played, sorted by start.
    pub fn generated(&self) -> Arc<[Note]> {
        self.kept.generated()
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.shared.is_ending.store(true, Release);
        if let Some(worker) = self.worker.take() {
            worker.thread().unpark();
            let _ = worker.join();
        }
    }
}
