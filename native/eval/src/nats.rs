//! Held-out loss of a model, under several views of the surroundings.

use crate::ablation::Ablation;
use crate::options::EvalOptions;
use crate::regions::{EvalPiece, Region};
use continuo_midi::Tick;
use continuo_tokenizer::grid::{grid_from_tick, quarters_from_grid};
use continuo_tokenizer::scene::{ChordSource, SceneSpec};
use continuo_tokenizer::vocabulary::{density_class, polyphony_class};
use continuo_tokenizer::{Controls, Scene, Visibility};
use continuo_train::evaluate::{HeldOut, Shown};
use continuo_train::network::Losses;
use continuo_train::parameters::Layout;
use std::collections::HashMap;

/// A view of the surroundings that is compared with the full one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    Full,
    NoOtherTracks,
    NoAfterContext,
    NoTargetContext,
    NoContext,
    WithControls,
    NoFeatures,
    NoExperts,
    LongContext,
}

impl View {
    pub const ALL: [View; 9] = [
        View::Full,
        View::NoOtherTracks,
        View::NoAfterContext,
        View::NoTargetContext,
        View::NoContext,
        View::WithControls,
        View::NoFeatures,
        View::NoExperts,
        View::LongContext,
    ];

    pub fn name(self) -> &'static str {
        match self {
            View::Full => "model",
            View::NoOtherTracks => "model, other tracks hidden",
            View::NoAfterContext => "model, what comes after hidden",
            View::NoTargetContext => "model, own track hidden",
            View::NoContext => "model, no context",
            View::WithControls => "model, true controls given",
            View::NoFeatures => "model, features off",
            View::NoExperts => "model, copy path off",
            View::LongContext => "model, 320 notes of context",
        }
    }

    fn shown(self, context_notes: usize) -> Shown {
        let all = Visibility::default();
        let visibility = match self {
            View::NoOtherTracks => Visibility {
                others: false,
                ..all
            },
            View::NoAfterContext => Visibility {
                after: false,
                ..all
            },
            View::NoTargetContext => Visibility {
                target: false,
                ..all
            },
            View::NoContext => Visibility {
                target: false,
                others: false,
                ..all
            },
            _ => all,
        };
        Shown {
            visibility,
            context_notes: if self == View::LongContext {
                320
            } else {
                context_notes
            },
            features: self != View::NoFeatures,
            experts: self != View::NoExperts,
        }
    }
}

/// The scene of a region, with its true notes as the target's.
pub(crate) fn scene_of(piece: &EvalPiece, region: &Region, visibility: Visibility) -> Scene {
    scene_with(piece, region, visibility, ChordSource::Visible)
}

fn scene_with(
    piece: &EvalPiece,
    region: &Region,
    visibility: Visibility,
    chords: ChordSource<'_>,
) -> Scene {
    let track = [region.track.saturating_sub(1).min(usize::from(u16::MAX)) as u16];
    let spec = SceneSpec {
        start: grid_from_tick(Tick(region.start_tick), piece.song.ppq),
        end: grid_from_tick(Tick(region.end_tick), piece.song.ppq),
        targets: &track,
        visibility,
        chords,
        ..SceneSpec::default()
    };
    Scene::new(piece.piece.view(), &spec, |_| false)
}

fn true_controls(scene: &Scene) -> Controls {
    let Some(target) = scene.targets.first().filter(|t| !t.notes.is_empty()) else {
        return Controls::default();
    };
    let notes = &target.notes;
    let onsets = notes.chunk_by(|a, b| a.onset == b.onset).count();
    let pitched = notes.iter().all(|n| n.pitch < 128);
    let mean = notes
        .iter()
        .map(|n| u32::from(n.velocity_class))
        .sum::<u32>()
        / notes.len() as u32;
    Controls {
        density: Some(density_class(notes.len(), quarters_from_grid(scene.region_length)) as u8),
        polyphony: Some(polyphony_class(notes.len() as f64 / onsets as f64) as u8),
        low: notes.iter().map(|n| n.pitch).min().filter(|_| pitched),
        high: notes.iter().map(|n| n.pitch).max().filter(|_| pitched),
        velocity: Some(mean as u8),
        ..Controls::default()
    }
}

/// Losses of (pitched, drums) regions under a view.
pub(crate) fn losses(
    layout: &Layout,
    weights: &[f32],
    pieces: &HashMap<String, EvalPiece>,
    regions: &[Region],
    view: View,
    options: &EvalOptions,
) -> [Losses; 2] {
    let shown = view.shown(options.context_notes);
    let scenes = regions.iter().filter_map(|region| {
        let mut scene = scene_with(
            pieces.get(&region.piece)?,
            region,
            shown.visibility,
            Ablation::chords(options.ablation),
        );
        if view == View::WithControls {
            let controls = true_controls(&scene);
            scene.targets.iter_mut().for_each(|t| t.controls = controls);
        }
        Some(scene)
    });
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    HeldOut::new(scenes, &shown).losses(layout, weights, threads)
}
