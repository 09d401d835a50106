//! One evaluation: model, baselines and the original side by side.

use crate::counts::Counts;
use crate::error::EvalError;
use crate::fills::{RegionFills, fill_region};
use crate::measures::FillMeasures;
use crate::nats::{View, losses, scene_of};
use crate::regions::{Region, load_pieces};
use continuo_sampler::{CancelFlag, Engine, SamplerError};
use continuo_tokenizer::vocabulary::DRUMS;
use continuo_tokenizer::{Composer, Piece, Visibility};
use continuo_train::dataset::Dataset;
use continuo_train::network::Losses;
use continuo_train::parameters::Layout;
use serde::Serialize;
use std::path::Path;

/// What to evaluate.
#[derive(Clone, Copy, Debug)]
pub struct EvalOptions {
    /// Fills of each region, 1-64; the first as offered is "best of K".
    pub candidates: usize,
    pub seed: u64,
    pub context_notes: usize,
    /// Losses of the model with parts of its input hidden, too.
    pub ablations: bool,
    /// Losses only.
    pub without_fills: bool,
}

/// Nats a note of one model or baseline.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NatsRow {
    pub name: String,
    /// "all", "pitched" or "drums".
    pub kind: &'static str,
    pub total: f64,
    /// Bar with END, position, pitch, duration, velocity.
    pub fields: [f64; 5],
    pub notes: usize,
}

/// Mean measures of one way of filling.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MeasureRow {
    pub name: String,
    pub kind: &'static str,
    pub fills: usize,
    pub note_f1: f64,
    pub onset_f1: f64,
    pub pitch_class_entropy_difference: f64,
    pub groove: f64,
    pub out_of_scale: f64,
    pub empty: f64,
    pub copied_run: f64,
    pub notes: f64,
}

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
    /// Where the order-1 baseline counts; `None`: in the evaluated files themselves.
    pub training: Option<&'a Dataset>,
}

/// Where an evaluation stands, 0-1.
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
        training,
    } = inputs;
    let model = engine.model().clone();
    let pieces = load_pieces(folder, regions);
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
        let losses = losses(
            &layout,
            &weights,
            &pieces,
            &regions,
            view,
            options.context_notes,
        );
        push_nats(&mut nats, view.name(), losses);
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
        match fill_region(
            engine,
            piece,
            region,
            seed,
            options.candidates,
            &counts,
            cancel,
        ) {
            Ok(filled) => fills.push(filled),
            Err(EvalError::Sampler(SamplerError::Cancelled)) => return Err(EvalError::Cancelled),
            Err(error) => return Err(error),
        }
        progress(0.32 + 0.68 * (i + 1) as f64 / regions.len() as f64);
    }
    let mut times: Vec<f64> = fills.iter().map(|f| f.milliseconds).collect();
    times.sort_by(f64::total_cmp);
    Ok(EvalReport {
        model: model.config.id.clone(),
        sha256: model.sha256().to_owned(),
        regions: regions.len(),
        baseline_notes: counts.notes,
        nats,
        fills: measure_rows(&fills),
        fill_milliseconds: times.get(times.len() / 2).copied().unwrap_or(0.0),
    })
}

const KINDS: [&str; 3] = ["all", "pitched", "drums"];

fn push_nats(rows: &mut Vec<NatsRow>, name: &str, [pitched, drums]: [Losses; 2]) {
    let mut all = pitched;
    all.add(&drums);
    for (kind, losses) in KINDS.into_iter().zip([all, pitched, drums]) {
        rows.push(NatsRow {
            name: name.to_owned(),
            kind,
            total: losses.nats_per_note(),
            fields: losses.nats.map(|n| n / losses.notes.max(1) as f64),
            notes: losses.notes,
        });
    }
}

fn count_rows(
    counts: &Counts,
    pieces: &std::collections::HashMap<String, crate::regions::EvalPiece>,
    regions: &[Region],
) -> Vec<NatsRow> {
    let mut sums = [[Losses::default(); 2]; 2];
    for region in regions {
        let Some(piece) = pieces.get(&region.piece) else {
            continue;
        };
        let visibility = Visibility {
            key_relative: false,
            ..Visibility::default()
        };
        let scene = scene_of(piece, region, visibility);
        let Some(target) = scene.targets.first() else {
            continue;
        };
        let mut composer = Composer::new(&scene, 0, &[]);
        let fields: Vec<_> = target
            .notes
            .iter()
            .map(|note| {
                let fields = composer.fields(note);
                composer.push(note);
                fields
            })
            .collect();
        let is_drums = target.instrument == DRUMS;
        for (sum, nats) in sums.iter_mut().zip(counts.nats(is_drums, &fields)) {
            let losses = Losses {
                nats,
                notes: fields.len(),
                predictions: fields.len() + 1,
                misses: 0,
            };
            sum[usize::from(is_drums)].add(&losses);
        }
    }
    let mut rows = Vec::new();
    push_nats(&mut rows, "unigram counts", sums[0]);
    push_nats(&mut rows, "order-1 counts", sums[1]);
    rows
}

fn measure_rows(fills: &[RegionFills]) -> Vec<MeasureRow> {
    type Pick = fn(&RegionFills) -> Vec<FillMeasures>;
    let ways: [(&str, Pick); 5] = [
        ("original", |f| vec![f.truth]),
        ("copy of the bars before", |f| vec![f.copy]),
        ("order-1 counts", |f| vec![f.order1]),
        ("model, every candidate", |f| f.candidates.clone()),
        ("model, first offered", |f| {
            f.candidates.first().copied().into_iter().collect()
        }),
    ];
    let mut rows = Vec::new();
    for (name, pick) in ways {
        for kind in KINDS {
            let of_kind = |f: &&RegionFills| match kind {
                "pitched" => !f.is_drums,
                "drums" => f.is_drums,
                _ => true,
            };
            let measures: Vec<FillMeasures> = fills.iter().filter(of_kind).flat_map(pick).collect();
            if !measures.is_empty() {
                rows.push(mean_row(name, kind, &measures));
            }
        }
    }
    rows
}

fn mean_row(name: &str, kind: &'static str, measures: &[FillMeasures]) -> MeasureRow {
    let mean = |of: &dyn Fn(&FillMeasures) -> Option<f64>| {
        let values: Vec<f64> = measures.iter().filter_map(of).collect();
        values.iter().sum::<f64>() / values.len().max(1) as f64
    };
    let share = |on: bool| f64::from(u8::from(on));
    MeasureRow {
        name: name.to_owned(),
        kind,
        fills: measures.len(),
        note_f1: mean(&|m| Some(m.note_f1)),
        onset_f1: mean(&|m| Some(m.onset_f1)),
        pitch_class_entropy_difference: mean(&|m| m.pitch_class_entropy_difference),
        groove: mean(&|m| Some(m.groove)),
        out_of_scale: mean(&|m| m.out_of_scale),
        empty: mean(&|m| Some(share(m.is_empty))),
        copied_run: mean(&|m| Some(share(m.has_copied_run))),
        notes: mean(&|m| Some(m.notes as f64)),
    }
}
