//! Where in the region a note may start, on which pitches, and how long it may last.
//!
//! Works in ticks of the song, because that is where the promises are made: the grid is coarser
//! than some songs and finer than others.

use continuo_midi::{Note, Tick};

/// A set of MIDI pitches; bit p is pitch p.
pub(crate) type PitchSet = u128;

/// Start of grid time t: its tick, and the pitches that nothing kept stands in the way of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Opening {
    pub tick: Tick,
    pub open: PitchSet,
}

/// The room that constraints and kept notes leave.
#[derive(Clone, Debug)]
pub(crate) struct Openings {
    /// By grid time from the region's start; ticks never fall.
    by_time: Vec<Opening>,
    /// Notes of the track that stay and sound in the region, sorted by start.
    kept: Vec<Note>,
    /// Pitches that range and scale allow.
    allowed: PitchSet,
    polyphony: usize,
    region_end: Tick,
    /// No note sounds longer: the region's end, or that of the longest old note that sounded past it.
    last_end: Tick,
}

impl Openings {
    /// `ticks[t]`: start tick of grid time t, rising or equal, inside the region, which ends at
    /// `ends.0`; no note may sound past `ends.1`. `kept`: also what starts between the two.
    pub fn new(
        ticks: &[Tick],
        mut kept: Vec<Note>,
        allowed: PitchSet,
        polyphony: Option<u8>,
        ends: (Tick, Tick),
    ) -> Openings {
        kept.sort_by_key(|n| (n.start(), n.pitch));
        let polyphony = polyphony.map_or(usize::MAX, usize::from);
        let mut openings = Openings {
            by_time: Vec::new(),
            kept,
            allowed,
            polyphony,
            region_end: ends.0,
            last_end: ends.1.max(ends.0),
        };
        openings.by_time = ticks
            .iter()
            .map(|&tick| Opening {
                tick,
                open: openings.open_at(tick),
            })
            .collect();
        openings
    }

    pub fn at(&self, time: i32) -> Option<Opening> {
        usize::try_from(time)
            .ok()
            .and_then(|time| self.by_time.get(time))
            .copied()
    }

    /// Whether a note may start anywhere.
    pub fn has_room(&self) -> bool {
        self.by_time.iter().any(|opening| opening.open != 0)
    }

    /// Pitches that may start at a tick beside what is kept.
    pub fn open_at(&self, tick: Tick) -> PitchSet {
        let sounding = sounding(&self.kept, tick);
        if self.room_at(tick) == 0 {
            0
        } else {
            self.allowed & !pitches(sounding)
        }
    }

    /// How many notes more may start at a tick beside what is kept.
    pub fn room_at(&self, tick: Tick) -> usize {
        self.polyphony
            .saturating_sub(sounding(&self.kept, tick).count())
    }

    /// The first tick at which a note that starts at `tick` must have ended, given drawn notes.
    pub fn latest_end(&self, tick: Tick, pitch: u8, drawn: &[Note]) -> Tick {
        let later = self.kept.iter().filter(|n| n.start() > tick);
        later
            .filter(|n| {
                let others = sounding(&self.kept, n.start()).count()
                    + drawn.iter().filter(|d| d.end() > n.start()).count();
                n.pitch == pitch || others.saturating_add(1) > self.polyphony
            })
            .map(|n| n.start())
            .next()
            .unwrap_or(self.last_end)
            .min(self.last_end)
    }

    /// Shorten drawn notes so that one more can start at `tick` on `pitch`.
    ///
    /// Notes of the same pitch end there; beyond the polyphony, those that started first do.
    pub fn make_way(&self, tick: Tick, pitch: u8, drawn: &mut [Note]) {
        for note in drawn
            .iter_mut()
            .filter(|n| n.pitch == pitch && n.end() > tick)
        {
            note.duration_ticks = tick.saturating_since(note.start()).max(1);
        }
        let room = self.room_at(tick);
        let mut sounding = drawn.iter().filter(|n| n.end() > tick).count();
        for note in drawn
            .iter_mut()
            .filter(|n| n.start() < tick && n.end() > tick)
        {
            if sounding < room {
                break;
            }
            note.duration_ticks = tick - note.start();
            sounding -= 1;
        }
    }

