//! A loaded model that answers fills.

use crate::batch::{Drawn, Machine, draw_all, milliseconds};
use crate::deadline::Clock;
use crate::error::SamplerError;
use crate::fallback::with_fallback;
use crate::fill_plan::FillPlan;
use crate::judge::rank;
use crate::request::FillRequest;
use crate::result::{Candidate, FillResult, ModelIdentity, Progress, RegionEcho, Timings, Warning};
use continuo_cancel::CancelFlag;
use continuo_model::{Device, DeviceChoice, Heads, Model, Runtime, Trunk};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How a model is loaded.
#[derive(Clone, Debug, Default)]
pub struct EngineOptions {
    pub device: DeviceChoice,
    /// Cores used inside one step; 0 leaves the choice to the engine.
    pub threads: usize,
    /// The ONNX Runtime library; `ORT_DYLIB_PATH` goes before it.
    pub runtime_library: Option<PathBuf>,
}

/// A model on a device. One fill at a time; load several for more.
pub struct Engine {
    model: Model,
    runtime: Runtime,
    machine: (Trunk, Heads),
    threads: usize,
    load_ms: f64,
    clock: Clock,
}

impl Engine {
    /// Load a model folder and open its trunk.
    ///
    /// Errors: `MODEL_NOT_FOUND`, `MODEL_DAMAGED`, `VOCAB_MISMATCH`, `RUNTIME_NOT_FOUND`,
    /// `DEVICE_UNAVAILABLE`.
    pub fn load(model_folder: &Path, options: &EngineOptions) -> Result<Engine, SamplerError> {
        let started = Instant::now();
        // The library takes as long to load as the weights, so both at once.
        let (model, runtime) = std::thread::scope(|scope| {
            let runtime = scope.spawn(|| Runtime::load(options.runtime_library.as_deref()));
            let model = Model::load(model_folder);
            (model, runtime.join())
        });
        let runtime = match runtime {
            Ok(runtime) => runtime?,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        Engine::open(model?, runtime, options, started)
    }

    /// An engine for a model that is already in memory.
    pub fn from_model(model: Model, options: &EngineOptions) -> Result<Engine, SamplerError> {
        let started = Instant::now();
        let runtime = Runtime::load(options.runtime_library.as_deref())?;
        Engine::open(model, runtime, options, started)
    }

    fn open(
        model: Model,
        runtime: Runtime,
        options: &EngineOptions,
        started: Instant,
    ) -> Result<Engine, SamplerError> {
        let threads = if options.threads == 0 {
            default_threads()
        } else {
            options.threads
        };
        // Hashing the weights takes as long as a fill and is needed only in the answer.
        let hashed = model.clone();
        std::thread::spawn(move || hashed.sha256().len());
        let chosen = Trunk::open(&model, &runtime, options.device, threads)?;
        Ok(Engine {
            machine: (chosen.session, Heads::new(&model)),
            model,
            runtime,
            threads,
            load_ms: milliseconds(started.elapsed()),
            clock: Clock::default(),
        })
    }

    /// Measure deadlines by another clock.
    pub fn set_clock(&mut self, clock: Clock) {
        self.clock = clock;
    }

    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Where fills run now.
    pub fn device(&self) -> Device {
        self.machine.0.device()
    }

    pub fn load_ms(&self) -> f64 {
        self.load_ms
    }

    /// Compare the trunk with the known answer; time of one decode step in milliseconds.
    ///
    /// Errors: `DEVICE_UNAVAILABLE` if it differs, `MODEL_RUN_FAILED`.
    pub fn self_check(&mut self) -> Result<f64, SamplerError> {
        Ok(milliseconds(self.machine.0.self_check(&self.model)?))
    }

    /// Fill a region.
    ///
    /// `progress` is called once a step, on this thread. Errors: every check of the request,
    /// `CANCELLED`, `DEADLINE_EXCEEDED`, those of the model.
    pub fn fill(
        &mut self,
        request: &FillRequest<'_>,
        cancel: &CancelFlag,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<FillResult, SamplerError> {
        let started = Instant::now();
        let deadline = self.clock.deadline(request.sampling.deadline_ms);
        let plan = FillPlan::new(request)?;
        let max_steps = self.model.config.architecture.max_steps;
        // Which of a new part's draws are given is known when all are there.
        let has_spares = plan.sampling.candidates > request.sampling.candidates;
        let mut told = |now: Progress<'_>| {
            let finished = if has_spares { &[] } else { now.finished };
            progress(Progress { finished, ..now });
        };
        let (drawn, fell_back) = if plan.keeps_all(request.mode, request.controls.amount) {
            (all_kept(request), None)
        } else {
            with_fallback(
                self,
                |engine| {
                    let (trunk, heads) = &mut engine.machine;
                    let machine = Machine {
                        trunk,
                        heads,
                        max_steps,
                        known_passages: engine.model.known_passages.as_deref(),
                    };
                    draw_all(
                        machine,
                        &plan,
                        request,
                        deadline.as_ref(),
                        cancel,
                        &mut told,
                    )
                },
                |engine| {
                    let choice = DeviceChoice::Only(Device::Cpu);
                    let chosen =
                        Trunk::open(&engine.model, &engine.runtime, choice, engine.threads)?;
                    engine.machine.0 = chosen.session;
                    Ok(())
                },
            )?
        };
        let Drawn {
            mut candidates,
            warnings,
            timings,
        } = drawn;
        rank(&mut candidates);
        if has_spares {
            candidates.truncate(request.sampling.candidates);
            progress(Progress {
                fraction: 1.0,
                note_count: candidates.iter().map(|c| c.notes.len()).sum(),
                notes: candidates.first().map_or(&[], |c| &c.notes),
                finished: &candidates,
            });
        }
        let mut warnings: Vec<Warning> = plan
            .warnings
            .into_iter()
            .chain(warnings)
            .chain(fell_back)
            .collect();
        if candidates.iter().all(|c| c.notes.is_empty()) && !has(&warnings, "ALL_KEPT") {
            let message =
                "the model put no notes here; try another seed, a higher density or temperature";
            warnings.push(Warning {
                code: "FILL_EMPTY",
                message: message.to_owned(),
            });
        }
        Ok(FillResult {
            model: ModelIdentity {
                id: self.model.config.id.clone(),
                sha256: self.model.sha256().to_owned(),
            },
            device: self.device(),
            seed: request.sampling.seed,
            region: RegionEcho {
                track: request.track,
                start_tick: request.start_tick,
                end_tick: request.end_tick,
            },
            removed: plan.removed,
            candidates,
            warnings,
            timings: Timings {
                load_ms: self.load_ms,
                total_ms: milliseconds(started.elapsed()),
                ..timings
            },
        })
    }
}

fn has(warnings: &[Warning], code: &str) -> bool {
    warnings.iter().any(|w| w.code == code)
}

/// One step has little to share out; more than two threads wait for each other.
fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().min(2))
}

fn all_kept(request: &FillRequest<'_>) -> Drawn {
    let candidate = Candidate {
        seed: request.sampling.seed,
        notes: Vec::new(),
        log_prob_per_note: 0.0,
        copied: 0.0,
        out_of_scale: 0.0,
        cost: 0.0,
    };
    let message = "every note of the region is kept, so there is nothing to draw".to_owned();
    Drawn {
        candidates: vec![candidate],
        warnings: vec![Warning {
            code: "ALL_KEPT",
            message,
        }],
        timings: Timings::default(),
    }
}
