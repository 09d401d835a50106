//! The chunks of one song, even where their lengths are wrong or there are bytes between them.
//!
//! A length is trusted if a chunk, or the end of the file, follows it. Otherwise the track's events
//! are read until its end-of-track event, but not into the next track. Music that was cut off stays
//! an error: a file written from it would make the loss final.

use std::ops::Range;

use crate::anomaly::{Anomalies, Anomaly};
use crate::bytes::{truncated, u16_be, u32_be};
use crate::error::MidiError;
use crate::event::{EventKind, EventReader};

/// A chunk's type and length.
const CHUNK_HEADER: usize = 8;

/// One chunk after the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawChunk {
    pub kind: [u8; 4],
    /// Without the 8 bytes of type and length before it.
    pub body: Range<usize>,
}

impl RawChunk {
    pub fn is_track(&self) -> bool {
        &self.kind == b"MTrk"
    }

    /// The chunk with its type and length.
    pub fn range(&self) -> Range<usize> {
        self.body.start - 8..self.body.end
    }
}

/// The chunks of one song and what follows them.
pub(crate) struct Chunks {
    pub chunks: Vec<RawChunk>,
    /// From the end of the last chunk to the end of the data, the songs that follow included.
    pub rest: Range<usize>,
    /// Offset of the next song's header.
    pub next_song: Option<usize>,
    /// The lengths do not lead from chunk to chunk.
    pub is_broken: bool,
}

impl Chunks {
    pub(crate) fn track_count(&self) -> usize {
        self.chunks.iter().filter(|chunk| chunk.is_track()).count()
    }
}

/// Chunks between `range`'s ends; `declared`: how many tracks the header names.
///
/// Errors: `MIDI_TRUNCATED`, and those of events in a track whose length is wrong.
pub(crate) fn read_chunks(
    bytes: &[u8],
    range: Range<usize>,
    declared: u16,
    anomalies: &mut Anomalies,
) -> Result<Chunks, MidiError> {
    let declared = usize::from(declared);
    let mut own = Anomalies::default();
    let read = Reader::new(bytes, &range, declared, false).read(&mut own)?;
    // One length that is too large can hide the next tracks.
    if read.track_count() < declared {
        let mut again = Anomalies::default();
        let walked = Reader::new(bytes, &range, declared, true).read(&mut again);
        if let Ok(walked) = walked
            && walked.track_count() > read.track_count()
        {
            anomalies.append(again);
            return Ok(walked);
        }
    }
    anomalies.append(own);
    Ok(read)
}

/// Whether a song's header is at `at`.
pub(crate) fn is_song_header(bytes: &[u8], at: usize, end: usize) -> bool {
    let Some(header) = bytes.get(at..end.min(at + 14)) else {
        return false;
    };
    header.len() == 14 && header.starts_with(b"MThd\0\0") && u16_be(header, 6) >= 6
}

/// Whether a chunk may start at `at`: a type that can be printed, and a length that fits.
pub(crate) fn is_chunk_header(bytes: &[u8], at: usize, end: usize) -> bool {
    let reader = Reader::new(bytes, &(at..end), 0, false);
    at < end && reader.leads_on(at)
}

struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    end: usize,
    declared: usize,
    /// Look for tracks inside of tracks.
    doubts_lengths: bool,
    tracks: usize,
    is_broken: bool,
    /// The first song header that is not passed yet, once it was looked for.
    song_end: usize,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8], range: &Range<usize>, declared: usize, doubts_lengths: bool) -> Self {
        Self {
            bytes,
            position: range.start,
            end: range.end,
            declared,
            doubts_lengths,
            tracks: 0,
            is_broken: false,
            song_end: 0,
        }
    }

    fn read(mut self, anomalies: &mut Anomalies) -> Result<Chunks, MidiError> {
        let mut chunks = Vec::new();
        let mut next_song = None;
        while self.position < self.end {
            if is_song_header(self.bytes, self.position, self.end) {
                next_song = Some(self.position);
                break;
            }
            let chunk = match self.kind_at(self.position) {
                Some(kind) if &kind == b"MTrk" => Some(self.read_track(anomalies)?),
                Some(kind) => self.unknown_chunk(kind),
                None => None,
            };
            if let Some(chunk) = chunk {
                self.position = chunk.body.end;
                chunks.push(chunk);
                continue;
            }
            // Not a chunk. If a track is missing, it may be further on.
            let is_complete = self.declared > 0 && self.tracks >= self.declared;
            let next = match is_complete {
                true => self.find_song(self.position + 1),
                false => self.find_chunk(self.position + 1),
            };
            next_song = next.filter(|&at| is_song_header(self.bytes, at, self.end));
            let Some(next) = next.filter(|_| next_song.is_none()) else {
                self.refuse_cut_header()?;
                break;
            };
            self.is_broken = true;
            anomalies.report(Anomaly::BetweenChunks {
                offset: self.position,
                bytes: next - self.position,
            });
            self.position = next;
        }
        Ok(Chunks {
            chunks,
            rest: self.position..self.end,
            next_song,
            is_broken: self.is_broken,
        })
    }

    /// The type of the chunk whose header is at `at`.
    fn kind_at(&self, at: usize) -> Option<[u8; 4]> {
        let header = self.bytes.get(at..self.end.min(at + CHUNK_HEADER))?;
        let kind = <[u8; 4]>::try_from(header.get(..4)?).ok()?;
        let is_printable = kind.iter().all(|byte| (0x20..0x7f).contains(byte));
        (header.len() == CHUNK_HEADER && is_printable).then_some(kind)
    }

    /// Where the length of the chunk at `at` says that it ends, if that is within the data.
    fn declared_end(&self, at: usize) -> Option<usize> {
        let length = u32_be(self.bytes, at + 4) as usize;
        let end = (at + CHUNK_HEADER).checked_add(length)?;
        (end <= self.end).then_some(end)
    }

    /// Whether a chunk that ends at `end` is followed by another one, or by nothing.
    fn leads_on(&self, end: usize) -> bool {
        end == self.end
            || self
                .kind_at(end)
                .is_some_and(|kind| &kind == b"MTrk" || self.declared_end(end).is_some())
    }

    /// A chunk of a type that is not known here, if its length can be believed: where it leads on to another
    /// chunk, or where no other is left.
    fn unknown_chunk(&self, kind: [u8; 4]) -> Option<RawChunk> {
        let end = self.declared_end(self.position)?;
        let body = self.position + CHUNK_HEADER..end;
        let is_believed = self.leads_on(end) || self.find_chunk(body.start).is_none();
        is_believed.then_some(RawChunk { kind, body })
    }

    /// The next track, or the header of a song, at or after `from`.
    fn find_chunk(&self, from: usize) -> Option<usize> {
        let is_track = |at: usize| self.bytes[at..].starts_with(b"MTrk");
        self.find(from, |at| {
            is_track(at) || is_song_header(self.bytes, at, self.end)
        })
    }

    fn find_song(&self, from: usize) -> Option<usize> {
        self.find(from, |at| is_song_header(self.bytes, at, self.end))
    }

    fn find(&self, from: usize, is_wanted: impl Fn(usize) -> bool) -> Option<usize> {
        let searched = self.bytes.get(from..self.end)?;
        let headers = searched.windows(CHUNK_HEADER).enumerate();
        headers
            .filter(|(_, header)| header.starts_with(b"MT"))
            .map(|(at, _)| from + at)
            .find(|&at| is_wanted(at))
    }

    fn read_track(&mut self, anomalies: &mut Anomalies) -> Result<RawChunk, MidiError> {
        let start = self.position + CHUNK_HEADER;
        let declared = self.declared_end(self.position);
        let end = match declared {
            Some(end) if self.leads_on(end) && !self.hides_a_track(start..end) => end,
            _ => self.find_track_end(start, declared)?,
        };
        if declared != Some(end) {
            self.is_broken = true;
            anomalies.report(Anomaly::ChunkLength {
                chunk: self.tracks,
                declared: u32_be(self.bytes, start - 4),
                found: end - start,
            });
        }
        self.tracks += 1;
        Ok(RawChunk {
            kind: *b"MTrk",
            body: start..end,
        })
    }

    fn hides_a_track(&self, body: Range<usize>) -> bool {
        self.doubts_lengths
            && self
                .find_chunk(body.start)
                .is_some_and(|next| next < body.end)
    }

    /// Where a track ends whose length is wrong, or is followed by something that is not a chunk.
    fn find_track_end(
        &mut self,
        start: usize,
        declared: Option<usize>,
    ) -> Result<usize, MidiError> {
        let end = self.end_of_song(start);
        let mut next = self.find_chunk(start);
        let mut reader = EventReader::new(self.bytes, start..end);
        loop {
            let at = reader.rest().start;
            let limit = next.unwrap_or(end);
            let believed = declared.filter(|&end| end <= limit);
            if at == limit {
                // Without an end-of-track event: whole if the next track follows.
                return match believed.or(next) {
                    Some(end) => Ok(end),
                    None => Err(self.cut_off(start)),
                };
            }
            let event = match reader.next_event() {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(at),
                Err(error) => {
                    return match (believed, next) {
                        (Some(end), _) => Ok(end),
                        (None, None) => Err(self.cut_off(start)),
                        (None, Some(_)) => Err(error),
                    };
                }
            };
            if event.is_end_of_track() {
                // What a track has after its end belongs to it as far as its length says so.
                let end = event.body.end;
                return Ok(believed.map_or(end, |declared| declared.max(end)));
            }
            if event.body.end > limit {
                let is_text =
                    matches!(event.kind, EventKind::Meta { .. } | EventKind::SysEx { .. });
                match believed {
                    Some(end) => return Ok(end),
                    // "MTrk" inside a text is not a track.
                    None if is_text => next = self.find_chunk(event.body.end),
                    None => {
                        let needed = event.body.end - at;
                        return Err(truncated("an event", at, needed, limit - at));
                    }
                }
            }
        }
    }

    /// Where the next song begins, or the data ends: no event reaches over it.
    fn end_of_song(&mut self, from: usize) -> usize {
        if self.song_end < from {
            self.song_end = self.find_song(from).unwrap_or(self.end);
        }
        self.song_end
    }

    fn cut_off(&self, start: usize) -> MidiError {
        let offset = start - CHUNK_HEADER;
        let length = u32_be(self.bytes, start - 4) as usize;
        let needed = length.saturating_add(CHUNK_HEADER);
        truncated("a chunk", offset, needed, self.end - offset)
    }

    /// A chunk header that is not whole, where tracks are still missing, was cut off.
    fn refuse_cut_header(&self) -> Result<(), MidiError> {
        let left = &self.bytes[self.position..self.end];
        let length = left.len().min(4);
        let is_header = left.len() < CHUNK_HEADER && left[..length] == b"MTrk"[..length];
        if is_header && self.tracks < self.declared {
            return Err(truncated(
                "a chunk header",
                self.position,
                CHUNK_HEADER,
                left.len(),
            ));
        }
        Ok(())
    }
}
