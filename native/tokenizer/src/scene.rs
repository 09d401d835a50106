//! The model's view around a region: notes within sixteen bars, relative to it and to its key.

mod note;
mod spec;

use crate::chord::{Chord, ChordNote, ChordSpan, estimate};
use crate::grid::GridTick;
use crate::key::{self, Key};
use crate::part::{Part, classify_all};
use crate::piece::{Bar, COMMON_BAR, GridNote, PieceView};
use crate::vocabulary::{DRUMS, POSITIONS, duration_class, velocity_class};

pub use note::SceneNote;
pub use spec::{ChordSource, Controls, SceneSpec, Target, Visibility};

/// Bars on each side of the region that are looked at.
pub const CONTEXT_BARS: usize = 16;
/// Grid ticks from a bar's start to the last position that a note has.
const LAST_POSITION: i32 = POSITIONS as i32 - 1;

/// A region and its surroundings.
#[derive(Clone, Debug)]
pub struct Scene {
    /// Grid ticks.
    pub region_length: i32,
    /// Grid ticks from the first bar's start to the region's.
    pub start_position: u8,
    /// Visible notes, sorted by (onset, pitch, track); none of the targets' own inside the region
    /// but the locked.
    pub notes: Vec<SceneNote>,
    pub targets: Vec<Target>,
    /// Sound of each track, as a piece has it.
    pub sounds: Vec<u8>,
    /// What each track does in the band, by its visible notes.
    pub parts: Vec<Option<Part>>,
    /// Chords of the known bars, from the region's start, as the model sees pitches.
    pub chords: Vec<ChordSpan>,
    /// They were given, or read from all notes, and are not a guess from what is visible.
    pub are_chords_given: bool,
    /// Semitones that were added to every pitch that is not a drum.
    pub shift: i8,
    bars: Vec<Bar>,
    /// Index in `bars` of relative bar 0.
    first_bar: usize,
    /// The region's start in the piece.
    origin: GridTick,
}

impl Scene {
    /// Look around a region. `is_locked` tells which of the targets' notes inside it stay.
    ///
    /// Reads only bars and notes near the region. A region before the first bar, or an empty
    /// piece, gives an empty scene with a bar of 4/4.
    pub fn new(
        piece: PieceView<'_>,
        spec: &SceneSpec<'_>,
        is_locked: impl Fn(&GridNote) -> bool,
    ) -> Scene {
        let end = spec.end.max(spec.start + 1);
        let first = piece.bar_at(spec.start);
        let last = piece.bar_at(end - 1);
        let from = first.saturating_sub(CONTEXT_BARS);
        let fallback = [Bar {
            start: GridTick::ZERO,
            meter: 0,
            tempo: 9,
            length: COMMON_BAR,
        }];
        let all = if piece.bars.is_empty() {
            &fallback[..]
        } else {
            piece.bars
        };
        let to = (last + CONTEXT_BARS + 1).min(all.len());
        let origin = spec.start;
        let mut scene = Scene {
            region_length: (end - spec.start) as i32,
            start_position: origin.since(all[first].start).clamp(0, LAST_POSITION) as u8,
            notes: Vec::new(),
            targets: Vec::with_capacity(spec.targets.len()),
            sounds: piece.sounds.to_vec(),
            parts: Vec::new(),
            chords: Vec::new(),
            are_chords_given: spec.chords != ChordSource::Visible,
            shift: 0,
            bars: all[from..to].to_vec(),
            first_bar: first - from,
            origin,
        };
        let low = all[from].start;
        let high = all.get(to).map_or(GridTick::NEVER, |bar| bar.start);
        let near = piece.notes.partition_point(|n| n.onset() < low);
        let visible = &spec.visibility;
        for &track in spec.targets {
            scene.targets.push(Target {
                track,
                sound: scene.sound(track),
                part: None,
                controls: Controls::default(),
                notes: Vec::new(),
            });
        }
        for note in piece.notes[near..].iter().take_while(|n| n.onset() < high) {
            let is_inside = (spec.start..end).contains(&note.onset());
            let slot = spec.targets.iter().position(|&t| t == note.track);
            let mut seen = scene.note(note);
            if let (Some(slot), true) = (slot, is_inside) {
                if is_locked(note) {
                    seen.is_locked = true;
                } else {
                    scene.targets[slot].notes.push(seen);
                    continue;
                }
            }
            let is_shown = if slot.is_some() {
                visible.target || seen.is_locked
            } else {
                visible.others && !spec.hidden.contains(&seen.track)
            } && (visible.before || note.onset() >= spec.start)
                && (visible.after || note.onset() < end);
            if is_shown {
                scene.notes.push(seen);
            }
        }
        let near_notes = &piece.notes[near..];
        let near_notes = &near_notes[..near_notes.partition_point(|n| n.onset() < high)];
        let key = scene.find_chords(spec.chords, visible.after, near_notes);
        let key_shift = match key {
            Some(key) if visible.key_relative => key.shift_to_c(),
            _ => 0,
        };
        scene.parts = classify_all(&scene.sounds, &scene.notes);
        scene.transpose(key_shift.saturating_add(spec.transpose));
        scene
    }

