//! The rows of a report's tables: losses and measures, each the mean of a group of regions.

use crate::counts::Counts;
use crate::fills::RegionFills;
use crate::measures::FillMeasures;
use crate::nats::scene_of;
use crate::new_parts::NewPartMeasures;
use crate::part_measures::PartMeasures;
use crate::regions::{EvalPiece, Region};
use continuo_tokenizer::vocabulary::DRUMS;
use continuo_tokenizer::{Composer, Visibility};
use continuo_train::network::Losses;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

/// Nats a note of one model or baseline.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NatsRow {
    pub name: String,
    /// "all", "pitched", "drums", or a source.
    pub kind: String,
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
    /// "all", "pitched", "drums", a role or a source.
    pub kind: String,
    pub fills: usize,
    pub note_f1: f64,
    pub onset_f1: f64,
    pub pitch_class_entropy_difference: f64,
    pub groove: f64,
    pub out_of_scale: f64,
    pub empty: f64,
    #[serde(rename = "copiedRun")]
    pub copied_passage: f64,
    pub notes: f64,
}

/// Mean of [`crate::part_measures::PartMeasures`] of one way of filling.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PartRow {
    pub name: String,
    pub kind: String,
    pub fills: usize,
    /// Share of one-voice parts that sound in two.
    pub splits_voice: Option<f64>,
    pub beyond_range: Option<f64>,
    pub off_kit: Option<f64>,
    pub seam: Option<f64>,
    /// Share of fills with 0.67 to 1.5 times the original's notes.
    pub has_density: Option<f64>,
    pub repeated_bars: Option<f64>,
}

/// Mean of [`crate::new_parts::NewPartMeasures`] by role.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewPartRow {
    pub name: String,
    pub role: String,
    pub parts: usize,
    #[serde(flatten)]
    pub mean: NewPartMeasures,
}

const KINDS: [&str; 3] = ["all", "pitched", "drums"];

pub(super) fn push_nats(rows: &mut Vec<NatsRow>, name: &str, [pitched, drums]: [Losses; 2]) {
    let mut all = pitched;
    all.add(&drums);
    for (kind, losses) in KINDS.into_iter().zip([all, pitched, drums]) {
        rows.push(nats_row(name, kind, &losses));
    }
}

pub(super) fn nats_row(name: &str, kind: &str, losses: &Losses) -> NatsRow {
    NatsRow {
        name: name.to_owned(),
        kind: kind.to_owned(),
        total: losses.nats_per_note(),
        fields: losses.nats.map(|n| n / losses.notes.max(1) as f64),
        notes: losses.notes,
    }
}

/// The most folders of pieces that are reported separately.
pub(super) const MAX_SOURCES: usize = 12;

/// Groups of regions: all, pitched and drums, then roles, then sources.
fn groups(fills: &[RegionFills]) -> Vec<(String, Vec<&RegionFills>)> {
    let mut groups: Vec<(String, Vec<&RegionFills>)> = Vec::new();
    for kind in KINDS {
        let of_kind = |f: &&RegionFills| match kind {
            "pitched" => !f.is_drums,
            "drums" => f.is_drums,
            _ => true,
        };
        groups.push((kind.to_owned(), fills.iter().filter(of_kind).collect()));
    }
    let roles: BTreeSet<&String> = fills.iter().filter_map(|f| f.role.as_ref()).collect();
    for role in roles.into_iter().filter(|role| *role != "drums") {
        let of_role = fills.iter().filter(|f| f.role.as_ref() == Some(role));
        groups.push((role.clone(), of_role.collect()));
    }
    let sources: BTreeSet<&String> = fills.iter().map(|f| &f.source).collect();
    if (2..=MAX_SOURCES).contains(&sources.len()) {
        for source in sources {
            let of_source = fills.iter().filter(|f| f.source == *source);
            groups.push((source.clone(), of_source.collect()));
        }
    }
    groups.retain(|(_, members)| !members.is_empty());
    groups
}

