//! One thing that the model or the sampler does without, to measure what it is worth.

use crate::regions::EvalPiece;
use continuo_midi::Tick;
use continuo_model::{Model, Weights};
use continuo_sampler::{ChordAt, FillRequest, LimitSource};
use continuo_tokenizer::Head;
use continuo_tokenizer::grid::{GridTick, grid_from_tick, tick_from_grid};
use continuo_tokenizer::identity::version_1;
use continuo_tokenizer::part::PARTS;
use continuo_tokenizer::scene::{ChordSource, Scene, SceneSpec, Visibility};
use continuo_tokenizer::vocabulary::rows;
use serde::Deserialize;
use std::sync::Arc;

/// What an evaluation changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ablation {
    /// The model does not see what any track does in the band; the sampler's rules still do.
    Role,
    /// Neither the model nor the rules see chords.
    Chords,
    /// The chords of the original, of all its notes, are given.
    TrueChords,
    /// Voices, range, kit and rests of the part do not bind what is drawn.
    Limits,
    /// The first draw is offered, not the best of several.
    Ranking,
}

/// Longer than any fill takes: with a deadline, a new part has no spare draws.
const ONE_HOUR_MS: u64 = 3_600_000;

impl Ablation {
    /// Where the chords of a scene come from.
    pub(crate) fn chords(of: Option<Ablation>) -> ChordSource<'static> {
        match of {
            Some(Ablation::Chords) => ChordSource::Given(&[]),
            Some(Ablation::TrueChords) => ChordSource::All,
            _ => ChordSource::Visible,
        }
    }

    /// Zero what a model reads of roles. Others change nothing here.
    pub(crate) fn change_model(self, model: &mut Model) {
        if self == Ablation::Role {
            let d_model = model.config.architecture.d_model;
            forget_roles(Arc::make_mut(&mut model.weights), d_model);
        }
    }

    /// Change what is asked for. `piece` still has the notes that the request's song lacks.
    pub(crate) fn change_request(self, request: &mut FillRequest<'_>, piece: &EvalPiece) {
        match self {
            Ablation::Role => {}
            Ablation::Chords => request.controls.chords = Some(Vec::new()),
            Ablation::TrueChords => request.controls.chords = Some(true_chords(request, piece)),
            Ablation::Limits => request.controls.limits = LimitSource::Nowhere,
            Ablation::Ranking => {
                request.sampling.candidates = 1;
                request.sampling.deadline_ms = Some(ONE_HOUR_MS);
            }
        }
    }
}

/// Chords of the region and what surrounds it, from all notes.
fn true_chords(request: &FillRequest<'_>, piece: &EvalPiece) -> Vec<ChordAt> {
    let ppq = request.song.ppq;
    let start = grid_from_tick(request.start_tick, ppq);
    let spec = SceneSpec {
        start,
        end: grid_from_tick(request.end_tick, ppq),
        targets: &[request.track as u16],
        chords: ChordSource::All,
        visibility: Visibility {
            // Chords as they sound, not as the model sees them.
            key_relative: false,
            ..Visibility::default()
        },
        ..SceneSpec::default()
    };
    let scene = Scene::new(piece.piece.view(), &spec, |_| false);
    let tick = |time: i32| -> Tick {
        let at = i64::from(start.0) + i64::from(time);
        tick_from_grid(GridTick(u32::try_from(at).unwrap_or(0)), ppq)
    };
    let spans = scene.chords.iter();
    spans
        .map(|span| ChordAt {
            start_tick: tick(span.start),
            end_tick: tick(span.end),
            chord: span.chord,
        })
        .collect()
}

