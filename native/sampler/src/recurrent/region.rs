//! A region as a recurrent model fills it: the notes before it, new notes in seconds to its end, and those
//! back in ticks.

use super::NoteStream;
use crate::deadline::Deadline;
use crate::error::SamplerError;
use crate::request::FillRequest;
use continuo_cancel::CancelFlag;
use continuo_midi::{Note, TempoMap, Tick};
use continuo_tokenizer::howl::{HowlNote, MIDDLE_C, clamp_pitch};

/// Howl looks at no more than this many notes.
const MAX_CONTEXT: usize = 500;
/// Most notes of a region; a model that predicts no delays would never reach its end.
pub(super) const MAX_NOTES: usize = 4096;
/// Longest rest that is heard before the region: the values' head reaches no further.
const MAX_REST: f32 = 4.0;

/// The region in ticks and seconds, and what is heard before it.
pub(super) struct Region {
    start_tick: Tick,
    end_tick: Tick,
    channel: u8,
    tempo_map: TempoMap,
    /// Heard before it.
    pub context: Vec<HowlNote>,
    /// Nothing stood there.
    pub context_is_made_up: bool,
    /// Seconds from the last heard onset to the region's start.
    gap: f64,
    start_seconds: f64,
    end_seconds: f64,
    /// The notes in it now.
    pub removed: Vec<Note>,
}

impl Region {
    pub fn of(request: &FillRequest<'_>) -> Region {
        let track = &request.song.tracks[request.track];
        let tempo_map = TempoMap::of(request.song);
        let first_inside = track
            .notes
            .partition_point(|n| n.start() < request.start_tick);
        let before = &track.notes[..first_inside];
        let heard = &before[before
            .len()
            .saturating_sub(MAX_CONTEXT.min(request.sampling.context_notes.max(1)))..];
        let mut context = Vec::with_capacity(heard.len());
        let mut last: Option<f64> = None;
        for note in heard {
            let onset = tempo_map.seconds_from_ticks(note.start());
            context.push(HowlNote {
                delay: ((onset - last.unwrap_or(onset)) as f32).min(MAX_REST),
                duration: (tempo_map.seconds_from_ticks(note.end()) - onset) as f32,
                volume: f32::from(note.velocity) / 127.0,
                pitch: clamp_pitch(i32::from(note.pitch) - MIDDLE_C),
            });
            last = Some(onset);
        }
        let start_seconds = tempo_map.seconds_from_ticks(request.start_tick);
        let context_is_made_up = context.is_empty();
        if context_is_made_up {
            context.push(HowlNote {
                delay: 0.0,
                duration: 0.5,
                volume: 0.6,
                pitch: 0,
            });
        }
        let inside = track.notes[first_inside..].iter();
        Region {
            start_tick: request.start_tick,
            end_tick: request.end_tick,
            channel: track.channel,
            context,
            context_is_made_up,
            gap: last.map_or(0.0, |last| start_seconds - last),
            start_seconds,
            end_seconds: tempo_map.seconds_from_ticks(request.end_tick),
            tempo_map,
            removed: inside
                .take_while(|n| n.start() < request.end_tick)
                .copied()
                .collect(),
        }
    }

    /// Notes until the region's end, and their mean log-probability; none if the deadline came first.
    pub fn draw(
        &self,
        stream: &mut NoteStream,
        cancel: &CancelFlag,
        deadline: Option<&Deadline>,
        progress: &mut dyn FnMut(f32, &[Note]),
    ) -> Result<Option<(Vec<Note>, f64)>, SamplerError> {
        let mut notes: Vec<Note> = Vec::new();
        let mut log_prob = 0.0;
        // The first onset is heard after the last one of the context, and never before the region.
        let mut onset = self.start_seconds - self.gap;
        let length = (self.end_seconds - self.start_seconds).max(1e-9);
        while notes.len() < MAX_NOTES {
            if cancel.is_cancelled() {
                return Err(SamplerError::Cancelled);
            }
            if deadline.is_some_and(Deadline::is_over) {
                return Ok(None);
            }
            let Some(drawn) = stream.next_note() else {
                break;
            };
            onset = (onset + f64::from(drawn.note.delay)).max(self.start_seconds);
            if onset >= self.end_seconds {
                break;
            }
            if let Some(note) = self.on_ticks(&drawn.note, onset) {
                make_room(&mut notes, &note);
                notes.push(note);
                log_prob += drawn.log_prob;
            }
            progress(((onset - self.start_seconds) / length) as f32, &notes);
        }
        notes.sort_by_key(|n| (n.start(), n.pitch));
        let mean = log_prob / notes.len().max(1) as f64;
        Ok(Some((notes, mean)))
    }

    /// A note in ticks, inside the region; none if not even a tick is left.
    fn on_ticks(&self, note: &HowlNote, onset: f64) -> Option<Note> {
        let start_tick = self
            .tempo_map
            .ticks_from_seconds(onset)
            .max(self.start_tick);
        let end = self
            .tempo_map
            .ticks_from_seconds(onset + f64::from(note.duration));
        let end = end.max(start_tick + 1).min(self.end_tick);
        (start_tick < end).then(|| Note {
            start_tick: start_tick.0,
            duration_ticks: end - start_tick,
            pitch: (note.pitch + MIDDLE_C).clamp(0, 127) as u8,
            velocity: ((note.volume * 127.0).round() as i32).clamp(1, 127) as u8,
            channel: self.channel,
        })
    }
}

/// End what sounds on the new note's pitch at its onset, and drop what begins with it.
fn make_room(notes: &mut Vec<Note>, new: &Note) {
    notes.retain(|n| n.pitch != new.pitch || n.start() < new.start());
    for note in notes.iter_mut().filter(|n| n.pitch == new.pitch) {
        if note.end() > new.start() {
            note.duration_ticks = new.start() - note.start();
        }
    }
}
