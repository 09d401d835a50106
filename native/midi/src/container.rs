//! The outside of a file: wrapper, header, and chunks as byte ranges. Looks into no chunk.

use std::ops::Range;

use crate::anomaly::{Anomalies, Anomaly};
use crate::bytes::{truncated, u16_be, u32_be, u32_le};
use crate::chunks::{Chunks, RawChunk, is_chunk_header, read_chunks};
use crate::error::MidiError;
use crate::wrapper::{Wrapped, unwrap};

/// Where the parts of a song lie; every range counts bytes from the start of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawFile {
    /// The 8 bytes of the header of the RIFF `data` chunk, in a .rmi file.
    pub riff_data_header: Option<Range<usize>>,
    /// The MIDI data: this song and those before and behind it, without what is wrapped around.
    pub data: Range<usize>,
    /// MThd with its 8-byte header.
    pub header: Range<usize>,
    pub format: u16,
    pub ppq: u16,
    /// Every chunk after the header, in file order.
    pub chunks: Vec<RawChunk>,
    /// What follows the last chunk inside the MIDI data, other songs included.
    pub trailing: Range<usize>,
    /// How many songs the file holds, one behind the other.
    pub song_count: usize,
    /// Lengths, counts or what stands between and before the chunks are wrong, so that other
    /// programs may not read the file; what is written from it has them right.
    pub is_broken: bool,
}

impl RawFile {
    /// Bodies of the MTrk chunks; the position in this order is the `chunk` of a track.
    pub fn track_bodies(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.chunks
            .iter()
            .filter(|chunk| chunk.is_track())
            .map(|chunk| chunk.body.clone())
    }
}

/// `song`: which one of the file, from 0.
pub(crate) fn read_container(
    bytes: &[u8],
    song: usize,
    anomalies: &mut Anomalies,
) -> Result<RawFile, MidiError> {
    let mut wrapped = unwrap(bytes, anomalies)?;
    if !wrapped.has_false_length {
        match read_song(bytes, &wrapped, song, anomalies) {
            // A RIFF data chunk that says it is too short hides the end of the music.
            Err(MidiError::Truncated { .. })
                if wrapped.riff_data_header.is_some() && wrapped.smf.end < bytes.len() => {}
            result => return result,
        }
    }
    // The music says where it ends, and what follows is the wrapper's.
    let declared = u32_le(bytes, wrapped.smf.start - 4);
    wrapped.smf.end = bytes.len();
    let whole = read_song(bytes, &wrapped, song, &mut Anomalies::default())?;
    if whole.song_count == 1 {
        wrapped.smf.end = whole.trailing.start;
    }
    let found = wrapped.smf.len();
    anomalies.report(Anomaly::RiffSize { declared, found });
    read_song(bytes, &wrapped, song, anomalies)
}

/// The header of a song and the chunks that belong to it.
struct SongChunks {
    header: Range<usize>,
    format: u16,
    declared: u16,
    division: u16,
    chunks: Chunks,
}

fn read_song(
    bytes: &[u8],
    wrapped: &Wrapped,
    song: usize,
    anomalies: &mut Anomalies,
) -> Result<RawFile, MidiError> {
    let mut start = wrapped.smf.start;
    for index in 0..song {
        // Anomalies of another song are not reported.
        let other = read_chunks_of_song(bytes, start..wrapped.smf.end, &mut Anomalies::default())?;
        let count = index + 1;
        start = other
            .chunks
            .next_song
            .ok_or(MidiError::SongMissing { song, count })?;
    }
    let read = read_chunks_of_song(bytes, start..wrapped.smf.end, anomalies)?;
    let song_count = song + 1 + count_songs(bytes, read.chunks.next_song, wrapped.smf.end);
    let SongChunks {
        header,
        format,
        declared,
        division,
        chunks,
    } = read;
    if format > 2 {
        return Err(MidiError::Format { format });
    }
    if division & 0x8000 != 0 {
        return Err(MidiError::Smpte { division });
    }
    if division == 0 {
        return Err(MidiError::PpqZero);
    }
    let found = chunks.track_count();
    let raw = RawFile {
        riff_data_header: wrapped.riff_data_header.clone(),
        data: wrapped.smf.clone(),
        header,
        format,
        ppq: division,
        is_broken: chunks.is_broken || wrapped.has_front_matter || found != usize::from(declared),
        chunks: chunks.chunks,
        trailing: chunks.rest,
        song_count,
    };
    if found == 0 {
        return Err(MidiError::NoTracks { declared });
    }
    report_song(&raw, song, declared, found, anomalies);
    Ok(raw)
}

