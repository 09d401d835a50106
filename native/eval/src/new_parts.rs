//! Whole parts removed and generated again: is a bass a bass, do drums keep time?

use crate::error::EvalError;
use crate::options::EvalOptions;
use crate::part_measures::{Sounding, sounding};
use crate::regions::EvalPiece;
use continuo_midi::Tick;
use continuo_sampler::{CancelFlag, Controls, Engine, FillRequest, Locks, Mode, Sampling};
use continuo_tokenizer::chord::{ChordNote, ChordSpan, chord_at, estimate};
use continuo_tokenizer::grid::{GridTick, QUARTER, grid_from_tick};
use continuo_tokenizer::part::{Part, SNARES};
use continuo_tokenizer::piece::Bar;
use continuo_tokenizer::vocabulary::DRUMS;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// One part to write, from a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartCase {
    pub piece: String,
    /// From 1.
    pub track: usize,
    pub role: String,
    pub start_tick: u32,
    pub end_tick: u32,
}

/// Measures of one written part. `None` where a measure has no meaning for its role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewPartMeasures {
    /// Semitones between its mean pitch and the original's.
    pub register_error: Option<f64>,
    /// Notes that sound at an onset, mean.
    pub notes_at_once: Option<f64>,
    /// Share of bars that begin on the chord's root.
    pub roots_on_downbeats: Option<f64>,
    /// Share of notes that belong to the chord.
    pub chord_tones: Option<f64>,
    /// Lowest to highest, semitones.
    pub range: Option<f64>,
    /// Share of beats 2 and 4 with a snare or a clap.
    pub snare_on_backbeats: Option<f64>,
    /// Share of hits on hi-hats.
    pub hats: Option<f64>,
    /// Share of onsets beside the sixteenths.
    pub off_sixteenths: Option<f64>,
    pub notes: f64,
}

/// Read a list, one JSON a line.
pub fn load_parts(path: &Path) -> Result<Vec<PartCase>, EvalError> {
    crate::regions::load_lines(path)
}

/// What a part is measured against.
pub(crate) struct PartGround {
    bars: Vec<(i32, i32, u8)>,
    chords: Vec<ChordSpan>,
    pub truth: Vec<Sounding>,
    is_drums: bool,
}

const HATS: [u8; 3] = [42, 44, 46];

impl PartGround {
    pub fn new(piece: &EvalPiece, case: &PartCase) -> PartGround {
        let ppq = piece.song.ppq;
        let (start, end) = (
            grid_from_tick(Tick(case.start_tick), ppq),
            grid_from_tick(Tick(case.end_tick), ppq),
        );
        let view = piece.piece.view();
        let time = |onset: GridTick| onset.since(start);
        let bars: Vec<&Bar> = view
            .bars
            .iter()
            .filter(|bar| (start..end).contains(&bar.start))
            .collect();
        let pitched = view
            .notes
            .iter()
            .filter(|n| view.sounds.get(usize::from(n.track)) != Some(&DRUMS));
        let notes: Vec<ChordNote> = pitched
            .filter(|n| n.onset() < end && n.end() > start)
            .map(|n| ChordNote {
                onset: time(n.onset),
                duration: i32::from(n.duration),
                pitch: n.pitch,
            })
            .collect();
        let times: Vec<(i32, i32)> = bars
            .iter()
            .map(|bar| (time(bar.start), i32::from(bar.length)))
            .collect();
        let track = case.track.saturating_sub(1);
        let truth: Vec<_> = piece
            .song
            .tracks
            .get(track)
            .map_or(&[][..], |t| &t.notes)
            .iter()
            .filter(|n| (case.start_tick..case.end_tick).contains(&n.start_tick))
            .copied()
            .collect();
        PartGround {
            chords: estimate(&times, &notes, None),
            bars: bars
                .iter()
                .map(|bar| (time(bar.start), i32::from(bar.length), bar.meter))
                .collect(),
            truth: sounding(&truth, piece, start),
            is_drums: case.role == "drums",
        }
    }

