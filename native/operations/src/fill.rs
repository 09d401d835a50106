//! Fills, of a file or of a song that a host sent: open, draw, write. A daemon draws for a file that another
//! process opens and writes.

mod answer;
mod blocks;
mod candidate_files;
mod chord_text;
pub mod chords_of_bars;
mod draw_parts;
pub mod engines;
pub mod evaluate;
mod humanize_parts;
mod near;
mod open;
pub mod request;
pub mod scale_of;
mod view;

use std::time::{Duration, Instant};

use continuo_midi::{Note, Song};
use continuo_sampler::{CancelFlag, ChordAt, Controls, Locks, ScaleChoice};
use continuo_tokenizer::part::Part as BandPart;
use serde::Serialize;

use self::answer::{CandidateEntry, Naming, PartNote, notes_by_part};
pub use self::answer::{FillAnswer, FillProgress, FillReport, WrittenRegion};
use self::chord_text::lay_out;
use self::draw_parts::{PartsProgress, PartsRequest, PartsResult, draw_parts};
use self::engines::with_engine;
use self::humanize_parts::{HUMANIZE, humanize_parts};
use self::near::keep_near;
use self::open::{fingerprint, open_region};
use self::request::{
    AskedMode, Drawing, FillRequest, FillSongRequest, ReadRegionRequest, WriteRegionRequest,
};
use crate::error::OperationError;
use crate::files::chords::heard_chords;
use crate::files::part::Part;
use crate::files::track::TrackChoice;
use crate::songs::asked_region::AskedRegion;
use crate::songs::sent_song::{SentSong, invalid};

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
    let id_of = |track: usize| open.id_of(track);
    let naming = Naming {
        parts: &open.parts,
        id_of: &id_of,
        has_tracks: open.parts.len() > 1,
    };
    let is_new = matches!(request.file.track, TrackChoice::New(_));
    let result = draw(
        (&request.drawing, is_new),
        &song,
        &naming,
        locks,
        cancel,
        progress,
    )?;
    let notes = result.candidates.iter().map(|c| c.notes.as_slice());
    let written = open.write(&song, &result.removed, notes, cancel)?;
    let mut answer = FillAnswer::new(model_id(&request.drawing), &naming, result);
    answer.timings.total_ms = started.elapsed().as_secs_f64() * 1e3;
    Ok(FillReport { answer, written })
}

/// Fill a region of a song, in one track or in several: notes in, notes out. `progress` as for `fill`.
///
/// Errors: `REQUEST_INVALID`, `TRACK_NOT_FOUND`, `TRACK_REPEATED`, `PARTS_TOO_MANY`, `CANCELLED`, those of the sampler and of the model.
pub fn fill_song(
    request: &FillSongRequest,
    cancel: &CancelFlag,
    progress: &mut dyn FnMut(&FillProgress) -> bool,
) -> Result<FillAnswer, OperationError> {
    let started = Instant::now();
    let mut song = request.song.song()?;
    let parts = request.region.parts(&request.song, &song)?;
    keep_near(&mut song, &parts);
    let id_of = |track: usize| request.song.tracks[track].id.clone();
    let locks = locks_by_part(&request.locked_notes, &parts, &id_of)?;
    let naming = Naming {
        parts: &parts,
        id_of: &id_of,
        has_tracks: request.region.is_list(),
    };
    let result = draw(
        (&request.drawing, request.region.names_roles()),
        &song,
        &naming,
        locks,
        cancel,
        progress,
    )?;
    let mut answer = FillAnswer::new(model_id(&request.drawing), &naming, result);
    answer.timings.total_ms = started.elapsed().as_secs_f64() * 1e3;
    Ok(answer)
}

/// Notes that name no track are locked in all. Errors: `REQUEST_INVALID`.
fn locks_by_part(
    locked: &[PartNote],
    parts: &[Part],
    id_of: &dyn Fn(usize) -> String,
) -> Result<Vec<Locks>, OperationError> {
    let ids: Vec<String> = parts.iter().map(|part| id_of(part.track)).collect();
    let mut named = Vec::with_capacity(locked.len());
    for PartNote { note, track_id } in locked {
        let tracks = track_id.as_ref().map_or(&ids[..], std::slice::from_ref);
        named.extend(tracks.iter().map(|id| PartNote {
            note: *note,
            track_id: Some(id.clone()),
        }));
    }
    let by_part = notes_by_part(&named, &ids)?.into_iter();
    let locks = by_part.map(|notes| Locks {
        notes,
        ..Locks::default()
    });
    Ok(locks.collect())
}

/// The middle of both. Errors: `CHORD_UNKNOWN`, `NOTHING_TO_HEAR`, those of the sampler and of the model.
fn draw(
    (drawing, is_role_asked): (&Drawing, bool),
    song: &Song,
    naming: &Naming<'_>,
    locks: Vec<Locks>,
    cancel: &CancelFlag,
    progress: &mut dyn FnMut(&FillProgress) -> bool,
) -> Result<PartsResult, OperationError> {
    let parts = naming.parts;
    let asked = PartsRequest {
        song,
        parts,
        mode: drawing.mode.drawing().unwrap_or_default(),
        controls: controls_for(drawing, song, parts, is_role_asked)?,
        sampling: drawing.sampling.clone(),
        locks,
    };
    let mut report = reports(naming, progress);
    if drawing.mode == AskedMode::Humanize {
        return humanize_parts(&asked, cancel, &mut report);
    }
    let Some(engine) = &drawing.engine else {
        return Err(invalid("no model is named".to_owned()));
    };
    with_engine(engine, |engine| {
        Ok(draw_parts(engine, &asked, cancel, &mut report)?)
    })
}

