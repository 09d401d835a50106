//! A player: deviations of each note, from played bars around, else as measured players have them.

use continuo_midi::Note;
use continuo_tokenizer::part::Part;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::Rng;

use super::HumanizeRequest;
use super::grid::{Clock, Meant, beside_bar, spread_of};
use super::groove::{Groove, near_bars};
use super::habits::{KIT, Touch, habits, kit_group, touch_of};
use super::strikes::{Played, Strikes};
use crate::draw::stream;

/// Share of a deviation that a region as loose as players already still gets, so that candidates differ.
const LEAST_MISSING: f64 = 0.2;
/// Standard deviations that a note is away from its strike at most: chords stay together.
const MOST_APART: f64 = 1.5;
/// Standard deviations that must fit between the mean velocity and the ends of the scale.
const HEADROOM: f64 = 1.25;

/// Deviations of a region's notes, drawn from one stream.
pub struct Player<'a> {
    request: &'a HumanizeRequest<'a>,
    clock: &'a Clock<'a>,
    part: Option<Part>,
    random: ChaCha12Rng,
}

impl<'a> Player<'a> {
    pub fn new(request: &'a HumanizeRequest<'a>, clock: &'a Clock<'a>) -> Self {
        let is_drums = request.song.tracks[request.track].is_drums;
        Self {
            request,
            clock,
            part: match (is_drums, request.part) {
                (true, _) => Some(Part::Drums),
                (false, Some(Part::Drums)) => None,
                (false, part) => part,
            },
            random: stream(request.seed),
        }
    }

    /// By note of the track; nothing where it stays.
    pub fn play(
        &mut self,
        strikes: &Strikes<'_>,
        timing: &Groove,
        loudness: &Groove,
    ) -> Vec<Played> {
        let notes = &self.request.song.tracks[self.request.track].notes;
        let near = near_bars(&self.request.region, self.clock);
        let is_near = |note: &Note| near.contains(&self.clock.bar_at(note.start_tick));
        let first = notes.iter().position(is_near).unwrap_or(notes.len());
        let count = notes[first..]
            .iter()
            .take_while(|note| is_near(note))
            .count();
        // Bars farther away have no influence, also where a host sends more of them.
        let mut meant = vec![Meant::FAR; notes.len()];
        meant[first..first + count]
            .copy_from_slice(&self.clock.meant(&notes[first..first + count]));
        let mut played = vec![Played::default(); notes.len()];
        self.place_strikes(strikes, &meant, timing, &mut played);
        self.strike_notes(strikes, &meant, loudness, &mut played);
        played
    }

    fn place_strikes(
        &mut self,
        strikes: &Strikes<'_>,
        meant: &[Meant],
        groove: &Groove,
        played: &mut [Played],
    ) {
        let habits = habits(self.part);
        let loose = strikes.all.iter().filter(|strike| !strike.is_fixed);
        let old: Vec<f64> = loose.map(|s| meant[s.notes.start].late_ms).collect();
        let missing = missing(
            spread_of(&old).1,
            match groove.is_known() {
                true => groove.spread,
                false => habits.late_ms,
            },
        );
        let mut bars = Templates::new(groove);
        let mut drift = self.normal();
        for strike in strikes.all.iter().filter(|strike| !strike.is_fixed) {
            let first = &meant[strike.notes.start];
            let late_ms = if groove.is_known() {
                let group = self.group(strike.notes.start);
                bars.like(&mut self.random, first, group)
            } else {
                let new = (1.0 - habits.kept * habits.kept).sqrt() * self.normal();
                drift = habits.kept * drift + new;
                habits.lateness_ms[first.place as usize] + habits.late_ms * drift
            };
            let tick = self.request.song.tracks[self.request.track].notes[strike.notes.start];
            let ticks_a_ms = missing * self.clock.ticks_a_ms(tick.start_tick);
            for at in strike.notes.clone() {
                played[at].late = late_ms * ticks_a_ms;
                if strike.notes.len() > 1 {
                    let apart = self.normal().clamp(-MOST_APART, MOST_APART);
                    played[at].apart = habits.apart_ms * apart * ticks_a_ms;
                }
            }
        }
    }

