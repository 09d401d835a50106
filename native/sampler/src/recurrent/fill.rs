//! A recurrent model answers fills: it hears what stands before the region and plays on to its end.

use super::{NoteStream, StreamOptions};
use crate::cancel::CancelFlag;
use crate::draw::candidate_seed;
use crate::error::SamplerError;
use crate::request::{Controls, FillRequest, Locks, Mode};
use crate::result::{Candidate, FillResult, ModelIdentity, Progress, RegionEcho, Timings, Warning};
use crate::run::milliseconds;
use crate::scale::ScaleChoice;
use continuo_midi::{Note, TempoMap};
use continuo_model::Device;
use continuo_model::recurrent::RecurrentModel;
use continuo_tokenizer::howl::{HowlNote, MIDDLE_C, clamp_pitch};
use std::path::Path;
use std::time::{Duration, Instant};

/// Howl looks at no more than this many notes.
const MAX_CONTEXT: usize = 500;
/// Most notes of a region; a model that predicts no delays would never reach its end.
const MAX_NOTES: usize = 4096;
/// Longest rest that is heard before the region: the values' head reaches no further.
const MAX_REST: f32 = 4.0;

/// A recurrent model behind the interface of fills.
pub struct RecurrentEngine {
    model: RecurrentModel,
    load_ms: f64,
}

impl RecurrentEngine {
    /// Errors: `MODEL_NOT_FOUND`, `MODEL_DAMAGED`.
    pub fn load(folder: &Path) -> Result<RecurrentEngine, SamplerError> {
        let started = Instant::now();
        Ok(RecurrentEngine {
            model: RecurrentModel::load(folder)?,
            load_ms: milliseconds(started.elapsed()),
        })
    }

    pub fn model(&self) -> &RecurrentModel {
        &self.model
    }

    /// Notes for a region after what the track plays before it; what comes after is not heard.
    ///
    /// Errors: every check of the request; `OPTION_UNSUPPORTED` for wishes that this family cannot
    /// fulfil; `CANCELLED`, `DEADLINE_EXCEEDED`.
    pub fn fill(
        &mut self,
        request: &FillRequest<'_>,
        cancel: &CancelFlag,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<FillResult, SamplerError> {
        let started = Instant::now();
        request.check()?;
        check_supported(request)?;
        let options = StreamOptions {
            seed: request.sampling.seed,
            temperature: request.sampling.temperature,
            top_p: request.sampling.top_p,
            noise: 0.0,
        };
        let mut stream = NoteStream::new(&self.model, &options)?;
        restrict(&mut stream, &request.controls)?;
        let region = Region::of(request);
        let prompt_ms = milliseconds(started.elapsed());
        let deadline = request
            .sampling
            .deadline_ms
            .map(|ms| (ms, started + Duration::from_millis(ms)));
        let mut candidates: Vec<Candidate> = Vec::new();
        for index in 0..request.sampling.candidates {
            let seed = candidate_seed(request.sampling.seed, index as u64);
            stream.restart(seed);
            region.context.iter().for_each(|note| stream.hear(note));
            let drawn = region.draw(
                &mut stream,
                cancel,
                deadline.map(|d| d.1),
                &mut |fraction, notes| {
                    progress(Progress {
                        fraction: (index as f32 + fraction) / request.sampling.candidates as f32,
                        note_count: candidates.iter().map(|c| c.notes.len()).sum::<usize>()
                            + notes.len(),
                        notes: candidates.first().map_or(notes, |first| &first.notes),
                        finished: &[],
                    });
                },
            )?;
            let Some((notes, log_prob_per_note)) = drawn else {
                break;
            };
            let candidate = Candidate {
                seed,
                notes,
                log_prob_per_note,
                copied: 0.0,
                out_of_scale: 0.0,
            };
            candidates.push(candidate);
        }
        if let (true, Some((deadline_ms, _))) = (candidates.is_empty(), deadline) {
            return Err(SamplerError::DeadlineExceeded { deadline_ms });
        }
        candidates.sort_by(|a, b| b.log_prob_per_note.total_cmp(&a.log_prob_per_note));
        let total_ms = milliseconds(started.elapsed());
        Ok(FillResult {
            model: ModelIdentity {
                id: self.model.config.id.clone(),
                sha256: self.model.sha256().to_owned(),
            },
            device: Device::Cpu,
            seed: request.sampling.seed,
            region: RegionEcho {
                track: request.track,
                start_tick: request.start_tick,
                end_tick: request.end_tick,
            },
            removed: region.removed,
            warnings: warnings(request, region.context_is_made_up, &candidates),
            candidates,
            timings: Timings {
                load_ms: self.load_ms,
                prompt_ms,
                generate_ms: total_ms - prompt_ms,
                total_ms,
            },
        })
    }
}

fn check_supported(request: &FillRequest<'_>) -> Result<(), SamplerError> {
    let Controls {
        density,
        polyphony,
        rhythm,
        velocity,
        ..
    } = &request.controls;
    let asked = [
        (matches!(request.mode, Mode::Vary { .. }), "vary"),
        (density.is_some(), "density"),
        (polyphony.is_some(), "polyphony"),
        (*rhythm != Default::default(), "rhythm"),
        (velocity.is_some(), "velocity"),
        (request.locks != Locks::default(), "locked notes"),
        (
            matches!(request.controls.scale, Some(ScaleChoice::Auto)),
            "scale auto",
        ),
    ];
    match asked.into_iter().find(|(is_asked, _)| *is_asked) {
        Some((_, option)) => Err(SamplerError::OptionUnsupported { option }),
        None => Ok(()),
    }
}

fn restrict(stream: &mut NoteStream, controls: &Controls) -> Result<(), SamplerError> {
    let (low, high) = controls.pitch_range.unwrap_or((0, 127));
    let scale = match controls.scale {
        Some(ScaleChoice::Named(scale)) => Some(scale),
        _ => None,
    };
    let is_allowed =
        |pitch: u8| (low..=high).contains(&pitch) && scale.is_none_or(|s| s.contains(pitch));
    if !(0..120).any(is_allowed) {
        return Err(SamplerError::ScaleRangeEmpty {
            low,
            high,
            scale: scale.map_or_else(|| "of all pitches up to B8".to_owned(), |s| s.to_string()),
        });
    }
    stream.allow(|pitch| is_allowed((pitch + MIDDLE_C) as u8));
    Ok(())
}

fn warnings(request: &FillRequest<'_>, is_made_up: bool, candidates: &[Candidate]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |code, message: &str| {
        warnings.push(Warning {
            code,
            message: message.to_owned(),
        });
    };
    if request.mode == Mode::Fill {
        warn(
            "AFTER_NOT_HEARD",
            "a recurrent model hears only what comes before the region",
        );
    }
    if is_made_up {
        warn(
            "CONTEXT_EMPTY",
            "no note stands before the region, so the model began from C4",
        );
    }
    if candidates.iter().all(|c| c.notes.is_empty()) {
        warn(
            "FILL_EMPTY",
            "the model put no notes here; try another seed or a longer region",
        );
    }
    warnings
}

