//! A song as a host sends it: notes by track at the host's own PPQ, no file.

use continuo_midi::{
    Bars, MAX_TICK, MeterChange, Note, Song, TempoChange, Track, drums_of_sent_track,
};
use serde::{Deserialize, Serialize};

use crate::error::OperationError;
use crate::files::part::Part;
use crate::files::track::{Role, id_of};

/// More notes than any region's surroundings have.
const MAX_NOTES: usize = 1_000_000;
/// As MIDI files can have.
const MAX_TRACKS: usize = 65_000;
const MAX_PPQ: u16 = 0x7fff;
/// General MIDI's channel of drums, from 0.
const DRUM_CHANNEL: u8 = 9;

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SentSong {
    pub ppq: u16,
    pub tempo_map: Vec<TempoChange>,
    pub time_signatures: Vec<MeterChange>,
    pub tracks: Vec<SentTrack>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SentTrack {
    pub id: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub program: u8,
    /// Where left out, the track's name and its notes' channel say it.
    #[serde(default)]
    pub is_drums: Option<bool>,
    /// Of new notes; where left out, that of the track's own.
    #[serde(default)]
    pub channel: Option<u8>,
    pub notes: Vec<Note>,
}

/// Half-open, at the song's PPQ. Of a file, the track's id is its number from 1.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SongRegion {
    pub track_id: String,
    pub start_tick: u32,
    pub end_tick: u32,
    /// What the track is to do there; guessed where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// Errors: `REQUEST_INVALID` where a field has no meaning in MIDI.
pub fn valid_notes(notes: &[Note]) -> Result<Vec<Note>, OperationError> {
    if let Some(note) = notes.iter().find(|note| !note.is_valid()) {
        return Err(invalid(format!(
            "a note at tick {} has pitch {}, velocity {}, channel {} and {} ticks",
            note.start_tick, note.pitch, note.velocity, note.channel, note.duration_ticks
        )));
    }
    Ok(notes.to_vec())
}

/// The same notes, on the channel of the track that they come into. Errors: `REQUEST_INVALID`.
pub fn on_channel(notes: &[Note], channel: u8) -> Result<Vec<Note>, OperationError> {
    let notes = notes.iter().map(|&note| Note { channel, ..note });
    valid_notes(&notes.collect::<Vec<_>>())
}

pub(crate) fn invalid(what: String) -> OperationError {
    OperationError::RequestInvalid { what }
}

/// Changes in order; of several at one tick the one that was sent last holds.
fn by_tick<Change>(mut map: Vec<Change>, tick: impl Fn(&Change) -> u32) -> Vec<Change> {
    map.sort_by_key(&tick);
    map.reverse();
    map.dedup_by_key(|change| tick(change));
    map.reverse();
    map
}

impl SentSong {
    /// The song, with its maps as a parsed file has them: sorted, from tick 0, of meters those that start
    /// bars.
    ///
    /// Errors: `REQUEST_INVALID`.
    pub fn song(&self) -> Result<Song, OperationError> {
        if self.ppq == 0 || self.ppq > MAX_PPQ {
            return Err(invalid(format!(
                "ppq is {}, it must be 1 to {MAX_PPQ}",
                self.ppq
            )));
        }
        let notes: usize = self.tracks.iter().map(|track| track.notes.len()).sum();
        if notes > MAX_NOTES || self.tracks.len() > MAX_TRACKS {
            return Err(invalid(format!(
                "there are {notes} notes in {} tracks, the limits are {MAX_NOTES} and {MAX_TRACKS}",
                self.tracks.len()
            )));
        }
        let tracks: Vec<Track> = self
            .tracks
            .iter()
            .map(SentTrack::track)
            .collect::<Result<_, _>>()?;
        let last = tracks
            .iter()
            .flat_map(|track| &track.notes)
            .map(Note::end_tick)
            .max();
        Ok(Song {
            format: 1,
            ppq: self.ppq,
            duration_ticks: last.unwrap_or(0),
            tempo_map: self.tempo_map()?,
            meters: self.meters()?,
            tracks,
        })
    }

    /// A song as a host would send it: its tracks by number.
    pub fn of(song: &Song) -> Self {
        let track = |(index, track): (usize, &Track)| SentTrack {
            id: id_of(index),
            name: String::new(),
            program: track.program,
            is_drums: Some(track.is_drums),
            channel: Some(track.channel),
            notes: track.notes.clone(),
        };
        Self {
            ppq: song.ppq,
            tempo_map: song.tempo_map.clone(),
            time_signatures: song.meters.clone(),
            tracks: song.tracks.iter().enumerate().map(track).collect(),
        }
    }

    /// Errors: `TRACK_NOT_FOUND`.
    pub fn part(&self, region: &SongRegion) -> Result<Part, OperationError> {
        Ok(Part {
            track: self.track_index(&region.track_id)?,
            region: region.start_tick..region.end_tick,
            role: region.role.map(|Role(role)| role),
        })
    }

    /// Index of a track. Errors: `TRACK_NOT_FOUND` with the ids that there are.
    pub fn track_index(&self, id: &str) -> Result<usize, OperationError> {
        self.tracks
            .iter()
            .position(|track| track.id == id)
            .ok_or_else(|| OperationError::TrackNotFound {
                wanted: format!("with id {id:?}"),
                candidates: self.tracks.iter().map(|track| track.id.clone()).collect(),
            })
    }

    fn tempo_map(&self) -> Result<Vec<TempoChange>, OperationError> {
        let mut map = vec![TempoChange {
            tick: 0,
            tempo_qpm: 120.0,
        }];
        for &change in &self.tempo_map {
            let TempoChange {
                tick,
                tempo_qpm: qpm,
            } = change;
            if !qpm.is_finite() || qpm <= 0.0 || tick >= MAX_TICK {
                return Err(invalid(format!("the tempo at tick {tick} is {qpm}")));
            }
            map.push(change);
        }
        Ok(by_tick(map, |change| change.tick))
    }

    fn meters(&self) -> Result<Vec<MeterChange>, OperationError> {
        let mut map = vec![MeterChange {
            tick: 0,
            numerator: 4,
            denominator: 4,
        }];
        for &change in &self.time_signatures {
            let MeterChange {
                tick,
                numerator,
                denominator,
            } = change;
            let is_meter = numerator > 0 && denominator.is_power_of_two() && denominator <= 128;
            if !is_meter || tick >= MAX_TICK {
                return Err(invalid(format!(
                    "the meter at tick {tick} is {numerator}/{denominator}"
                )));
            }
            map.push(change);
        }
        let in_order = by_tick(map, |change| change.tick);
        Ok(Bars::new(&in_order, self.ppq).meters())
    }
}

impl SentTrack {
    /// What the sender says counts most.
    pub fn is_drums(&self) -> bool {
        self.is_drums.unwrap_or_else(|| {
            let channels = self.notes.iter().map(|note| note.channel);
            drums_of_sent_track(&self.name, self.program, channels).is_some()
        })
    }

    fn track(&self) -> Result<Track, OperationError> {
        let (program, channel) = (self.program, self.channel.unwrap_or(0));
        if program > 127 || channel > 15 {
            return Err(invalid(format!(
                "track {:?} has program {program} and channel {channel}, they must be 0 to 127 and 0 to 15",
                self.id
            )));
        }
        let mut notes = valid_notes(&self.notes)?;
        notes.sort_by_key(|note| (note.start_tick, note.pitch));
        let is_drums = self.is_drums();
        let quiet = if is_drums { DRUM_CHANNEL } else { 0 };
        Ok(Track {
            chunk: 0,
            channel: self
                .channel
                .unwrap_or_else(|| notes.first().map_or(quiet, |note| note.channel)),
            name: self.name.clone(),
            program: self.program,
            is_drums,
            notes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(json: &str) -> SentSong {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn maps_start_at_zero_and_the_later_of_two_at_a_tick_holds() {
        let song = request(
            r#"{"ppq":480,"tempoMap":[{"tick":960,"qpm":90},{"tick":960,"qpm":100}],
                "timeSignatures":[{"tick":0,"numerator":3,"denominator":4}],"tracks":[]}"#,
        )
        .song()
        .unwrap();
        let tempos: Vec<(u32, f64)> = song
            .tempo_map
            .iter()
            .map(|t| (t.tick, t.tempo_qpm))
            .collect();
        assert_eq!(tempos, [(0, 120.0), (960, 100.0)]);
        assert_eq!(song.meters.len(), 1);
        assert_eq!(song.meters[0].numerator, 3);
    }

    #[test]
    fn notes_are_sorted_and_checked() {
        let with = |note: &str| {
            request(&format!(
                r#"{{"ppq":480,"tempoMap":[],"timeSignatures":[],"tracks":[{{"id":"a","notes":[
                    {{"startTick":480,"durationTicks":10,"pitch":60,"velocity":9}},{note}]}}]}}"#
            ))
            .song()
        };
        let song =
            with(r#"{"startTick":0,"durationTicks":1,"pitch":127,"velocity":127,"channel":15}"#);
        let song = song.unwrap();
        assert_eq!(song.tracks[0].notes[0].pitch, 127);
        assert_eq!((song.tracks[0].channel, song.duration_ticks), (15, 490));
        for bad in [
            r#"{"startTick":0,"durationTicks":0,"pitch":1,"velocity":1}"#,
            r#"{"startTick":0,"durationTicks":1,"pitch":128,"velocity":1}"#,
            r#"{"startTick":0,"durationTicks":1,"pitch":1,"velocity":0}"#,
            r#"{"startTick":0,"durationTicks":1,"pitch":1,"velocity":1,"channel":16}"#,
            r#"{"startTick":4294967295,"durationTicks":1,"pitch":1,"velocity":1}"#,
        ] {
            assert_eq!(with(bad).unwrap_err().code(), "REQUEST_INVALID", "{bad}");
        }
    }

    #[test]
    fn maps_that_mean_nothing_are_refused() {
        for (tempo, meter) in [
            (r#"{"tick":0,"qpm":0}"#, ""),
            ("", r#"{"tick":0,"numerator":0,"denominator":4}"#),
            ("", r#"{"tick":0,"numerator":3,"denominator":5}"#),
        ] {
            let json = format!(
                r#"{{"ppq":96,"tempoMap":[{tempo}],"timeSignatures":[{meter}],"tracks":[]}}"#
            );
            assert_eq!(request(&json).song().unwrap_err().code(), "REQUEST_INVALID");
        }
    }

    #[test]
    fn a_track_is_found_by_id_and_drums_have_their_channel() {
        let request = request(
            r#"{"ppq":96,"tempoMap":[],"timeSignatures":[],"tracks":[
                {"id":"x","notes":[]},{"id":"y","isDrums":true,"notes":[]}]}"#,
        );
        assert_eq!(request.track_index("y").unwrap(), 1);
        assert_eq!(
            request.track_index("z").unwrap_err().code(),
            "TRACK_NOT_FOUND"
        );
        assert_eq!(request.song().unwrap().tracks[1].channel, 9);
    }
}
