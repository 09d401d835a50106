//! Regions of a file, opened for a fill and written afterwards; and what can obstruct a fill there.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hasher};
use std::ops::Range;

use continuo_midi::{
    MidiError, Note, ParseOptions, Song, bound_notes, end_held_notes, parse_nth, pitch_name,
};
use continuo_sampler::{CancelFlag, Locks};

use crate::error::OperationError;
use crate::files::new_parts::{doubled, with_new_parts};
use crate::files::part::Part;
use crate::files::parts::resolve_parts;
use crate::files::source::Source;
use crate::files::track::{Role, TrackChoice, id_of};
use crate::fill::answer::{AddedPart, PartNote, WrittenRegion, notes_by_part};
use crate::fill::candidate_files::CandidateFiles;
use crate::fill::request::FileRegion;
use crate::fill::view::view_around;
use crate::songs::asked_region::AskedRegion;
use crate::warnings::WarningEntry;

/// A file with the parts of it that are to be filled, at least one.
pub struct OpenRegion<'r> {
    source: Source,
    pub parts: Vec<Part>,
    /// By part: notes that cannot be taken out of the file.
    bound: Vec<Vec<Note>>,
    /// By part: those that are asked for, and the bound notes.
    pub locks: Vec<Locks>,
    files: CandidateFiles<'r>,
    /// Are the parts tracks that the file did not have?
    is_new: bool,
}

/// Find the regions in a file, and see that so many results can be written.
///
/// Errors: `TRACK_*`, `REGION_*`, `MIDI_*`, `OUTPUT_*`.
pub fn open_region(
    request: &FileRegion,
    mut source: Source,
    candidates: usize,
) -> Result<OpenRegion<'_>, OperationError> {
    let midi = |source| OperationError::Midi {
        path: request.input.clone(),
        source,
    };
    let parts = match &request.track {
        TrackChoice::New(parts) => {
            let (with_tracks, parts) =
                with_new_parts(source, &request.input, parts, &request.region)?;
            source = with_tracks;
            parts
        }
        known => {
            for track in known.resolve_all(&source.parsed.song)? {
                source.set_drums(track, request.is_drums);
            }
            resolve_parts(&source.parsed, known, &request.region)?
        }
    };
    if request.end_held_notes {
        source = with_held_ended(source, &parts).map_err(midi)?;
    }
    let bound_of = |part: &Part| {
        let location = source.parsed.details[part.track].location;
        let region = part.region.clone();
        bound_notes(&source.bytes, location, region, request.cut_crossing)
    };
    let bound: Result<Vec<Vec<Note>>, _> = parts.iter().map(bound_of).collect();
    let bound = bound.map_err(midi)?;
    let files = CandidateFiles {
        input: &request.input,
        output: request.output.as_deref(),
        existing: request.existing,
        cut_crossing: request.cut_crossing,
    };
    files.check(candidates)?;
    let with_bound = |bound: &Vec<Note>| {
        let mut locks = request.locks.clone();
        locks.notes.extend(bound);
        locks
    };
    let locks = bound.iter().map(with_bound).collect();
    Ok(OpenRegion {
        source,
        parts,
        bound,
        locks,
        files,
        is_new: matches!(request.track, TrackChoice::New(_)),
    })
}

/// Tells a file from what it was a moment ago; no more than that.
pub fn fingerprint(source: &Source) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(&source.bytes);
    format!("{:016x}", hasher.finish())
}

