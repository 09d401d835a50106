//! One evaluation: model, baselines and the original side by side.

mod rows;

use self::rows::{
    MAX_SOURCES, count_rows, measure_rows, nats_row, new_part_rows, part_rows, push_nats,
};
use crate::behaviour::{BehaviourRow, behaviour};
use crate::counts::Counts;
use crate::error::EvalError;
use crate::fills::{RegionFills, fill_region};
use crate::nats::{View, losses as losses_of};
use crate::new_parts::{PartCase, PartGround, write_part};
use crate::options::EvalOptions;
use crate::regions::{Region, load_pieces};
use continuo_sampler::{CancelFlag, Engine, SamplerError};
use continuo_tokenizer::Piece;
use continuo_train::dataset::Dataset;
use continuo_train::parameters::Layout;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::Path;

pub use self::rows::{MeasureRow, NatsRow, NewPartRow, PartRow};

/// The whole report.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EvalReport {
    pub model: String,
    pub sha256: String,
    pub regions: usize,
    pub baseline_notes: usize,
    pub nats: Vec<NatsRow>,
    pub fills: Vec<MeasureRow>,
    pub parts: Vec<PartRow>,
    pub new_parts: Vec<NewPartRow>,
    pub behaviour: Vec<BehaviourRow>,
    /// Time of a fill with all its candidates, median.
    pub fill_milliseconds: f64,
}

/// What it is evaluated on.
#[derive(Clone, Copy)]
pub struct EvalInputs<'a> {
    /// Folder of MIDI files.
    pub folder: &'a Path,
    /// Regions of them.
    pub regions: &'a [Region],
    /// Whole parts to generate again.
    pub parts: &'a [PartCase],
    /// Where the order-1 baseline counts; `None`: in the evaluated files themselves.
    pub training: Option<&'a Dataset>,
}

/// The progress of an evaluation, 0-1.
pub type EvalProgress<'a> = &'a mut dyn FnMut(f64);

/// Evaluate a model. Errors: `EVAL_NO_REGIONS`, `CANCELLED`, those of the engine.
pub fn evaluate(
    inputs: EvalInputs<'_>,
    engine: &mut Engine,
    options: &EvalOptions,
    cancel: &CancelFlag,
    progress: EvalProgress<'_>,
) -> Result<EvalReport, EvalError> {
    let EvalInputs {
        folder,
        regions,
        parts,
        training,
    } = inputs;
    let model = engine.model().clone();
    let names = regions.iter().map(|r| r.piece.as_str());
    let pieces = load_pieces(folder, names.chain(parts.iter().map(|p| p.piece.as_str())));
    let usable = |r: &Region| {
        pieces
            .get(&r.piece)
            .is_some_and(|p| (1..=p.song.tracks.len()).contains(&r.track))
    };
    let regions: Vec<Region> = regions.iter().filter(|r| usable(r)).cloned().collect();
    if regions.is_empty() {
        return Err(EvalError::NoRegions {
            path: folder.to_path_buf(),
        });
    }
    let counts = match training {
        Some(dataset) => Counts::new((0..dataset.len()).map(|i| dataset.piece(i))),
        None => Counts::new(pieces.values().map(|p| Piece::view(&p.piece))),
    };
    progress(0.02);

    let layout = Layout::new(&model.config.architecture);
    let weights = layout.flatten(&model.weights);
    let views = if options.ablations {
        &View::ALL[..]
    } else {
        &View::ALL[..1]
    };
    let mut nats = count_rows(&counts, &pieces, &regions);
    for (i, &view) in views.iter().enumerate() {
        if cancel.is_cancelled() {
            return Err(EvalError::Cancelled);
        }
        let losses = losses_of(&layout, &weights, &pieces, &regions, view, options);
        push_nats(&mut nats, view.name(), losses);
        if view == View::Full {
            for source in sources(&regions) {
                let here: Vec<Region> = regions
                    .iter()
                    .filter(|r| r.source() == source)
                    .cloned()
                    .collect();
                let [mut all, drums] = losses_of(&layout, &weights, &pieces, &here, view, options);
                all.add(&drums);
                nats.push(nats_row(view.name(), &source, &all));
            }
        }
        progress(0.02 + 0.3 * (i + 1) as f64 / views.len() as f64);
    }

    let mut fills: Vec<RegionFills> = Vec::with_capacity(regions.len());
    for (i, region) in regions
        .iter()
        .enumerate()
        .filter(|_| !options.without_fills)
    {
        let Some(piece) = pieces.get(&region.piece) else {
            continue;
        };
        let seed = options.seed.wrapping_add(i as u64);
        match fill_region(engine, piece, region, seed, options, &counts, cancel) {
            Ok(filled) => fills.push(filled),
            Err(EvalError::Sampler(SamplerError::Cancelled)) => return Err(EvalError::Cancelled),
            Err(error) => return Err(error),
        }
        progress(0.32 + 0.68 * (i + 1) as f64 / regions.len() as f64);
    }
    let mut new_parts = Vec::new();
    for (i, case) in parts.iter().enumerate() {
        let Some(piece) = pieces.get(&case.piece) else {
            continue;
        };
        let ground = PartGround::new(piece, case);
        let seed = options.seed.wrapping_add(i as u64);
        let part = write_part(engine, piece, case, seed, options, cancel)?;
        new_parts.push((
            case.role.clone(),
            ground.measure(&ground.truth),
            ground.measure(&part),
        ));
        progress((i + 1) as f64 / parts.len() as f64);
    }
    let asked = if options.behaviour {
        let cases = regions
            .iter()
            .filter_map(|r| Some((pieces.get(&r.piece)?, r)));
        behaviour(engine, cases, options.seed, cancel, progress)?
    } else {
        Vec::new()
    };
    let mut times: Vec<f64> = fills.iter().map(|f| f.milliseconds).collect();
    times.sort_by(f64::total_cmp);
    Ok(EvalReport {
        model: model.config.id.clone(),
        sha256: model.sha256().to_owned(),
        regions: regions.len(),
        baseline_notes: counts.notes,
        nats,
        fills: measure_rows(&fills),
        parts: part_rows(&fills),
        new_parts: new_part_rows(&new_parts),
        behaviour: asked,
        fill_milliseconds: times.get(times.len() / 2).copied().unwrap_or(0.0),
    })
}

/// Where the pieces come from, if they come from a few places.
fn sources(regions: &[Region]) -> Vec<String> {
    let all: BTreeSet<String> = regions.iter().map(|r| r.source().to_owned()).collect();
    let are_few = (2..=MAX_SOURCES).contains(&all.len());
    all.into_iter().filter(|_| are_few).collect()
}
