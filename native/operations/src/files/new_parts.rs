//! Tracks for parts that a song does not have yet.

use std::ops::Range;
use std::path::Path;

use continuo_midi::{ParseOptions, Song, Track, append_tracks, parse_nth};
use continuo_tokenizer::part::{Part as Role, part_of_sound};

use crate::error::OperationError;
use crate::files::musical_order::rank;
use crate::files::part::Part;
use crate::files::parts::check_count;
use crate::files::region::RegionChoice;
use crate::files::source::Source;
use crate::files::track::{NewPart, label};
use crate::warnings::WarningEntry;

/// General MIDI's channel of drums, from 0.
const DRUM_CHANNEL: u8 = 9;

/// The file with an empty track for each part, and the regions to write, in the order in which a band is written: each
/// part hears those before it. Bars beyond the song's end are there too.
///
/// Errors: `PARTS_TOO_MANY`, `PART_IN_PATTERNS`, `CHANNEL_NONE_FREE`, `REGION_*`, `MIDI_*`.
pub fn with_new_parts(
    source: Source,
    path: &Path,
    parts: &[NewPart],
    region: &RegionChoice,
) -> Result<(Source, Vec<Part>), OperationError> {
    check_count(parts.len())?;
    if !source.parsed.patterns.is_empty() {
        let path = path.to_owned();
        return Err(OperationError::PartInPatterns { path });
    }
    let song = &source.parsed.song;
    let regions = resolve_beyond_end(region, song)?;
    let mut ordered: Vec<&NewPart> = parts.iter().collect();
    ordered.sort_by_key(|part| rank(role_of(part)));
    let mut used: Vec<u8> = song.tracks.iter().map(|track| track.channel).collect();
    let mut tracks = Vec::with_capacity(parts.len());
    for part in &ordered {
        let is_drums = part.role.is_some_and(|role| role.0 == Role::Drums);
        let channel = match is_drums {
            true => DRUM_CHANNEL,
            false => free_channel(&used).ok_or(OperationError::ChannelNoneFree)?,
        };
        used.push(channel);
        tracks.push(Track {
            name: part.name.clone(),
            channel,
            program: if is_drums { 0 } else { part.program },
            is_drums,
            ..Track::default()
        });
    }
    let midi = |source| OperationError::Midi {
        path: path.to_owned(),
        source,
    };
    let bytes = append_tracks(&source.bytes, source.song_index, &tracks).map_err(midi)?;
    let mut parsed =
        parse_nth(&bytes, source.song_index, &ParseOptions::default()).map_err(midi)?;
    let first = parsed.song.tracks.len().saturating_sub(tracks.len());
    for (index, new) in (first..).zip(&tracks) {
        let track = &mut parsed.song.tracks[index];
        track.is_drums = new.is_drums;
        track.program = new.program;
        track.channel = new.channel;
        parsed.details[index].location.channel = new.channel;
    }
    let located = (ordered.iter().zip(first..)).flat_map(|(part, track)| {
        regions.iter().map(move |region| Part {
            track,
            region: region.clone(),
            role: role_of(part),
        })
    });
    let located = located.collect();
    let song_index = source.song_index;
    Ok((
        Source {
            bytes,
            parsed,
            song_index,
        },
        located,
    ))
}

/// What it is asked to do, else what its sound suggests.
fn role_of(part: &NewPart) -> Option<Role> {
    part.role
        .map(|role| role.0)
        .or_else(|| part_of_sound(part.program))
}

fn free_channel(used: &[u8]) -> Option<u8> {
    (0..16).find(|channel| *channel != DRUM_CHANNEL && !used.contains(channel))
}

/// A part may go on where the song has ended.
fn resolve_beyond_end(
    region: &RegionChoice,
    song: &Song,
) -> Result<Vec<Range<u32>>, OperationError> {
    match region.resolve_all(song, &Track::default()) {
        Err(OperationError::RegionPastEnd { end_tick, .. }) => {
            let longer = Song {
                duration_ticks: end_tick,
                ..song.clone()
            };
            region.resolve_all(&longer, &Track::default())
        }
        resolved => resolved,
    }
}

/// Says so where a part of the same role plays in these bars already.
pub fn doubled(song: &Song, parts: &[Part]) -> Vec<WarningEntry> {
    let plays = |track: &Track, role: Role, region: &Range<u32>| {
        let sound = match track.is_drums {
            true => Some(Role::Drums),
            false => part_of_sound(track.program),
        };
        sound == Some(role)
            && track
                .notes
                .iter()
                .any(|note| region.contains(&note.start_tick))
    };
    let mut warnings = Vec::new();
    for part in parts {
        let Some(role) = part.role else { continue };
        let others = song.tracks.iter().enumerate();
        let mut others = others
            .filter(|(index, track)| *index != part.track && plays(track, role, &part.region));
        if let Some((index, track)) = others.next() {
            warnings.push(WarningEntry::new(
                "PART_DOUBLED",
                format!(
                    "track {} plays {} in these bars already; the new part plays beside it",
                    label(index, track),
                    role.name()
                ),
            ));
        }
    }
    warnings
}
