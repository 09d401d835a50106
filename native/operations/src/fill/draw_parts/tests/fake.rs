//! An engine that records its requests.

use std::ops::Range;

use continuo_midi::Note;
use continuo_model::Device;
use continuo_sampler::{
    CancelFlag, Candidate, FillRequest, FillResult, Mode, ModelIdentity, Progress, RegionEcho,
    SamplerError, Timings, Warning, split,
};

use crate::fill::draw_parts::Fills;

/// Puts a note of its own at the start of every region.
#[derive(Default)]
pub struct Fake {
    pub asked: Vec<Asked>,
    /// Regions of more ticks than this are cut off.
    pub reaches: Option<u32>,
    /// So many answers, and then the time is over.
    pub answers: Option<usize>,
    /// The pitch of every note, where they are all the same.
    pub pitch: Option<u8>,
}

pub struct Asked {
    pub region: Range<u32>,
    pub mode: Mode,
    /// The target track as it was given.
    pub heard: Vec<Note>,
    pub removed: Vec<Note>,
    pub seed: u64,
    /// Every track as it was given.
    pub song: Vec<Vec<Note>>,
    pub locked: Vec<Note>,
}

impl Fills for Fake {
    fn fill(
        &mut self,
        request: &FillRequest<'_>,
        _cancel: &CancelFlag,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<FillResult, SamplerError> {
        if self.answers == Some(self.asked.len()) {
            return Err(SamplerError::DeadlineExceeded { deadline_ms: 1 });
        }
        let region = request.start_tick.0..request.end_tick.0;
        let (removed, _) = split(request);
        self.asked.push(Asked {
            region: region.clone(),
            mode: request.mode,
            heard: request.song.tracks[request.track].notes.clone(),
            removed: removed.clone(),
            seed: request.sampling.seed,
            song: request
                .song
                .tracks
                .iter()
                .map(|t| t.notes.clone())
                .collect(),
            locked: request.locks.notes.clone(),
        });
        let seed = request.sampling.seed;
        let new = note(region.start, self.pitch.unwrap_or((seed % 100) as u8));
        let is_cut_off = self
            .reaches
            .is_some_and(|most| region.end - region.start > most);
        progress(Progress {
            fraction: 1.0,
            note_count: 1,
            notes: &[new],
            finished: &[],
        });
        Ok(FillResult {
            model: ModelIdentity {
                id: "fake".to_owned(),
                sha256: String::new(),
            },
            device: Device::Cpu,
            seed,
            region: RegionEcho {
                track: request.track,
                start_tick: request.start_tick,
                end_tick: request.end_tick,
            },
            removed,
            candidates: vec![Candidate {
                seed,
                notes: vec![new],
                log_prob_per_note: -1.0,
                copied: 0.5,
                out_of_scale: 0.0,
                cost: 0.0,
            }],
            warnings: is_cut_off
                .then(|| Warning {
                    code: "NOTES_LIMIT_REACHED",
                    message: "enough".to_owned(),
                })
                .into_iter()
                .collect(),
            timings: Timings::default(),
        })
    }

    fn most_bars(&self) -> Option<u32> {
        Some(8)
    }
}

pub fn note(start_tick: u32, pitch: u8) -> Note {
    Note {
        start_tick,
        duration_ticks: 100,
        pitch,
        velocity: 80,
        channel: 0,
    }
}
