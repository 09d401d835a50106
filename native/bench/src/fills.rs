//! Fills of real regions by a warm engine: by context, and by number of candidates.

use crate::Failure;
use crate::memory::peak_mib;
use crate::options::{Options, SEED};
use crate::samples::{milliseconds, print, print_value, spread};
use continuo_eval::{Region, draw_regions, load_regions};
use continuo_midi::{Song, Tick, parse_song};
use continuo_sampler::{
    CancelFlag, Controls, Engine, FillRequest, FillResult, Locks, Mode, Sampling,
};
use continuo_tokenizer::grid::grid_from_tick;
use continuo_tokenizer::scene::SceneSpec;
use continuo_tokenizer::{Piece, Scene, Visibility};
use serde::Serialize;
use serde_json::json;
use std::path::Path;

/// Fills that warm the engine and are checked.
const WARM_UP: usize = 5;

/// A region with its song, parsed before the clock runs as a daemon's request is.
struct Case {
    region: Region,
    song: Song,
    /// Notes within sight, which the context can show.
    visible: usize,
}

/// The time of one region; also the rival's task.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Filled<'a> {
    name: &'static str,
    piece: &'a str,
    track: usize,
    start_tick: u32,
    end_tick: u32,
    runs: Vec<Measured>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Measured {
    context: usize,
    /// Notes of context that were there to show.
    shown: usize,
    notes: usize,
    ms: f64,
    prompt_ms: f64,
    generate_ms: f64,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let cases = cases(options)?;
    let contexts = options.numbers("contexts", &[100, 512])?;
    let mut engine = Engine::from_model(options.model()?, &options.engine()?)?;
    for case in cases.iter().take(WARM_UP) {
        check(&mut engine, case, contexts[0])?;
    }
    for case in &cases {
        let mut runs = Vec::new();
        for &context in &contexts {
            let (result, ms) = milliseconds(|| fill(&mut engine, case, context, 1));
            let result = result?;
            runs.push(Measured {
                context,
                shown: case.visible.min(context),
                notes: result.candidates.first().map_or(0, |c| c.notes.len()),
                ms,
                prompt_ms: result.timings.prompt_ms,
                generate_ms: result.timings.generate_ms,
            });
        }
        let Region {
            piece,
            track,
            start_tick,
            end_tick,
            ..
        } = &case.region;
        print_value(&Filled {
            name: "fill",
            piece,
            track: *track,
            start_tick: *start_tick,
            end_tick: *end_tick,
            runs,
        })?;
    }
    let candidates = options.number("candidates", 8)?;
    let count = options.number("candidate-regions", 20)?;
    let mut taken = [Vec::new(), Vec::new()];
    for index in spread(cases.len(), count) {
        for (samples, candidates) in taken.iter_mut().zip([1, candidates]) {
            let context = Sampling::default().context_notes;
            let run = || fill(&mut engine, &cases[index], context, candidates);
            let (result, ms) = milliseconds(run);
            result?;
            samples.push(ms);
        }
    }
    for (samples, candidates) in taken.iter().zip([1, candidates]) {
        print(
            "candidates",
            "ms",
            samples,
            json!({"candidates": candidates}),
        )?;
    }
    print(
        "engine",
        "MiB",
        &Vec::from_iter(peak_mib()),
        json!({"model": engine.model().config.id}),
    )
}

fn cases(options: &Options) -> Result<Vec<Case>, Failure> {
    let data = options.path("data")?;
    let regions = match options.text("regions") {
        Some(path) => load_regions(Path::new(path))?,
        None => draw_regions(&data, options.number("per-piece", 20)?, SEED)?,
    };
    let chosen = spread(regions.len(), options.number("count", 100)?);
    chosen.map(|index| case(&data, &regions[index])).collect()
}

fn case(data: &Path, region: &Region) -> Result<Case, Failure> {
    let song = parse_song(&std::fs::read(data.join(&region.piece))?)?;
    let piece = Piece::from_song(&song);
    let spec = SceneSpec {
        start: grid_from_tick(Tick(region.start_tick), song.ppq),
        end: grid_from_tick(Tick(region.end_tick), song.ppq),
        targets: &[region.track.saturating_sub(1) as u16],
        visibility: Visibility::default(),
        ..SceneSpec::default()
    };
    let visible = Scene::new(piece.view(), &spec, |_| false).notes.len();
    Ok(Case {
        region: region.clone(),
        song,
        visible,
    })
}

fn fill(
    engine: &mut Engine,
    case: &Case,
    context_notes: usize,
    candidates: usize,
) -> Result<FillResult, Failure> {
    let request = FillRequest {
        song: &case.song,
        track: case.region.track.saturating_sub(1),
        start_tick: Tick(case.region.start_tick),
        end_tick: Tick(case.region.end_tick),
        mode: Mode::Fill,
        controls: Controls::default(),
        sampling: Sampling {
            seed: SEED,
            candidates,
            context_notes,
            ..Sampling::default()
        },
        locks: Locks::default(),
    };
    Ok(engine.fill(&request, &CancelFlag::new(), &mut |_| {})?)
}

/// The same seed gives the same notes; they start in the region, and end in it or where the last removed note did.
fn check(engine: &mut Engine, case: &Case, context: usize) -> Result<(), Failure> {
    let first = fill(engine, case, context, 1)?;
    let second = fill(engine, case, context, 1)?;
    let starts = case.region.start_tick..case.region.end_tick;
    let removed_end = first.removed.iter().map(|n| n.end_tick()).max();
    let end = removed_end.unwrap_or(0).max(case.region.end_tick);
    let inside = first
        .candidates
        .iter()
        .flat_map(|c| &c.notes)
        .all(|n| starts.contains(&n.start_tick) && n.end_tick() <= end);
    if inside && first.candidates == second.candidates {
        Ok(())
    } else {
        Err(format!("the fill of {} breaks a promise", case.region.piece).into())
    }
}
