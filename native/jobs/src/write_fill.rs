//! The notes of a fill that was made elsewhere, into the file that it is for.

use std::path::PathBuf;

use continuo_midi::Note;
use serde::{Deserialize, Serialize};

use crate::candidate_files::CandidateFiles;
use crate::error::JobError;
use crate::fill::RegionEntry;
use crate::info::WarningEntry;
use crate::read_region::fingerprint;
use crate::song_request::SongNote;
use crate::source::read_source;
use crate::view::{NoteEntry, View, note_entries, view_around};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WriteFillRequest {
    pub input: PathBuf,
    /// `None` writes over the input and keeps a backup.
    #[serde(default)]
    pub output: Option<PathBuf>,
    #[serde(default)]
    pub strict: bool,
    pub region: RegionEntry,
    #[serde(default)]
    pub cut_crossing: bool,
    /// Old notes that make room.
    pub removed: Vec<SongNote>,
    /// Best first.
    pub candidates: Vec<Vec<SongNote>>,
    /// As `read_region` answered.
    pub fingerprint: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WriteFillAnswer {
    pub candidates: Vec<WrittenCandidate>,
    /// Of reading the file.
    pub warnings: Vec<WarningEntry>,
    pub view: View,
    /// Where the original of a fill in place was kept.
    pub backup: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
pub struct WrittenCandidate {
    /// With the channel of the track.
    pub notes: Vec<NoteEntry>,
    pub file: PathBuf,
}

/// Write one file a candidate, or none.
///
/// Errors: `INPUT_*`, also `INPUT_CHANGED`; `MIDI_*`, `TRACK_NOT_FOUND`, `REQUEST_INVALID`, `NOTE_*`,
/// `OUTPUT_*`.
pub fn write_fill(request: &WriteFillRequest) -> Result<WriteFillAnswer, JobError> {
    let source = read_source(&request.input, request.strict)?;
    if fingerprint(&source) != request.fingerprint {
        return Err(JobError::InputChanged {
            path: request.input.clone(),
        });
    }
    let song = &source.parsed.song;
    let index = crate::track::TrackChoice::Number(request.region.track).resolve(song)?;
    let region = request.region.start_tick..request.region.end_tick;
    // A host's track without notes nearby has no channel; the file's has one.
    let channel = song.tracks[index].channel;
    let own = |notes: &[SongNote]| -> Result<Vec<Note>, JobError> {
        let notes = notes
            .iter()
            .map(|note| SongNote { channel, ..*note }.note());
        notes.collect()
    };
    let removed = own(&request.removed)?;
    let candidates = request.candidates.iter().map(|notes| own(notes));
    let candidates: Vec<Vec<Note>> = candidates.collect::<Result<_, _>>()?;
    let output = CandidateFiles {
        input: &request.input,
        output: request.output.as_deref(),
        cut_crossing: request.cut_crossing,
    };
    let notes = candidates.iter().map(Vec::as_slice);
    let files = output.render(&source, index, &region, &removed, notes)?;
    let backup = output.write(&files)?;
    Ok(WriteFillAnswer {
        view: view_around(song, index, &region, &removed),
        warnings: source
            .parsed
            .warnings
            .iter()
            .map(WarningEntry::from)
            .collect(),
        candidates: candidates
            .iter()
            .zip(files)
            .map(|(notes, (file, _))| WrittenCandidate {
                notes: note_entries(notes),
                file,
            })
            .collect(),
        backup,
    })
}
