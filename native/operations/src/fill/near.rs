//! The part of a song that can influence a region.

use std::ops::Range;

use continuo_midi::{Bars, Song, Track};

use crate::files::part::Part;

/// Bars on either side that are kept: the models hear 16, of at most 8 quarters.
const MARGIN_BARS: u32 = 40;
const MARGIN_QUARTERS: u32 = 160;
/// Notes of the track before the region that a recurrent model hears, however long ago they were.
const HEARD_NOTES: usize = 512;

/// Take out the notes that are too far from the regions of all parts to matter: their fill is that of the whole song.
pub fn keep_near(song: &mut Song, parts: &[Part]) {
    let starts = parts.iter().map(|part| part.region.start);
    let ends = parts.iter().map(|part| part.region.end);
    let (Some(start), Some(end)) = (starts.min(), ends.max()) else {
        return;
    };
    let region = start..end;
    let bars = Bars::of(song);
    let margin = MARGIN_QUARTERS.saturating_mul(song.ppq.into());
    let first = bars.bar_at_tick(region.start).saturating_sub(MARGIN_BARS);
    let last = bars.bar_at_tick(region.end).saturating_add(MARGIN_BARS);
    let from = bars
        .start_tick(first)
        .min(region.start.saturating_sub(margin));
    let to = bars.end_tick(last).max(region.end.saturating_add(margin));
    for (index, track) in song.tracks.iter_mut().enumerate() {
        let own = parts.iter().filter(|part| part.track == index);
        let target_start = own.map(|part| part.region.start).min();
        keep_near_notes(track, from..to, target_start);
    }
}

/// Notes of a time, those that sound into it, and of the target also the last before the region.
fn keep_near_notes(track: &mut Track, time: Range<u32>, target_start: Option<u32>) {
    let heard = target_start.map_or(usize::MAX, |start| {
        let before = track.notes.partition_point(|note| note.start_tick < start);
        before.saturating_sub(HEARD_NOTES)
    });
    let mut index = 0;
    track.notes.retain(|note| {
        let is_heard = index >= heard;
        index += 1;
        note.start_tick < time.end && (note.end_tick() > time.start || is_heard)
    });
}

#[cfg(test)]
mod tests {
    use continuo_midi::Note;

    use super::*;

    fn note(start_tick: u32, duration_ticks: u32) -> Note {
        Note {
            start_tick,
            duration_ticks,
            pitch: 60,
            velocity: 80,
            channel: 0,
        }
    }

    fn starts(track: &Track, target_start: Option<u32>) -> Vec<u32> {
        let mut near = track.clone();
        keep_near_notes(&mut near, 1000..2000, target_start);
        near.notes.iter().map(|note| note.start_tick).collect()
    }

    #[test]
    fn notes_that_sound_into_the_time_are_near() {
        let notes = vec![note(0, 1000), note(1, 1000), note(999, 1), note(1000, 1)];
        let track = Track {
            notes: [notes, vec![note(1999, 9), note(2000, 1)]].concat(),
            ..Track::default()
        };
        assert_eq!(starts(&track, None), [1, 1000, 1999]);
    }

    #[test]
    fn the_target_keeps_what_a_recurrent_model_hears() {
        let track = Track {
            notes: (0..600).map(|tick| note(tick, 1)).collect(),
            ..Track::default()
        };
        assert!(starts(&track, None).is_empty());
        let heard = starts(&track, Some(1500));
        assert_eq!((heard.len(), heard[0]), (512, 88));
    }
}
