//! Candidates that are drawn block after block, each block in the song as the blocks before it left it.

mod block;
mod drawn;

use std::ops::Range;
use std::time::{Duration, Instant};

use continuo_midi::{Bars, Note, Song};
use continuo_sampler::{
    CancelFlag, FillResult, Mode, Progress, Rhythm, SamplerError, Sampling, Timings, best_first,
    candidate_seed, split,
};

use self::block::{Block, block_request, put_back, take_out};
use self::drawn::Drawn;
use super::warnings::Warnings;
use super::{Fills, PartsCandidate, PartsProgress, PartsRequest, PartsResult, is_cut_off};
use crate::fill::blocks::blocks_of;

/// How often a candidate that is the old notes, or another candidate, is begun again.
const MAX_ATTEMPTS: u64 = 3;
/// Seeds of a candidate's blocks are so far apart that none is another candidate's own.
const SEEDS_A_BLOCK: u64 = 1000;

/// The number of old notes from which a fill with few notes gives a warning.
const MANY_NOTES: usize = 100;

/// The two halves of a region of several bars.
pub(super) fn halves(region: &Range<u32>, bars: &Bars) -> Option<[Range<u32>; 2]> {
    let first = bars.bar_at_tick(region.start);
    let last = bars.bar_at_tick(region.end.saturating_sub(1));
    let half = (last - first + 1).div_ceil(2);
    match blocks_of(region, bars, half).as_slice() {
        [one, other] => Some([one.clone(), other.clone()]),
        _ => None,
    }
}

struct Chain<'a, 'r> {
    request: &'a PartsRequest<'r>,
    bars: &'a Bars,
    blocks: Vec<Block>,
    /// Ticks of all blocks.
    ticks: f64,
    /// The song without the notes that make room, and its tracks as they are then.
    song: Song,
    tracks: Vec<(usize, Vec<Note>)>,
    /// By part: notes that make room, and notes that stay.
    old: Vec<(Vec<Note>, Vec<Note>)>,
    deadline: Option<(u64, Instant)>,
    warnings: Warnings,
    timings: Timings,
    /// The last answer of the engine.
    last: Option<FillResult>,
}

pub(super) fn draw(
    engine: &mut dyn Fills,
    request: &PartsRequest<'_>,
    bars: &Bars,
    cancel: &CancelFlag,
    progress: &mut dyn FnMut(PartsProgress<'_>),
) -> Result<PartsResult, SamplerError> {
    let started = Instant::now();
    let mut chain = Chain::new(engine.most_bars(), request, bars, started)?;
    let removed: Vec<Vec<Note>> = chain
        .old
        .iter()
        .map(|(removed, _)| removed.clone())
        .collect();
    let old_content = content(&removed);
    let mut candidates: Vec<PartsCandidate> = Vec::new();
    let (mut spare, mut again) = (None, 0);
    let asked = request.sampling.candidates;
    'candidates: for index in 0..asked as u64 {
        for attempt in 0..=MAX_ATTEMPTS {
            let stream = if attempt == 0 {
                index
            } else {
                again += 1;
                asked as u64 + again - 1
            };
            let seed = candidate_seed(request.sampling.seed, stream);
            let Some(drawn) = chain.candidate(engine, seed, &candidates, cancel, progress)? else {
                break 'candidates;
            };
            let found = content(&drawn.notes);
            let is_new = found != old_content
                && candidates
                    .iter()
                    .all(|other| content(&other.notes) != found);
            if chain.last.is_none() {
                // Everything is kept, which is the same in every candidate.
                candidates.push(drawn);
                break 'candidates;
            }
            if is_new {
                candidates.push(drawn);
                progress(PartsProgress {
                    fraction: candidates.len() as f32 / asked as f32,
                    note_count: candidates.iter().map(|c| c.whole.notes.len()).sum(),
                    notes: &candidates[0].notes,
                    finished: candidates.last().map_or(&[], std::slice::from_ref),
                });
                break;
            }
            spare.get_or_insert(drawn);
        }
    }
    chain.finish(engine, candidates, spare, removed, started, cancel)
}