impl OpenRegion<'_> {
    /// The song as it is heard in the parts.
    pub fn song(&self) -> Cow<'_, Song> {
        let parts = self.parts.iter();
        let regions: Vec<(usize, Range<u32>)> = parts
            .map(|part| (part.track, part.region.clone()))
            .collect();
        self.source.parsed.song_in(&regions)
    }

    /// What a client would ask for: one region, of one track or of several. Errors: `REGION_SEVERAL`.
    pub fn asked_region(&self) -> Result<AskedRegion, OperationError> {
        let region = &self.parts[0].region;
        let has_others = self.parts.iter().any(|part| part.region != *region);
        if has_others {
            let count = self.parts.len();
            return Err(OperationError::RegionSeveral { count });
        }
        let role = |part: &Part| part.role.map(Role);
        let one = AskedRegion {
            track_id: Some(id_of(self.parts[0].track)),
            track_ids: None,
            start_tick: region.start,
            end_tick: region.end,
            role: role(&self.parts[0]),
            roles: None,
        };
        if self.parts.len() == 1 {
            return Ok(one);
        }
        Ok(AskedRegion {
            track_id: None,
            track_ids: Some(self.parts.iter().map(|part| id_of(part.track)).collect()),
            role: None,
            roles: Some(self.parts.iter().map(role).collect()),
            ..one
        })
    }

    /// Old notes of all parts that stay; where there are several, each says its track.
    pub fn locked(&self, song: &Song) -> Vec<PartNote> {
        let of_part = |(part, locks): (&Part, &Locks)| {
            let notes = song.tracks[part.track].notes.iter();
            let held = notes
                .filter(|note| part.region.contains(&note.start_tick) && locks.holds(note))
                .map(|&note| PartNote {
                    note,
                    track_id: (self.parts.len() > 1).then(|| id_of(part.track)),
                });
            held.collect::<Vec<_>>()
        };
        self.parts
            .iter()
            .zip(&self.locks)
            .flat_map(of_part)
            .collect()
    }

    /// Notes by part. Errors: `REQUEST_INVALID` where a note names a track that is not filled.
    pub fn by_part(&self, notes: &[PartNote]) -> Result<Vec<Vec<Note>>, OperationError> {
        let ids: Vec<String> = self.parts.iter().map(|part| id_of(part.track)).collect();
        notes_by_part(notes, &ids)
    }

    /// Write one file a candidate, or none.
    ///
    /// `removed`, and each candidate: notes by part; on the channel of the part's track they come into the file.
    /// Errors: `CANCELLED`, `OUTPUT_*`, those of `replace_region`.
    pub fn write<'n>(
        &self,
        song: &Song,
        removed: &[Vec<Note>],
        candidates: impl Iterator<Item = &'n [Vec<Note>]>,
        cancel: &CancelFlag,
    ) -> Result<WrittenRegion, OperationError> {
        let (source, parts) = (&self.source, &self.parts);
        let files = self.files.render(source, parts, removed, candidates)?;
        if cancel.is_cancelled() {
            return Err(OperationError::Cancelled);
        }
        let written = self.files.write(&files, source, parts)?;
        Ok(WrittenRegion {
            files: files.into_iter().map(|(path, _)| path).collect(),
            warnings: self.warnings(),
            replaced: written.warnings,
            tracks: parts.iter().map(|part| self.id_of(part.track)).collect(),
            views: (parts.iter().zip(removed))
                .map(|(part, removed)| view_around(song, part.track, &part.region, removed))
                .collect(),
            backup: written.backup,
            added: self.added(),
        })
    }

    /// How the track is called in the file that is written: tracks with notes come before those without, and a new
    /// one has notes by then.
    pub fn id_of(&self, track: usize) -> String {
        let tracks = &self.source.parsed.song.tracks;
        let is_empty = |index: &usize| {
            let is_filled = self.parts.iter().any(|part| part.track == *index);
            tracks[*index].notes.is_empty() && !is_filled
        };
        let passed = match self.is_new {
            true => (0..track).filter(is_empty).count(),
            false => 0,
        };
        id_of(track - passed)
    }

    /// One a new track, which may have several regions.
    fn added(&self) -> Vec<AddedPart> {
        let mut parts: Vec<&Part> = self.parts.iter().collect();
        parts.dedup_by_key(|part| part.track);
        let added = parts.into_iter().map(|part| {
            let track = &self.source.parsed.song.tracks[part.track];
            AddedPart {
                track: self.id_of(part.track),
                role: part.role.map(Role),
                program: track.program,
                name: track.name.clone(),
                channel: track.channel,
            }
        });
        if self.is_new {
            added.collect()
        } else {
            Vec::new()
        }
    }

    /// Warnings of reading the file, and obstacles to the fill.
    fn warnings(&self) -> Vec<WarningEntry> {
        let (mut sounding, mut unclear, mut overlapping) = (Vec::new(), Vec::new(), Vec::new());
        for (part, bound) in self.parts.iter().zip(&self.bound) {
            let held = &self.source.parsed.details[part.track].held;
            let start_tick = part.region.start;
            let sounds_in =
                |note: &&Note| note.start_tick < start_tick && note.end_tick() > start_tick;
            sounding.extend(
                held.iter()
                    .filter(sounds_in)
                    .map(|note| (part.track, *note)),
            );
            for note in bound {
                let is_lost =
                    |other: &Note| other.pitch == note.pitch && other.start_tick <= note.start_tick;
                match held.iter().any(is_lost) {
                    true => unclear.push((part.track, *note)),
                    false => overlapping.push((part.track, *note)),
                }
            }
        }
        let of_parts = [
            self.warning("NOTE_HELD", &sounding, |one| {
                let (has, sounds) = if one { ("has", "sounds") } else { ("have", "sound") };
                format!("{has} no note-off and {sounds} through the region, until a new note of the pitch begins; --end-held-notes ends what is held where the region starts")
            }),
            self.warning("NOTE_UNCLEAR", &unclear, |one| {
                let stays = if one { "stays" } else { "stay" };
                format!("{stays}: a note-off of the pitch is missing earlier, so programs differ in what the later ones end; --end-held-notes writes what is missing")
            }),
            self.warning("NOTE_OVERLAPPED", &overlapping, |one| {
                let (stays, overlaps) = if one { ("stays", "it overlaps") } else { ("stay", "they overlap") };
                format!("{stays}: {overlaps} others of the pitch outside the region, and programs differ in which note-off ends which of them")
            }),
        ];
        let mut warnings = self.source.warnings();
        warnings.extend(doubled(&self.source.parsed.song, &self.parts));
        warnings.extend(of_parts.into_iter().flatten());
        warnings
    }

    /// What is true of some notes, with the first one; `None` of no notes. `text` is told whether it is one.
    fn warning(
        &self,
        code: &str,
        notes: &[(usize, Note)],
        text: impl Fn(bool) -> String,
    ) -> Option<WarningEntry> {
        let (track, first) = notes.first()?;
        let bars = self.source.parsed.bars_of(*track);
        let bar = bars.bar_at_tick(first.start_tick) + 1;
        let name = pitch_name(first.pitch);
        let subject = match notes.len() {
            1 => format!("{name} of bar {bar}"),
            count => format!("{count} notes, first {name} of bar {bar},"),
        };
        Some(WarningEntry {
            code: code.to_owned(),
            message: format!("{subject} {}", text(notes.len() == 1)),
            count: notes.len(),
        })
    }
}

/// The file with the note-offs that notes before the end of each part lack.
fn with_held_ended(source: Source, parts: &[Part]) -> Result<Source, MidiError> {
    let details = &source.parsed.details;
    if parts.iter().all(|part| details[part.track].held.is_empty()) {
        return Ok(source);
    }
    let mut bytes = source.bytes;
    for part in parts {
        bytes = end_held_notes(&bytes, details[part.track].location, part.region.clone())?;
    }
    let mut parsed = parse_nth(&bytes, source.song_index, &ParseOptions::default())?;
    // What was asked for counts on.
    parsed.drums = source.parsed.drums;
    let old = &source.parsed.song.tracks;
    for (track, old) in parsed.song.tracks.iter_mut().zip(old) {
        track.is_drums = old.is_drums;
    }
    Ok(Source {
        bytes,
        parsed,
        song_index: source.song_index,
    })
}

#[cfg(test)]
mod tests;
