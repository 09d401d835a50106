//! Which note-off ends which note-on of one pitch and channel.
//!
//! Programs read overlapping notes of one pitch in two ways: the first note-off ends the note that
//! began first, or the one that began last. If every note has a note-off, both give the same moments
//! of sound, and the first way is used here. If note-offs are missing, the second way shows which notes
//! lost them: those that nothing ends. A note-on of their pitch ends them, as in sequencers, and all
//! other notes keep their lengths.

/// A note-on or note-off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strike {
    pub(crate) tick: u32,
    pub(crate) is_on: bool,
    /// Of the event in its chunk.
    pub(crate) index: usize,
}

/// What ends a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The note-off at this place among the strikes.
    Off { index: usize, tick: u32 },
    /// No note-off: the next note-on of the pitch.
    NextOn { tick: u32 },
    /// No note-off and no further note-on: it lasts as long as its chunk.
    Chunk,
}

impl Ending {
    /// The tick of the ending, in a chunk that lasts until `chunk_end`.
    pub(crate) fn tick(self, chunk_end: u32) -> u32 {
        match self {
            Self::Off { tick, .. } | Self::NextOn { tick } => tick,
            Self::Chunk => chunk_end,
        }
    }

    /// The place of the note-off among the strikes.
    pub(crate) fn off(self) -> Option<usize> {
        match self {
            Self::Off { index, .. } => Some(index),
            Self::NextOn { .. } | Self::Chunk => None,
        }
    }
}

/// The notes of a pitch, in the order of their note-ons.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    /// Place of each note-on among the strikes, and what ends it.
    pub(crate) notes: Vec<(usize, Ending)>,
    /// Places of note-offs that end nothing.
    pub(crate) strays: Vec<usize>,
}

/// Pair the strikes of one pitch and channel, in file order.
pub(crate) fn pair(strikes: &[Strike]) -> Pairs {
    let (mut offs, strays) = pair_first(strikes, |_| true);
    if offs.iter().any(|(_, off)| off.is_none()) {
        let mut is_lost = vec![false; strikes.len()];
        for (on, off) in pair_last(strikes) {
            is_lost[on] = off.is_none();
        }
        let (others, _) = pair_first(strikes, |on| !is_lost[on]);
        let mut others = others.into_iter();
        for (on, off) in &mut offs {
            *off = match is_lost[*on] {
                true => None,
                false => others.next().and_then(|(_, off)| off),
            };
        }
    }
    let ending = |(number, &(on, off)): (usize, &(usize, Option<usize>))| {
        let ending = match (off, offs.get(number + 1)) {
            (Some(index), _) => Ending::Off {
                index,
                tick: strikes[index].tick,
            },
            (None, Some(&(next, _))) => Ending::NextOn {
                tick: strikes[next].tick,
            },
            (None, None) => Ending::Chunk,
        };
        (on, ending)
    };
    Pairs {
        notes: offs.iter().enumerate().map(ending).collect(),
        strays,
    }
}

/// Each note-on that counts, with the note-off that ends it where the note that began first ends first;
/// and note-offs that end nothing.
pub(crate) fn pair_first(
    strikes: &[Strike],
    counts: impl Fn(usize) -> bool,
) -> (Vec<(usize, Option<usize>)>, Vec<usize>) {
    let mut notes: Vec<(usize, Option<usize>)> = Vec::new();
    let mut strays = Vec::new();
    let mut first_open = 0;
    for (at, strike) in strikes.iter().enumerate() {
        if !strike.is_on {
            match notes.get_mut(first_open) {
                Some((_, off)) => {
                    *off = Some(at);
                    first_open += 1;
                }
                None => strays.push(at),
            }
        } else if counts(at) {
            notes.push((at, None));
        }
    }
    (notes, strays)
}

