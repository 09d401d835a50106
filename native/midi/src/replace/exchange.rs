//! The edits that make a channel of a chunk play given notes; notes that it has already stay as they are.

use std::collections::HashMap;
use std::ops::Range;

use super::edits::{ChunkEdits, Kept, invalid, overlap};
use super::endings::Endings;
use super::scan::{Found, Scan};
use crate::error::{MAX_TICK, MidiError};
use crate::song::{Note, TrackLocation};

/// A note that the channel will play. Of one pitch the first note-off ends the first note, so each must
/// end before those do that begin after it, or with them.
#[derive(Clone, Copy)]
struct Voice {
    note: Note,
    /// Where its note-off is: that of a note without length is at its onset.
    end_tick: u32,
    /// Index among those of the file; `None` for one that comes.
    found: Option<usize>,
}

impl Voice {
    fn new(note: Note) -> Self {
        Self {
            note,
            end_tick: note.end_tick(),
            found: None,
        }
    }

    /// The order of note-ons: old ones as they are, then new ones, the shortest first.
    fn order(&self) -> (u32, usize, u32) {
        let index = self.found.unwrap_or(usize::MAX);
        (self.note.start_tick, index, self.end_tick)
    }
}

impl ChunkEdits {
    /// Answers `None` where the channel plays these notes already.
    pub(super) fn exchange(
        bytes: &[u8],
        body: Range<usize>,
        location: TrackLocation,
        notes: &[Note],
    ) -> Result<Option<Self>, MidiError> {
        let scan = Scan::read(bytes, body.clone(), location)?;
        let mut wanted: HashMap<Note, usize> = HashMap::new();
        for note in notes {
            check(note, location.channel)?;
            *wanted.entry(*note).or_default() += 1;
        }
        let mut edits = Self::default();
        let mut by_pitch: Vec<Vec<Voice>> = vec![Vec::new(); 128];
        for (index, found) in scan.found.iter().enumerate() {
            match wanted.get_mut(&found.note) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    by_pitch[usize::from(found.note.pitch)].push(Voice {
                        note: found.note,
                        end_tick: match found.off_index {
                            Some(_) => found.end_tick,
                            None => found.note.end_tick(),
                        },
                        found: Some(index),
                    });
                }
                _ => edits.drop_found(found),
            }
        }
        let added: Vec<Note> = wanted
            .into_iter()
            .flat_map(|(note, count)| std::iter::repeat_n(note, count))
            .collect();
        if edits.dropped.is_empty() && added.is_empty() {
            return Ok(None);
        }
        let mut has_new = [false; 128];
        for note in &added {
            by_pitch[usize::from(note.pitch)].push(Voice::new(*note));
            has_new[usize::from(note.pitch)] = true;
        }
        for (voices, has_new) in by_pitch.iter_mut().zip(has_new) {
            if has_new {
                give_way(voices, &scan);
                edits.put_in_order(voices, &scan)?;
            }
        }
        edits.drop_strays(&scan.strays, &added);
        edits.dropped.sort_unstable();
        let voices: Vec<Voice> = by_pitch.into_iter().flatten().collect();
        edits.write(bytes, body, location, &scan, &voices, &has_new)?;
        edits.inserts.sort_unstable();
        Ok(Some(edits))
    }

    /// Bring the notes of a pitch into the order of their ends. Errors: `NOTE_OVERLAP` where one lasts
    /// through another.
    fn put_in_order(&mut self, voices: &mut [Voice], scan: &Scan) -> Result<(), MidiError> {
        loop {
            voices.sort_by_key(Voice::order);
            let mut pairs = voices.windows(2);
            let wrong = pairs.position(|pair| pair[0].end_tick > pair[1].end_tick);
            let Some(at) = wrong else { return Ok(()) };
            let (first, second) = (voices[at], voices[at + 1]);
            if first.found.is_none() || first.note.start_tick != second.note.start_tick {
                return Err(overlap(&second.note, &first.note));
            }
            // Of one onset: the new one comes first if the old ones that are longer are rewritten.
            for voice in voices.iter_mut() {
                let is_longer = voice.note.start_tick == second.note.start_tick
                    && voice.end_tick > second.end_tick;
                if let (Some(index), true) = (voice.found, is_longer) {
                    self.drop_found(&scan.found[index]);
                    voice.found = None;
                }
            }
        }
    }

    /// Write the notes that come, and the note-offs that others lack. Where a note comes to a pitch, its
    /// notes without a note-off all get one: what overlaps them would be read as theirs.
    fn write(
        &mut self,
        bytes: &[u8],
        body: Range<usize>,
        location: TrackLocation,
        scan: &Scan,
        voices: &[Voice],
        has_new: &[bool; 128],
    ) -> Result<(), MidiError> {
        let mut kept = Vec::new();
        for voice in voices {
            let off = scan.off_message(voice.note.pitch);
            match voice.found {
                None => {
                    self.insert_on(location.port, &voice.note);
                    self.insert_off(location.port, voice.note.end_tick(), off);
                }
                Some(index) => kept.push((index, voice)),
            }
        }
        kept.sort_by_key(|(index, _)| *index);
        let as_kept = |(index, voice): (usize, &Voice)| Kept {
            note: voice.note,
            is_held: scan.found[index].off_index.is_none(),
        };
        let kept: Vec<Kept> = kept.into_iter().map(as_kept).collect();
        let endings = Endings {
            bytes,
            body,
            location,
        };
        endings.keep(self, scan, &kept, &[], has_new)
    }

    fn drop_found(&mut self, found: &Found) {
        self.dropped.push(found.on_index);
        self.dropped.extend(found.off_index);
    }
}

/// End notes without a note-off where the next note of their pitch begins, as a note-on does.
fn give_way(voices: &mut [Voice], scan: &Scan) {
    let mut starts: Vec<u32> = voices.iter().map(|voice| voice.note.start_tick).collect();
    starts.sort_unstable();
    for voice in voices {
        let is_held = voice
            .found
            .is_some_and(|index| scan.found[index].off_index.is_none());
        let after = starts.partition_point(|&start| start <= voice.note.start_tick);
        if let (true, Some(&next)) = (is_held, starts.get(after)) {
            voice.end_tick = voice.end_tick.min(next);
            voice.note.duration_ticks = voice.end_tick - voice.note.start_tick;
        }
    }
}

fn check(note: &Note, channel: u8) -> Result<(), MidiError> {
    let rule = if note.pitch > 127 {
        "its pitch is 0 to 127"
    } else if !(1..=127).contains(&note.velocity) {
        "its velocity is 1 to 127"
    } else if note.channel != channel || channel > 15 {
        "its channel is the track's"
    } else if note.duration_ticks == 0 {
        "it lasts at least 1 tick"
    } else if note.end_tick() > MAX_TICK {
        "it ends at tick 2147483647 at the latest"
    } else {
        return Ok(());
    };
    Err(invalid(note, rule))
}
