//! The targets of a fill: one region of one track, or several of each.

use continuo_midi::ParsedFile;

use crate::error::OperationError;
use crate::files::musical_order::{guess_roles, sort_musically};
use crate::files::part::Part;
use crate::files::region::RegionChoice;
use crate::files::track::TrackChoice;

/// More than any band has players.
const MAX_PARTS: usize = 32;

/// Errors: `PARTS_TOO_MANY`.
pub fn check_count(count: usize) -> Result<(), OperationError> {
    let limit = MAX_PARTS;
    if count > limit {
        return Err(OperationError::PartsTooMany { count, limit });
    }
    Ok(())
}

/// Every region of every track, track by track in the order in which a band is written, regions in order of time.
///
/// Answers at least one, all of one pattern. Errors: `TRACK_*`, `PARTS_TOO_MANY`, `REGION_*`, `PATTERNS_SEVERAL`.
pub fn resolve_parts(
    parsed: &ParsedFile,
    track: &TrackChoice,
    region: &RegionChoice,
) -> Result<Vec<Part>, OperationError> {
    let song = &parsed.song;
    let mut parts: Vec<Part> = Vec::new();
    let tracks = track.resolve_all(song)?;
    check_count(tracks.len())?;
    for track in tracks {
        let pattern = parsed.pattern_song(track);
        let regions = region.resolve_all(&pattern, &song.tracks[track])?;
        parts.extend(regions.into_iter().map(|region| Part {
            track,
            region,
            role: None,
        }));
    }
    let chunk_of = |part: &Part| song.tracks[part.track].chunk;
    let has_others = parts
        .iter()
        .any(|part| chunk_of(part) != chunk_of(&parts[0]));
    if song.format == 2 && has_others {
        return Err(OperationError::PatternsSeveral);
    }
    guess_roles(&mut parts, song);
    sort_musically(&mut parts, song);
    Ok(parts)
}
