//! Fills, of a file or of a song that a host sent: open, draw, write. A daemon draws for a file that another
//! process opens and writes.

mod answer;
mod blocks;
mod candidate_files;
mod chord_text;
mod draw_parts;
pub mod engines;
pub mod evaluate;
mod near;
mod open;
pub mod request;
pub mod scale_of;
mod view;

use std::time::{Duration, Instant};

use continuo_midi::{Note, Song};
use continuo_sampler::{CancelFlag, Controls, Locks, Progress, ScaleChoice};
use continuo_tokenizer::part::Part as BandPart;
use serde::Serialize;

use self::answer::CandidateEntry;
pub use self::answer::{FillAnswer, FillProgress, FillReport, WrittenRegion};
use self::chord_text::lay_out;
use self::draw_parts::{PartsRequest, PartsResult, draw_parts};
use self::engines::with_engine;
use self::near::keep_near;
use self::open::{fingerprint, open_region};
use self::request::{Drawing, FillRequest, FillSongRequest, ReadRegionRequest, WriteRegionRequest};
use crate::error::OperationError;
use crate::files::parts::Part;
use crate::files::track::{Role, id_of};
use crate::songs::sent_song::{SentSong, SongRegion, valid_notes};

/// Time between two reports without a finished candidate: about what an eye can follow.
const REPORT_EVERY: Duration = Duration::from_millis(25);

/// Fill regions of a file, then write one file a candidate. Nothing is written unless all candidates are finished.
///
/// `progress` returns whether it was received; candidates that were not are reported again. Errors: `INPUT_*`, `MIDI_*`,
/// `TRACK_*`, `REGION_*`, `OUTPUT_*`, those of the sampler and of the model; `CANCELLED` if the flag is raised
/// before the first file is written.
pub fn fill(
    request: &FillRequest,
    cancel: &CancelFlag,
    progress: &mut dyn FnMut(&FillProgress) -> bool,
) -> Result<FillReport, OperationError> {
    let started = Instant::now();
    let open = open_region(
        &request.file,
        request.file.read()?,
        request.drawing.sampling.candidates,
    )?;
    let song = open.song();
    let locks = open.locks.clone();
    let result = draw(
        &request.drawing,
        &song,
        &open.parts,
        locks,
        cancel,
        progress,
    )?;
    let notes = result.candidates.iter().map(|c| c.notes.as_slice());
    let written = open.write(&song, &result.removed, notes, cancel)?;
    let mut answer = FillAnswer::new(
        &request.drawing.engine.model.id,
        &open.parts,
        |track| open.id_of(track),
        result,
    );
    answer.timings.total_ms = started.elapsed().as_secs_f64() * 1e3;
    Ok(FillReport { answer, written })
}

/// Fill a region of a song: notes in, notes out. `progress` as for `fill`.
///
/// Errors: `REQUEST_INVALID`, `TRACK_NOT_FOUND`, `CANCELLED`, those of the sampler and of the model.
pub fn fill_song(
    request: &FillSongRequest,
    cancel: &CancelFlag,
    progress: &mut dyn FnMut(&FillProgress) -> bool,
) -> Result<FillAnswer, OperationError> {
    let started = Instant::now();
    let part = request.song.part(&request.region)?;
    let mut song = request.song.song()?;
    keep_near(&mut song, &part);
    let locks = Locks {
        notes: valid_notes(&request.locked_notes)?,
        ..Locks::default()
    };
    let parts = [part];
    let result = draw(&request.drawing, &song, &parts, locks, cancel, progress)?;
    let id_of = |track: usize| request.song.tracks[track].id.clone();
    let mut answer = FillAnswer::new(&request.drawing.engine.model.id, &parts, id_of, result);
    answer.timings.total_ms = started.elapsed().as_secs_f64() * 1e3;
    Ok(answer)
}

