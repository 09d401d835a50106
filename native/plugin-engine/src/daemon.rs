//! The daemon from inside a host: where it is, how it is started, and a connection that never blocks.
//!
//! Messages are those of docs/protocol.md, over its WebSocket entry.

mod connection;
mod home;
mod launch;

pub(crate) use connection::{Connection, Message};
pub(crate) use home::Home;
pub(crate) use launch::launch;

/// Why the daemon cannot be asked, in words for a musician.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nothing listens: it may be started.
    NotRunning,
    /// It has begun to start, and does not listen yet.
    Starting,
    /// It is there, and refuses or makes no sense; starting another one would not help.
    Refused(String),
}
