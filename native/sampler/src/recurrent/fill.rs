//! Fills by a recurrent model: it reads the notes before the region and continues to the region's end.

use super::region::{MAX_NOTES, Region};
use super::{NoteStream, StreamOptions};
use crate::batch::milliseconds;
use crate::deadline::Clock;
use crate::draw::candidate_seed;
use crate::error::SamplerError;
use crate::judge::rank;
use crate::request::{Controls, FillRequest, Locks, Mode};
use crate::result::{Candidate, FillResult, ModelIdentity, Progress, RegionEcho, Timings, Warning};
use crate::scale::ScaleChoice;
use continuo_cancel::CancelFlag;
use continuo_model::Device;
use continuo_model::recurrent::RecurrentModel;
use continuo_tokenizer::howl::MIDDLE_C;
use std::path::Path;
use std::time::Instant;

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
    /// Errors: every check of the request; `OPTION_UNSUPPORTED` for options that this family cannot
    /// fulfil; `CANCELLED`, `DEADLINE_EXCEEDED`.
    pub fn fill(
        &mut self,
        request: &FillRequest<'_>,
        cancel: &CancelFlag,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<FillResult, SamplerError> {
        let started = Instant::now();
        let deadline = Clock::default().deadline(request.sampling.deadline_ms);
        request.check()?;
        check_supported(request)?;
        let options = StreamOptions {
            seed: request.sampling.seed,
            temperature: request.sampling.temperature,
            top_p: request.sampling.top_p,
            noise: 0.0,
            is_steady: true,
        };
        let mut stream = NoteStream::new(&self.model, &options)?;
        restrict(&mut stream, &request.controls)?;
        let region = Region::of(request);
        let prompt_ms = milliseconds(started.elapsed());
        let mut candidates: Vec<Candidate> = Vec::new();
        for index in 0..request.sampling.candidates {
            let seed = candidate_seed(request.sampling.seed, index as u64);
            stream.restart(seed);
            region.context.iter().for_each(|note| stream.hear(note));
            let drawn = region.draw(
                &mut stream,
                cancel,
                deadline.as_ref(),
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
                cost: -log_prob_per_note as f32,
            };
            candidates.push(candidate);
            progress(Progress {
                fraction: candidates.len() as f32 / request.sampling.candidates as f32,
                note_count: candidates.iter().map(|c| c.notes.len()).sum(),
                notes: candidates.first().map_or(&[], |first| &first.notes),
                finished: candidates.last().map_or(&[], std::slice::from_ref),
            });
        }
        if let (true, Some(deadline)) = (candidates.is_empty(), deadline) {
            let deadline_ms = deadline.ms;
            return Err(SamplerError::DeadlineExceeded { deadline_ms });
        }
        rank(&mut candidates);
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
        (request.mode == Mode::Vary, "vary"),
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
    let scale = match &controls.scale {
        Some(ScaleChoice::Named(scale)) => Some(*scale),
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
            "no note comes before the region, so the model started from C4",
        );
    }
    if candidates.iter().any(|c| c.notes.len() >= MAX_NOTES) {
        warn(
            "NOTES_LIMIT_REACHED",
            &format!(
                "a fill has at most {MAX_NOTES} notes, so the end of the region is empty; fill it in parts"
            ),
        );
    }
    if let (Some(deadline_ms), true) = (
        request.sampling.deadline_ms,
        candidates.len() < request.sampling.candidates,
    ) {
        let (done, asked) = (candidates.len(), request.sampling.candidates);
        warn(
            "DEADLINE_REACHED",
            &format!("{done} of {asked} candidates were finished in {deadline_ms} ms"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_midi::{Note, Song, Tick, Track};
    use continuo_model::recurrent::{Cell, RecurrentArchitecture};

    #[test]
    fn each_candidate_is_told_when_it_is_finished() {
        let note = |quarter: u32| Note {
            start_tick: quarter * 480,
            duration_ticks: 480,
            pitch: 60 + (quarter % 12) as u8,
            velocity: 80,
            channel: 0,
        };
        let song = Song {
            ppq: 480,
            tracks: vec![Track {
                notes: (0..8).map(note).collect(),
                ..Track::default()
            }],
            ..Song::default()
        };
        let mut request = FillRequest {
            song: &song,
            track: 0,
            start_tick: Tick(1920),
            end_tick: Tick(3840),
            mode: Mode::Continue,
            controls: Controls::default(),
            sampling: Default::default(),
            locks: Locks::default(),
        };
        request.sampling.candidates = 3;
        let mut engine = RecurrentEngine {
            model: RecurrentModel::random(RecurrentArchitecture::new(Cell::Lstm, 32, 1), 4),
            load_ms: 0.0,
        };
        let mut told: Vec<Candidate> = Vec::new();
        let result = engine
            .fill(&request, &CancelFlag::new(), &mut |step| {
                told.extend_from_slice(step.finished);
            })
            .expect("fills");
        assert_eq!(told.len(), 3);
        assert!(result.candidates.iter().all(|found| told.contains(found)));
        assert!(!result.warnings.iter().any(|w| w.code == "DEADLINE_REACHED"));
    }
}
