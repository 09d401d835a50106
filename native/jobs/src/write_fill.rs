//! The notes of a fill that was made elsewhere, into the file that it is for.

use std::path::PathBuf;

use continuo_midi::Note;
use serde::{Deserialize, Serialize};

use crate::candidate_files::CandidateFiles;
use crate::error::JobError;
use crate::fill::RegionEntry;
use crate::output::Existing;
use crate::parts::Part;
use crate::read_region::fingerprint;
use crate::song_request::SongNote;
use crate::source::{Reading, read_source};
use crate::target::{SoundingIn, Target};
use crate::track::TrackChoice;
use crate::view::{NoteEntry, View, note_entries, view_around};
use crate::warnings::WarningEntry;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WriteFillRequest {
    pub input: PathBuf,
    /// `None` writes over the input and keeps a backup.
    #[serde(default)]
    pub output: Option<PathBuf>,
    #[serde(default)]
    pub existing: Existing,
    #[serde(default)]
    pub strict: bool,
    /// Which song, from 1, of a file that holds several.
    #[serde(default)]
    pub song: Option<usize>,
    pub region: RegionEntry,
    /// Overrules what the file says of the track.
    #[serde(default)]
    pub is_drums: Option<bool>,
    #[serde(default)]
    pub cut_crossing: bool,
    #[serde(default)]
    pub end_held_notes: bool,
    /// Old notes that make room.
    pub removed: Vec<SongNote>,
    /// Best first.
    pub candidates: Vec<Vec<SongNote>>,
    /// As `read_region` answered.
    pub fingerprint: String,
}

impl WriteFillRequest {
    fn reading(&self) -> Reading {
        Reading {
            strict: self.strict,
            song: self.song,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WriteFillAnswer {
    pub candidates: Vec<WrittenCandidate>,
    /// Of reading the file.
    pub warnings: Vec<WarningEntry>,
    /// What became of files that were there.
    pub replaced: Vec<WarningEntry>,
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
    let mut source = read_source(&request.input, request.reading())?;
    if fingerprint(&source) != request.fingerprint {
        return Err(JobError::InputChanged {
            path: request.input.clone(),
        });
    }
    let track = TrackChoice::Number(request.region.track).resolve(&source.parsed.song)?;
    source.set_drums(track, request.is_drums);
    let sounding_in = SoundingIn {
        cut_crossing: request.cut_crossing,
        end_held: request.end_held_notes,
    };
    let region = request.region.start_tick..request.region.end_tick;
    let parts = vec![Part { track, region }];
    let target = Target::new(&source, &request.input, parts, sounding_in)?;
    let song = target.song();
    // A host's track without notes nearby has no channel; the file's has one.
    let channel = song.tracks[track].channel;
    let own = |notes: &[SongNote]| -> Result<Vec<Note>, JobError> {
        let notes = notes
            .iter()
            .map(|note| SongNote { channel, ..*note }.note());
        notes.collect()
    };
    let removed = vec![own(&request.removed)?];
    let candidates = request.candidates.iter().map(|notes| Ok([own(notes)?]));
    let candidates: Vec<[Vec<Note>; 1]> = candidates.collect::<Result<_, JobError>>()?;
    let output = CandidateFiles {
        input: &request.input,
        output: request.output.as_deref(),
        existing: request.existing,
        cut_crossing: request.cut_crossing,
    };
    let notes = candidates.iter().map(<[Vec<Note>; 1]>::as_slice);
    let files = output.render(&target, &removed, notes)?;
    let written = output.write(&files, &target)?;
    Ok(WriteFillAnswer {
        view: view_around(&song, track, &target.parts[0].region, &removed[0]),
        warnings: target.warnings(),
        replaced: written.warnings,
        candidates: candidates
            .iter()
            .zip(files)
            .map(|([notes], (file, _))| WrittenCandidate {
                notes: note_entries(notes),
                file,
            })
            .collect(),
        backup: written.backup,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;
    use crate::read_region::{ReadRegionRequest, read_region};

    const FIXTURE: &str = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../test/fixtures/faure-apres-un-reve.mid"
    );

    #[test]
    fn what_is_read_and_written_back_is_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let (input, output) = (folder.path().join("a.mid"), folder.path().join("b.mid"));
        fs::copy(FIXTURE, &input).unwrap();
        let asked: ReadRegionRequest = serde_json::from_value(json!({
            "input": input, "output": output, "track": { "number": 2 },
            "region": { "bars": { "first": 9, "last": 12 } }, "candidates": 1,
        }))
        .unwrap();
        let read = read_region(&asked).unwrap();
        let target = &read.song.tracks[1];
        assert_eq!(
            (target.id.as_str(), read.region.track_id.as_str()),
            ("2", "2")
        );
        let region = read.region.start_tick..read.region.end_tick;
        let inside: Vec<SongNote> = target
            .notes
            .iter()
            .filter(|note| region.contains(&note.start_tick))
            // A host's channel is none of the file's.
            .map(|note| SongNote {
                channel: 9,
                ..*note
            })
            .collect();
        assert!(inside.len() > 10);
        let mut request = WriteFillRequest {
            input: input.clone(),
            output: Some(output.clone()),
            existing: Existing::Keep,
            strict: false,
            song: None,
            is_drums: None,
            region: RegionEntry {
                track: 2,
                start_tick: region.start,
                end_tick: region.end,
            },
            cut_crossing: false,
            end_held_notes: false,
            removed: inside.clone(),
            candidates: vec![inside],
            fingerprint: read.fingerprint,
        };
        let written = write_fill(&request).unwrap();
        assert!(
            written.candidates[0]
                .notes
                .iter()
                .all(|note| note.channel == 1)
        );
        let song = |path| continuo_midi::parse_song(&fs::read(path).unwrap()).unwrap();
        assert_eq!(song(&output).tracks[1].notes, song(&input).tracks[1].notes);

        // Another program writes the input meanwhile.
        let mut bytes = fs::read(&input).unwrap();
        bytes.push(0);
        fs::write(&input, bytes).unwrap();
        request.output = Some(folder.path().join("c.mid"));
        let error = write_fill(&request).unwrap_err();
        assert_eq!(
            (error.code(), error.is_retryable()),
            ("INPUT_CHANGED", true)
        );
        assert!(!folder.path().join("c.mid").exists());
    }
}