/// Every track is as one whose role nobody knows.
fn forget_roles(weights: &mut Weights, d_model: usize) {
    weights.embed[rows::PART * d_model..(rows::PART + PARTS) * d_model].fill(0.0);
    // Each head reads the role by the first features that version 2 added.
    for head in Head::ALL {
        let table = &mut weights.heads[head as usize].features;
        let unknown = version_1::features(head);
        for part in 1..=PARTS {
            let row = unknown * d_model..(unknown + 1) * d_model;
            table.copy_within(row, (unknown + part) * d_model);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_midi::{MeterChange, Note, Song, TempoChange, Track};
    use continuo_model::Architecture;
    use continuo_sampler::{Controls, Locks, Mode, Sampling};
    use continuo_tokenizer::Piece;
    use continuo_tokenizer::part::Part;
    use continuo_train::evaluate::{HeldOut, Shown};
    use continuo_train::parameters::Layout;

    /// Four bars of C, F, G, C as triads; the second track is empty.
    fn piece() -> EvalPiece {
        let chord = |bar: u32, root: u8| {
            [0, 4, 7].map(|above| Note {
                start_tick: bar * 1920,
                duration_ticks: 1920,
                pitch: root + above,
                velocity: 80,
                channel: 0,
            })
        };
        let bars = [(0, 60), (1, 65), (2, 55), (3, 60)];
        let song = Song {
            format: 1,
            ppq: 480,
            duration_ticks: 4 * 1920,
            tempo_map: vec![TempoChange {
                tick: 0,
                tempo_qpm: 120.0,
            }],
            meters: vec![MeterChange {
                tick: 0,
                numerator: 4,
                denominator: 4,
            }],
            tracks: vec![
                Track {
                    notes: bars
                        .iter()
                        .flat_map(|&(bar, root)| chord(bar, root))
                        .collect(),
                    ..Track::default()
                },
                Track::default(),
            ],
        };
        EvalPiece {
            piece: Piece::from_song(&song),
            unsnapped: Piece::as_written(&song),
            song,
        }
    }

    fn request(song: &Song, part: Part) -> FillRequest<'_> {
        FillRequest {
            song,
            track: 1,
            start_tick: Tick(0),
            end_tick: Tick(4 * 1920),
            mode: Mode::Fill,
            controls: Controls {
                part: Some(part),
                ..Controls::default()
            },
            sampling: Sampling {
                seed: 1,
                candidates: 2,
                ..Sampling::default()
            },
            locks: Locks::default(),
        }
    }

    #[test]
    fn true_chords_are_those_of_the_notes_and_hidden_ones_are_none() {
        let piece = piece();
        let mut asked = request(&piece.song, Part::Bass);
        Ablation::TrueChords.change_request(&mut asked, &piece);
        let given = asked.controls.chords.clone().expect("chords");
        let at = |tick: u32| {
            let mut spans = given.iter();
            let span = spans.find(|s| s.start_tick.0 <= tick && tick < s.end_tick.0);
            span.and_then(|s| s.chord).map(|chord| chord.root)
        };
        assert_eq!([0, 1920, 3840, 5760].map(at), [0, 5, 7, 0].map(Some));
        Ablation::Chords.change_request(&mut asked, &piece);
        assert_eq!(asked.controls.chords, Some(Vec::new()));
    }

    /// What the first track's notes cost a model with random weights, told a role.
    fn nats(model: &Model, part: Part) -> f64 {
        let piece = piece();
        let spec = SceneSpec {
            end: GridTick(384),
            targets: &[0],
            ..SceneSpec::default()
        };
        let mut scene = Scene::new(piece.piece.view(), &spec, |_| false);
        scene.targets[0].part = Some(part);
        let shown = Shown {
            visibility: Visibility::default(),
            context_notes: 64,
            features: true,
            experts: true,
        };
        let layout = Layout::new(&model.config.architecture);
        let weights = layout.flatten(&model.weights);
        let [losses, _] = HeldOut::new(std::iter::once(scene), &shown).losses(&layout, &weights, 1);
        losses.nats_per_note()
    }

    #[test]
    fn a_model_without_roles_expects_the_same_of_each() {
        let mut architecture = Architecture::infill_s();
        (architecture.layers, architecture.ff_size) = (1, 16);
        let mut model = Model::random(architecture, 5);
        let of = |model: &Model| [Part::Melody, Part::Chords].map(|part| nats(model, part));
        let [melody, chords] = of(&model);
        assert_ne!(melody, chords);
        Ablation::Role.change_model(&mut model);
        let [melody, chords] = of(&model);
        assert!(melody > 0.0);
        assert_eq!(melody, chords);
    }

    #[test]
    fn without_ranking_the_first_draw_is_all_there_is() {
        let piece = piece();
        let mut asked = request(&piece.song, Part::Melody);
        Ablation::Ranking.change_request(&mut asked, &piece);
        assert_eq!(asked.sampling.candidates, 1);
        assert!(asked.sampling.deadline_ms.is_some());
        Ablation::Limits.change_request(&mut asked, &piece);
        assert_eq!(asked.controls.limits, LimitSource::Nowhere);
    }
}
