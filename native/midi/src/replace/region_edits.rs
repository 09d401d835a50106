//! Plans the edits of a chunk for a request: which events to remove and which to add. Moves no bytes.

use std::collections::HashMap;
use std::ops::Range;

use super::ReplaceRequest;
use super::bound::bound_notes;
use super::edits::{ChunkEdits, Kept, invalid, overlap};
use super::endings::Endings;
use super::scan::Scan;
use crate::error::{MAX_TICK, MidiError};
use crate::song::{Note, TrackLocation};

impl ChunkEdits {
    pub(super) fn new(
        bytes: &[u8],
        body: Range<usize>,
        request: &ReplaceRequest<'_>,
    ) -> Result<Self, MidiError> {
        check_notes(request)?;
        let scan = Scan::read(bytes, body.clone(), request.location)?;
        let mut edits = Self::default();
        let kept = edits.drop_notes(&scan, request)?;
        check_ends(request, &edits.removed)?;
        refuse_overlaps(&kept, request)?;
        for note in request.notes {
            edits.insert_on(request.location.port, note);
            edits.insert_off(
                request.location.port,
                note.end_tick(),
                scan.off_message(note.pitch),
            );
        }
        edits.drop_strays(&scan.strays, request.notes);
        edits.dropped.sort_unstable();
        let endings = Endings {
            bytes,
            body,
            location: request.location,
        };
        endings.keep(&mut edits, &scan, &kept, request.notes, &[false; 128])?;
        edits.inserts.sort_unstable();
        Ok(edits)
    }

    /// Only the note-offs that notes lack which begin before a region ends.
    pub(super) fn end_held(
        bytes: &[u8],
        body: Range<usize>,
        location: TrackLocation,
        region: Range<u32>,
    ) -> Result<Self, MidiError> {
        let scan = Scan::read(bytes, body.clone(), location)?;
        let mut edits = Self::default();
        for found in &scan.found {
            let note = &found.note;
            if found.off_index.is_some() || note.start_tick >= region.end {
                continue;
            }
            let is_before = note.start_tick < region.start;
            let latest = if is_before { region.start } else { u32::MAX };
            let end_tick = note.end_tick().min(latest);
            edits.insert_off(location.port, end_tick, scan.off_message(note.pitch));
        }
        Endings {
            bytes,
            body,
            location,
        }
        .keep(&mut edits, &scan, &[], &[], &[false; 128])?;
        edits.inserts.sort_unstable();
        Ok(edits)
    }

    /// Take the region's notes out and cut what is to be cut; answers the notes that stay.
    fn drop_notes(
        &mut self,
        scan: &Scan,
        request: &ReplaceRequest<'_>,
    ) -> Result<Vec<Kept>, MidiError> {
        let mut locked: HashMap<_, u32> = HashMap::new();
        for lock in request.keep {
            *locked.entry(identity(lock)).or_default() += 1;
        }
        let is_bound = bound_notes(scan, |note| request.holds(note), |note| request.cuts(note));
        let mut kept = Vec::with_capacity(scan.found.len());
        for (entry, is_bound) in scan.found.iter().zip(is_bound) {
            let mut note = entry.note;
            let mut is_held = entry.off_index.is_none();
            let is_locked = request.holds(&note) && take_one(&mut locked, &note);
            if request.holds(&note) && !is_locked && !is_bound {
                self.dropped.push(entry.on_index);
                self.dropped.extend(entry.off_index);
                self.removed.push(note);
                continue;
            }
            if request.cuts(&note) && !is_bound {
                self.dropped.extend(entry.off_index);
                self.insert_off(
                    request.location.port,
                    request.start_tick,
                    scan.off_message(note.pitch),
                );
                note.duration_ticks = request.start_tick - note.start_tick;
                is_held = false;
            }
            kept.push(Kept { note, is_held });
        }
        self.removed
            .sort_by_key(|note| (note.start_tick, note.pitch));
        let is_missing = |lock: &&Note| locked.get(&identity(lock)).is_some_and(|&left| left > 0);
        match request.keep.iter().find(is_missing) {
            Some(lock) => Err(invalid(
                lock,
                "a locked note is one of the region, with its onset, pitch and duration",
            )),
            None => Ok(kept),
        }
    }
}

/// No new note may sound with another one of its pitch: the first note-off would end either. What
/// nothing ends gives way to a note that begins later.
fn refuse_overlaps(kept: &[Kept], request: &ReplaceRequest<'_>) -> Result<(), MidiError> {
    let mut new_by_pitch: Vec<&Note> = request.notes.iter().collect();
    new_by_pitch.sort_by_key(|note| (note.pitch, note.start_tick));
    for pair in new_by_pitch.windows(2) {
        if let [first, second] = pair
            && first.pitch == second.pitch
            && second.start_tick < first.end_tick()
        {
            return Err(overlap(second, first));
        }
    }
    for Kept { note: old, is_held } in kept {
        // The first new note of the pitch that ends after the old one begins; the new ones are
        // disjoint, so no other can be nearer.
        let at = new_by_pitch
            .partition_point(|new| (new.pitch, new.end_tick()) <= (old.pitch, old.start_tick));
        let Some(new) = new_by_pitch.get(at).filter(|new| new.pitch == old.pitch) else {
            continue;
        };
        let gives_way = *is_held && old.start_tick < new.start_tick;
        if new.start_tick < old.end_tick() && !gives_way {
            return Err(overlap(new, old));
        }
    }
    Ok(())
}

fn check_notes(request: &ReplaceRequest<'_>) -> Result<(), MidiError> {
    let (start_tick, end_tick) = (request.start_tick, request.end_tick);
    if start_tick >= end_tick {
        return Err(MidiError::RegionEmpty {
            start_tick,
            end_tick,
        });
    }
    for note in request.notes {
        let rule = if note.pitch > 127 {
            "its pitch is 0 to 127"
        } else if !(1..=127).contains(&note.velocity) {
            "its velocity is 1 to 127"
        } else if note.channel != request.location.channel || note.channel > 15 {
            "its channel is the region's"
        } else if note.duration_ticks == 0 {
            "it lasts at least 1 tick"
        } else if !(start_tick..end_tick).contains(&note.start_tick) {
            "it starts inside the region"
        } else if note.end_tick() > MAX_TICK {
            "it ends at tick 2147483647 at the latest"
        } else {
            continue;
        };
        return Err(invalid(note, rule));
    }
    Ok(())
}

/// A new note may sound past the region as far as one that goes did, and no further.
fn check_ends(request: &ReplaceRequest<'_>, removed: &[Note]) -> Result<(), MidiError> {
    let last = removed.iter().map(Note::end_tick).max().unwrap_or(0);
    let last = last.max(request.end_tick);
    match request.notes.iter().find(|note| note.end_tick() > last) {
        Some(note) => Err(invalid(
            note,
            "it ends inside the region, or with the last note that goes",
        )),
        None => Ok(()),
    }
}

/// What makes a locked note the one of the file.
fn identity(note: &Note) -> (u32, u32, u8) {
    (note.start_tick, note.duration_ticks, note.pitch)
}

fn take_one(locked: &mut HashMap<(u32, u32, u8), u32>, note: &Note) -> bool {
    match locked.get_mut(&identity(note)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    }
}