    /// Velocities around the old ones, whose mean stays where there is room.
    fn strike_notes(
        &mut self,
        strikes: &Strikes<'_>,
        meant: &[Meant],
        groove: &Groove,
        played: &mut [Played],
    ) {
        let notes = &self.request.song.tracks[self.request.track].notes;
        let loose: Vec<usize> = strikes
            .all
            .iter()
            .filter(|strike| !strike.is_fixed)
            .flat_map(|strike| strike.notes.clone())
            .collect();
        let groups: Vec<usize> = loose.iter().map(|&at| self.group(at)).collect();
        let mut bars = Templates::new(groove);
        // Each sound of a kit has a level of its own.
        for group in 0..KIT.len() {
            let of_group = loose.iter().zip(&groups).filter(|(_, g)| **g == group);
            let own: Vec<usize> = of_group.map(|(&at, _)| at).collect();
            if own.is_empty() {
                continue;
            }
            let old: Vec<Note> = own.iter().map(|&at| notes[at]).collect();
            let meant_there: Vec<Meant> = own.iter().map(|&at| meant[at]).collect();
            let (_, spread) = spread_of(&beside_bar(&old, &meant_there));
            let velocities: Vec<f64> = old.iter().map(|note| f64::from(note.velocity)).collect();
            let (level, _) = spread_of(&velocities);
            let touch = touch_of(self.part, group);
            let of_groove = groove
                .examples
                .iter()
                .filter(|example| example.group == group);
            let of_groove: Vec<f64> = of_groove.map(|example| example.value).collect();
            let is_known = groove.is_known() && !of_groove.is_empty();
            let (around, wanted) = match is_known {
                true => spread_of(&of_groove),
                false => (0.0, touch.spread),
            };
            let missing = missing(spread, wanted);
            let mut louder: Vec<f64> = own
                .iter()
                .map(|&at| match is_known {
                    true => bars.like(&mut self.random, &meant[at], group) - around,
                    false => self.struck(touch, &meant[at]),
                })
                .map(|value| missing * value)
                .collect();
            let (mean, _) = spread_of(&louder);
            let room = HEADROOM * missing * wanted;
            let centre = level.clamp(room.min(64.0), (127.0 - room).max(64.0));
            for (at, louder) in own.iter().zip(&mut louder) {
                played[*at].louder = *louder - mean + centre - level;
            }
        }
    }

    fn struck(&mut self, touch: Touch, meant: &Meant) -> f64 {
        let accent = touch.accents[meant.place as usize];
        let (_, of_accents) = spread_of(&touch.accents);
        let rest = (touch.spread.powi(2) - of_accents.powi(2)).max(0.0).sqrt();
        accent + rest * self.normal()
    }

    fn group(&self, at: usize) -> usize {
        match self.part {
            Some(Part::Drums) => {
                kit_group(self.request.song.tracks[self.request.track].notes[at].pitch)
            }
            _ => 0,
        }
    }

    /// About standard normal, never beyond 3, and the same on every machine: the sum of three even draws.
    fn normal(&mut self) -> f64 {
        let even = |word: u32| f64::from(word) / 4_294_967_296.0;
        let sum: f64 = (0..3).map(|_| even(self.random.next_u32())).sum();
        2.0 * (sum - 1.5)
    }
}

/// The share of players' deviations that adds up, with what is there, to theirs.
fn missing(there: f64, wanted: f64) -> f64 {
    if wanted <= 0.0 {
        return 0.0;
    }
    (1.0 - (there / wanted).powi(2))
        .max(0.0)
        .sqrt()
        .max(LEAST_MISSING)
}

/// Each bar takes its deviations from one played bar, so that what belongs together there stays together.
struct Templates<'a> {
    groove: &'a Groove,
    bars: Vec<u32>,
    /// A bar of the region, and the one that it follows.
    chosen: Option<(u32, u32)>,
}

impl<'a> Templates<'a> {
    fn new(groove: &'a Groove) -> Self {
        Self {
            bars: groove.bars(),
            groove,
            chosen: None,
        }
    }

    fn like(&mut self, random: &mut ChaCha12Rng, meant: &Meant, group: usize) -> f64 {
        let bar = match self.chosen {
            Some((bar, like)) if bar == meant.bar => like,
            _ => {
                let like = self.bars[pick(random, self.bars.len())];
                self.chosen = Some((meant.bar, like));
                like
            }
        };
        let found = self.groove.like(bar, meant, group);
        found[pick(random, found.len())].value
    }
}

/// An index below `count`, which is at least 1.
fn pick(random: &mut ChaCha12Rng, count: usize) -> usize {
    ((u64::from(random.next_u32()) * count as u64) >> 32) as usize
}
