//! Notes that stay, played as players play them: candidates of all parts, without a model.

use std::time::Instant;

use continuo_midi::{Note, Song};
use continuo_sampler::humanize::{HumanizeRequest, humanize, loose_notes};
use continuo_sampler::{
    CancelFlag, Candidate, Controls, ModelIdentity, Rhythm, Timings, Warning, candidate_seed,
};

use super::draw_parts::{PartsCandidate, PartsProgress, PartsRequest, PartsResult};
use crate::error::OperationError;
use crate::files::musical_order::roles_near;

/// Stands where an answer names its model.
pub const HUMANIZE: &str = "humanize";

/// How often a candidate that is the old notes, or another candidate, is drawn again.
const MAX_ATTEMPTS: u64 = 3;
/// Seeds of a candidate's parts are so far apart that none is another candidate's own.
const SEEDS_A_PART: u64 = 1000;

/// Draw all candidates of all parts. Each part is played on its own, so their order does not matter.
///
/// Errors: `OPTION_UNSUPPORTED`, those of the request's checks, `HUMANIZE_EMPTY`, `CANCELLED`.
pub fn humanize_parts(
    request: &PartsRequest<'_>,
    cancel: &CancelFlag,
    progress: &mut dyn FnMut(PartsProgress<'_>),
) -> Result<PartsResult, OperationError> {
    let started = Instant::now();
    check_controls(&request.controls)?;
    let players = players(request)?;
    let removed: Vec<Vec<Note>> = match request.controls.amount > 0.0 {
        true => players.iter().map(loose_notes).collect(),
        false => vec![Vec::new(); players.len()],
    };
    let asked = request.sampling.candidates;
    let mut result = PartsResult {
        model: ModelIdentity {
            id: HUMANIZE.to_owned(),
            sha256: String::new(),
        },
        device: None,
        seed: request.sampling.seed,
        candidates: Vec::with_capacity(asked),
        warnings: Vec::new(),
        timings: Timings::default(),
        removed,
    };
    if result.removed.iter().all(Vec::is_empty) {
        result
            .candidates
            .push(candidate(request.sampling.seed, result.removed.clone()));
        result.warnings.push(Warning {
            code: "ALL_KEPT",
            message: "every note of the region is kept as it is played".to_owned(),
        });
        return Ok(result);
    }
    let mut again = 0;
    for index in 0..asked as u64 {
        for attempt in 0..=MAX_ATTEMPTS {
            if cancel.is_cancelled() {
                return Err(OperationError::Cancelled);
            }
            let stream = if attempt == 0 {
                index
            } else {
                again += 1;
                asked as u64 + again - 1
            };
            let seed = candidate_seed(request.sampling.seed, stream);
            let drawn = candidate(seed, played(&players, seed));
            let is_new = drawn.notes != result.removed
                && result
                    .candidates
                    .iter()
                    .all(|other| other.notes != drawn.notes);
            if !is_new {
                continue;
            }
            result.candidates.push(drawn);
            progress(PartsProgress {
                fraction: result.candidates.len() as f32 / asked as f32,
                note_count: result.candidates.iter().map(|c| c.whole.notes.len()).sum(),
                notes: &result.candidates[0].notes,
                finished: result.candidates.last().map_or(&[], std::slice::from_ref),
            });
            break;
        }
    }
    warn_if_fewer(&mut result, asked);
    result.timings.generate_ms = started.elapsed().as_secs_f64() * 1e3;
    result.timings.total_ms = result.timings.generate_ms;
    Ok(result)
}

fn players<'a>(request: &'a PartsRequest<'_>) -> Result<Vec<HumanizeRequest<'a>>, OperationError> {
    let song: &Song = request.song;
    let mut players = Vec::with_capacity(request.parts.len());
    let mut has_notes = false;
    for (index, part) in request.parts.iter().enumerate() {
        request.of(index).check()?;
        let roles = roles_near(song, part.region.clone());
        let notes = &song.tracks[part.track].notes;
        has_notes |= notes
            .iter()
            .any(|note| part.region.contains(&note.start_tick));
        players.push(HumanizeRequest {
            song,
            track: part.track,
            region: part.region.clone(),
            part: part.role.or(roles[part.track]),
            locks: &request.locks[index],
            amount: f64::from(request.controls.amount),
            seed: request.sampling.seed,
        });
    }
    match has_notes {
        true => Ok(players),
        false => Err(OperationError::HumanizeEmpty),
    }
}

fn played(players: &[HumanizeRequest<'_>], seed: u64) -> Vec<Vec<Note>> {
    let of_part = |(index, player): (u64, &HumanizeRequest<'_>)| {
        humanize(&HumanizeRequest {
            seed: candidate_seed(seed, index * SEEDS_A_PART),
            region: player.region.clone(),
            ..*player
        })
    };
    (0..).zip(players).map(of_part).collect()
}

fn candidate(seed: u64, notes: Vec<Vec<Note>>) -> PartsCandidate {
    PartsCandidate {
        whole: Candidate {
            seed,
            notes: notes.concat(),
            log_prob_per_note: 0.0,
            copied: 0.0,
            out_of_scale: 0.0,
            cost: 0.0,
        },
        notes,
    }
}

/// At a coarse resolution, with an amount near 0, there may be nothing else to play.
fn warn_if_fewer(result: &mut PartsResult, asked: usize) {
    let found = result.candidates.len();
    if found == asked {
        return;
    }
    if found == 0 {
        let kept = candidate(result.seed, result.removed.clone());
        result.candidates.push(kept);
        result.warnings.push(Warning {
            code: "FILL_UNCHANGED",
            message: "the notes are as they were; ask for a larger amount".to_owned(),
        });
        return;
    }
    result.warnings.push(Warning {
        code: "CANDIDATES_FEWER",
        message: format!("{asked} candidates were requested, {found} different ones were found"),
    });
}

/// Errors: `OPTION_UNSUPPORTED` with the first control that only new notes have.
fn check_controls(controls: &Controls) -> Result<(), OperationError> {
    let named = [
        ("density", controls.density.is_some()),
        ("polyphony", controls.polyphony.is_some()),
        ("a pitch range", controls.pitch_range.is_some()),
        ("a scale", controls.scale.is_some()),
        ("chords", controls.chords.is_some()),
        ("a kept rhythm", controls.rhythm != Rhythm::Free),
        ("velocity", controls.velocity.is_some()),
        ("novelty", controls.novelty != 0.0),
    ];
    match named.into_iter().find(|(_, is_named)| *is_named) {
        Some((option, _)) => Err(OperationError::HumanizeOption { option }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use continuo_midi::{MeterChange, Track};
    use continuo_sampler::{Locks, Mode, Sampling};

    use super::*;
    use crate::files::part::Part;

    fn song(notes: u32) -> Song {
        let note = |index: u32| Note {
            start_tick: index * 480,
            duration_ticks: 480,
            pitch: 60 + (index % 5) as u8,
            velocity: 90,
            channel: 0,
        };
        let track = Track {
            notes: (0..notes).map(note).collect(),
            ..Track::default()
        };
        Song {
            ppq: 480,
            meters: vec![MeterChange {
                tick: 0,
                numerator: 4,
                denominator: 4,
            }],
            tracks: vec![track.clone(), track],
            ..Song::default()
        }
    }

    fn asked<'a>(song: &'a Song, parts: &'a [Part], controls: Controls) -> PartsRequest<'a> {
        PartsRequest {
            song,
            parts,
            mode: Mode::Fill,
            controls,
            sampling: Sampling {
                candidates: 3,
                ..Sampling::default()
            },
            locks: vec![Locks::default(); parts.len()],
        }
    }

    fn run(request: &PartsRequest<'_>) -> Result<PartsResult, OperationError> {
        humanize_parts(request, &CancelFlag::new(), &mut |_| ())
    }

    fn part(track: usize) -> Part {
        Part {
            track,
            region: 1920..5760,
            role: None,
        }
    }

    #[test]
    fn candidates_differ_and_the_first_part_is_that_of_it_alone() {
        let song = song(16);
        let parts = [part(0), part(1)];
        let both = run(&asked(&song, &parts, Controls::default())).unwrap();
        let alone = run(&asked(&song, &parts[..1], Controls::default())).unwrap();
        assert_eq!(both.candidates.len(), 3);
        assert_ne!(both.candidates[0].notes, both.candidates[1].notes);
        for (both, alone) in both.candidates.iter().zip(&alone.candidates) {
            assert_eq!(both.notes[0], alone.notes[0]);
            assert_ne!(both.notes[0], both.notes[1], "players of a band differ");
        }
        let seeds = both.candidates.iter().map(|candidate| candidate.whole.seed);
        assert_eq!(
            seeds.collect::<Vec<_>>(),
            (0..3).map(|k| candidate_seed(0, k)).collect::<Vec<_>>()
        );
    }

    #[test]
    fn nothing_to_change_is_said() {
        let (song, parts) = (song(16), [part(0)]);
        let amount = |amount| Controls {
            amount,
            ..Controls::default()
        };
        let kept = run(&asked(&song, &parts, amount(0.0))).unwrap();
        assert_eq!(
            (kept.removed, kept.warnings[0].code),
            (vec![vec![]], "ALL_KEPT")
        );
        let mut locked = asked(&song, &parts, amount(1.0));
        locked.locks[0].pitches = (0..128).collect();
        assert_eq!(run(&locked).unwrap().warnings[0].code, "ALL_KEPT");
        let code = |song: &Song, controls| {
            run(&asked(song, &parts, controls))
                .err()
                .map(|error| error.code())
        };
        assert_eq!(code(&self::song(2), amount(1.0)), Some("HUMANIZE_EMPTY"));
        assert_eq!(code(&song, amount(1.5)), Some("AMOUNT_OUT_OF_RANGE"));
        let dense = Controls {
            density: Some(3),
            ..Controls::default()
        };
        assert_eq!(code(&song, dense), Some("OPTION_UNSUPPORTED"));
    }
}
