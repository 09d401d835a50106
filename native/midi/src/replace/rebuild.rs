//! The bytes of an edited chunk: old events copied, dropped ones left out, new ones put in.

use std::ops::Range;

use super::edits::{ChunkEdits, Insert, Order};
use crate::error::MidiError;
use crate::event::{Event, EventKind, EventReader, META_PORT};
use crate::number::{MAX_NUMBER, write_number};

/// A text event of no text, which carries time where one delta cannot.
const EMPTY_TEXT: [u8; 3] = [0xff, 0x01, 0];

pub(super) fn rebuild_chunk(
    bytes: &[u8],
    body: Range<usize>,
    edits: &ChunkEdits,
) -> Result<Vec<u8>, MidiError> {
    let mut writer = ChunkWriter {
        bytes,
        out: Vec::with_capacity(body.len() + 5 * edits.inserts.len()),
        tick: 0,
        running: 0,
        port: 0,
        is_after_meta: false,
    };
    let mut reader = EventReader::new(bytes, body);
    let mut dropped = edits.dropped.iter().copied().peekable();
    let mut inserts = edits.inserts.iter().peekable();
    let mut index = 0;
    let mut old_tick = 0;
    let mut was_after_meta = false;
    let mut port = 0;
    while let Some(event) = reader.next_event()? {
        let is_end = event.is_end_of_track();
        while let Some(insert) = inserts.next_if(|insert| is_end || is_before(insert, &event)) {
            writer.write_insert(insert);
        }
        if dropped.next_if_eq(&index).is_none() {
            if !matches!(event.kind, EventKind::Meta { .. }) {
                writer.set_port(event.tick, port);
            }
            writer.write_old(&event, event.tick - old_tick, was_after_meta);
        }
        port = event.port().unwrap_or(port);
        was_after_meta = match event.kind {
            EventKind::Meta { .. } | EventKind::SysEx { .. } => true,
            EventKind::System { .. } => was_after_meta,
            _ => false,
        };
        old_tick = event.tick;
        index += 1;
    }
    for insert in inserts {
        writer.write_insert(insert);
    }
    writer.out.extend_from_slice(&bytes[reader.rest()]);
    Ok(writer.out)
}

fn is_before(insert: &Insert, event: &Event<'_>) -> bool {
    insert.tick < event.tick || (insert.tick == event.tick && insert.order == Order::BeforeAll)
}

struct ChunkWriter<'a> {
    bytes: &'a [u8],
    out: Vec<u8>,
    tick: u32,
    /// The last channel status written, 0 before any.
    running: u8,
    /// Of the last port event written, 0 before any.
    port: u8,
    is_after_meta: bool,
}

impl ChunkWriter<'_> {
    /// Say which port what follows is for, where that is not said.
    fn set_port(&mut self, tick: u32, port: u8) {
        if port != self.port {
            self.write_delta(tick);
            self.out.extend_from_slice(&[0xff, META_PORT, 1, port]);
            self.port = port;
            self.is_after_meta = true;
        }
    }

    fn write_insert(&mut self, insert: &Insert) {
        self.set_port(insert.tick, insert.port);
        self.write_delta(insert.tick);
        self.out
            .extend_from_slice(&[insert.status, insert.pitch, insert.velocity]);
        self.running = insert.status;
        self.is_after_meta = false;
    }

    /// `old_delta`, `was_after_meta`: what held before the event in the old chunk.
    fn write_old(&mut self, event: &Event<'_>, old_delta: u32, was_after_meta: bool) {
        // An end of track that is overtaken by a new note moves behind it.
        let tick = event.tick.max(self.tick);
        if tick - self.tick == old_delta {
            self.out.extend_from_slice(&self.bytes[event.delta.clone()]);
            self.tick = tick;
        } else {
            self.write_delta(tick);
        }
        let body = &self.bytes[event.body.clone()];
        let is_channel_event = event.status < 0xf0;
        if is_channel_event {
            let has_status = body.first() == Some(&event.status);
            let is_in_force =
                self.running == event.status && (!self.is_after_meta || was_after_meta);
            if !has_status && !is_in_force {
                self.out.push(event.status);
            }
            self.running = event.status;
            self.is_after_meta = false;
        } else if !matches!(event.kind, EventKind::System { .. }) {
            self.port = event.port().unwrap_or(self.port);
            self.is_after_meta = true;
        }
        self.out.extend_from_slice(body);
    }

    fn write_delta(&mut self, tick: u32) {
        let mut delta = tick - self.tick;
        while delta > MAX_NUMBER {
            write_number(&mut self.out, MAX_NUMBER);
            self.out.extend_from_slice(&EMPTY_TEXT);
            self.is_after_meta = true;
            delta -= MAX_NUMBER;
        }
        write_number(&mut self.out, delta);
        self.tick = tick;
    }
}
