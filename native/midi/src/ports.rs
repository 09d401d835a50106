//! The ports of a chunk. A MIDI port event moves what follows it to another port, with sixteen channels
//! of its own; most chunks stay on one.

use crate::event::{Event, EventKind};
use crate::pairing::NotePairer;

pub(crate) struct Ports {
    port: u8,
    /// The notes of the port in force, boxed so that another one is swapped in at once.
    pub(crate) notes: Box<NotePairer>,
    others: Vec<(u8, Box<NotePairer>)>,
}

impl Ports {
    pub(crate) fn new() -> Self {
        Self {
            port: 0,
            notes: Box::new(NotePairer::new()),
            others: Vec::new(),
        }
    }

    pub(crate) fn port(&self) -> u8 {
        self.port
    }

    /// Pair a note-on or note-off; other events mean nothing here.
    #[inline]
    pub(crate) fn pair(&mut self, event: &Event<'_>) {
        match event.kind {
            EventKind::NoteOn {
                channel,
                pitch,
                velocity,
            } => self.notes.note_on(event.tick, channel, pitch, velocity),
            EventKind::NoteOff { channel, pitch } => {
                self.notes.note_off(event.tick, channel, pitch);
            }
            _ => {}
        }
    }

    pub(crate) fn switch(&mut self, port: u8) {
        if port == self.port {
            return;
        }
        match self.others.iter_mut().find(|(other, _)| *other == port) {
            Some((other, notes)) => {
                *other = self.port;
                std::mem::swap(&mut self.notes, notes);
            }
            None if self.notes.is_empty() => {}
            None => {
                let notes = std::mem::replace(&mut self.notes, Box::new(NotePairer::new()));
                self.others.push((self.port, notes));
            }
        }
        self.port = port;
    }

    /// Visit all ports of a chunk that has ended, in order; the next chunk begins on port 0.
    pub(crate) fn end_chunk<E>(
        &mut self,
        mut visit: impl FnMut(u8, &mut NotePairer) -> Result<(), E>,
    ) -> Result<(), E> {
        let port = std::mem::take(&mut self.port);
        if self.others.is_empty() {
            return visit(port, &mut self.notes);
        }
        let notes = std::mem::replace(&mut self.notes, Box::new(NotePairer::new()));
        self.others.push((port, notes));
        self.others.sort_by_key(|(port, _)| *port);
        let mut others = std::mem::take(&mut self.others).into_iter();
        others.try_for_each(|(port, mut notes)| visit(port, &mut notes))
    }
}
