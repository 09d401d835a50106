//! The scale that the notes around a region suggest.

use continuo_midi::Tick;
use continuo_sampler::{Controls, FillRequest, Locks, Mode, Sampling, measure_notes};
use serde::{Deserialize, Serialize};

use crate::error::OperationError;
use crate::fill::near::keep_near;
use crate::songs::sent_song::SentSong;
use crate::songs::sent_song::SongRegion;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleOfRequest {
    pub song: SentSong,
    pub region: SongRegion,
}

#[derive(Debug, Serialize)]
pub struct ScaleOfAnswer {
    /// Such as "D minor"; `None` for drums and where nothing sounds.
    pub scale: Option<String>,
}

/// As a fill of the region with the scale `auto` takes it.
///
/// Errors: `REQUEST_INVALID`, `TRACK_NOT_FOUND`, `REGION_*`.
pub fn scale_of(request: &ScaleOfRequest) -> Result<ScaleOfAnswer, OperationError> {
    let part = request.song.part(&request.region)?;
    let mut song = request.song.song()?;
    keep_near(&mut song, std::slice::from_ref(&part));
    let asked = FillRequest {
        song: &song,
        track: part.track,
        start_tick: Tick(request.region.start_tick),
        end_tick: Tick(request.region.end_tick),
        mode: Mode::Fill,
        controls: Controls::default(),
        sampling: Sampling::default(),
        locks: Locks::default(),
    };
    let scale = measure_notes(&asked, &[])?.scale;
    Ok(ScaleOfAnswer { scale })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(
        pitches: &[u8],
        is_drums: bool,
        end_tick: u32,
    ) -> Result<Option<String>, OperationError> {
        let note = |(index, pitch): (usize, &u8)| serde_json::json!({ "startTick": 480 * index, "durationTicks": 480, "pitch": pitch, "velocity": 80 });
        let notes: Vec<_> = pitches.iter().enumerate().map(note).collect();
        let request = serde_json::from_value(serde_json::json!({
            "song": { "ppq": 480, "tempoMap": [], "timeSignatures": [],
                "tracks": [{ "id": "a", "isDrums": is_drums, "notes": notes }] },
            "region": { "trackId": "a", "startTick": 7680, "endTick": end_tick },
        }));
        scale_of(&request.unwrap()).map(|answer| answer.scale)
    }

    #[test]
    fn the_scale_of_what_is_before_a_region() {
        let d_minor = [62, 64, 65, 67, 69, 70, 72, 74, 69, 65, 62, 69, 62];
        assert_eq!(
            scale(&d_minor, false, 9600).unwrap().as_deref(),
            Some("D minor")
        );
        assert_eq!(scale(&d_minor, true, 9600).unwrap(), None);
        assert_eq!(scale(&[], false, 9600).unwrap(), None);
        assert_eq!(
            scale(&d_minor, false, 7680).unwrap_err().code(),
            "REGION_EMPTY"
        );
    }
}
