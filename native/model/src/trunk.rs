//! The trunk on a device: prompt passes and decode steps.

use crate::cache::{Cache, Run};
use crate::device::{Chosen, DeviceChoice, Opened, choose};
use crate::graph::trunk_onnx;
use crate::runtime::Runtime;
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
}

impl Trunk {
    /// Open the trunk on the device that `choice` leads to; see [`choose`].
    ///
    /// `threads`: cores used inside a step; 1 or 2 serve best for one candidate.
    /// Errors: `DEVICE_UNAVAILABLE`, `RUNTIME_NOT_FOUND`.
    pub fn open(
        model: &Model,
        runtime: &Runtime,
        choice: DeviceChoice,
        threads: usize,
    ) -> Result<Chosen<Trunk>, ModelError> {
        let onnx = trunk_onnx(model);
        choose(choice, |device| {
            let session = runtime.session(&onnx, device, threads.max(1))?;
            let architecture = model.config.architecture.clone();
            let mut trunk = Trunk {
                session,
                device,
                architecture,
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
            &Run {
                x,
                times,
                lengths: &lengths,
            },
        )
    }

    /// One more step for each sequence, given the steps that each has behind it.
    ///
    /// `x [batch, d]`, `times [batch]`, `lengths [batch]`; returns `[batch, d]`. A sequence that is
    /// finished may be given length 0; its output then means nothing.
    /// Errors: `MODEL_STEPS_EXCEEDED`, `MODEL_RUN_FAILED`.
    pub fn step<'c>(
        &mut self,
        cache: &'c mut Cache,
        x: &[f32],
        times: &[i32],
        lengths: &[usize],
    ) -> Result<&'c [f32], ModelError> {
        self.run(cache, &Run { x, times, lengths })
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
                let h = self.step(&mut cache, &x[t * d..(t + 1) * d], &times[t..=t], &[t])?;
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
        // A NaN is no match either.
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

    fn run<'c>(&mut self, cache: &'c mut Cache, run: &Run<'_>) -> Result<&'c [f32], ModelError> {
        let batch = cache.batch();
        let steps = run.times.len() / batch;
        let d = self.architecture.d_model;
        let is_whole = steps > 0
            && run.times.len() == batch * steps
            && run.x.len() == batch * steps * d
            && run.lengths.len() == batch;
        if !is_whole {
            let (x, times, lengths) = (run.x.len(), run.times.len(), run.lengths.len());
            let sizes = format!("{x} values, {times} times, {lengths} lengths for {batch} rows");
            return Err(self.failed(&sizes));
        }
        let longest = run.lengths.iter().max().copied().unwrap_or(0) + steps;
        if longest > cache.capacity() {
            return Err(ModelError::TooLong {
                steps: longest,
                limit: cache.capacity(),
            });
        }
        let ran = cache
            .prepare(run)
            .and_then(|()| self.session.run_binding(&cache.binding).map(drop));
        ran.map_err(|error| self.failed(&error.to_string()))?;
        Ok(cache.output())
    }

    fn failed(&self, reason: &str) -> ModelError {
        ModelError::RunFailed {
            device: self.device,
            reason: reason.to_owned(),
        }
    }
}