pub(super) fn count_rows(
    counts: &Counts,
    pieces: &HashMap<String, EvalPiece>,
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
        let is_drums = target.sound == DRUMS;
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

pub(super) fn measure_rows(fills: &[RegionFills]) -> Vec<MeasureRow> {
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
    let groups = groups(fills);
    let mut rows = Vec::new();
    for (name, pick) in ways {
        for (kind, members) in &groups {
            let measures: Vec<FillMeasures> = members.iter().flat_map(|f| pick(f)).collect();
            rows.push(mean_row(name, kind, &measures));
        }
    }
    rows
}

pub(super) fn part_rows(fills: &[RegionFills]) -> Vec<PartRow> {
    type Pick = fn(&RegionFills) -> PartMeasures;
    let ways: [(&str, Pick); 3] = [
        ("original", |f| f.parts.truth),
        ("copy of the bars before", |f| f.parts.copy),
        ("model, first offered", |f| f.parts.first),
    ];
    let groups = groups(fills);
    let mut rows = Vec::new();
    for (name, pick) in ways {
        for (kind, members) in &groups {
            let measures: Vec<PartMeasures> = members.iter().map(|f| pick(f)).collect();
            let share = |on: bool| f64::from(u8::from(on));
            rows.push(PartRow {
                name: name.to_owned(),
                kind: kind.clone(),
                fills: measures.len(),
                splits_voice: mean(&measures, |m| m.splits_voice.map(share)),
                beyond_range: mean(&measures, |m| m.beyond_range),
                off_kit: mean(&measures, |m| m.off_kit),
                seam: mean(&measures, |m| m.seam),
                has_density: mean(&measures, |m| Some(share(m.has_density))),
                repeated_bars: mean(&measures, |m| m.repeated_bars),
            });
        }
    }
    rows
}

pub(super) fn new_part_rows(
    parts: &[(String, NewPartMeasures, NewPartMeasures)],
) -> Vec<NewPartRow> {
    let roles: BTreeSet<&String> = parts.iter().map(|p| &p.0).collect();
    let mut rows = Vec::new();
    for role in roles {
        let of_role: Vec<_> = parts.iter().filter(|p| p.0 == *role).collect();
        let (truth, written): (Vec<_>, Vec<_>) = of_role.iter().map(|p| (p.1, p.2)).unzip();
        for (name, measures) in [("original", truth), ("model, first offered", written)] {
            rows.push(NewPartRow {
                name: name.to_owned(),
                role: role.clone(),
                parts: measures.len(),
                mean: NewPartMeasures {
                    register_error: mean(&measures, |m| m.register_error),
                    notes_at_once: mean(&measures, |m| m.notes_at_once),
                    roots_on_downbeats: mean(&measures, |m| m.roots_on_downbeats),
                    chord_tones: mean(&measures, |m| m.chord_tones),
                    range: mean(&measures, |m| m.range),
                    snare_on_backbeats: mean(&measures, |m| m.snare_on_backbeats),
                    hats: mean(&measures, |m| m.hats),
                    off_sixteenths: mean(&measures, |m| m.off_sixteenths),
                    notes: mean(&measures, |m| Some(m.notes)).unwrap_or(0.0),
                },
            });
        }
    }
    rows
}

/// Mean of the values that there are.
fn mean<T>(measures: &[T], of: impl Fn(&T) -> Option<f64>) -> Option<f64> {
    let values: Vec<f64> = measures.iter().filter_map(of).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn mean_row(name: &str, kind: &str, measures: &[FillMeasures]) -> MeasureRow {
    let mean = |of: &dyn Fn(&FillMeasures) -> Option<f64>| {
        let values: Vec<f64> = measures.iter().filter_map(of).collect();
        values.iter().sum::<f64>() / values.len().max(1) as f64
    };
    let share = |on: bool| f64::from(u8::from(on));
    MeasureRow {
        name: name.to_owned(),
        kind: kind.to_owned(),
        fills: measures.len(),
        note_f1: mean(&|m| Some(m.note_f1)),
        onset_f1: mean(&|m| Some(m.onset_f1)),
        pitch_class_entropy_difference: mean(&|m| m.pitch_class_entropy_difference),
        groove: mean(&|m| Some(m.groove)),
        out_of_scale: mean(&|m| m.out_of_scale),
        empty: mean(&|m| Some(share(m.is_empty))),
        copied_passage: mean(&|m| Some(share(m.has_copied_passage))),
        notes: mean(&|m| Some(m.notes as f64)),
    }
}
