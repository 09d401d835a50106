//! Fills of every region by the model and by the baselines, measured.

use crate::counts::Counts;
use crate::error::EvalError;
use crate::measures::{FillMeasures, GridFill, Ground};
use crate::nats::scene_of;
use crate::options::EvalOptions;
use crate::part_measures::{PartContext, PartMeasures, Sounding, sounding};
use crate::regions::{EvalPiece, Region};
use continuo_midi::Tick;
use continuo_sampler::{
    CancelFlag, Candidate, Controls, Engine, FillRequest, Locks, Mode, Sampling,
};
use continuo_tokenizer::Visibility;
use continuo_tokenizer::grid::{GridTick, grid_from_tick};
use continuo_train::random::Random;

/// Measures of one region by every way of filling it.
pub(crate) struct RegionFills {
    pub is_drums: bool,
    pub role: Option<String>,
    pub source: String,
    pub truth: FillMeasures,
    pub copy: FillMeasures,
    pub order1: FillMeasures,
    /// In the order in which the engine offers them.
    pub candidates: Vec<FillMeasures>,
    pub parts: PartFills,
    pub milliseconds: f64,
}

/// Measures of the original, the copy and the first candidate against the part around.
#[derive(Clone, Copy)]
pub(crate) struct PartFills {
    pub truth: PartMeasures,
    pub copy: PartMeasures,
    pub first: PartMeasures,
}

/// Fill one region. The original notes are taken out first, so that nothing is drawn again for
/// being equal to them.
pub(crate) fn fill_region(
    engine: &mut Engine,
    piece: &EvalPiece,
    region: &Region,
    seed: u64,
    options: &EvalOptions,
    counts: &Counts,
    cancel: &CancelFlag,
) -> Result<RegionFills, EvalError> {
    let scene = scene_of(piece, region, Visibility::default());
    let ppq = piece.song.ppq;
    let (start, end) = (
        grid_from_tick(Tick(region.start_tick), ppq),
        grid_from_tick(Tick(region.end_tick), ppq),
    );
    let track = region.track.saturating_sub(1);
    let ground = Ground::new(piece.unsnapped.view(), track as u16, (start, end), &scene);
    let context = PartContext::new(piece.unsnapped.view(), track as u16, (start, end));
    let original = piece.song.tracks.get(track).map_or(&[][..], |t| &t.notes);
    let between = |from: GridTick, to: GridTick| -> Vec<Sounding> {
        let mut notes = sounding(original, piece, from);
        notes.retain(|n| (0..(to - from) as i32).contains(&n.onset));
        notes
    };
    let copied = between(start.saturating_sub(end - start), start);
    let mut song = piece.song.clone();
    if let Some(track) = song.tracks.get_mut(track) {
        track
            .notes
            .retain(|n| !(start..end).contains(&grid_from_tick(n.start(), ppq)));
    }
    let mut request = FillRequest {
        song: &song,
        track,
        start_tick: Tick(region.start_tick),
        end_tick: Tick(region.end_tick),
        mode: Mode::Fill,
        controls: Controls::default(),
        sampling: Sampling {
            seed,
            candidates: options.candidates,
            ..Sampling::default()
        },
        locks: Locks::default(),
    };
    if let Some(ablation) = options.ablation {
        ablation.change_request(&mut request, piece);
    }
    let result = engine.fill(&request, cancel, &mut |_| {})?;
    let on_grid = |candidate: &Candidate| -> GridFill {
        candidate
            .notes
            .iter()
            .map(|n| {
                let onset = grid_from_tick(n.start(), ppq).since(start);
                (
                    onset,
                    if ground.is_drums {
                        n.pitch | 128
                    } else {
                        n.pitch
                    },
                )
            })
            .collect()
    };
    let order1 = counts.sample(&scene, ground.is_drums, &mut Random::new(3, seed));
    let first = result.candidates.first().map_or(&[][..], |c| &c.notes);
    Ok(RegionFills {
        is_drums: ground.is_drums,
        role: region.role.clone(),
        source: region.source().to_owned(),
        parts: PartFills {
            truth: context.measure(&between(start, end)),
            copy: context.measure(&copied),
            first: context.measure(&sounding(first, piece, start)),
        },
        truth: ground.measure(&ground.truth),
        copy: ground.measure(&ground.copy),
        order1: ground.measure(&order1),
        candidates: result
            .candidates
            .iter()
            .map(|c| ground.measure(&on_grid(c)))
            .collect(),
        milliseconds: result.timings.total_ms,
    })
}
