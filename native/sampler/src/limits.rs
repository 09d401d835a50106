//! The limits of a part, from its own notes nearby: voices, pitches, rests.
//!
//! A new note of the part stays inside, unless the request says otherwise: a flute does not play
//! chords, and a drummer has only this kit. A part that is not there yet has the limits of its role.

use crate::openings::{PitchSet, above};
use continuo_tokenizer::GridNote;
use continuo_tokenizer::grid::{GRID_PPQ, GridTick};
use continuo_tokenizer::part::Part;
use continuo_tokenizer::piece::COMMON_BAR;
use continuo_tokenizer::vocabulary::velocity_class;
use continuo_tokenizer::vocabulary::velocity_of_class;

/// Fewest notes from which a part's own limits are taken.
const ENOUGH: usize = 8;
/// Semitones that a new note may go beyond the part's own.
const BEYOND: u8 = 2;
/// Share of a part's onsets, in thousandths, at which at most its voices sound.
const VOICES_SHARE: usize = 975;
/// General MIDI's drum kit without its Latin percussion, 35-57 and 59.
const KIT: PitchSet = ((1 << 58) - (1 << 35)) | 1 << 59;
/// A note is let go so much before its end, at most: a legato is one voice.
const LEGATO: u32 = 6;
/// A gap inside a region is believed to be a rest of the part where its own bars have one as long.
const SHORTEST_REST: i32 = GRID_PPQ as i32;

/// Limits of one part. Time in grid ticks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Limits {
    /// Most notes at once.
    pub voices: Option<u8>,
    pub pitches: PitchSet,
    /// Longest time between two onsets.
    pub rest: Option<i32>,
    /// Velocity that stands for each class.
    pub velocities: [u8; 16],
}

impl Limits {
    /// No limits; velocities are the classes' own.
    pub fn none() -> Limits {
        Limits {
            voices: None,
            pitches: PitchSet::MAX,
            rest: None,
            velocities: std::array::from_fn(velocity_of_class),
        }
    }

    /// Of a part from its own notes around a region [`start`, `end`), else from its role.
    ///
    /// `own`: sorted by onset; `others` only say how loud the band plays.
    pub fn of<'a>(
        own: &[GridNote],
        others: impl Iterator<Item = &'a GridNote>,
        part: Option<Part>,
        (start, end): (GridTick, GridTick),
    ) -> Limits {
        let mut limits = if own.len() >= ENOUGH {
            Limits {
                voices: Some(voices(own)),
                pitches: pitches(own, part == Some(Part::Drums)),
                rest: rest(own, start, end),
                ..Limits::none()
            }
        } else {
            Limits::of_role(part)
        };
        limits.velocities = velocities(own, others);
        limits
    }

    fn of_role(part: Option<Part>) -> Limits {
        let none = Limits::none();
        let Some(part) = part else { return none };
        let (voices, bars) = match part {
            Part::Drums => (4, 1),
            Part::Bass => (1, 1),
            Part::Chords => (5, 2),
            Part::Melody | Part::Counter => (1, 2),
            Part::Pad => (6, 4),
            Part::Arp => (1, 1),
        };
        Limits {
            voices: Some(voices),
            rest: Some(bars * i32::from(COMMON_BAR)),
            pitches: if part == Part::Drums {
                KIT
            } else {
                none.pitches
            },
            ..none
        }
    }
}

/// Most notes that sound at once at nearly all of a part's onsets.
fn voices(own: &[GridNote]) -> u8 {
    let mut counts: Vec<usize> = Vec::new();
    let mut sounding: Vec<GridTick> = Vec::new();
    for chord in own.chunk_by(|a, b| a.onset() == b.onset()) {
        let onset = chord[0].onset;
        sounding.retain(|&until| until > onset);
        sounding.extend(
            chord
                .iter()
                .map(|n| n.end() - (u32::from(n.duration) / 4).min(LEGATO)),
        );
        counts.push(sounding.len());
    }
    counts.sort_unstable();
    let at = (counts.len() * VOICES_SHARE / 1000).min(counts.len() - 1);
    counts[at].clamp(1, 64) as u8
}

/// The kit in use, or the range and a little beyond.
fn pitches(own: &[GridNote], is_drums: bool) -> PitchSet {
    if is_drums {
        return own.iter().fold(0, |set, n| set | 1 << (n.pitch & 127));
    }
    let (mut low, mut high) = (127u8, 0u8);
    for note in own {
        (low, high) = (low.min(note.pitch), high.max(note.pitch));
    }
    let (low, high) = (low.saturating_sub(BEYOND), (high + BEYOND).min(127));
    !above(high) & low.checked_sub(1).map_or(PitchSet::MAX, above)
}

