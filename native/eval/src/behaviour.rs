//! Behaviour under demanding requests: long regions, a loudness, a variation, novelty.

use crate::error::EvalError;
use crate::regions::{EvalPiece, Region};
use continuo_midi::{Note, Tick};
use continuo_sampler::{CancelFlag, Controls, Engine, FillRequest, Locks, Mode, Sampling};
use continuo_tokenizer::grid::{grid_from_tick, tick_from_grid};
use serde::Serialize;

/// Bars of a long region.
const LONG: usize = 32;
/// Bars at the end of a long region whose silence, and whose register, is looked at.
const TAIL: usize = 4;
const DRIFT_TAIL: usize = 8;
/// Velocities that are asked for, shares of notes that are varied, and novelties.
const VELOCITIES: [u8; 4] = [30, 60, 90, 120];
const AMOUNTS: [f32; 3] = [0.1, 0.4, 0.8];
const NOVELTIES: [f32; 3] = [0.0, 0.5, 1.0];

/// One line of the table: what was asked, what came.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BehaviourRow {
    pub name: String,
    pub asked: String,
    /// Mean over the fills.
    pub got: f64,
    pub fills: usize,
}

struct Sums {
    sum: f64,
    count: usize,
}

impl Sums {
    fn row(&self, name: &str, asked: impl ToString) -> BehaviourRow {
        BehaviourRow {
            name: name.to_owned(),
            asked: asked.to_string(),
            got: self.sum / self.count.max(1) as f64,
            fills: self.count,
        }
    }
}

/// Try each on the regions; a piece that is too short for a long region is passed over.
pub(crate) fn behaviour<'a>(
    engine: &mut Engine,
    cases: impl Iterator<Item = (&'a EvalPiece, &'a Region)> + Clone,
    seed: u64,
    cancel: &CancelFlag,
    progress: &mut dyn FnMut(f64),
) -> Result<Vec<BehaviourRow>, EvalError> {
    let total = cases.clone().count().max(1) as f64;
    let zero = || Sums { sum: 0.0, count: 0 };
    let (mut silent, mut drift) = (zero(), zero());
    let mut velocities = VELOCITIES.map(|_| zero());
    let mut amounts = AMOUNTS.map(|_| zero());
    let mut novelties = NOVELTIES.map(|_| zero());
    for (i, (piece, region)) in cases.enumerate() {
        let case = Case {
            piece,
            region,
            seed: seed.wrapping_add(i as u64),
        };
        if let Some((is_silent, moved)) = case.long(engine, cancel)? {
            silent.add(f64::from(u8::from(is_silent)));
            if let Some(moved) = moved {
                drift.add(moved);
            }
        }
        for (sums, velocity) in velocities.iter_mut().zip(VELOCITIES) {
            let controls = Controls {
                velocity: Some(velocity),
                ..Controls::default()
            };
            let (notes, _) = case.fill(engine, Mode::Fill, controls, cancel)?;
            if !notes.is_empty() {
                let sum: f64 = notes.iter().map(|n| f64::from(n.velocity)).sum();
                sums.add(sum / notes.len() as f64);
            }
        }
        let ratio = |notes: &[Note], removed: usize| notes.len() as f64 / removed.max(1) as f64;
        for (sums, amount) in amounts.iter_mut().zip(AMOUNTS) {
            let controls = Controls {
                amount,
                ..Controls::default()
            };
            let (notes, removed) = case.fill(engine, Mode::Vary, controls, cancel)?;
            sums.add(ratio(&notes, removed));
        }
        for (sums, novelty) in novelties.iter_mut().zip(NOVELTIES) {
            let controls = Controls {
                novelty,
                ..Controls::default()
            };
            let (notes, removed) = case.fill(engine, Mode::Fill, controls, cancel)?;
            sums.add(ratio(&notes, removed));
        }
        progress((i + 1) as f64 / total);
    }
    let mut rows = vec![
        silent.row("32 bars end in 4 silent ones", "share"),
        drift.row("register drift over 32 bars", "semitones"),
    ];
    rows.extend(
        velocities
            .iter()
            .zip(VELOCITIES)
            .map(|(s, v)| s.row("mean velocity", v)),
    );
    rows.extend(
        amounts
            .iter()
            .zip(AMOUNTS)
            .map(|(s, a)| s.row("vary: new notes to removed", a)),
    );
    rows.extend(
        novelties
            .iter()
            .zip(NOVELTIES)
            .map(|(s, n)| s.row("novelty: notes to the original's", n)),
    );
    Ok(rows)
}

impl Sums {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }
}

struct Case<'a> {
    piece: &'a EvalPiece,
    region: &'a Region,
    seed: u64,
}

impl Case<'_> {
    /// Notes of the first candidate, and the number that were removed.
    fn fill(
        &self,
        engine: &mut Engine,
        mode: Mode,
        controls: Controls,
        cancel: &CancelFlag,
    ) -> Result<(Vec<Note>, usize), EvalError> {
        let region = (Tick(self.region.start_tick), Tick(self.region.end_tick));
        self.fill_range(engine, region, mode, controls, cancel)
    }

    fn fill_range(
        &self,
        engine: &mut Engine,
        (start_tick, end_tick): (Tick, Tick),
        mode: Mode,
        controls: Controls,
        cancel: &CancelFlag,
    ) -> Result<(Vec<Note>, usize), EvalError> {
        let request = FillRequest {
            song: &self.piece.song,
            track: self.region.track.saturating_sub(1),
            start_tick,
            end_tick,
            mode,
            controls,
            sampling: Sampling {
                seed: self.seed,
                ..Sampling::default()
            },
            locks: Locks::default(),
        };
        let result = engine.fill(&request, cancel, &mut |_| {})?;
        let notes = result
            .candidates
            .into_iter()
            .next()
            .map_or(Vec::new(), |c| c.notes);
        Ok((notes, result.removed.len()))
    }

    /// Fill 32 bars from the region's start: does it fall silent, and how far does its register move?
    fn long(
        &self,
        engine: &mut Engine,
        cancel: &CancelFlag,
    ) -> Result<Option<(bool, Option<f64>)>, EvalError> {
        let (song, view) = (&self.piece.song, self.piece.piece.view());
        let start = Tick(self.region.start_tick);
        let first = view.bar_at(grid_from_tick(start, song.ppq));
        let edge = |bar: usize| {
            view.bars
                .get(bar)
                .map(|b| tick_from_grid(b.start, song.ppq))
        };
        let (Some(end), Some(tail), Some(drift_tail)) = (
            edge(first + LONG),
            edge(first + LONG - TAIL),
            edge(first + LONG - DRIFT_TAIL),
        ) else {
            return Ok(None);
        };
        let range = (start, end);
        let (notes, _) = self.fill_range(engine, range, Mode::Fill, Controls::default(), cancel)?;
        let is_silent = notes.iter().all(|n| n.start() < tail);
        let own = &song.tracks[self.region.track.saturating_sub(1)];
        let mean = |pitches: Vec<f64>| {
            (!pitches.is_empty()).then(|| pitches.iter().sum::<f64>() / pitches.len() as f64)
        };
        let before = mean(
            own.notes
                .iter()
                .filter(|n| n.start() < range.0)
                .map(|n| f64::from(n.pitch))
                .collect(),
        );
        let last = mean(
            notes
                .iter()
                .filter(|n| n.start() >= drift_tail)
                .map(|n| f64::from(n.pitch))
                .collect(),
        );
        let drift = before
            .zip(last)
            .map(|(a, b)| (a - b).abs())
            .filter(|_| !own.is_drums);
        Ok(Some((is_silent, drift)))
    }
}
