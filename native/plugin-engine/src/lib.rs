//! What the plugin does, whatever format it is loaded as: hears notes on the audio thread, has a thread of its own
//! ask for notes, plays the answer in time and keeps it for the project.
//!
//! `audio` runs on the host's audio thread and never allocates, locks or waits (offline rendering excepted);
//! `worker` is the thread that may. Between them are three rings and a few atomics (`shared`). A format
//! (CLAP, LV2) owns an [`Instance`]; an editor reads its [`View`] and sends [`Action`]s.

mod audio;
mod daemon;
mod instance;
mod midi_file;
mod neighbours;
mod note;
mod parameters;
mod report;
mod shared;
mod state;
mod transport;
mod view;
mod worker;

pub use audio::Processor;
pub use instance::Instance;
pub use note::{MidiEvent, Note};
pub use parameters::{Kind, Mode, PARAMETERS, Parameter, ParameterId, Part};
pub use shared::Shared;
pub use state::StateError;
pub use transport::{Meter, Transport};
pub use view::{Action, Candidate, Connection, View};
