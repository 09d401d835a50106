//! The order in which a host fills regions of several tracks one after another.

use serde::{Deserialize, Serialize};

use crate::error::OperationError;
use crate::files::musical_order::{guess_roles, sort_musically};
use crate::files::part::Part;
use crate::songs::sent_song::SentSong;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FillOrderRequest {
    /// The tracks that are filled.
    pub song: SentSong,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FillOrderAnswer {
    /// Drums, bass, chords, melody and the rest; tracks of one kind in the order in which they were sent.
    pub track_ids: Vec<String>,
}

/// Tracks with notes are known by these, others by their name and sound. Errors: `REQUEST_INVALID`.
pub fn fill_order(request: &FillOrderRequest) -> Result<FillOrderAnswer, OperationError> {
    let song = request.song.song()?;
    let tracks = 0..song.tracks.len();
    let mut parts: Vec<Part> = tracks
        .map(|track| Part {
            track,
            region: 0..0,
            role: None,
        })
        .collect();
    guess_roles(&mut parts, &song);
    sort_musically(&mut parts, &song);
    let ids = parts.iter();
    Ok(FillOrderAnswer {
        track_ids: ids
            .map(|part| request.song.tracks[part.track].id.clone())
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_notes_say_who_comes_first() {
        let note = |at: u32| serde_json::json!({ "startTick": 480 * at, "durationTicks": 400, "pitch": 36, "velocity": 80 });
        let low: Vec<_> = (0..4).map(note).collect();
        let request = serde_json::from_value(serde_json::json!({ "song": {
            "ppq": 480, "tempoMap": [], "timeSignatures": [], "tracks": [
                { "id": "a", "name": "Lead", "notes": [] },
                { "id": "b", "name": "Piano", "notes": [] },
                { "id": "c", "name": "Piano", "notes": low },
                { "id": "d", "name": "Kit", "notes": [] },
            ] } }));
        let answer = fill_order(&request.unwrap()).unwrap();
        assert_eq!(answer.track_ids, ["d", "c", "b", "a"]);
    }
}