/// The longest time between two onsets of the part before, or after, the region.
fn rest(own: &[GridNote], start: GridTick, end: GridTick) -> Option<i32> {
    let mut longest = None;
    for pair in own.windows(2) {
        let (from, to) = (pair[0].onset, pair[1].onset);
        let spans_region = from < start && to >= end;
        if !spans_region && !(start..end).contains(&from) && !(start..end).contains(&to) {
            longest = longest.max(Some((to - from) as i32));
        }
    }
    longest.map(|gap| gap.max(SHORTEST_REST))
}

/// The commonest velocity of each class in the part, else in the band.
fn velocities<'a>(own: &[GridNote], others: impl Iterator<Item = &'a GridNote>) -> [u8; 16] {
    let mut counts = [[0u32; 8]; 16];
    let mut count = |note: &GridNote, weight: u32| {
        let class = velocity_class(note.velocity);
        counts[class][usize::from(note.velocity & 7)] += weight;
    };
    own.iter().for_each(|n| count(n, 1 << 16));
    others.for_each(|n| count(n, 1));
    std::array::from_fn(|class| {
        let found = counts[class]
            .iter()
            .enumerate()
            .max_by_key(|&(i, &c)| (c, std::cmp::Reverse(i)));
        match found {
            Some((low, &count)) if count > 0 => ((class * 8 + low) as u8).max(1),
            _ => velocity_of_class(class),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUARTER: u16 = GRID_PPQ as u16;
    const REGION: (GridTick, GridTick) = (GridTick(192), GridTick(288));

    fn note(onset: u32, duration: u16, pitch: u8, velocity: u8) -> GridNote {
        GridNote {
            onset: GridTick(onset),
            duration,
            track: 0,
            pitch,
            velocity,
            micro: 0,
        }
    }

    fn of(own: &[GridNote], part: Option<Part>) -> Limits {
        Limits::of(own, std::iter::empty(), part, REGION)
    }

    #[test]
    fn a_legato_line_has_one_voice_and_chords_have_three() {
        let line: Vec<_> = (0..16)
            .map(|i| note(i * GRID_PPQ / 2, 14, 60 + i as u8 % 5, 80))
            .collect();
        assert_eq!(of(&line, None).voices, Some(1));
        let chords: Vec<_> = (0..16)
            .flat_map(|i| [60, 64, 67].map(|p| note(i * GRID_PPQ / 2, QUARTER / 2, p, 80)))
            .collect();
        assert_eq!(of(&chords, None).voices, Some(3));
    }

    #[test]
    fn pitches_are_the_range_and_a_little_more_or_the_kit() {
        let line: Vec<_> = (0..8)
            .map(|i| note(i * GRID_PPQ, QUARTER, 50 + i as u8, 80))
            .collect();
        let open = |limits: &Limits| {
            (0..128)
                .filter(|p| limits.pitches >> p & 1 == 1)
                .collect::<Vec<u8>>()
        };
        assert_eq!(open(&of(&line, None)), (48..=59).collect::<Vec<u8>>());
        let beat: Vec<_> = (0..8)
            .map(|i| {
                note(
                    i * GRID_PPQ,
                    QUARTER / 4,
                    [36, 42, 38, 42][i as usize % 4],
                    80,
                )
            })
            .collect();
        assert_eq!(open(&of(&beat, Some(Part::Drums))), [36, 38, 42]);
    }

    #[test]
    fn the_rest_is_the_longest_outside_the_region() {
        let mut line: Vec<_> = (0..8)
            .map(|i| note(i * GRID_PPQ, QUARTER, 60, 80))
            .collect();
        line.extend((12..20).map(|i| note(i * GRID_PPQ + i / 16 * 30, QUARTER, 60, 80)));
        assert_eq!(of(&line, None).rest, Some(54));
    }

    #[test]
    fn velocities_are_those_of_the_part_then_of_the_band() {
        let own: Vec<_> = (0..8)
            .map(|i| note(i * GRID_PPQ, QUARTER, 60, if i < 6 { 80 } else { 83 }))
            .collect();
        let band = [note(0, QUARTER, 40, 101)];
        let limits = Limits::of(&own, band.iter(), None, REGION);
        assert_eq!(
            (
                limits.velocities[10],
                limits.velocities[12],
                limits.velocities[3]
            ),
            (80, 101, 28)
        );
        assert_eq!(Limits::none().velocities[0], 4);
    }

    #[test]
    fn a_part_that_is_not_there_yet_has_the_limits_of_its_role() {
        assert_eq!(of(&[], Some(Part::Bass)).voices, Some(1));
        assert_eq!(of(&[], None), Limits::none());
    }
}