/// The region in ticks and seconds, and what is heard before it.
struct Region {
    start_tick: u32,
    end_tick: u32,
    channel: u8,
    tempo_map: TempoMap,
    context: Vec<HowlNote>,
    context_is_made_up: bool,
    /// Seconds from the last heard onset to the region's start.
    gap: f64,
    start_seconds: f64,
    end_seconds: f64,
    removed: Vec<Note>,
}

impl Region {
    fn of(request: &FillRequest<'_>) -> Region {
        let track = &request.song.tracks[request.track];
        let tempo_map = TempoMap::of(request.song);
        let first_inside = track
            .notes
            .partition_point(|n| n.start_tick < request.start_tick);
        let before = &track.notes[..first_inside];
        let heard = &before[before
            .len()
            .saturating_sub(MAX_CONTEXT.min(request.sampling.context_notes.max(1)))..];
        let mut context = Vec::with_capacity(heard.len());
        let mut last: Option<f64> = None;
        for note in heard {
            let onset = tempo_map.seconds_from_ticks(note.start_tick);
            context.push(HowlNote {
                delay: ((onset - last.unwrap_or(onset)) as f32).min(MAX_REST),
                duration: (tempo_map.seconds_from_ticks(note.end_tick()) - onset) as f32,
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
                .take_while(|n| n.start_tick < request.end_tick)
                .copied()
                .collect(),
        }
    }

    /// Notes until the region's end, and their mean log-probability; none if the deadline came first.
    fn draw(
        &self,
        stream: &mut NoteStream,
        cancel: &CancelFlag,
        deadline: Option<Instant>,
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
            if deadline.is_some_and(|at| Instant::now() >= at) {
                return Ok(None);
            }
            let Some(drawn) = stream.next_note() else {
                break;
            };
            onset = (onset + f64::from(drawn.note.delay)).max(self.start_seconds);
            if onset >= self.end_seconds {
                break;
            }
            if let Some(note) = self.place(&drawn.note, onset) {
                make_room(&mut notes, &note);
                notes.push(note);
                log_prob += drawn.log_prob;
            }
            progress(((onset - self.start_seconds) / length) as f32, &notes);
        }
        notes.sort_by_key(|n| (n.start_tick, n.pitch));
        let mean = log_prob / notes.len().max(1) as f64;
        Ok(Some((notes, mean)))
    }

    /// A note in ticks, inside the region; none if not even a tick is left.
    fn place(&self, note: &HowlNote, onset: f64) -> Option<Note> {
        let start_tick = self
            .tempo_map
            .ticks_from_seconds(onset)
            .max(self.start_tick);
        let end = self
            .tempo_map
            .ticks_from_seconds(onset + f64::from(note.duration));
        let end = end.max(start_tick + 1).min(self.end_tick);
        (start_tick < end).then(|| Note {
            start_tick,
            duration_ticks: end - start_tick,
            pitch: (note.pitch + MIDDLE_C).clamp(0, 127) as u8,
            velocity: ((note.volume * 127.0).round() as i32).clamp(1, 127) as u8,
            channel: self.channel,
        })
    }
}

/// End what sounds on the new note's pitch at its onset, and drop what begins with it.
fn make_room(notes: &mut Vec<Note>, new: &Note) {
    notes.retain(|n| n.pitch != new.pitch || n.start_tick < new.start_tick);
    for note in notes.iter_mut().filter(|n| n.pitch == new.pitch) {
        if note.end_tick() > new.start_tick {
            note.duration_ticks = new.start_tick - note.start_tick;
        }
    }
}
