//! Notes without a note-off keep their end, whatever is written around them.

use std::ops::Range;

use super::edits::{ChunkEdits, Kept};
use super::scan::Scan;
use crate::error::MidiError;
use crate::event::EventReader;
use crate::pairing::NotePairer;
use crate::ports::Ports;
use crate::song::{Note, TrackLocation};
use crate::strikes::Ending;

/// The chunk that is edited, and which of its channels.
pub(super) struct Endings<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) body: Range<usize>,
    pub(super) location: TrackLocation,
}

impl Endings<'_> {
    /// Write a note-off where a note that has none would end elsewhere than before: because the note-on
    /// that ended it goes, because the chunk grows, or because a new note of its pitch begins, which
    /// ends it there.
    ///
    /// `plan`: with everything else that goes and comes, `dropped` in order. `kept`: in the order of
    /// their note-ons. `ends_all`: pitches whose notes without a note-off all get one.
    pub(super) fn keep(
        self,
        edits: &mut ChunkEdits,
        scan: &Scan,
        kept: &[Kept],
        new: &[Note],
        ends_all: &[bool; 128],
    ) -> Result<(), MidiError> {
        let mut new_starts: Vec<(u8, u32)> = new
            .iter()
            .map(|note| (note.pitch, note.start_tick))
            .collect();
        new_starts.sort_unstable();
        let mut next_on = [None; 128];
        let mut until_chunk_end = Vec::new();
        for Kept { note, is_held } in kept.iter().rev() {
            let pitch = usize::from(note.pitch);
            let next_on = next_on[pitch].replace(note.start_tick);
            if !is_held {
                continue;
            }
            let after = new_starts.partition_point(|start| *start <= (note.pitch, note.start_tick));
            let next_new = new_starts.get(after).filter(|next| next.0 == note.pitch);
            let next_new = next_new.map_or(u32::MAX, |next| next.1);
            let wanted = note.end_tick().min(next_new);
            let off = (wanted, scan.off_message(note.pitch));
            let is_wanted = |end_tick: u32| end_tick.max(note.start_tick + 1) == wanted;
            match next_on {
                _ if ends_all[pitch] => edits.insert_off(self.location.port, off.0, off.1),
                Some(next_on) if is_wanted(next_on) => {}
                None if is_wanted(scan.end_tick) => until_chunk_end.push(off),
                _ => edits.insert_off(self.location.port, off.0, off.1),
            }
        }
        if self.chunk_end(edits, scan)? != scan.end_tick {
            for (tick, message) in until_chunk_end {
                edits.insert_off(self.location.port, tick, message);
            }
            self.keep_other_channels(edits)?;
        }
        Ok(())
    }

    /// The tick of the chunk's last event when all is done.
    fn chunk_end(&self, edits: &ChunkEdits, scan: &Scan) -> Result<u32, MidiError> {
        let last_insert = edits.inserts.iter().map(|insert| insert.tick).max();
        let mut end_tick = scan.end_tick;
        if !scan.is_ended && !edits.dropped.is_empty() {
            // Its last event may be one of those that go.
            end_tick = 0;
            let mut reader = EventReader::new(self.bytes, self.body.clone());
            let mut dropped = edits.dropped.iter().copied().peekable();
            let mut index = 0;
            while let Some(event) = reader.next_event()? {
                if dropped.next_if_eq(&index).is_none() {
                    end_tick = event.tick;
                }
                index += 1;
            }
        }
        Ok(end_tick.max(last_insert.unwrap_or(0)))
    }

    /// Notes of the chunk's other channels that last as long as the chunk does.
    fn keep_other_channels(self, edits: &mut ChunkEdits) -> Result<(), MidiError> {
        for (port, channel) in self.open_channels()? {
            let location = TrackLocation {
                port,
                channel,
                ..self.location
            };
            if location == self.location {
                continue;
            }
            let scan = Scan::read(self.bytes, self.body.clone(), location)?;
            for pitch in &scan.pitches {
                if let (Some(&at), Some((_, Ending::Chunk))) =
                    (pitch.found.last(), pitch.pairs.notes.last())
                {
                    let note = &scan.found[at].note;
                    edits.insert_off(port, note.end_tick(), scan.off_message(note.pitch));
                }
            }
        }
        Ok(())
    }

    /// Port and channel of every note that the chunk leaves open.
    fn open_channels(&self) -> Result<Vec<(u8, u8)>, MidiError> {
        let mut reader = EventReader::new(self.bytes, self.body.clone());
        let mut ports = Ports::new();
        while let Some(event) = reader.next_event()? {
            ports.pair(&event);
            if let Some(port) = event.port() {
                ports.switch(port);
            }
        }
        let mut channels = Vec::new();
        ports.end_chunk(|port, notes: &mut NotePairer| {
            let open = (0..16).filter(|&channel| notes.is_open(channel));
            channels.extend(open.map(|channel| (port, channel)));
            Ok::<(), MidiError>(())
        })?;
        Ok(channels)
    }
}
