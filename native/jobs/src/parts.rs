//! What a fill is asked to write: one region of one track, or several of each.

use std::ops::Range;

use continuo_midi::Song;

use crate::error::JobError;
use crate::region::RegionChoice;
use crate::track::TrackChoice;

/// A region of a track, half-open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Index in `song.tracks`.
    pub track: usize,
    pub region: Range<u32>,
}

/// Every region of every track, track by track in the order named, regions in order of time.
///
/// Answers at least one. Errors: `TRACK_*`, `REGION_*`.
pub fn resolve_parts(
    song: &Song,
    track: &TrackChoice,
    region: &RegionChoice,
) -> Result<Vec<Part>, JobError> {
    let mut parts = Vec::new();
    for track in track.resolve_all(song)? {
        let regions = region.resolve_all(song, &song.tracks[track])?;
        parts.extend(regions.into_iter().map(|region| Part { track, region }));
    }
    Ok(parts)
}
