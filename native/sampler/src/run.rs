//! The loop that draws the notes of all candidates, head by head, as one batch.

use crate::cancel::CancelFlag;
use crate::draw::{Drawer, candidate_seed};
use crate::error::SamplerError;
use crate::plan::Plan;
use crate::request::{FillRequest, Sampling};
use crate::result::{Candidate, Progress, Warning};
use crate::row::Row;
use crate::{judge, result::Timings};
use continuo_model::{Cache, Heads, Trunk};
use continuo_tokenizer::runs::RunFilter;
use continuo_tokenizer::vocabulary::{BAR_END, duration_class};
use continuo_tokenizer::window::generated_step;
use continuo_tokenizer::{Composer, Head, Step, StepFields};
use std::time::{Duration, Instant};

/// How often END as the first draw is drawn again.
const EMPTY_DRAWS: usize = 8;
/// How often a candidate that says nothing new is begun again.
const MAX_ATTEMPTS: u64 = 3;
/// Steps beyond the prompt that a cache has room for at first; it grows as needed.
const FIRST_STEPS: usize = 128;

/// What the loop needs from the engine.
pub(crate) struct Machine<'a> {
    pub trunk: &'a mut Trunk,
    pub heads: &'a mut Heads,
    pub max_steps: usize,
    /// Runs of the training set.
    pub known_runs: Option<&'a RunFilter>,
}

/// What the loop gives back.
pub(crate) struct Drawn {
    /// In the order in which they were begun.
    pub candidates: Vec<Candidate>,
    pub warnings: Vec<Warning>,
    /// Without load and total.
    pub timings: Timings,
}