impl<'a, 'r> Chain<'a, 'r> {
    fn new(
        most_bars: Option<u32>,
        request: &'a PartsRequest<'r>,
        bars: &'a Bars,
        started: Instant,
    ) -> Result<Self, SamplerError> {
        let mut song = request.song.clone();
        let (mut blocks, mut old) = (Vec::new(), Vec::new());
        for (index, part) in request.parts.iter().enumerate() {
            let asked = request.of(index);
            asked.check()?;
            let (removed, locked) = split(&asked);
            let regions = blocks_of(&part.region, bars, most_bars.unwrap_or(u32::MAX));
            blocks.extend(regions.into_iter().map(|region| Block {
                part: index,
                region,
            }));
            let goes =
                |note: &Note| part.region.contains(&note.start_tick) && !locked.contains(note);
            song.tracks[part.track].notes.retain(|note| !goes(note));
            old.push((removed, locked));
        }
        if request.controls.rhythm != Rhythm::Free
            && old
                .iter()
                .all(|(removed, locked)| removed.is_empty() && locked.is_empty())
        {
            return Err(SamplerError::RhythmEmpty);
        }
        let mut used: Vec<usize> = request.parts.iter().map(|part| part.track).collect();
        used.sort_unstable();
        used.dedup();
        Ok(Self {
            ticks: blocks
                .iter()
                .map(|block| f64::from(block.region.end - block.region.start))
                .sum(),
            blocks,
            tracks: used
                .into_iter()
                .map(|track| (track, song.tracks[track].notes.clone()))
                .collect(),
            song,
            old,
            deadline: request
                .sampling
                .deadline_ms
                .map(|ms| (ms, started + Duration::from_millis(ms))),
            request,
            bars,
            warnings: Warnings::default(),
            timings: Timings::default(),
            last: None,
        })
    }

    /// One candidate from its first block to its last; none if the deadline came first.
    fn candidate(
        &mut self,
        engine: &mut dyn Fills,
        seed: u64,
        before: &[PartsCandidate],
        cancel: &CancelFlag,
        progress: &mut dyn FnMut(PartsProgress<'_>),
    ) -> Result<Option<PartsCandidate>, SamplerError> {
        for (track, notes) in &self.tracks {
            self.song.tracks[*track].notes.clone_from(notes);
        }
        let asked = self.request.sampling.candidates as f64;
        let finished_notes: usize = before.iter().map(|c| c.whole.notes.len()).sum();
        let mut drawn = Drawn::new(seed, self.request.parts.len());
        let mut waiting: Vec<Block> = self.blocks.iter().rev().cloned().collect();
        let (mut number, mut done) = (0, 0.0);
        while let Some(block) = waiting.pop() {
            let ticks = f64::from(block.region.end - block.region.start);
            if self.is_left_alone(&block) {
                done += ticks;
                continue;
            }
            let mut report = |step: Progress<'_>| {
                let inside = (done + f64::from(step.fraction) * ticks) / self.ticks;
                let mut notes = drawn.notes.clone();
                notes[block.part].extend_from_slice(step.notes);
                progress(PartsProgress {
                    fraction: ((before.len() as f64 + inside) / asked) as f32,
                    note_count: finished_notes + drawn.so_far.len() + step.note_count,
                    notes: before.first().map_or(&notes, |first| &first.notes),
                    finished: &[],
                });
            };
            let Some(left) = left(self.deadline) else {
                return Ok(None);
            };
            let sampling = Sampling {
                seed: candidate_seed(seed, number * SEEDS_A_BLOCK),
                candidates: 1,
                deadline_ms: left,
                ..self.request.sampling.clone()
            };
            number += 1;
            put_back(
                &mut self.song,
                self.request.parts[block.part].track,
                &self.old[block.part].0,
                &block.region,
            );
            let asked = block_request(
                self.request,
                &self.song,
                &block,
                &self.old[block.part].1,
                sampling,
            );
            let result = match engine.fill(&asked, cancel, &mut report) {
                Err(SamplerError::DeadlineExceeded { .. }) => return Ok(None),
                result => result?,
            };
            self.timings.load_ms = result.timings.load_ms;
            self.timings.prompt_ms += result.timings.prompt_ms;
            self.timings.generate_ms += result.timings.generate_ms;
            let smaller = if is_cut_off(&result) {
                halves(&block.region, self.bars)
            } else {
                None
            };
            if let Some([one, other]) = smaller {
                // The model did not reach the block's end: its halves are drawn in its place.
                let part = block.part;
                let track = self.request.parts[part].track;
                take_out(&mut self.song, track, &self.old[part].0, &block.region);
                waiting.push(Block {
                    part,
                    region: other,
                });
                waiting.push(Block { part, region: one });
                continue;
            }
            done += ticks;
            self.keep(&block, &result, &mut drawn);
            self.last = Some(result);
        }
        Ok(Some(drawn.finish()))
    }

