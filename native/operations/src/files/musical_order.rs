//! The order in which the parts of a band are written: drums, bass, chords, melody, and what goes with them.

use std::ops::Range;

use continuo_midi::{Song, Tick, Track};
use continuo_tokenizer::grid::grid_from_tick;
use continuo_tokenizer::part::{Part as Role, classify_piece, part_of_name, part_of_sound};
use continuo_tokenizer::piece::{MAX_BAR, Piece};
use continuo_tokenizer::scene::CONTEXT_BARS;

use crate::files::part::Part;

/// Pianos, guitars and the like accompany as often as they lead.
const UNKNOWN: Role = Role::Chords;

/// Each part comes after those that it hears; parts of one kind keep their order.
pub fn sort_musically(parts: &mut [Part], song: &Song) {
    let (Some(start), Some(end)) = (
        parts.iter().map(|part| part.region.start).min(),
        parts.iter().map(|part| part.region.end).max(),
    ) else {
        return;
    };
    let roles = roles_near(song, start..end);
    let role = |part: &Part| part.role.or(roles[part.track]);
    parts.sort_by_key(|part| rank(role(part)));
}

/// Gives a part without notes of its own around its region the role that its track's name says, else its sound.
pub fn guess_roles(parts: &mut [Part], song: &Song) {
    for part in parts {
        let track = &song.tracks[part.track];
        let is_outside = |start_tick: u32| !part.region.contains(&start_tick);
        if part.role.is_none() && !track.notes.iter().any(|note| is_outside(note.start_tick)) {
            part.role = role_of_track(track);
        }
    }
}

fn role_of_track(track: &Track) -> Option<Role> {
    match track.is_drums {
        true => Some(Role::Drums),
        false => part_of_name(&track.name).or_else(|| part_of_sound(track.program)),
    }
}

/// The place in the order of a part that no notes are known of.
pub fn rank(role: Option<Role>) -> Role {
    role.unwrap_or(UNKNOWN)
}

/// By track, from the notes that a model hears around the region, and from the sound.
pub fn roles_near(song: &Song, region: Range<u32>) -> Vec<Option<Role>> {
    let reach = (CONTEXT_BARS as u32 + 1) * MAX_BAR;
    let from = grid_from_tick(Tick(region.start), song.ppq).saturating_sub(reach);
    let to = grid_from_tick(Tick(region.end), song.ppq).saturating_add(reach);
    classify_piece(&Piece::between(song, from, to), from)
}

#[cfg(test)]
mod tests {
    use continuo_midi::{Note, Track};

    use super::*;

    fn track(program: u8, is_drums: bool, pitches: &[u8]) -> Track {
        let notes = pitches.iter().zip(0..).map(|(&pitch, quarter)| Note {
            start_tick: quarter * 480,
            duration_ticks: 400,
            pitch,
            velocity: 80,
            channel: 0,
        });
        Track {
            program,
            is_drums,
            notes: notes.collect(),
            ..Track::default()
        }
    }

    #[test]
    fn a_band_is_written_from_the_drums_up() {
        let song = Song {
            ppq: 480,
            tracks: vec![
                track(73, false, &[74, 76, 77, 79]),
                track(0, false, &[36, 38, 40, 41]),
                track(0, false, &[]),
                track(0, true, &[36, 42, 38, 42]),
            ],
            ..Song::default()
        };
        let part = |track| Part {
            track,
            region: 0..1920,
            role: None,
        };
        let order = |tracks: &[usize]| {
            let mut parts: Vec<Part> = tracks.iter().map(|&track| part(track)).collect();
            sort_musically(&mut parts, &song);
            parts.iter().map(|part| part.track).collect::<Vec<_>>()
        };
        assert_eq!(order(&[0, 1, 2, 3]), [3, 1, 2, 0]);
        assert_eq!(order(&[2, 0]), [2, 0]);
        assert_eq!(order(&[]), Vec::<usize>::new());
        let asked = Part {
            role: Some(Role::Pad),
            ..part(1)
        };
        let mut parts = vec![asked, part(0)];
        sort_musically(&mut parts, &song);
        assert_eq!(parts[0].track, 0, "a role that was asked for counts");
    }

    #[test]
    fn a_track_without_notes_has_the_role_of_its_name_or_sound() {
        let named = |name: &str, program, is_drums, pitches: &[u8]| Track {
            name: name.to_owned(),
            ..track(program, is_drums, pitches)
        };
        let song = Song {
            ppq: 480,
            tracks: vec![
                named("Low bass", 0, false, &[]),
                named("Keys", 38, false, &[]),
                named("Keys", 4, false, &[]),
                named("", 0, true, &[]),
                named("Bass", 0, false, &[60, 62, 64, 65, 67]),
                named("Bass", 0, false, &[60, 62]),
            ],
            ..Song::default()
        };
        let role = |track, asked| {
            let mut parts = [Part {
                track,
                region: 0..1920,
                role: asked,
            }];
            guess_roles(&mut parts, &song);
            parts[0].role
        };
        assert_eq!(role(0, None), Some(Role::Bass));
        assert_eq!(role(1, None), Some(Role::Bass));
        assert_eq!(role(2, None), None);
        assert_eq!(role(3, None), Some(Role::Drums));
        assert_eq!(role(4, None), None, "its notes after the region say more");
        assert_eq!(role(5, None), Some(Role::Bass), "the old notes make room");
        assert_eq!(role(0, Some(Role::Pad)), Some(Role::Pad));
    }
}