    /// Measure a part, sorted by onset.
    pub fn measure(&self, part: &[Sounding]) -> NewPartMeasures {
        let mut measures = NewPartMeasures {
            notes: part.len() as f64,
            ..NewPartMeasures::default()
        };
        if part.is_empty() {
            return measures;
        }
        let share = |count: usize, of: usize| (of > 0).then(|| count as f64 / of as f64);
        if self.is_drums {
            // Four quarters in a bar: the backbeats are its second and fourth.
            let backbeats: Vec<i32> = self
                .bars
                .iter()
                .filter(|bar| bar.2 == 0)
                .flat_map(|bar| [1, 3].map(|quarter| bar.0 + quarter * QUARTER))
                .collect();
            let has_snare = |at: &&i32| {
                part.iter()
                    .any(|n| (n.onset - **at).abs() <= 1 && SNARES.contains(&n.pitch))
            };
            measures.snare_on_backbeats =
                share(backbeats.iter().filter(has_snare).count(), backbeats.len());
            measures.hats = share(
                part.iter().filter(|n| HATS.contains(&n.pitch)).count(),
                part.len(),
            );
            let off = |n: &&Sounding| (n.onset + 1).rem_euclid(QUARTER / 4) > 2;
            measures.off_sixteenths = share(part.iter().filter(off).count(), part.len());
            return measures;
        }
        let mean = |notes: &[Sounding]| {
            notes.iter().map(|n| f64::from(n.pitch)).sum::<f64>() / notes.len().max(1) as f64
        };
        measures.register_error =
            (!self.truth.is_empty()).then(|| (mean(part) - mean(&self.truth)).abs());
        let mut onsets: Vec<i32> = part.iter().map(|n| n.onset).collect();
        onsets.dedup();
        let at_once = |at: i32| {
            part.iter()
                .filter(|n| n.onset <= at && n.onset + (n.duration - 3).max(1) > at)
                .count()
        };
        measures.notes_at_once = share(onsets.iter().map(|&at| at_once(at)).sum(), onsets.len());
        let chord_at = |at: i32| chord_at(&self.chords, at);
        let downbeats: Vec<_> = self
            .bars
            .iter()
            .filter_map(|bar| Some((bar.0, chord_at(bar.0)?)))
            .collect();
        let is_root = |(at, chord): &&(i32, continuo_tokenizer::chord::Chord)| {
            let lowest = part
                .iter()
                .filter(|n| (n.onset - at).abs() <= 1)
                .map(|n| n.pitch)
                .min();
            lowest.is_some_and(|pitch| pitch % 12 == chord.root)
        };
        measures.roots_on_downbeats =
            share(downbeats.iter().filter(is_root).count(), downbeats.len());
        let is_tone = |n: &&Sounding| chord_at(n.onset).is_none_or(|chord| chord.has(n.pitch % 12));
        measures.chord_tones = share(part.iter().filter(is_tone).count(), part.len());
        let (low, high) = part
            .iter()
            .fold((127, 0), |(l, h), n| (n.pitch.min(l), n.pitch.max(h)));
        measures.range = Some(f64::from(high) - f64::from(low));
        measures
    }
}

/// Write one part with the whole track taken out; the first candidate as offered.
pub(crate) fn write_part(
    engine: &mut Engine,
    piece: &EvalPiece,
    case: &PartCase,
    seed: u64,
    options: &EvalOptions,
    cancel: &CancelFlag,
) -> Result<Vec<Sounding>, EvalError> {
    let track = case.track.saturating_sub(1);
    let mut song = piece.song.clone();
    if let Some(track) = song.tracks.get_mut(track) {
        track.notes.clear();
    }
    let mut request = FillRequest {
        song: &song,
        track,
        start_tick: Tick(case.start_tick),
        end_tick: Tick(case.end_tick),
        mode: Mode::Fill,
        controls: Controls {
            part: Part::by_name(&case.role),
            ..Controls::default()
        },
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
    let start = grid_from_tick(Tick(case.start_tick), song.ppq);
    let notes = result.candidates.first().map_or(&[][..], |c| &c.notes);
    Ok(sounding(notes, piece, start))
}