    /// Nothing is to be drawn where the rhythm of no notes is kept, or none of the old ones goes.
    fn is_left_alone(&self, block: &Block) -> bool {
        let changes = self.old.iter().any(|(removed, _)| !removed.is_empty());
        let follows = match self.request.mode {
            _ if self.request.controls.rhythm != Rhythm::Free => true,
            Mode::Vary => changes || self.request.controls.amount <= 0.0,
            _ => false,
        };
        let mut removed = self.old[block.part].0.iter();
        follows && !removed.any(|note| block.region.contains(&note.start_tick))
    }

    /// The block's new notes are in the song from now on, in place of the old ones.
    fn keep(&mut self, block: &Block, result: &FillResult, drawn: &mut Drawn) {
        let first = self.bars.bar_at_tick(block.region.start);
        let last = self.bars.bar_at_tick(block.region.end - 1);
        self.warnings.add(&result.warnings, first..last + 1);
        let Some(candidate) = result.candidates.first() else {
            return;
        };
        let notes = &mut self.song.tracks[self.request.parts[block.part].track].notes;
        notes.retain(|note| !result.removed.contains(note));
        notes.extend_from_slice(&candidate.notes);
        notes.sort_by_key(|note| (note.start_tick, note.pitch));
        drawn.add(block.part, candidate);
    }

    /// Music that was dense and is thin now was hardly meant so.
    fn say_if_sparse(&mut self, candidates: &[PartsCandidate], removed: &[Vec<Note>]) {
        let old: usize = removed.iter().map(Vec::len).sum();
        let new = candidates
            .first()
            .map_or(old, |best| best.whole.notes.len());
        let is_wish = self.request.controls.density.is_some();
        if !is_wish && old >= MANY_NOTES && 2 * new < old {
            self.warnings.say(
                "FILL_SPARSE",
                &format!(
                    "{new} notes take the place of {old}; fill fewer bars at a time, so that there is more around them \
                     to go by, or ask for more with density"
                ),
            );
        }
    }

    fn finish(
        mut self,
        engine: &mut dyn Fills,
        mut candidates: Vec<PartsCandidate>,
        spare: Option<PartsCandidate>,
        removed: Vec<Vec<Note>>,
        started: Instant,
        cancel: &CancelFlag,
    ) -> Result<PartsResult, SamplerError> {
        let asked = self.request.sampling.candidates;
        let is_out_of_time = left(self.deadline).is_none();
        if let (true, Some((deadline_ms, _))) =
            (candidates.is_empty() && spare.is_none(), self.deadline)
        {
            return Err(SamplerError::DeadlineExceeded { deadline_ms });
        }
        if let (true, Some(spare)) = (candidates.is_empty(), spare) {
            self.warnings.say(
                "FILL_UNCHANGED",
                "every draw gave the old notes again; allow more pitches or rhythms",
            );
            candidates.push(spare);
        } else if candidates.len() < asked {
            let found = candidates.len();
            match self.deadline {
                Some((ms, _)) if is_out_of_time => self.warnings.say(
                    "DEADLINE_REACHED",
                    &format!("{found} of {asked} candidates were finished in {ms} ms"),
                ),
                _ => self.warnings.say(
                    "CANDIDATES_FEWER",
                    &format!(
                        "{asked} candidates were requested, {found} different ones were found"
                    ),
                ),
            }
        }
        candidates.sort_by(|a, b| best_first(&a.whole, &b.whole));
        self.say_if_sparse(&candidates, &removed);
        // Where nothing was drawn, the engine still says who it is, and why.
        let last = match self.last {
            Some(last) => last,
            None => {
                let all_kept = engine.fill(&self.request.of(0), cancel, &mut |_| ())?;
                self.warnings.add(&all_kept.warnings, 0..0);
                all_kept
            }
        };
        Ok(PartsResult {
            model: last.model,
            device: Some(last.device),
            seed: self.request.sampling.seed,
            removed,
            candidates,
            warnings: self.warnings.finish(),
            timings: Timings {
                total_ms: started.elapsed().as_secs_f64() * 1e3,
                ..self.timings
            },
        })
    }
}

/// Milliseconds to the deadline, if there is one; none where it has come.
fn left(deadline: Option<(u64, Instant)>) -> Option<Option<u64>> {
    let Some((_, end)) = deadline else {
        return Some(None);
    };
    let left = end.saturating_duration_since(Instant::now()).as_millis() as u64;
    (left > 0).then_some(Some(left))
}

/// (onset, pitch) of each note, by part.
fn content(parts: &[Vec<Note>]) -> Vec<Vec<(u32, u8)>> {
    let of_part = |notes: &Vec<Note>| {
        let mut content: Vec<(u32, u8)> = notes.iter().map(|n| (n.start_tick, n.pitch)).collect();
        content.sort_unstable();
        content
    };
    parts.iter().map(of_part).collect()
}