/// Draw all candidates of a plan.
///
/// Errors: `CANCELLED`, `DEADLINE_EXCEEDED` with nothing finished, those of the model.
pub(crate) fn draw_all(
    machine: Machine<'_>,
    plan: &Plan,
    request: &FillRequest<'_>,
    started: Instant,
    cancel: &CancelFlag,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Drawn, SamplerError> {
    if cancel.is_cancelled() {
        return Err(SamplerError::Cancelled);
    }
    let prompt_started = Instant::now();
    let mut run = Run::new(machine, plan, request)?;
    let prompt_ms = milliseconds(prompt_started.elapsed());
    let generate_started = Instant::now();
    let deadline = request
        .sampling
        .deadline_ms
        .map(|ms| (ms, started + Duration::from_millis(ms)));
    while run.rows.iter().any(|row| !row.is_finished) {
        if cancel.is_cancelled() {
            return Err(SamplerError::Cancelled);
        }
        if let Some((deadline_ms, end)) = deadline
            && Instant::now() >= end
        {
            if run.finished.is_empty() {
                return Err(SamplerError::DeadlineExceeded { deadline_ms });
            }
            let (done, asked) = (run.finished.len(), request.sampling.candidates);
            let message = format!("{done} of {asked} candidates were finished in {deadline_ms} ms");
            run.warnings.push(Warning {
                code: "DEADLINE_REACHED",
                message,
            });
            break;
        }
        let before = run.finished.len();
        run.note()?;
        run.report(before, progress);
    }
    let timings = Timings {
        prompt_ms,
        generate_ms: milliseconds(generate_started.elapsed()),
        ..Timings::default()
    };
    let Run {
        mut finished,
        mut warnings,
        spare,
        ..
    } = run;
    if finished.is_empty() {
        warnings.extend(spare.as_ref().map(|(_, why)| why.warning()));
        finished.extend(spare.map(|(candidate, _)| candidate));
    } else if finished.len() < request.sampling.candidates && deadline.is_none() {
        let (found, asked) = (finished.len(), request.sampling.candidates);
        let message =
            format!("{asked} candidates were asked for, {found} different ones were found");
        warnings.push(Warning {
            code: "CANDIDATES_FEWER",
            message,
        });
    }
    Ok(Drawn {
        candidates: finished,
        warnings,
        timings,
    })
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Why a finished candidate is drawn again.
#[derive(Clone, Copy)]
enum Unwanted {
    /// The old notes, or those of another candidate.
    Old,
    /// A long run of a training piece.
    Known,
}

impl Unwanted {
    fn warning(self) -> Warning {
        let (code, message) = match self {
            Unwanted::Old => (
                "FILL_UNCHANGED",
                "every draw gave the old notes again; allow more pitches or rhythms",
            ),
            Unwanted::Known => (
                "FILL_KNOWN",
                "every draw repeats a long run of a training piece; try another seed or more novelty",
            ),
        };
        Warning {
            code,
            message: message.to_owned(),
        }
    }
}

struct Run<'a> {
    machine: Machine<'a>,
    plan: &'a Plan,
    sampling: &'a Sampling,
    copy_scale: f32,
    cache: Cache,
    rows: Vec<Row>,
    /// What every candidate begins with.
    composer: Composer,
    prompt_state: Vec<f32>,
    next_seed: u64,
    drawer: Drawer,
    /// (grid time, pitch) of finished candidates.
    contents: Vec<Vec<(i32, u8)>>,
    finished: Vec<Candidate>,
    /// A candidate that says nothing new, for want of a better one.
    spare: Option<(Candidate, Unwanted)>,
    warnings: Vec<Warning>,
    // Room that every step uses again.
    states: Vec<f32>,
    logits: Vec<f32>,
    x: Vec<f32>,
}

impl<'a> Run<'a> {
    fn new(
        machine: Machine<'a>,
        plan: &'a Plan,
        request: &'a FillRequest<'_>,
    ) -> Result<Run<'a>, SamplerError> {
        let sampling = &request.sampling;
        let (steps, count) = (plan.prompt.len(), sampling.candidates);
        let mut x = Vec::new();
        let mut embedded = Vec::new();
        for step in &plan.prompt {
            embed(machine.heads, step, &mut x);
            embedded.extend_from_slice(&x);
        }
        let times: Vec<i32> = plan.prompt.iter().map(|step| step.time).collect();
        let capacity = (steps + FIRST_STEPS).min(machine.max_steps);
        let first = if count == 1 { capacity } else { steps };
        let mut cache = machine.trunk.cache(1, first)?;
        let h = machine.trunk.prefill(&mut cache, &embedded, &times)?;
        let prompt_state = h[(steps - 1) * x.len()..].to_vec();
        if count > 1 {
            let mut batch = machine.trunk.cache(count, capacity)?;
            batch.fill_from(&cache, steps);
            cache = batch;
        }
        let composer = Composer::new(&plan.scene, 0, &[]);
        let rows = (0..count as u64)
            .map(|index| {
                let seed = candidate_seed(sampling.seed, index);
                Row::new(seed, 1, sampling, composer.clone(), steps, &prompt_state)
            })
            .collect();
        Ok(Run {
            copy_scale: 1.0 - request.controls.novelty,
            machine,
            plan,
            sampling,
            cache,
            rows,
            composer,
            prompt_state,
            next_seed: count as u64,
            drawer: Drawer::default(),
            contents: Vec::new(),
            finished: Vec::new(),
            spare: None,
            warnings: Vec::new(),
            states: Vec::new(),
            logits: Vec::new(),
            x,
        })
    }

    /// Draw one note for every candidate that goes on, and run the trunk on them.
    fn note(&mut self) -> Result<(), SamplerError> {
        let mut going: Vec<usize> = (0..self.rows.len())
            .filter(|&i| !self.rows[i].is_finished)
            .collect();
        for &i in &going {
            self.rows[i].fields = StepFields::default();
        }
        if self.plan.rhythm.is_some() {
            self.keep_rhythm(&mut going);
        } else {
            self.draw(Head::Bar, &mut going);
            self.draw(Head::Position, &mut going);
        }
        self.draw(Head::Pitch, &mut going);
        self.draw(Head::Duration, &mut going);
        self.draw(Head::Velocity, &mut going);
        self.step(&going)
    }

    /// Put the next beat of the kept rhythm where bar and position would be drawn.
    fn keep_rhythm(&mut self, going: &mut Vec<usize>) {
        let Some(beats) = &self.plan.rhythm else {
            return;
        };
        going.retain(|&i| {
            let row = &mut self.rows[i];
            let beat = loop {
                let Some(beat) = beats.get(row.beat) else {
                    break None;
                };
                row.tick = beat.tick;
                if row.has_pitch(self.plan) {
                    break Some(beat);
                }
                row.beat += 1;
            };
            let Some(beat) = beat else {
                self.finish(i);
                return false;
            };
            let row = &mut self.rows[i];
            let (bar, position) = self.plan.scene.place(beat.time);
            let delta = (bar - row.composer.current_bar()).clamp(0, BAR_END as i32 - 1);
            (row.fields.bar, row.fields.position) = (delta as u8, position);
            self.machine
                .heads
                .add_field(Head::Bar, delta as usize, &mut row.state);
            self.machine
                .heads
                .add_field(Head::Position, usize::from(position), &mut row.state);
            true
        });
    }

    /// Draw one field for the rows of `going`; those that end are taken out.
    fn draw(&mut self, head: Head, going: &mut Vec<usize>) {
        if going.is_empty() {
            return;
        }
        self.states.clear();
        for &i in &*going {
            let row = &mut self.rows[i];
            self.states.extend_from_slice(&row.state);
            row.tell(head);
        }
        let inputs = going.iter().map(|&i| &self.rows[i].inputs);
        self.machine.heads.logits(
            head,
            &self.states,
            inputs,
            self.copy_scale,
            &mut self.logits,
        );
        let mut logits = std::mem::take(&mut self.logits);
        let mut ended = Vec::new();
        for (&i, logits) in going.iter().zip(logits.chunks_exact_mut(head.classes())) {
            let class = self.draw_field(head, i, logits);
            let row = &mut self.rows[i];
            let Some(class) = class else {
                ended.push(i);
                continue;
            };
            let field = class as u8;
            match head {
                Head::Bar => row.fields.bar = field,
                Head::Position => row.fields.position = field,
                Head::Pitch => row.fields.pitch = field,
                Head::Duration => row.fields.duration = field,
                Head::Velocity => row.fields.velocity = field,
            }
            if head == Head::Position {
                row.place(self.plan);
            }
            self.machine.heads.add_field(head, class, &mut row.state);
        }
        self.logits = logits;
        for &i in &ended {
            self.finish(i);
        }
        going.retain(|i| !ended.contains(i));
    }

    /// Mask and draw one field of one row; `None` is the end of the candidate.
    fn draw_field(&mut self, head: Head, i: usize, logits: &mut [f32]) -> Option<usize> {
        let (plan, row) = (self.plan, &mut self.rows[i]);
        match head {
            Head::Bar => row.mask_bar(plan, logits),
            Head::Position => row.mask_position(plan, logits),
            Head::Pitch => row.mask_pitch(plan, logits),
            Head::Duration => {
                let beat = plan.rhythm.as_ref().and_then(|beats| beats.get(row.beat));
                if let Some(ticks) = beat.and_then(|beat| beat.duration_ticks) {
                    let grid = u64::from(ticks) * 24 / u64::from(plan.ppq);
                    return Some(duration_class(grid.min(65_535) as u32));
                }
            }
            Head::Velocity => {}
        }
        let is_first = head == Head::Bar && row.notes.is_empty();
        let draws = if is_first { EMPTY_DRAWS } else { 1 };
        for draw in 0..draws {
            let drawn = self.drawer.draw(logits, &row.sampling, &mut row.random)?;
            let is_end = head == Head::Bar && drawn.class == BAR_END;
            if !is_end || draw + 1 == draws {
                row.log_prob += drawn.log_prob;
                return (!is_end).then_some(drawn.class);
            }
        }
        None
    }

    /// Run the trunk on the notes just drawn.
    fn step(&mut self, going: &[usize]) -> Result<(), SamplerError> {
        let (plan, limit) = (self.plan, self.machine.max_steps);
        let d = self.prompt_state.len();
        let batch = self.rows.len();
        self.states.clear();
        self.states.resize(batch * d, 0.0);
        let (mut times, mut lengths) = (vec![0; batch], vec![0; batch]);
        let mut stepping = Vec::with_capacity(going.len());
        for &i in going {
            let row = &mut self.rows[i];
            let note = row.take(plan);
            if row.length >= limit {
                self.warn_limit(limit);
                self.finish(i);
                continue;
            }
            let row = &self.rows[i];
            let step = generated_step(&plan.scene, 0, &note);
            embed(self.machine.heads, &step, &mut self.x);
            self.states[i * d..(i + 1) * d].copy_from_slice(&self.x);
            (times[i], lengths[i]) = (step.time, row.length);
            stepping.push(i);
        }
        // A row that was begun again waits: its prompt stays, and this step falls behind it.
        for (i, row) in self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| !row.is_finished)
        {
            lengths[i] = row.length.min(limit - 1);
        }
        if stepping.is_empty() {
            return Ok(());
        }
        let longest = lengths.iter().max().copied().unwrap_or(0) + 1;
        if longest > self.cache.capacity() {
            let capacity = (longest * 3 / 2).min(limit);
            let mut grown = self.machine.trunk.cache(batch, capacity)?;
            grown.take_rows(&self.cache, longest - 1);
            self.cache = grown;
        }
        let h =
            self.machine
                .trunk
                .step(&mut self.cache, &self.states, &times, &lengths, &stepping)?;
        for &i in &stepping {
            let row = &mut self.rows[i];
            row.length += 1;
            row.state.clear();
            row.state.extend_from_slice(&h[i * d..(i + 1) * d]);
        }
        Ok(())
    }

    fn warn_limit(&mut self, limit: usize) {
        if !self
            .warnings
            .iter()
            .any(|w| w.code == "NOTES_LIMIT_REACHED")
        {
            let message = format!(
                "the model reads {limit} steps, so the end of the region is empty; fill it in parts"
            );
            self.warnings.push(Warning {
                code: "NOTES_LIMIT_REACHED",
                message,
            });
        }
    }

    /// A candidate is complete: keep it if it says something new, else begin it again.
    fn finish(&mut self, i: usize) {
        let row = &mut self.rows[i];
        row.is_finished = true;
        let content = judge::content(self.plan, row.composer.generated());
        let candidate = judge::candidate(self.plan, row);
        let is_new = content != self.plan.old_content && !self.contents.contains(&content);
        let is_known = self
            .machine
            .known_runs
            .is_some_and(|known| self.plan.runs.repeats(row.composer.generated(), known));
        if is_new && !is_known {
            self.contents.push(content);
            self.finished.push(candidate);
            return;
        }
        let why = if is_known {
            Unwanted::Known
        } else {
            Unwanted::Old
        };
        self.spare.get_or_insert((candidate, why));
        let attempts = row.attempts + 1;
        if attempts <= MAX_ATTEMPTS {
            let seed = candidate_seed(self.sampling.seed, self.next_seed);
            self.next_seed += 1;
            let composer = self.composer.clone();
            self.rows[i] = Row::new(
                seed,
                attempts,
                self.sampling,
                composer,
                self.plan.prompt.len(),
                &self.prompt_state,
            );
        }
    }

    fn report(&self, before: usize, progress: &mut dyn FnMut(Progress<'_>)) {
        let length = self.plan.scene.region_length.max(1) as f32;
        let reached = self.rows.iter().filter(|row| !row.is_finished).map(|row| {
            row.composer
                .generated()
                .last()
                .map_or(0.0, |n| n.onset as f32 / length)
        });
        progress(Progress {
            fraction: reached.fold(1.0, f32::min),
            note_count: self.rows.iter().map(|row| row.notes.len()).sum(),
            notes: self.rows.first().map_or(&[], |row| &row.notes),
            finished: &self.finished[before..],
        });
    }
}

fn embed(heads: &Heads, step: &Step, x: &mut Vec<f32>) {
    x.resize(heads.d_model(), 0.0);
    heads.embed(step.rows(), x);
}
