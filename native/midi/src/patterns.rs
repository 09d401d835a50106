//! A file's song as it sounds at a position, and the patterns of format 2 as one song.

use std::borrow::Cow;
use std::ops::Range;

use crate::bars::Bars;
use crate::error::MAX_TICK;
use crate::parse::ParsedFile;
use crate::song::{MeterChange, Note, Pattern, Song, TempoChange, TrackLocation};

impl ParsedFile {
    /// The pattern that holds a track of a file of format 2.
    pub fn pattern_of(&self, track_index: usize) -> Option<&Pattern> {
        let chunk = self.song.tracks.get(track_index)?.chunk;
        self.patterns.iter().find(|pattern| pattern.chunk == chunk)
    }

    /// The bars of a track: of format 2 those of its pattern.
    pub fn bars_of(&self, track_index: usize) -> Bars {
        match self.pattern_of(track_index) {
            Some(pattern) => Bars::new(&pattern.meters, self.song.ppq),
            None => Bars::of(&self.song),
        }
    }

    /// The track at a place, if it has notes.
    pub fn track_at(&self, location: TrackLocation) -> Option<usize> {
        let mut details = self.details.iter();
        details.position(|details| details.location == location)
    }

    /// The song as it is heard in regions of some tracks, with the same tracks by the same index.
    ///
    /// Of format 2 only the pattern of the first of these tracks plays, by its own maps. Every track has
    /// the program that holds for most of the time from the first region to the last. A note of one of the
    /// tracks that was never ended and sounds into a region ends where that starts, so that its pitch is free.
    pub fn song_in(&self, regions: &[(usize, Range<u32>)]) -> Cow<'_, Song> {
        let Some((first, _)) = regions.first() else {
            return Cow::Borrowed(&self.song);
        };
        let mut song = self.pattern_song(*first);
        let starts = regions.iter().map(|(_, region)| region.start);
        let ends = regions.iter().map(|(_, region)| region.end);
        let time = starts.min().unwrap_or(0)..ends.max().unwrap_or(0);
        for (index, details) in self.details.iter().enumerate() {
            let program = details.program_in(self.song.tracks[index].program, &time);
            if program != self.song.tracks[index].program {
                song.to_mut().tracks[index].program = program;
            }
        }
        for (track_index, region) in regions {
            let held = self.details.get(*track_index).map(|details| &details.held);
            for note in held.into_iter().flatten() {
                if note.start_tick >= region.start || note.end_tick() <= region.start {
                    continue;
                }
                let notes = &mut song.to_mut().tracks[*track_index].notes;
                let is_same = |other: &&mut Note| {
                    (other.start_tick, other.pitch) == (note.start_tick, note.pitch)
                        && other.velocity == note.velocity
                        && other.end_tick() > region.start
                };
                if let Some(sounding) = notes.iter_mut().find(is_same) {
                    sounding.duration_ticks = region.start - sounding.start_tick;
                }
            }
        }
        song
    }

    /// The song with the notes and maps of a track's pattern alone; the whole song of other formats.
    pub fn pattern_song(&self, track_index: usize) -> Cow<'_, Song> {
        let Some(pattern) = self.pattern_of(track_index) else {
            return Cow::Borrowed(&self.song);
        };
        let mut song = self.song.clone();
        for track in &mut song.tracks {
            if track.chunk != pattern.chunk {
                track.notes = Vec::new();
            }
        }
        song.duration_ticks = pattern.duration_ticks;
        song.tempo_map = pattern.tempo_map.clone();
        song.meters = pattern.meters.clone();
        Cow::Owned(song)
    }

    /// The song; of format 2 all patterns that have notes, one after the other, each from a bar line.
    pub fn into_one_song(self) -> Song {
        let mut song = self.song;
        if self.patterns.is_empty() {
            return song;
        }
        (song.tempo_map, song.meters) = (Vec::new(), Vec::new());
        let mut offset = 0;
        for pattern in &self.patterns {
            let tracks = song.tracks.iter_mut();
            let mut tracks = tracks
                .filter(|track| track.chunk == pattern.chunk)
                .peekable();
            let bars = Bars::new(&pattern.meters, song.ppq);
            let length = bars.start_tick(bars.count(pattern.duration_ticks));
            let is_too_late = length > MAX_TICK - offset;
            if tracks.peek().is_none() || is_too_late {
                tracks.for_each(|track| track.notes = Vec::new());
                continue;
            }
            for note in tracks.flat_map(|track| &mut track.notes) {
                note.start_tick += offset;
            }
            song.tempo_map
                .extend(pattern.tempo_map.iter().map(|change| {
                    let tick = change.tick.saturating_add(offset);
                    TempoChange { tick, ..*change }
                }));
            song.meters.extend(pattern.meters.iter().map(|change| {
                let tick = change.tick.saturating_add(offset);
                MeterChange { tick, ..*change }
            }));
            offset += length;
        }
        song.duration_ticks = offset;
        song.meters = Bars::new(&song.meters, song.ppq).meters();
        song
    }
}
