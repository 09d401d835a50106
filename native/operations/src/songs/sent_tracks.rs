//! Decides whether tracks sent by a program are drums, if the program did not say.

use serde::{Deserialize, Serialize};

use crate::songs::sent_song::SentTrack;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentTracksRequest {
    pub tracks: Vec<SentTrack>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SentTracksAnswer {
    /// Of each track.
    pub are_drums: Vec<bool>,
}

pub fn sent_tracks(request: &SentTracksRequest) -> SentTracksAnswer {
    SentTracksAnswer {
        are_drums: request.tracks.iter().map(SentTrack::is_drums).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_counts_then_the_channel_then_the_name() {
        let request = serde_json::from_value(serde_json::json!({ "tracks": [
            { "id": "a", "name": "Drums", "notes": [] },
            { "id": "b", "name": "Drums", "isDrums": false, "notes": [] },
            { "id": "c", "name": "Lead", "notes": [
                { "startTick": 0, "durationTicks": 1, "pitch": 36, "velocity": 9, "channel": 9 }
            ] },
            { "id": "d", "name": "Steel Drums", "notes": [] },
            { "id": "e", "isDrums": true, "notes": [] },
        ] }));
        let answer = sent_tracks(&request.unwrap());
        assert_eq!(answer.are_drums, [true, false, true, false, true]);
    }
}
