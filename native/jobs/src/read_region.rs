//! A region of a file as a host would send it, for a daemon to fill.

use std::hash::{DefaultHasher, Hasher};
use std::ops::Range;
use std::path::PathBuf;

use continuo_midi::{Bars, Note, Song, Track};
use serde::{Deserialize, Serialize};

use crate::candidate_files::CandidateFiles;
use crate::error::JobError;
use crate::fill_request::LocksRequest;
use crate::fill_song::SongRegion;
use crate::info::{meter_entries, tempo_entries};
use crate::output::Existing;
use crate::parts::Part;
use crate::region::RegionChoice;
use crate::song_request::{SongNote, SongRequest, SongTrack};
use crate::source::{Reading, Source, read_source};
use crate::target::{SoundingIn, Target};
use crate::track::{TrackChoice, id_of};

/// Bars on either side that are sent: the models hear 16, of at most 8 quarters.
const MARGIN_BARS: u32 = 40;
const MARGIN_QUARTERS: u32 = 160;
/// Notes of the track before the region that a recurrent model hears, however long ago they were.
const HEARD_NOTES: usize = 512;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadRegionRequest {
    pub input: PathBuf,
    /// Where the fill will go, looked at before any work is done; `None` for the input itself.
    #[serde(default)]
    pub output: Option<PathBuf>,
    #[serde(default)]
    pub existing: Existing,
    #[serde(default)]
    pub strict: bool,
    /// Which song, from 1, of a file that holds several.
    #[serde(default)]
    pub song: Option<usize>,
    pub track: TrackChoice,
    /// Overrules what the file says of the track.
    #[serde(default)]
    pub is_drums: Option<bool>,
    pub region: RegionChoice,
    #[serde(default)]
    pub locks: LocksRequest,
    #[serde(default)]
    pub cut_crossing: bool,
    #[serde(default)]
    pub end_held_notes: bool,
    /// How many files will be written.
    pub candidates: usize,
}

impl ReadRegionRequest {
    fn reading(&self) -> Reading {
        Reading {
            strict: self.strict,
            song: self.song,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadRegionAnswer {
    /// Every track by its number, with the notes that can matter for the region.
    pub song: SongRequest,
    pub region: SongRegion,
    pub locked_notes: Vec<SongNote>,
    /// Of the file's bytes: whoever writes into it must find the same.
    pub fingerprint: String,
}

/// Errors: `INPUT_*`, `MIDI_*`, `TRACK_*`, `REGION_*`, `OUTPUT_*`.
pub fn read_region(request: &ReadRegionRequest) -> Result<ReadRegionAnswer, JobError> {
    let mut source = read_source(&request.input, request.reading())?;
    let track = request.track.resolve(&source.parsed.song)?;
    source.set_drums(track, request.is_drums);
    let pattern = source.parsed.pattern_song(track);
    let region = request.region.resolve(&pattern, &pattern.tracks[track])?;
    let sounding_in = SoundingIn {
        cut_crossing: request.cut_crossing,
        end_held: request.end_held_notes,
    };
    let parts = vec![Part {
        track,
        region: region.clone(),
    }];
    let target = Target::new(&source, &request.input, parts, sounding_in)?;
    let output = CandidateFiles {
        input: &request.input,
        output: request.output.as_deref(),
        existing: request.existing,
        cut_crossing: request.cut_crossing,
    };
    output.check(request.candidates)?;
    let song = target.song();
    let mut locks = request.locks.resolve();
    locks.notes.extend(target.bound.iter().flatten());
    let inside = song.tracks[track]
        .notes
        .iter()
        .filter(|note| region.contains(&note.start_tick));
    Ok(ReadRegionAnswer {
        locked_notes: inside
            .filter(|note| locks.holds(note))
            .map(SongNote::from)
            .collect(),
        song: near(&song, track, &region),
        region: SongRegion {
            track_id: id_of(track),
            start_tick: region.start,
            end_tick: region.end,
        },
        fingerprint: fingerprint(&source),
    })
}

/// Tells a file from what it was a moment ago; no more than that.
pub fn fingerprint(source: &Source) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(&source.bytes);
    format!("{:016x}", hasher.finish())
}

/// The song with the notes that can matter: the answer of a fill is that of the whole song.
fn near(song: &Song, target: usize, region: &Range<u32>) -> SongRequest {
    let bars = Bars::of(song);
    let margin = MARGIN_QUARTERS.saturating_mul(song.ppq.into());
    let first = bars.bar_at_tick(region.start).saturating_sub(MARGIN_BARS);
    let last = bars.bar_at_tick(region.end).saturating_add(MARGIN_BARS);
    let from = bars
        .start_tick(first)
        .min(region.start.saturating_sub(margin));
    let to = bars.end_tick(last).max(region.end.saturating_add(margin));
    let tracks = song.tracks.iter().enumerate();
    SongRequest {
        ppq: song.ppq,
        tempo_map: tempo_entries(&song.tempo_map),
        time_signatures: meter_entries(&song.meters),
        tracks: tracks
            .map(|(index, track)| SongTrack {
                id: id_of(index),
                name: String::new(),
                program: track.program,
                is_drums: Some(track.is_drums),
                notes: near_notes(track, from..to, (index == target).then_some(region.start)),
            })
            .collect(),
    }
}

/// Notes of a time, those that sound into it, and of the target also the last before the region.
fn near_notes(track: &Track, time: Range<u32>, target_start: Option<u32>) -> Vec<SongNote> {
    let notes = &track.notes;
    let before = |tick: u32| notes.partition_point(|note| note.start_tick < tick);
    let heard = target_start.map_or(usize::MAX, |start| {
        before(start).saturating_sub(HEARD_NOTES)
    });
    let is_near = |(index, note): &(usize, &Note)| {
        note.start_tick < time.end && (note.end_tick() > time.start || *index >= heard)
    };
    let near = notes.iter().enumerate().filter(is_near);
    near.map(|(_, note)| SongNote::from(note)).collect()
}

#[cfg(test)]
mod tests {
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
        let near = near_notes(track, 1000..2000, target_start);
        near.iter().map(|note| note.start_tick).collect()
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
