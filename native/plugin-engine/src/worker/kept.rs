//! What an instance keeps between requests: the notes that it plays, what they answer, and the view of them.

use crate::audio::Plan;
use crate::note::Note;
use crate::view::View;
use rtrb::{Consumer, Producer};
use serde_json::{Map, Value};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where notes came from: kept in the project, so that what was not played differently is not asked for again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub region: (f64, f64),
    /// Of what was heard; see `fingerprint`.
    pub call: u64,
    pub seed: u64,
    pub model: String,
    /// The musician keeps it: nothing replaces it until it is cleared.
    pub is_kept: bool,
}

/// Both ends of the rings of plans that are not the audio thread's.
struct Plans {
    to_audio: Producer<Box<Plan>>,
    old: Consumer<Box<Plan>>,
    /// The last plan found the ring full, since nothing is processed: it is sent when there is room.
    is_behind: bool,
}

/// Locked by the worker, the main thread and the editor; never by the audio thread.
pub(crate) struct Kept {
    view: Mutex<Arc<View>>,
    answers: Mutex<Vec<Answer>>,
    /// What a newer Continuo wrote into the state: saved again as it was.
    foreign: Mutex<Map<String, Value>>,
    plans: Mutex<Plans>,
}

const MOST_ANSWERS: usize = 10_000;

impl Kept {
    pub fn new(to_audio: Producer<Box<Plan>>, old: Consumer<Box<Plan>>) -> Self {
        Self {
            view: Mutex::default(),
            answers: Mutex::default(),
            foreign: Mutex::default(),
            plans: Mutex::new(Plans {
                to_audio,
                old,
                is_behind: false,
            }),
        }
    }

    pub fn view(&self) -> Arc<View> {
        lock(&self.view).clone()
    }

    pub fn generated(&self) -> Arc<[Note]> {
        lock(&self.view).generated.clone()
    }

    pub fn answers(&self) -> Vec<Answer> {
        lock(&self.answers).clone()
    }

    pub fn set_answers(&self, answers: Vec<Answer>) {
        *lock(&self.answers) = answers;
    }

    pub fn foreign(&self) -> Map<String, Value> {
        lock(&self.foreign).clone()
    }

    pub fn set_foreign(&self, foreign: Map<String, Value>) {
        *lock(&self.foreign) = foreign;
    }

    pub fn change_view(&self, change: impl FnOnce(&mut View)) {
        let mut view = lock(&self.view);
        let view = Arc::make_mut(&mut view);
        change(view);
        view.version += 1;
    }

    /// Exchanges the notes that start in a region, in quarters, from `from` on.
    pub fn replace(&self, region: (f64, f64), from: f64, new: &[Note]) {
        let start = region.0.max(from);
        let mut notes: Vec<Note> = self.generated().to_vec();
        notes.retain(|note| note.start < start || note.start >= region.1);
        notes.extend(
            new.iter()
                .filter(|note| note.start >= start && note.start < region.1),
        );
        self.publish(notes);
    }

    /// Notes where an answer is from, in place of what overlapped it.
    pub fn set_answer(&self, answer: Answer) {
        let mut answers = lock(&self.answers);
        answers.retain(|old| !overlap(old.region, answer.region));
        if answers.len() < MOST_ANSWERS {
            answers.push(answer);
        }
    }

    pub fn is_kept(&self, region: (f64, f64)) -> bool {
        lock(&self.answers)
            .iter()
            .any(|answer| answer.is_kept && overlap(answer.region, region))
    }

    pub fn keep(&self, region: (f64, f64)) {
        for answer in lock(&self.answers)
            .iter_mut()
            .filter(|answer| overlap(answer.region, region))
        {
            answer.is_kept = true;
        }
    }

    pub fn is_answered(&self, region: (f64, f64), call: u64) -> bool {
        lock(&self.answers)
            .iter()
            .any(|answer| answer.region == region && answer.call == call)
    }

    /// Takes out the notes that start in a region, and forgets where they were from; those that are kept only where
    /// `with_kept` says so.
    pub fn clear(&self, region: (f64, f64), with_kept: bool) {
        let mut answers = lock(&self.answers);
        let stays = |at: f64, answers: &[Answer]| {
            answers
                .iter()
                .any(|answer| answer.is_kept && at >= answer.region.0 && at < answer.region.1)
        };
        let mut notes: Vec<Note> = self.generated().to_vec();
        notes.retain(|note| {
            let is_outside = note.start < region.0 || note.start >= region.1;
            is_outside || (!with_kept && stays(note.start, &answers))
        });
        answers.retain(|answer| !overlap(answer.region, region) || (!with_kept && answer.is_kept));
        drop(answers);
        self.publish(notes);
    }

    /// Hands all notes to the audio thread.
    pub fn publish(&self, mut notes: Vec<Note>) {
        notes.sort_by(|a, b| a.start.total_cmp(&b.start));
        self.change_view(|view| view.generated = notes.into());
        lock(&self.plans).is_behind = true;
        self.catch_up();
    }

    /// Sends the plan that is due, and frees those that are not played any more.
    pub fn catch_up(&self) {
        let mut plans = lock(&self.plans);
        while plans.old.pop().is_ok() {}
        if plans.is_behind {
            let plan = Box::new(self.generated().to_vec());
            plans.is_behind = plans.to_audio.push(plan).is_err();
        }
    }
}

pub(crate) fn overlap(a: (f64, f64), b: (f64, f64)) -> bool {
    a.0 < b.1 && b.0 < a.1
}

/// What was played, whatever the host's block sizes do to its positions: onsets to a sixteenth of a quarter, shifted
/// so that the usual grids lie well inside a step, and pitches.
pub(crate) fn fingerprint(notes: &[Note], origin: f64) -> u64 {
    let mut keys: Vec<(i64, u8)> = notes
        .iter()
        .map(|note| {
            (
                ((note.start - origin) * 16. + 0.25).round() as i64,
                note.pitch,
            )
        })
        .collect();
    keys.sort_unstable();
    // FNV-1a: the same on every machine and in every version, since projects hold it. 53 bits, for JSON's sake.
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for byte in keys
        .iter()
        .flat_map(|(at, pitch)| at.to_le_bytes().into_iter().chain([*pitch]))
    {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash >> 11
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