/// Each note-on with the note-off that ends it where the note that began last ends first.
///
/// What began at the very tick of a note-off is ended by it only if nothing older sounds: a program that
/// writes the next note-on before the note-off at the same tick means notes that touch.
pub(crate) fn pair_last(strikes: &[Strike]) -> Vec<(usize, Option<usize>)> {
    let mut notes: Vec<(usize, Option<usize>)> = Vec::new();
    let mut older: Vec<usize> = Vec::new();
    let mut fresh: Vec<usize> = Vec::new();
    let mut fresh_tick = 0;
    for (at, strike) in strikes.iter().enumerate() {
        if strike.tick != fresh_tick {
            older.append(&mut fresh);
            fresh_tick = strike.tick;
        }
        if strike.is_on {
            fresh.push(notes.len());
            notes.push((at, None));
        } else if let Some(note) = older.pop().or_else(|| fresh.pop()) {
            notes[note].1 = Some(at);
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `+10` is a note-on at tick 10, `-10` a note-off.
    fn strikes(text: &str) -> Vec<Strike> {
        let parse = |(index, word): (usize, &str)| Strike {
            tick: word[1..].parse().expect("a tick"),
            is_on: word.starts_with('+'),
            index,
        };
        text.split(' ').enumerate().map(parse).collect()
    }

    /// Start and end of each note; `None` where it lasts as long as its chunk.
    fn notes(text: &str) -> Vec<(u32, Option<u32>)> {
        let strikes = strikes(text);
        let end = |ending| match ending {
            Ending::Off { tick, .. } | Ending::NextOn { tick } => Some(tick),
            Ending::Chunk => None,
        };
        let notes = pair(&strikes).notes.into_iter();
        notes
            .map(|(on, ending)| (strikes[on].tick, end(ending)))
            .collect()
    }

    #[test]
    fn overlapping_notes_that_are_ended_end_in_the_order_of_their_beginnings() {
        assert_eq!(
            notes("+0 +10 +20 -30 -40 -50"),
            [(0, Some(30)), (10, Some(40)), (20, Some(50))]
        );
    }

    #[test]
    fn a_lost_note_off_leaves_every_other_length_as_it_is() {
        assert_eq!(
            notes("+0 -5 +10 +20 -25 +30 -35 +40 -45"),
            [
                (0, Some(5)),
                (10, Some(20)),
                (20, Some(25)),
                (30, Some(35)),
                (40, Some(45))
            ]
        );
        // Two of them, with an overlap that is ended before, between and after.
        assert_eq!(
            notes("+0 +1 -2 -3 +10 +20 +21 -22 -23 +30 +40 +41 -42 -43"),
            [
                (0, Some(2)),
                (1, Some(3)),
                (10, Some(20)),
                (20, Some(22)),
                (21, Some(23)),
                (30, Some(40)),
                (40, Some(42)),
                (41, Some(43))
            ]
        );
    }

    #[test]
    fn only_the_last_note_of_a_pitch_lasts_as_long_as_its_chunk() {
        assert_eq!(notes("+0 -5 +10"), [(0, Some(5)), (10, None)]);
        assert_eq!(notes("+0 +10"), [(0, Some(10)), (10, None)]);
        assert_eq!(notes("+0 +10 -20"), [(0, Some(10)), (10, Some(20))]);
    }

    #[test]
    fn notes_that_touch_are_ended_in_either_order_of_their_events() {
        for text in ["+0 +10 -10 +20 -20", "+0 -10 +10 -20 +20"] {
            assert_eq!(notes(text), [(0, Some(10)), (10, Some(20)), (20, None)]);
        }
    }

    #[test]
    fn a_note_that_is_struck_twice_and_ended_once_has_its_length_once() {
        assert_eq!(notes("+0 +0 -10"), [(0, Some(0)), (0, Some(10))]);
    }

    #[test]
    fn a_note_off_of_nothing_ends_nothing() {
        let pairs = pair(&strikes("-0 +10 -20 -30 +40"));
        assert_eq!(pairs.strays, [0, 3]);
        let offs: Vec<_> = pairs
            .notes
            .iter()
            .map(|(on, end)| (*on, end.off()))
            .collect();
        assert_eq!(offs, [(1, Some(2)), (4, None)]);
    }
}
