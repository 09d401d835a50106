//! What an editor shows, and what its user does.

use crate::note::Note;
use crate::transport::Meter;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Connection {
    /// Nothing was asked yet.
    #[default]
    Idle,
    Starting,
    Connected,
    /// With a sentence that says what to do.
    Unavailable(String),
    /// The model inside the plugin answers instead of the daemon.
    Fallback,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub seed: u64,
    pub notes: Arc<[Note]>,
}

/// A picture of an instance; renewed by the worker, at most 30 times a second.
#[derive(Clone, Debug)]
pub struct View {
    /// Counts up with every change.
    pub version: u64,
    pub connection: Connection,
    /// A request is under way: done so far, 0 to 1.
    pub progress: Option<f32>,
    /// One sentence about the last request, or an error; may be empty.
    pub message: String,
    /// Meter and tempo where the region begins; where there is none, at the playhead.
    pub meter: Meter,
    pub tempo_qpm: f64,
    /// Quarters of a bar line, from which others are counted.
    pub bar_origin: f64,
    pub heard: Arc<[Note]>,
    /// Other instances and dropped files: name and notes.
    pub context: Vec<(String, Arc<[Note]>)>,
    /// The name of the dropped file that is heard as well.
    pub file: Option<String>,
    /// The bars that were asked for last, or were chosen in the editor.
    pub region: Option<(f64, f64)>,
    pub candidates: Vec<Candidate>,
    pub selected: usize,
    /// All notes that this instance plays, the selected candidate's among them.
    pub generated: Arc<[Note]>,
}

impl Default for View {
    fn default() -> Self {
        Self {
            version: 0,
            connection: Connection::default(),
            progress: None,
            message: String::new(),
            meter: Meter::COMMON,
            tempo_qpm: 120.,
            bar_origin: 0.,
            heard: Arc::new([]),
            context: Vec::new(),
            file: None,
            region: None,
            candidates: Vec::new(),
            selected: 0,
            generated: Arc::new([]),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Asks again with another seed, in any mode.
    NewTake,
    /// Plays another of the candidates.
    Select(usize),
    /// What the region holds stays: further takes leave it alone.
    Keep,
    /// Takes out the notes of the region, or all of them.
    Clear {
        everything: bool,
    },
    /// The bars that `Fill` fills; `None` is the host's loop.
    SetRange(Option<(f64, f64)>),
    /// A .mid file as context, from bar 1.
    OpenFile(PathBuf),
    CloseFile,
    /// Opens the region in the browser's piano roll.
    OpenRoll,
    StartDaemon,
}
