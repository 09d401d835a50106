//! What is to be filled of a file, and what of the file stands in a fill's way there.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use continuo_midi::{Note, ParseOptions, Song, bound_notes, end_held_notes, parse_nth, pitch_name};

use crate::error::JobError;
use crate::parts::Part;
use crate::source::Source;
use crate::warnings::WarningEntry;

/// What a request says of notes that sound into a region.
#[derive(Clone, Copy, Debug, Default)]
pub struct SoundingIn {
    /// End all of them where it starts.
    pub cut_crossing: bool,
    /// Write the note-offs that the track lacks.
    pub end_held: bool,
}

/// A file, and parts of its tracks, at least one.
pub struct Target<'a> {
    pub source: Cow<'a, Source>,
    pub parts: Vec<Part>,
    /// By part: notes that cannot be taken out of the file.
    pub bound: Vec<Vec<Note>>,
}

impl<'a> Target<'a> {
    /// Errors: `MIDI_*`.
    pub fn new(
        source: &'a Source,
        path: &Path,
        parts: Vec<Part>,
        sounding_in: SoundingIn,
    ) -> Result<Self, JobError> {
        let midi = |source| JobError::Midi {
            path: path.to_owned(),
            source,
        };
        let source = match sounding_in.end_held {
            true => with_held_ended(source, &parts).map_err(midi)?,
            false => Cow::Borrowed(source),
        };
        let bound_of = |part: &Part| {
            let place = source.parsed.details[part.track].place;
            let region = part.region.clone();
            bound_notes(&source.bytes, place, region, sounding_in.cut_crossing)
        };
        let bound: Result<_, _> = parts.iter().map(bound_of).collect();
        Ok(Self {
            bound: bound.map_err(midi)?,
            source,
            parts,
        })
    }