/// As the answer names it.
fn model_id(drawing: &Drawing) -> &str {
    match (&drawing.engine, drawing.mode) {
        (Some(engine), mode) if mode != AskedMode::Humanize => &engine.model.id,
        _ => HUMANIZE,
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadRegionAnswer {
    /// Every track by its number, with the notes that can matter for the region.
    pub song: SentSong,
    pub region: AskedRegion,
    pub locked_notes: Vec<PartNote>,
    /// Checksum of the file's bytes: the writer must find the same.
    pub fingerprint: String,
}

/// A region of a file, in one track or in several, as a host would send it.
///
/// Errors: `INPUT_*`, `MIDI_*`, `TRACK_*`, `REGION_*`, `OUTPUT_*`.
pub fn read_region(request: &ReadRegionRequest) -> Result<ReadRegionAnswer, OperationError> {
    let source = request.file.read()?;
    let fingerprint = fingerprint(&source);
    let open = open_region(&request.file, source, request.candidates)?;
    let region = open.asked_region()?;
    let mut song = open.song().into_owned();
    keep_near(&mut song, &open.parts);
    Ok(ReadRegionAnswer {
        locked_notes: open.locked(&song),
        song: SentSong::of(&song),
        region,
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
    open.asked_region()?;
    let removed = open.by_part(&request.removed)?;
    let candidates: Vec<Vec<Vec<Note>>> = request
        .candidates
        .iter()
        .map(|notes| open.by_part(notes))
        .collect::<Result<_, OperationError>>()?;
    let notes = candidates.iter().map(Vec::as_slice);
    open.write(&open.song(), &removed, notes, &CancelFlag::default())
}

/// Chords are laid over all parts.
///
/// Errors: `CHORD_UNKNOWN`; `NOTHING_TO_HEAR` where a part with pitches and without notes of its own has nothing to go
/// by. A host that sends one track alone may hear no other: there only a role that was asked for, and not guessed from
/// the track's name, is refused.
fn controls_for(
    drawing: &Drawing,
    song: &Song,
    parts: &[Part],
    is_role_asked: bool,
) -> Result<Controls, OperationError> {
    let mut controls = drawing.controls.clone();
    let start = parts.iter().map(|part| part.region.start).min();
    let end = parts.iter().map(|part| part.region.end).max();
    if let (Some(text), Some(start), Some(end)) = (&drawing.chords, start, end) {
        controls.chords = lay_out(text, song, &(start..end), || heard_without(song, parts))?;
    }
    let is_lost = |part: &Part| part.role.is_some_and(|role| role != BandPart::Drums);
    let is_silent = || {
        let mut pitched = song.tracks.iter().filter(|track| !track.is_drums);
        pitched.all(|track| track.notes.is_empty())
    };
    let is_told =
        controls.chords.is_some() || matches!(controls.scale, Some(ScaleChoice::Named(_)));
    let is_strict = is_role_asked || song.tracks.len() > 1;
    if !is_told && is_strict && parts.iter().any(is_lost) && is_silent() {
        return Err(OperationError::NothingToHear);
    }
    Ok(controls)
}

/// The chords of what stays.
fn heard_without(song: &Song, parts: &[Part]) -> Vec<ChordAt> {
    let mut song = song.clone();
    for part in parts {
        let notes = &mut song.tracks[part.track].notes;
        notes.retain(|note| !part.region.contains(&note.start_tick));
    }
    let heard = heard_chords(&song).into_iter();
    heard.map(|chord| chord.at).collect()
}

/// Turns the sampler's steps into reports, no more of them than an eye can follow.
fn reports(
    naming: &Naming<'_>,
    progress: &mut dyn FnMut(&FillProgress) -> bool,
) -> impl FnMut(PartsProgress<'_>) {
    let mut finished: Vec<CandidateEntry> = Vec::new();
    let mut reported: Option<Instant> = None;
    move |step| {
        finished.extend(step.finished.iter().map(|one| naming.candidate(one)));
        let is_early = reported.is_some_and(|at| at.elapsed() < REPORT_EVERY);
        if is_early && finished.is_empty() {
            return;
        }
        reported = Some(Instant::now());
        let told = naming.progress(&step, std::mem::take(&mut finished));
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
            (Some(target.id.as_str()), read.region.track_id.as_deref()),
            (Some("2"), Some("2"))
        );
        // New notes of a track that is silent near the region have the file's channel too.
        assert_eq!(target.channel, Some(1));
        let region = read.region.start_tick..read.region.end_tick;
        let notes = target.notes.iter();
        let inside: Vec<PartNote> = notes
            .filter(|note| region.contains(&note.start_tick))
            .map(|&note| PartNote {
                note,
                track_id: None,
            })
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
