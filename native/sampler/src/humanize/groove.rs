//! How the bars around are played: place by place, of the track itself where it was played, else of others like it.

use std::ops::Range;

use continuo_midi::{Note, Track};

use super::HumanizeRequest;
use super::grid::{Clock, Meant, Place, beside_bar, spread_of};
use super::habits::kit_group;

/// Bars on either side that are listened to, as the models do.
const BARS: u32 = 16;
/// Bars of a long region that are listened to in other tracks.
const MOST_BARS: u32 = 64;
/// Fewest notes that say how a track is played.
const ENOUGH: usize = 16;
/// Deviations below which a track was written, not played: milliseconds, and velocity.
const WRITTEN_MS: f64 = 6.0;
const WRITTEN_VELOCITY: f64 = 3.0;

/// The region's bars, and those around it that are listened to.
pub fn near_bars(region: &Range<u32>, clock: &Clock<'_>) -> Range<u32> {
    let (first, last) = (clock.bar_at(region.start), clock.bar_at(region.end));
    first.saturating_sub(BARS)..last.saturating_add(BARS)
}

/// One note's deviation: milliseconds, or velocity beside its bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Example {
    pub bar: u32,
    pub position: i64,
    pub place: Place,
    /// What of a kit was struck; 0 for pitches.
    pub group: usize,
    pub value: f64,
}

/// Examples of played bars, in order of time; none where nothing around was played.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groove {
    pub examples: Vec<Example>,
    /// Their standard deviation.
    pub spread: f64,
}

impl Groove {
    /// Milliseconds that notes are late.
    pub fn of_timing(request: &HumanizeRequest<'_>, clock: &Clock<'_>) -> Self {
        Self::learn(request, clock, WRITTEN_MS, |_, meant| {
            meant.iter().map(|meant| meant.late_ms).collect()
        })
    }

    /// Velocities beside the mean of their bar.
    pub fn of_loudness(request: &HumanizeRequest<'_>, clock: &Clock<'_>) -> Self {
        Self::learn(request, clock, WRITTEN_VELOCITY, beside_bar)
    }

    fn learn(
        request: &HumanizeRequest<'_>,
        clock: &Clock<'_>,
        written: f64,
        values: impl Fn(&[Note], &[Meant]) -> Vec<f64>,
    ) -> Self {
        let region = &request.region;
        let near = near_bars(region, clock);
        let last_heard = clock.bar_at(region.start).saturating_add(MOST_BARS);
        let of = |track: &Track, is_own: bool| {
            let is_near = |note: &&Note| near.contains(&clock.bar_at(note.start_tick));
            let notes: Vec<Note> = track.notes.iter().filter(is_near).copied().collect();
            let meant = clock.meant(&notes);
            let all = notes.iter().zip(&meant).zip(values(&notes, &meant));
            let outside = all.filter(|((note, meant), _)| match is_own {
                true => !region.contains(&note.start_tick),
                false => meant.bar < last_heard,
            });
            let examples = outside.map(|((note, meant), value)| Example {
                bar: meant.bar,
                position: meant.position,
                place: meant.place,
                group: if track.is_drums {
                    kit_group(note.pitch)
                } else {
                    0
                },
                value,
            });
            Self::of(examples.collect())
        };
        let tracks = &request.song.tracks;
        let own = of(&tracks[request.track], true);
        let is_played = |groove: &Self| groove.examples.len() >= ENOUGH && groove.spread > written;
        if is_played(&own) {
            return own;
        }
        let is_drums = tracks[request.track].is_drums;
        let others = tracks.iter().enumerate();
        let alike = others
            .filter(|(index, track)| *index != request.track && track.is_drums == is_drums)
            .map(|(_, track)| of(track, false))
            .filter(is_played);
        alike
            .max_by(|a, b| a.spread.total_cmp(&b.spread))
            .unwrap_or_default()
    }

    fn of(examples: Vec<Example>) -> Self {
        let values: Vec<f64> = examples.iter().map(|example| example.value).collect();
        let (_, spread) = spread_of(&values);
        Self { examples, spread }
    }

    pub fn is_known(&self) -> bool {
        !self.examples.is_empty()
    }

    /// The bars that there are examples of.
    pub fn bars(&self) -> Vec<u32> {
        let mut bars: Vec<u32> = self.examples.iter().map(|example| example.bar).collect();
        bars.dedup();
        bars
    }

    /// What was played at a place: in one bar, else in all of them, else at the same kind of place, else anywhere. At
    /// least one example where any are known; `group` counts only where it was struck at all.
    pub fn like(&self, bar: u32, meant: &Meant, group: usize) -> Vec<&Example> {
        let at = |position: i64| position.rem_euclid(24);
        let ways: [&dyn Fn(&Example) -> bool; 4] = [
            &|e| e.bar == bar && e.position == meant.position,
            &|e| e.position == meant.position,
            &|e| e.place == meant.place && at(e.position) == at(meant.position),
            &|e| e.place == meant.place,
        ];
        let of_group = |is_like: &dyn Fn(&Example) -> bool, group: Option<usize>| {
            let all = self.examples.iter();
            let found = all.filter(|e| is_like(e) && group.is_none_or(|group| e.group == group));
            found.collect::<Vec<_>>()
        };
        let groups = [Some(group), None];
        let mut found = groups
            .iter()
            .flat_map(|group| ways.iter().map(move |way| (way, *group)))
            .map(|(way, group)| of_group(way, group))
            .find(|found| !found.is_empty());
        found
            .take()
            .unwrap_or_else(|| self.examples.iter().collect())
    }
}
