//! The trunk on a device: prompt passes and decode steps.

use crate::cache::{Cache, TrunkInputs};
use crate::device_choice::{Chosen, DeviceChoice, Opened, choose};
use crate::graph::trunk_onnx;
use crate::runtime::Runtime;
use crate::step::{StepRow, Stepper};
use crate::{Architecture, Device, Model, ModelError, reference};
use ort::session::Session;
use std::time::{Duration, Instant};

/// Share of the largest value by which a device may differ from the reference.
const TOLERANCE: f32 = 1e-2;

/// A session with the trunk of one model.
pub struct Trunk {
    session: Session,
    device: Device,
    architecture: Architecture,
    /// Takes the decode steps on the CPU.
    stepper: Option<Stepper>,
    output: Vec<f32>,
}

impl Trunk {
    /// Open the trunk on the device that `choice` leads to; see [`choose`].
    ///
    /// `threads`: cores that a step's rows and a prompt are shared between. The prompt leaves one
    /// core free, because ONNX Runtime's threads spin for each other and crawl where another
    /// program holds one of their cores.
    /// Errors: `DEVICE_UNAVAILABLE`, `RUNTIME_NOT_FOUND`.
    pub fn open(
        model: &Model,
        runtime: &Runtime,
        choice: DeviceChoice,
        threads: usize,
    ) -> Result<Chosen<Trunk>, ModelError> {
        let onnx = trunk_onnx(model);
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let prompt_threads = threads.min(cores.saturating_sub(1)).max(1);
        choose(choice, |device| {
            let session = runtime.session(&onnx, device, prompt_threads)?;
            let architecture = model.config.architecture.clone();
            let stepper = (device == Device::Cpu).then(|| Stepper::new(model, threads));
            let output = Vec::new();
            let mut trunk = Trunk {
                session,
                device,
                architecture,
                stepper,
                output,
            };
            // The CPU is what the others are measured against; its own check is `self_check`.
            let is_sure = device == Device::Cpu && choice == DeviceChoice::Only(Device::Cpu);
            let step_time = if is_sure {
                Duration::ZERO
            } else {
                trunk.self_check(model)?
            };
            Ok(Opened {
                session: trunk,
                step_time,
            })
        })
    }

    pub fn device(&self) -> Device {
        self.device
    }

    /// A cache for `batch` sequences of up to `steps` steps. Errors: `MODEL_STEPS_EXCEEDED`.
    pub fn cache(&self, batch: usize, steps: usize) -> Result<Cache, ModelError> {
        let limit = self.architecture.max_steps;
        if steps > limit {
            return Err(ModelError::TooLong { steps, limit });
        }
        Cache::new(&self.session, &self.architecture, batch, steps)
            .map_err(|error| self.failed(&error.to_string()))
    }