fn read_chunks_of_song(
    bytes: &[u8],
    smf: Range<usize>,
    anomalies: &mut Anomalies,
) -> Result<SongChunks, MidiError> {
    let header = read_header_range(bytes, &smf)?;
    let field = |index: usize| u16_be(bytes, header.start + 8 + 2 * index);
    let declared = field(1);
    Ok(SongChunks {
        format: field(0),
        declared,
        division: field(2),
        chunks: read_chunks(bytes, header.end..smf.end, declared, anomalies)?,
        header,
    })
}

/// Songs from `next` on; one that cannot be read hides those behind it.
fn count_songs(bytes: &[u8], mut next: Option<usize>, end: usize) -> usize {
    let mut count = 0;
    while let Some(start) = next {
        count += 1;
        next = read_chunks_of_song(bytes, start..end, &mut Anomalies::default())
            .ok()
            .and_then(|song| song.chunks.next_song);
    }
    count
}

/// MThd with its type and length, 14 bytes at least.
fn read_header_range(bytes: &[u8], smf: &Range<usize>) -> Result<Range<usize>, MidiError> {
    let data = &bytes[smf.clone()];
    if !data.starts_with(b"MThd") {
        if b"MThd".starts_with(data) {
            return Err(truncated("the MThd header", smf.start, 14, data.len()));
        }
        let found = format!("\"{}\"", data[..data.len().min(4)].escape_ascii());
        return Err(MidiError::NotMidi { found });
    }
    if data.len() < 14 {
        return Err(truncated("the MThd header", smf.start, 14, data.len()));
    }
    let length = u32_be(bytes, smf.start + 4);
    // The specification allows longer headers; a false length must not move us into the music.
    let end = (length as usize).checked_add(smf.start + 8).filter(|&end| {
        length >= 6
            && end <= smf.end
            && (length == 6 || end == smf.end || is_chunk_header(bytes, end, smf.end))
    });
    match end {
        Some(end) => Ok(smf.start..end),
        None => Err(MidiError::HeaderLength { length }),
    }
}

fn report_song(raw: &RawFile, song: usize, declared: u16, found: usize, anomalies: &mut Anomalies) {
    let others = raw.chunks.len() - found;
    let counts_others = others > 0 && usize::from(declared) == raw.chunks.len();
    if found != usize::from(declared) {
        anomalies.report(Anomaly::TrackCount {
            declared,
            found,
            counts_others,
        });
    }
    if raw.format == 0 && found > 1 {
        anomalies.report(Anomaly::FormatZeroTracks { found });
    }
    if raw.format == 2 {
        anomalies.report(Anomaly::FormatTwo { patterns: found });
    }
    let unknown = raw.chunks.iter().filter(|chunk| !chunk.is_track());
    for chunk in unknown.filter(|_| !counts_others) {
        anomalies.report(Anomaly::UnknownChunk {
            kind: chunk.kind,
            offset: chunk.range().start,
        });
    }
    if raw.song_count > 1 {
        let count = raw.song_count;
        anomalies.report(Anomaly::MoreSongs { song, count });
    } else if !raw.trailing.is_empty() {
        anomalies.report(Anomaly::TrailingBytes {
            offset: raw.trailing.start,
            bytes: raw.trailing.len(),
        });
    }
}
