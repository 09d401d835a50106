//! The loop that draws the notes of all candidates, head by head, as one batch.

mod fields;
mod finish;
mod pace;
mod step;

use crate::deadline::Deadline;
use crate::draw::{Drawer, candidate_seed};
use crate::error::SamplerError;
use crate::fill_plan::FillPlan;
use crate::request::{FillRequest, Sampling};
use crate::result::{Candidate, Progress, Timings, Warning};
use crate::row::Row;
use continuo_cancel::CancelFlag;
use continuo_model::{Cache, Heads, Trunk};
use continuo_tokenizer::passages::PassageFilter;
use continuo_tokenizer::{Composer, Step};
use pace::Pace;
use std::time::{Duration, Instant};

/// Steps beyond the prompt that a cache has room for at first; it grows as needed.
const FIRST_STEPS: usize = 128;

/// What the loop needs from the engine.
pub(crate) struct Machine<'a> {
    pub trunk: &'a mut Trunk,
    pub heads: &'a mut Heads,
    pub max_steps: usize,
    /// Passages of the training set.
    pub known_passages: Option<&'a PassageFilter>,
}

/// What the loop gives back.
pub(crate) struct Drawn {
    /// In the order in which they were begun.
    pub candidates: Vec<Candidate>,
    pub warnings: Vec<Warning>,
    /// Without load and total.
    pub timings: Timings,
}

/// Draw all candidates of a plan. With a deadline, as many as will be finished are drawn side by side, the
/// others after them.
///
/// Errors: `CANCELLED`, `DEADLINE_EXCEEDED` with nothing finished, those of the model.
pub(crate) fn draw_all(
    machine: Machine<'_>,
    plan: &FillPlan,
    request: &FillRequest<'_>,
    deadline: Option<&Deadline>,
    cancel: &CancelFlag,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Drawn, SamplerError> {
    if cancel.is_cancelled() {
        return Err(SamplerError::Cancelled);
    }
    let prompt_started = Instant::now();
    let mut batch = Batch::new(machine, plan, request)?;
    let prompt_ms = milliseconds(prompt_started.elapsed());
    let generate_started = Instant::now();
    while batch.rows.iter().any(|row| !row.is_finished) {
        if cancel.is_cancelled() {
            return Err(SamplerError::Cancelled);
        }
        let left = deadline.map(Deadline::left);
        if let (Some(deadline), Some(Duration::ZERO)) = (deadline, left) {
            let deadline_ms = deadline.ms;
            if batch.finished.is_empty() && batch.spare.is_none() {
                return Err(SamplerError::DeadlineExceeded { deadline_ms });
            }
            batch.warn_deadline(deadline_ms);
            break;
        }
        let active = match left {
            Some(left) => pace::choose(&batch.paces(), left.as_secs_f64()),
            None => batch.unfinished(),
        };
        let before = batch.finished.len();
        batch.note(&active)?;
        batch.report(before, progress);
        if let (Some(deadline), Some(left)) = (deadline, left) {
            let seconds = left.saturating_sub(deadline.left()).as_secs_f64();
            let of_one = seconds / pace::cost(active.len());
            active.iter().for_each(|&i| batch.rows[i].worked += of_one);
        }
    }
    let timings = Timings {
        prompt_ms,
        generate_ms: milliseconds(generate_started.elapsed()),
        ..Timings::default()
    };
    let Batch {
        mut finished,
        mut warnings,
        spare,
        ..
    } = batch;
    if finished.is_empty() {
        warnings.extend(spare.as_ref().map(|(_, why)| why.warning()));
        finished.extend(spare.map(|(candidate, _)| candidate));
    } else if finished.len() < request.sampling.candidates && deadline.is_none() {
        let (found, asked) = (finished.len(), request.sampling.candidates);
        let message =
            format!("{asked} candidates were requested, {found} different ones were found");
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

struct Batch<'a> {
    machine: Machine<'a>,
    plan: &'a FillPlan,
    sampling: &'a Sampling,
    copy_scale: f32,
    cache: Cache,
    rows: Vec<Row>,
    /// What every candidate begins with.
    composer: Composer,
    prompt_state: Vec<f32>,
    drawer: Drawer,
    /// (grid time, pitch) of finished candidates.
    contents: Vec<Vec<(i32, u8)>>,
    finished: Vec<Candidate>,
    /// A candidate that says nothing new, for want of a better one.
    spare: Option<(Candidate, finish::Unwanted)>,
    warnings: Vec<Warning>,
    // Room that every step uses again.
    states: Vec<f32>,
    logits: Vec<f32>,
    x: Vec<f32>,
}

impl<'a> Batch<'a> {
    fn new(
        machine: Machine<'a>,
        plan: &'a FillPlan,
        request: &'a FillRequest<'_>,
    ) -> Result<Batch<'a>, SamplerError> {
        let sampling = &plan.sampling;
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
            let mut side_by_side = machine.trunk.cache(count, capacity)?;
            side_by_side.fill_from(&cache, steps);
            cache = side_by_side;
        }
        let composer = Composer::new(&plan.scene, 0, &[]);
        let rows = (0..count as u64)
            .map(|index| {
                let seed = candidate_seed(sampling.seed, index);
                Row::new(seed, 1, sampling, composer.clone(), steps, &prompt_state)
            })
            .collect();
        Ok(Batch {
            copy_scale: 1.0 - request.controls.novelty,
            machine,
            plan,
            sampling,
            cache,
            rows,
            composer,
            prompt_state,
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

    fn unfinished(&self) -> Vec<usize> {
        let rows = 0..self.rows.len();
        rows.filter(|&i| !self.rows[i].is_finished).collect()
    }

    fn paces(&self) -> Vec<Pace> {
        let beats = self.plan.rhythm.as_ref().map(Vec::len);
        let length = self.plan.scene.region_length;
        let rows = self.rows.iter();
        rows.map(|row| Pace::of(row, length, beats)).collect()
    }

    fn warn_deadline(&mut self, deadline_ms: u64) {
        // One that says nothing new is given for want of a better one.
        let done = self.finished.len().max(usize::from(self.spare.is_some()));
        let asked = self.sampling.candidates;
        let message = format!("{done} of {asked} candidates were finished in {deadline_ms} ms");
        self.warnings.push(Warning {
            code: "DEADLINE_REACHED",
            message,
        });
    }
}

fn embed(heads: &Heads, step: &Step, x: &mut Vec<f32>) {
    x.resize(heads.d_model(), 0.0);
    heads.embed(step.rows(), x);
}