    /// Run whole sequences from their beginning.
    ///
    /// `x [batch, t, d]`: summed embedding rows; `times [batch, t]`: grid ticks from the region's
    /// start. Returns `[batch, t, d]`. Errors: `MODEL_STEPS_EXCEEDED`, `MODEL_RUN_FAILED`.
    pub fn prefill<'c>(
        &mut self,
        cache: &'c mut Cache,
        x: &[f32],
        times: &[i32],
    ) -> Result<&'c [f32], ModelError> {
        let lengths = vec![0; cache.batch()];
        self.run(
            cache,
            &TrunkInputs {
                x,
                times,
                lengths: &lengths,
            },
        )
    }

    /// Let the graph take decode steps too, where by default the CPU's own code does: for
    /// comparing the two.
    pub fn use_graph_for_steps(&mut self) {
        self.stepper = None;
    }

    /// One more step for some sequences of the batch, given the steps that each has behind it.
    ///
    /// `x [batch, d]`, `times [batch]`, `lengths [batch]`; `active`: the rows to run, the others
    /// keep what they hold. Returns `[batch, d]`, of which only the rows of `active` mean anything.
    /// Errors: `MODEL_STEPS_EXCEEDED`, `MODEL_RUN_FAILED`.
    pub fn step<'c>(
        &'c mut self,
        cache: &'c mut Cache,
        x: &[f32],
        times: &[i32],
        lengths: &[usize],
        active: &[usize],
    ) -> Result<&'c [f32], ModelError> {
        let inputs = TrunkInputs { x, times, lengths };
        self.check(cache, &inputs)?;
        let Some(stepper) = &mut self.stepper else {
            // Rows that rest are run as well; their next step writes over what this one leaves.
            return self.run(cache, &inputs);
        };
        let d = self.architecture.d_model;
        self.output.clear();
        let mut rows = Vec::with_capacity(active.len());
        for row in (0..lengths.len()).filter(|row| active.contains(row)) {
            self.output.extend_from_slice(&x[row * d..(row + 1) * d]);
            rows.push(StepRow {
                row,
                length: lengths[row],
                time: times[row],
            });
        }
        let capacity = cache.capacity();
        stepper.run(&mut self.output, &rows, cache.slices(), capacity);
        // Spread the rows that ran to their places, from the last, so that none is written over.
        self.output.resize(x.len(), 0.0);
        for (at, row) in rows.iter().enumerate().rev() {
            self.output.copy_within(at * d..(at + 1) * d, row.row * d);
        }
        Ok(&self.output)
    }

    /// Compare with the reference on a short sequence, and time a decode step (best of three).
    ///
    /// Errors: `DEVICE_UNAVAILABLE` if the numbers differ, `MODEL_RUN_FAILED`.
    pub fn self_check(&mut self, model: &Model) -> Result<Duration, ModelError> {
        const STEPS: usize = 4;
        let d = self.architecture.d_model;
        let x: Vec<f32> = (0..STEPS * d)
            .map(|i| ((i * 31 % 61) as f32 - 30.0) / 30.0)
            .collect();
        let times = [0, 5, 24, 96];
        let expected = reference::trunk(model, &x, &times);
        let mut cache = self.cache(1, STEPS)?;
        let mut found = self.prefill(&mut cache, &x[..2 * d], &times[..2])?.to_vec();
        let mut best = Duration::MAX;
        for repeat in 0..3 {
            found.truncate(2 * d);
            for t in 2..STEPS {
                let start = Instant::now();
                let x = &x[t * d..(t + 1) * d];
                let h = self.step(&mut cache, x, &times[t..=t], &[t], &[0])?;
                found.extend_from_slice(h);
                if repeat > 0 {
                    best = best.min(start.elapsed());
                }
            }
        }
        let largest = expected.iter().fold(1e-6f32, |m, v| m.max(v.abs()));
        let difference = expected
            .iter()
            .zip(&found)
            .fold(0f32, |m, (a, b)| m.max((a - b).abs()))
            / largest;
        // A NaN does not match either.
        if difference <= TOLERANCE && found.iter().all(|v| v.is_finite()) {
            return Ok(best);
        }
        let reason = format!(
            "its results differ from the known answer by {:.1} %",
            100.0 * difference
        );
        Err(ModelError::DeviceUnavailable {
            device: self.device,
            reason,
        })
    }

    fn run<'c>(
        &mut self,
        cache: &'c mut Cache,
        inputs: &TrunkInputs<'_>,
    ) -> Result<&'c [f32], ModelError> {
        self.check(cache, inputs)?;
        let ran = cache
            .prepare(inputs)
            .and_then(|()| self.session.run_binding(&cache.binding).map(drop));
        ran.map_err(|error| self.failed(&error.to_string()))?;
        Ok(cache.output())
    }

    fn check(&self, cache: &Cache, inputs: &TrunkInputs<'_>) -> Result<(), ModelError> {
        let batch = cache.batch();
        let steps = inputs.times.len() / batch;
        let is_whole = steps > 0
            && inputs.times.len() == batch * steps
            && inputs.x.len() == batch * steps * self.architecture.d_model
            && inputs.lengths.len() == batch;
        if !is_whole {
            let (x, times, lengths) = (inputs.x.len(), inputs.times.len(), inputs.lengths.len());
            let sizes = format!("{x} values, {times} times, {lengths} lengths for {batch} rows");
            return Err(self.failed(&sizes));
        }
        let (longest, limit) = (
            inputs.lengths.iter().max().map_or(steps, |l| l + steps),
            cache.capacity(),
        );
        if longest > limit {
            Err(ModelError::TooLong {
                steps: longest,
                limit,
            })
        } else {
            Ok(())
        }
    }

    fn failed(&self, reason: &str) -> ModelError {
        ModelError::RunFailed {
            device: self.device,
            reason: reason.to_owned(),
        }
    }
}