    /// The song as it is heard in the parts.
    pub fn song(&self) -> Cow<'_, Song> {
        let parts = self.parts.iter();
        let regions: Vec<(usize, Range<u32>)> = parts
            .map(|part| (part.track, part.region.clone()))
            .collect();
        self.source.parsed.song_in(&regions)
    }

    /// What reading the file had to say, and what stands in the way.
    pub fn warnings(&self) -> Vec<WarningEntry> {
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
fn with_held_ended<'a>(
    source: &'a Source,
    parts: &[Part],
) -> Result<Cow<'a, Source>, continuo_midi::MidiError> {
    let details = &source.parsed.details;
    if parts.iter().all(|part| details[part.track].held.is_empty()) {
        return Ok(Cow::Borrowed(source));
    }
    let mut bytes = source.bytes.clone();
    for part in parts {
        bytes = end_held_notes(&bytes, details[part.track].place, part.region.clone())?;
    }
    let mut parsed = parse_nth(&bytes, source.song_index, &ParseOptions::default())?;
    // What was asked for counts on.
    parsed.drums.clone_from(&source.parsed.drums);
    for (track, old) in parsed
        .song
        .tracks
        .iter_mut()
        .zip(&source.parsed.song.tracks)
    {
        track.is_drums = old.is_drums;
    }
    Ok(Cow::Owned(Source {
        bytes,
        parsed,
        song_index: source.song_index,
    }))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use continuo_midi::{parse, replace_region};

    use super::*;
    use crate::parts::resolve_parts;
    use crate::region::RegionChoice;
    use crate::source::{Reading, read_source};
    use crate::track::TrackChoice;

    fn source(name: &str) -> Source {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../test/odd-files");
        read_source(&PathBuf::from(folder).join(name), Reading::default()).unwrap()
    }

    fn target<'a>(
        source: &'a Source,
        track: usize,
        bars: (u32, u32),
        end_held: bool,
    ) -> Target<'a> {
        let choice = TrackChoice::Number(track);
        let region: RegionChoice = serde_json::from_value(serde_json::json!({
            "bars": { "first": bars.0, "last": bars.1 }
        }))
        .unwrap();
        let sounding_in = SoundingIn {
            end_held,
            ..SoundingIn::default()
        };
        let parts = resolve_parts(&source.parsed, &choice, &region).unwrap();
        Target::new(source, Path::new("a.mid"), parts, sounding_in).unwrap()
    }

    fn said(target: &Target<'_>) -> Vec<(String, String)> {
        let warnings = target.warnings().into_iter();
        let own = warnings.filter(|warning| warning.code.starts_with("NOTE_"));
        own.map(|warning| (warning.code, warning.message)).collect()
    }

    #[test]
    fn note_without_an_end_leaves_its_pitch_free_and_is_named() {
        let source = source("pitch-unclosed-once.mid");
        let held = target(&source, 1, (5, 8), false);
        let first = held.song().tracks[0].notes[0];
        assert_eq!(
            (first.pitch, first.end_tick()),
            (60, held.parts[0].region.start)
        );
        let said = said(&held);
        assert_eq!(said.len(), 1);
        assert_eq!(
            said[0],
            (
                "NOTE_HELD".to_owned(),
                "C4 of bar 1 has no note-off and sounds through the region, until a new note of the pitch begins; --end-held-notes ends what is held where the region starts".to_owned()
            )
        );
        // The file itself is as it was.
        assert_eq!(held.source.bytes, source.bytes);
    }

    #[test]
    fn note_without_an_end_is_ended_on_request() {
        let source = source("pitch-unclosed-once.mid");
        let ended = target(&source, 1, (5, 8), true);
        assert_eq!(said(&ended), []);
        let first = ended.source.parsed.song.tracks[0].notes[0];
        assert_eq!(
            (first.pitch, first.end_tick()),
            (60, ended.parts[0].region.start)
        );
        let (old, new) = (&source.parsed.song, &ended.source.parsed.song);
        assert_eq!(old.tracks[0].notes[1..], new.tracks[0].notes[1..]);
    }

    #[test]
    fn note_that_a_lost_note_off_makes_unclear_stays_unless_what_is_missing_is_written() {
        let source = source("lost-note-off.mid");
        let unclear = target(&source, 1, (9, 10), false);
        let starts: Vec<u32> = unclear.bound[0]
            .iter()
            .map(|note| note.start_tick)
            .collect();
        assert_eq!(starts, [15_360]);
        let said = said(&unclear);
        assert_eq!(said.len(), 1);
        assert!(
            said[0]
                .1
                .starts_with("C4 of bar 9 stays: a note-off of the pitch is missing earlier"),
            "{said:?}"
        );
        let clear = target(&source, 1, (9, 10), true);
        assert_eq!(clear.bound, [vec![]]);
        assert_eq!(self::said(&clear), []);
        // Every note keeps the length that it is read with.
        let (old, new) = (&source.parsed.song, &clear.source.parsed.song);
        assert_eq!(old.tracks, new.tracks);
    }

    #[test]
    fn note_that_overlaps_one_outside_stays_and_is_named() {
        let mut source = source("lost-note-off.mid");
        let place = source.parsed.details[0].place;
        // A note from bar 2 into bar 3, and one of its pitch from there into bar 4.
        let notes = [(3000, 1000), (3900, 2000)].map(|(start_tick, duration_ticks)| Note {
            start_tick,
            duration_ticks,
            pitch: 40,
            velocity: 80,
            channel: place.channel,
        });
        for note in notes {
            let all: Vec<Note> = source.parsed.song.tracks[0]
                .notes
                .iter()
                .chain([&note])
                .copied()
                .collect();
            let bytes = continuo_midi::exchange_notes(&source.bytes, place, &all).unwrap();
            let parsed = parse(&bytes, &ParseOptions::default()).unwrap();
            source = Source {
                bytes,
                parsed,
                song_index: 0,
            };
        }
        let target = target(&source, 1, (3, 3), true);
        assert_eq!(target.bound[0].len(), 1);
        let said = said(&target);
        assert!(
            said[0].1.starts_with("E2 of bar 3 stays: it overlaps"),
            "{said:?}"
        );
        // What is bound stays even if nobody asks for it.
        let request = continuo_midi::ReplaceRequest {
            place,
            start_tick: target.parts[0].region.start,
            end_tick: target.parts[0].region.end,
            notes: &[],
            keep: &[],
            cut_crossing: false,
        };
        let removed = replace_region(&target.source.bytes, &request)
            .unwrap()
            .removed;
        assert!(removed.iter().all(|note| note.pitch != 40));
    }

    #[test]
    fn region_of_a_pattern_is_counted_in_its_own_bars_and_hears_nothing_else() {
        let source = source("format-2.mid");
        let second = target(&source, 2, (3, 4), false);
        assert_eq!(second.parts[0].region, 2880..5760);
        let song = second.song();
        assert!(song.tracks[0].notes.is_empty() && !song.tracks[1].notes.is_empty());
        assert_eq!(song.tempo_map[0].tempo_qpm, 150.0);
    }

    #[test]
    fn parts_of_several_tracks_and_regions_are_looked_at_each() {
        let source = source("lost-note-off.mid");
        let region = serde_json::from_value(serde_json::json!({ "several": [
            { "bars": { "first": 3, "last": 4 } }, { "bars": { "first": 9, "last": 10 } }
        ] }))
        .unwrap();
        let parts = resolve_parts(&source.parsed, &TrackChoice::Number(1), &region).unwrap();
        let target =
            Target::new(&source, Path::new("a.mid"), parts, SoundingIn::default()).unwrap();
        let starts = target.bound.iter().map(|bound| bound[0].start_tick);
        assert_eq!(starts.collect::<Vec<_>>(), [3840, 15_360]);
        let said = said(&target);
        assert!(
            said[0].1.starts_with("2 notes, first C4 of bar 3, stay"),
            "{said:?}"
        );
    }

    #[test]
    fn patterns_are_not_filled_together() {
        let source = source("format-2.mid");
        let region = serde_json::from_value(serde_json::json!({
            "bars": { "first": 1, "last": 2 }
        }))
        .unwrap();
        let both = TrackChoice::Several(vec![TrackChoice::Number(1), TrackChoice::Number(2)]);
        let error = resolve_parts(&source.parsed, &both, &region).unwrap_err();
        assert_eq!(error.code(), "PATTERNS_SEVERAL");
    }
}