    /// Settle the chords, before pitches are shifted; the key of what is visible, else of the chords.
    fn find_chords(
        &mut self,
        source: ChordSource<'_>,
        sees_after: bool,
        near: &[GridNote],
    ) -> Option<Key> {
        let key = key::estimate(&self.chroma());
        let bars: Vec<(i32, i32)> = self
            .bars
            .iter()
            .map(|bar| (bar.start.since(self.origin), i32::from(bar.length)))
            // How long the song goes on is not seen either.
            .filter(|&(start, _)| sees_after || start < self.region_length)
            .collect();
        let is_pitched = |track: u16| self.sound(track) < DRUMS;
        self.chords = match source {
            ChordSource::Given(spans) => spans
                .iter()
                .map(|span| ChordSpan {
                    start: (i64::from(span.start) - i64::from(self.origin.0)) as i32,
                    end: (i64::from(span.end) - i64::from(self.origin.0)) as i32,
                    ..*span
                })
                .collect(),
            ChordSource::All => {
                let notes: Vec<ChordNote> = near
                    .iter()
                    .filter(|n| is_pitched(n.track))
                    .map(|n| ChordNote {
                        onset: n.onset().since(self.origin),
                        duration: i32::from(n.duration),
                        pitch: n.pitch,
                    })
                    .collect();
                estimate(&bars, &notes, key)
            }
            ChordSource::Visible => {
                let notes: Vec<ChordNote> = self
                    .notes
                    .iter()
                    .filter(|n| n.pitch < 128)
                    .map(|n| ChordNote {
                        onset: n.onset,
                        duration: n.duration,
                        pitch: n.pitch,
                    })
                    .collect();
                estimate(&bars, &notes, key)
            }
        };
        key.or_else(|| key::estimate(&chord_chroma(&self.chords)))
    }

    /// Sound of a track; an unknown one counts as a piano.
    pub fn sound(&self, track: u16) -> u8 {
        self.sounds.get(usize::from(track)).copied().unwrap_or(0)
    }

    /// What a track does in the band, by its visible notes.
    pub fn part(&self, track: u16) -> Option<Part> {
        self.parts.get(usize::from(track)).copied().flatten()
    }

    /// What a target does in the band, by its visible notes and those that are to be predicted.
    pub fn part_of_target(&self, slot: usize) -> Option<Part> {
        let target = self.targets.get(slot)?;
        let mut notes = self.notes.clone();
        notes.extend(&target.notes);
        // The key's shift must not make a bass of a tenor.
        for note in &mut notes {
            note.pitch = shifted(note.pitch, -self.shift);
        }
        notes.sort_by_key(|n| (n.onset, n.pitch));
        let parts = classify_all(&self.sounds, &notes);
        parts.get(usize::from(target.track)).copied().flatten()
    }

    /// Whether nothing of a target's own track is visible: it is written from nothing.
    pub fn is_new(&self, slot: usize) -> bool {
        self.targets
            .get(slot)
            .is_some_and(|target| self.notes.iter().all(|n| n.track != target.track))
    }