/// The middle of both. Errors: those of the sampler and of the model; `CHORD_UNKNOWN`, `NOTHING_TO_HEAR`.
fn draw(
    drawing: &Drawing,
    song: &Song,
    parts: &[Part],
    locks: Locks,
    cancel: &CancelFlag,
    progress: &mut dyn FnMut(&FillProgress) -> bool,
) -> Result<PartsResult, OperationError> {
    let asked = PartsRequest {
        song,
        parts,
        mode: drawing.mode,
        controls: with_chords(&drawing.controls, &drawing.chords, song, parts)?,
        sampling: drawing.sampling.clone(),
        locks,
    };
    with_engine(&drawing.engine, |engine| {
        Ok(draw_parts(engine, &asked, cancel, &mut reports(progress))?)
    })
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadRegionAnswer {
    /// Every track by its number, with the notes that can matter for the region.
    pub song: SentSong,
    pub region: SongRegion,
    pub locked_notes: Vec<Note>,
    /// Checksum of the file's bytes: the writer must find the same.
    pub fingerprint: String,
}

/// A region of a file as a host would send it.
///
/// Errors: `INPUT_*`, `MIDI_*`, `TRACK_*`, `REGION_*`, `OUTPUT_*`.
pub fn read_region(request: &ReadRegionRequest) -> Result<ReadRegionAnswer, OperationError> {
    let source = request.file.read()?;
    let fingerprint = fingerprint(&source);
    let open = open_region(&request.file, source, request.candidates)?;
    let part = open.only_part()?;
    let mut song = open.song().into_owned();
    keep_near(&mut song, part);
    Ok(ReadRegionAnswer {
        locked_notes: open.locked(&song, part),
        song: SentSong::of(&song),
        region: SongRegion {
            track_id: id_of(part.track),
            start_tick: part.region.start,
            end_tick: part.region.end,
            role: part.role.map(Role),
        },
        fingerprint,
    })
}

/// Write one file a candidate, or none.
///
/// Errors: as `read_region`; `INPUT_CHANGED`, `REQUEST_INVALID`, `NOTE_*`.
pub fn write_region(request: &WriteRegionRequest) -> Result<WrittenRegion, OperationError> {
    let source = request.file.read()?;
    if fingerprint(&source) != request.fingerprint {
        return Err(OperationError::InputChanged {
            path: request.file.input.clone(),
        });
    }
    let open = open_region(&request.file, source, request.candidates.len())?;
    open.only_part()?;
    let removed = vec![valid_notes(&request.removed)?];
    let candidates = request.candidates.iter();
    let candidates: Vec<[Vec<Note>; 1]> = candidates
        .map(|notes| Ok([valid_notes(notes)?]))
        .collect::<Result<_, OperationError>>()?;
    let notes = candidates.iter().map(<[Vec<Note>; 1]>::as_slice);
    open.write(&open.song(), &removed, notes, &CancelFlag::default())
}

/// Chords are laid over all parts. Errors: `CHORD_UNKNOWN`; `NOTHING_TO_HEAR` where a part with pitches and without
/// notes of its own has nothing to go by.
fn with_chords(
    controls: &Controls,
    text: &Option<String>,
    song: &Song,
    parts: &[Part],
) -> Result<Controls, OperationError> {
    let mut controls = controls.clone();
    let start = parts.iter().map(|part| part.region.start).min();
    let end = parts.iter().map(|part| part.region.end).max();
    if let (Some(text), Some(start), Some(end)) = (text, start, end) {
        controls.chords = lay_out(text, song, &(start..end))?;
    }
    let is_lost = |part: &Part| part.role.is_some_and(|role| role != BandPart::Drums);
    let is_silent = || {
        let mut pitched = song.tracks.iter().filter(|track| !track.is_drums);
        pitched.all(|track| track.notes.is_empty())
    };
    let is_warned =
        controls.chords.is_some() || matches!(controls.scale, Some(ScaleChoice::Named(_)));
    if !is_warned && parts.iter().any(is_lost) && is_silent() {
        return Err(OperationError::NothingToHear);
    }
    Ok(controls)
}

/// Turns the sampler's steps into reports, no more of them than an eye can follow.
fn reports(progress: &mut dyn FnMut(&FillProgress) -> bool) -> impl FnMut(Progress<'_>) + use<'_> {
    let mut finished: Vec<CandidateEntry> = Vec::new();
    let mut reported: Option<Instant> = None;
    move |step| {
        finished.extend(step.finished.iter().map(CandidateEntry::from));
        let is_early = reported.is_some_and(|at| at.elapsed() < REPORT_EVERY);
        if is_early && finished.is_empty() {
            return;
        }
        reported = Some(Instant::now());
        let told = FillProgress {
            fraction: step.fraction,
            note_count: step.note_count,
            notes: step.notes.to_vec(),
            finished: std::mem::take(&mut finished),
        };
        if !progress(&told) {
            finished = told.finished;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;

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
            "file": {
                "input": input, "output": output, "track": { "number": 2 },
                "region": { "bars": { "first": 9, "last": 12 } },
            },
            "candidates": 1,
        }))
        .unwrap();
        let read = read_region(&asked).unwrap();
        let target = &read.song.tracks[1];
        assert_eq!(
            (target.id.as_str(), read.region.track_id.as_str()),
            ("2", "2")
        );
        // New notes of a track that is silent near the region have the file's channel too.
        assert_eq!(target.channel, Some(1));
        let region = read.region.start_tick..read.region.end_tick;
        let notes = target.notes.iter();
        let inside: Vec<Note> = notes
            .filter(|note| region.contains(&note.start_tick))
            .copied()
            .collect();
        assert!(inside.len() > 10);
        let mut request = WriteRegionRequest {
            file: asked.file,
            fingerprint: read.fingerprint,
            removed: inside.clone(),
            candidates: vec![inside],
        };
        let written = write_region(&request).unwrap();
        assert_eq!(written.files, [output.as_path()]);
        let song = |path| continuo_midi::parse_song(&fs::read(path).unwrap()).unwrap();
        assert_eq!(song(&output).tracks[1].notes, song(&input).tracks[1].notes);

        // Another program writes the input meanwhile.
        let mut bytes = fs::read(&input).unwrap();
        bytes.push(0);
        fs::write(&input, bytes).unwrap();
        request.file.output = Some(folder.path().join("c.mid"));
        let error = write_region(&request).unwrap_err();
        assert_eq!(
            (error.code(), error.is_retryable()),
            ("INPUT_CHANGED", true)
        );
        assert!(!folder.path().join("c.mid").exists());
    }
}