    /// Tick at which more kept notes that start in the region sound than the polyphony allows.
    pub fn overfull(&self, start_tick: Tick) -> Option<(Tick, usize)> {
        let region = start_tick..self.region_end;
        let locked = || self.kept.iter().filter(|n| region.contains(&n.start()));
        locked()
            .map(|n| (n.start(), sounding(locked(), n.start()).count()))
            .find(|&(_, count)| count > self.polyphony)
    }
}

fn sounding<'a>(
    notes: impl IntoIterator<Item = &'a Note>,
    tick: Tick,
) -> impl Iterator<Item = &'a Note> {
    notes
        .into_iter()
        .filter(move |n| n.start() <= tick && tick < n.end())
}

pub(crate) fn pitches<'a>(notes: impl Iterator<Item = &'a Note>) -> PitchSet {
    notes.fold(0, |set, n| set | 1 << (n.pitch & 127))
}

/// Pitches above one.
pub(crate) fn above(pitch: u8) -> PitchSet {
    if pitch >= 127 {
        0
    } else {
        PitchSet::MAX << (pitch + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(start_tick: u32, duration_ticks: u32, pitch: u8) -> Note {
        Note {
            start_tick,
            duration_ticks,
            pitch,
            velocity: 64,
            channel: 0,
        }
    }

    fn openings(kept: Vec<Note>, polyphony: Option<u8>) -> Openings {
        let ticks: Vec<Tick> = (0..100).map(|t| Tick(t * 10)).collect();
        Openings::new(
            &ticks,
            kept,
            PitchSet::MAX,
            polyphony,
            (Tick(1000), Tick(1000)),
        )
    }

    #[test]
    fn a_kept_note_closes_its_pitch_while_it_sounds() {
        let openings = openings(vec![note(100, 50, 60)], None);
        let is_open = |time: i32| openings.at(time).is_some_and(|p| p.open >> 60 & 1 == 1);
        assert!(is_open(9) && !is_open(10) && !is_open(14) && is_open(15));
        assert_eq!(openings.at(-1), None);
        assert_eq!(openings.at(100), None);
        assert_eq!(openings.latest_end(Tick(0), 60, &[]), Tick(100));
        assert_eq!(openings.latest_end(Tick(0), 61, &[]), Tick(1000));
    }

    #[test]
    fn polyphony_counts_kept_and_drawn_notes() {
        let openings = openings(vec![note(100, 50, 60), note(100, 50, 64)], Some(2));
        assert_eq!(openings.at(12).map(|p| p.open), Some(0));
        assert_eq!(openings.latest_end(Tick(50), 70, &[]), Tick(100));
        let mut drawn = vec![note(0, 90, 50), note(10, 90, 55), note(20, 5, 57)];
        openings.make_way(Tick(30), 70, &mut drawn);
        assert_eq!(drawn, [note(0, 30, 50), note(10, 90, 55), note(20, 5, 57)]);
        openings.make_way(Tick(40), 55, &mut drawn);
        assert_eq!(drawn[1], note(10, 30, 55));
        assert_eq!(openings.overfull(Tick(0)), None);
    }

    #[test]
    fn locked_notes_past_the_polyphony_are_found_but_not_those_that_sound_in() {
        let locked = vec![note(100, 50, 60), note(120, 50, 64)];
        assert_eq!(
            openings(locked.clone(), Some(1)).overfull(Tick(0)),
            Some((Tick(120), 2))
        );
        assert_eq!(openings(locked, Some(1)).overfull(Tick(110)), None);
    }

    #[test]
    fn a_note_may_sound_past_the_region_as_far_as_an_old_one_did_but_into_no_other() {
        let ticks: Vec<Tick> = (0..100).map(|t| Tick(t * 10)).collect();
        let after = vec![note(1050, 50, 60)];
        let openings = Openings::new(&ticks, after, PitchSet::MAX, None, (Tick(1000), Tick(1200)));
        assert_eq!(openings.latest_end(Tick(900), 60, &[]), Tick(1050));
        assert_eq!(openings.latest_end(Tick(900), 61, &[]), Tick(1200));
        assert_eq!(openings.overfull(Tick(0)), None);
    }

    #[test]
    fn above_the_highest_pitch_there_is_nothing() {
        assert_eq!(above(127), 0);
        assert_eq!(above(126), 1 << 127);
        assert_eq!(above(0), PitchSet::MAX - 1);
    }
}