    fn note(&self, note: &GridNote) -> SceneNote {
        let onset = note.onset().since(self.origin);
        let (bar, position) = self.bar_and_position(onset);
        let is_drum = self.sound(note.track) == DRUMS;
        SceneNote {
            onset,
            duration: i32::from(note.duration),
            bar,
            position,
            pitch: if is_drum {
                note.pitch | 128
            } else {
                note.pitch
            },
            duration_class: duration_class(u32::from(note.duration)) as u8,
            velocity_class: velocity_class(note.velocity) as u8,
            track: note.track,
            is_locked: false,
        }
    }

    /// Duration-weighted chroma of the visible pitched notes.
    fn chroma(&self) -> [f32; 12] {
        let mut chroma = [0.0; 12];
        for note in self.notes.iter().filter(|n| n.pitch < 128) {
            chroma[usize::from(note.pitch) % 12] +=
                note.duration.clamp(1, COMMON_BAR.into()) as f32;
        }
        chroma
    }

    fn transpose(&mut self, shift: i8) {
        self.shift = shift;
        let targets = self.targets.iter_mut().flat_map(|t| t.notes.iter_mut());
        for note in self.notes.iter_mut().chain(targets) {
            note.pitch = shifted(note.pitch, shift);
        }
        for span in &mut self.chords {
            span.chord = span.chord.map(|chord: Chord| chord.transposed(shift));
        }
    }

    /// Pitch class (0-127, or a drum's 128-255) as the model names it.
    pub fn model_pitch(&self, pitch: u8, is_drums: bool) -> u8 {
        if is_drums {
            pitch | 128
        } else {
            shifted(pitch & 127, self.shift)
        }
    }

    /// MIDI pitch of a pitch class; `None` where the shift leaves 0-127.
    pub fn midi_pitch(&self, class: u8) -> Option<u8> {
        if class >= 128 {
            return Some(class & 127);
        }
        u8::try_from(i16::from(class) - i16::from(self.shift))
            .ok()
            .filter(|p| *p < 128)
    }

    /// Bar relative to the region's first, and position in it, of a time from the region's start.
    pub fn bar_and_position(&self, time: i32) -> (i32, u8) {
        let tick = self.origin.moved(time);
        let at = self
            .bars
            .partition_point(|b| b.start <= tick)
            .saturating_sub(1);
        let bar = self.bars[at];
        let inside = i64::from(tick.since(bar.start).max(0));
        // Past the last known bar its length repeats.
        let length = i64::from(bar.length.max(6));
        let more = if at + 1 == self.bars.len() {
            inside / length
        } else {
            0
        };
        let index = at as i64 - self.first_bar as i64 + more;
        (
            index as i32,
            (inside - more * length).min(LAST_POSITION.into()) as u8,
        )
    }

    /// The bar with a relative index, known or by repeating the nearest known.
    pub fn bar(&self, index: i32) -> Bar {
        let at = index + self.first_bar as i32;
        let known = at.clamp(0, self.bars.len() as i32 - 1);
        let bar = self.bars[known as usize];
        let more = (at - known).max(0) as u32;
        Bar {
            start: bar
                .start
                .saturating_add(more.saturating_mul(u32::from(bar.length))),
            ..bar
        }
    }

    /// Grid ticks from the region's start to a place.
    pub fn time_of(&self, bar: i32, position: u8) -> i32 {
        let start = self.bar(bar).start;
        start.saturating_add(position.into()).since(self.origin)
    }

    /// Relative index of the last bar that the region touches.
    pub fn last_bar(&self) -> i32 {
        self.bar_and_position(self.region_length - 1).0
    }

    /// First and last relative bar that are known.
    pub fn known_bars(&self) -> (i32, i32) {
        let low = -(self.first_bar as i32);
        (low, (low + self.bars.len() as i32 - 1).max(self.last_bar()))
    }
}

/// Duration-weighted chroma of some chords' tones.
fn chord_chroma(chords: &[ChordSpan]) -> [f32; 12] {
    let mut chroma = [0.0; 12];
    for span in chords {
        if let Some(chord) = span.chord {
            for pc in (0..12u8).filter(|&pc| chord.has(pc)) {
                chroma[usize::from(pc)] += (span.end - span.start).max(1) as f32;
            }
        }
    }
    chroma
}

fn shifted(pitch: u8, shift: i8) -> u8 {
    if pitch >= 128 {
        pitch
    } else {
        (i16::from(pitch) + i16::from(shift)).clamp(0, 127) as u8
    }
}
