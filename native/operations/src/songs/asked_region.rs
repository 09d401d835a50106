//! What a client asks to be filled: a region of one track, or of several together.

use continuo_midi::Song;
use serde::{Deserialize, Serialize};

use crate::error::OperationError;
use crate::files::musical_order::{guess_roles, sort_musically};
use crate::files::part::Part;
use crate::files::parts::check_count;
use crate::files::track::Role;
use crate::songs::sent_song::{SentSong, invalid};

/// Half-open, at the song's PPQ. Either one track or a list of them is named.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AskedRegion {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_ids: Option<Vec<String>>,
    pub start_tick: u32,
    pub end_tick: u32,
    /// What the one track is to do there; guessed where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The same for each track of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Option<Role>>>,
}

impl AskedRegion {
    /// Is a list named? The notes of the answer then say their track, also where it has only one.
    pub fn is_list(&self) -> bool {
        self.track_ids.is_some()
    }

    /// Does it say what a track is to do?
    pub fn names_roles(&self) -> bool {
        let mut roles = self.roles.iter().flatten();
        self.role.is_some() || roles.any(Option::is_some)
    }

    /// In the order in which a band is written.
    ///
    /// Errors: `REQUEST_INVALID`, `TRACK_NOT_FOUND`, `TRACK_REPEATED`, `PARTS_TOO_MANY`.
    pub fn parts(&self, sent: &SentSong, song: &Song) -> Result<Vec<Part>, OperationError> {
        let part = |id: &String, role: Option<Role>| -> Result<Part, OperationError> {
            Ok(Part {
                track: sent.track_index(id)?,
                region: self.start_tick..self.end_tick,
                role: role.map(|Role(role)| role),
            })
        };
        let ids = match (&self.track_id, &self.track_ids) {
            (Some(id), None) if self.roles.is_none() => {
                let mut parts = vec![part(id, self.role)?];
                guess_roles(&mut parts, song);
                return Ok(parts);
            }
            (None, Some(ids)) if self.role.is_none() && !ids.is_empty() => ids,
            _ => {
                let what =
                    "a region names either trackId, with its role, or trackIds, with their roles";
                return Err(invalid(what.to_owned()));
            }
        };
        check_count(ids.len())?;
        if let Some(roles) = &self.roles
            && roles.len() != ids.len()
        {
            return Err(invalid(format!(
                "there are {} trackIds and {} roles; give one role a track, null where it is unknown",
                ids.len(),
                roles.len()
            )));
        }
        let mut parts: Vec<Part> = Vec::with_capacity(ids.len());
        for (index, id) in ids.iter().enumerate() {
            let role = self.roles.as_ref().and_then(|roles| roles[index]);
            let part = part(id, role)?;
            if parts.iter().any(|other| other.track == part.track) {
                let track = format!("{id:?}");
                return Err(OperationError::TrackRepeated { track });
            }
            parts.push(part);
        }
        guess_roles(&mut parts, song);
        sort_musically(&mut parts, song);
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn tracks(region: Value) -> Result<Vec<usize>, OperationError> {
        let note = json!({ "startTick": 0, "durationTicks": 10, "pitch": 60, "velocity": 80 });
        let track =
            |id: &str, program: u8| json!({ "id": id, "program": program, "notes": [note] });
        let sent: SentSong = serde_json::from_value(json!({
            "ppq": 480, "tempoMap": [], "timeSignatures": [],
            "tracks": [track("lead", 73), track("bass", 33), { "id": "kit", "isDrums": true, "notes": [] }],
        }))
        .unwrap();
        let mut region = region;
        region["startTick"] = json!(0);
        region["endTick"] = json!(1920);
        let asked: AskedRegion = serde_json::from_value(region).unwrap();
        let parts = asked.parts(&sent, &sent.song()?)?;
        Ok(parts.iter().map(|part| part.track).collect())
    }

    #[test]
    fn one_track_or_a_list_in_musical_order() {
        assert_eq!(tracks(json!({ "trackId": "lead" })).unwrap(), [0]);
        assert_eq!(tracks(json!({ "trackIds": ["lead"] })).unwrap(), [0]);
        let all = json!({ "trackIds": ["lead", "bass", "kit"] });
        assert_eq!(tracks(all).unwrap(), [2, 1, 0]);
        let roles = json!({ "trackIds": ["lead", "bass"], "roles": ["drums", null] });
        assert_eq!(tracks(roles).unwrap(), [0, 1]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let many: Vec<String> = (0..33).map(|number| number.to_string()).collect();
        for (region, code) in [
            (json!({}), "REQUEST_INVALID"),
            (json!({ "trackIds": [] }), "REQUEST_INVALID"),
            (
                json!({ "trackId": "lead", "trackIds": ["bass"] }),
                "REQUEST_INVALID",
            ),
            (
                json!({ "trackId": "lead", "roles": ["bass"] }),
                "REQUEST_INVALID",
            ),
            (
                json!({ "trackIds": ["lead"], "role": "bass" }),
                "REQUEST_INVALID",
            ),
            (
                json!({ "trackIds": ["lead"], "roles": [null, null] }),
                "REQUEST_INVALID",
            ),
            (json!({ "trackIds": ["lead", "tuba"] }), "TRACK_NOT_FOUND"),
            (json!({ "trackIds": ["lead", "lead"] }), "TRACK_REPEATED"),
            (json!({ "trackIds": many }), "PARTS_TOO_MANY"),
        ] {
            assert_eq!(tracks(region.clone()).unwrap_err().code(), code, "{region}");
        }
    }
}
