//! Plays the plan: what begins in a stretch begins there, and what began ends in time.

use super::clock::Stretch;
use super::{Plan, emit};
use crate::note::{MidiEvent, Note};

const NOTHING: f64 = f64::NAN;

pub(super) struct Player {
    /// Quarters at which our note of this pitch ends, and its channel; NaN where none sounds.
    ends: [(f64, u8); 128],
    /// How many sound: most blocks have nothing to look for.
    count: u32,
}

impl Default for Player {
    fn default() -> Self {
        Self {
            ends: [(NOTHING, 0); 128],
            count: 0,
        }
    }
}

impl Player {
    /// Without sending ends: the host has silenced everything.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Ends all that sounds.
    pub fn silence(&mut self, at: u32, queue: &mut Vec<(u32, MidiEvent)>) {
        for pitch in 0..128 {
            if self.count == 0 {
                return;
            }
            self.end(pitch, at, queue);
        }
    }

    /// For each pitch in order of time, also where a plan's notes of one pitch overlap: the later one cuts the earlier.
    pub fn play(&mut self, plan: &Plan, stretch: &Stretch, queue: &mut Vec<(u32, MidiEvent)>) {
        let first = plan.partition_point(|note| note.start < stretch.from);
        for note in plan[first..]
            .iter()
            .take_while(|note| note.start < stretch.to)
        {
            self.begin(note, stretch, queue);
        }
        if self.count == 0 {
            return;
        }
        for pitch in 0..128 {
            let (end, _) = self.ends[usize::from(pitch)];
            if end < stretch.to {
                self.end(pitch, stretch.frame(end), queue);
            }
        }
    }

    fn begin(&mut self, note: &Note, stretch: &Stretch, queue: &mut Vec<(u32, MidiEvent)>) {
        let Note {
            pitch,
            velocity,
            channel,
            ..
        } = *note;
        let at = stretch.frame(note.start);
        let (end, _) = self.ends[usize::from(pitch)];
        self.end(pitch, stretch.frame(end.min(note.start)), queue);
        let before = queue.len();
        emit(
            queue,
            at,
            MidiEvent::On {
                pitch,
                velocity,
                channel,
            },
        );
        // One that is left out has no end either.
        if queue.len() > before {
            self.ends[usize::from(pitch)] = (note.end, channel);
            self.count += 1;
        }
    }

    fn end(&mut self, pitch: u8, at: u32, queue: &mut Vec<(u32, MidiEvent)>) {
        let sounding = &mut self.ends[usize::from(pitch)];
        if !sounding.0.is_nan() {
            let channel = sounding.1;
            sounding.0 = NOTHING;
            self.count -= 1;
            emit(queue, at, MidiEvent::Off { pitch, channel });
        }
    }
}
