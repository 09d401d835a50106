//! What an instance keeps between requests: the notes that it plays, and the view of them.

use crate::audio::Plan;
use crate::note::Note;
use crate::view::View;
use rtrb::{Consumer, Producer};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Locked by the worker, the main thread and the editor; never by the audio thread.
pub(crate) struct Kept {
    view: Mutex<Arc<View>>,
    plans: Mutex<(Producer<Box<Plan>>, Consumer<Box<Plan>>)>,
}

impl Kept {
    pub fn new(plans: Producer<Box<Plan>>, old: Consumer<Box<Plan>>) -> Self {
        Self {
            view: Mutex::default(),
            plans: Mutex::new((plans, old)),
        }
    }

    pub fn view(&self) -> Arc<View> {
        lock(&self.view).clone()
    }

    pub fn generated(&self) -> Arc<[Note]> {
        lock(&self.view).generated.clone()
    }

    pub fn change_view(&self, change: impl FnOnce(&mut View)) {
        let mut view = lock(&self.view);
        let view = Arc::make_mut(&mut view);
        change(view);
        view.version += 1;
    }

    /// Exchanges the notes that start in a region, in quarters.
    pub fn replace(&self, (start, end): (f64, f64), new: Vec<Note>) {
        let mut notes: Vec<Note> = self
            .generated()
            .iter()
            .copied()
            .filter(|n| n.start < start || n.start >= end)
            .collect();
        notes.extend(new);
        self.publish(notes);
    }

    /// Hands all notes to the audio thread.
    pub fn publish(&self, mut notes: Vec<Note>) {
        notes.sort_by(|a, b| a.start.total_cmp(&b.start));
        self.change_view(|view| view.generated = notes.clone().into());
        let mut plans = lock(&self.plans);
        while plans.1.pop().is_ok() {}
        let _ = plans.0.push(Box::new(notes));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
