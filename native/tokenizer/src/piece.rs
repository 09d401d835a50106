//! A song on the grid, in the form that a dataset stores and a window reads.

use crate::grid::{GRID_PPQ, GridTick, ToGrid, grid_from_tick};
use crate::snap::{is_written, snap};
use crate::vocabulary::{DRUMS, POSITIONS, meter_class, tempo_class};
use bytemuck::{Pod, Zeroable};
use continuo_midi::{MeterChange, Note, Song, TempoChange, Tick};

/// Longest bar in grid ticks; a longer one is read as several of [`LONG_BAR_PART`].
pub const MAX_BAR: u32 = POSITIONS as u32;
/// A bar of 4/4 in grid ticks.
pub const COMMON_BAR: u16 = 4 * GRID_PPQ as u16;
const LONG_BAR_PART: u32 = COMMON_BAR as u32;

/// A note on the grid: 11 bytes, as stored. Packed, so that bars, tempos and the index fit beside it
/// into 12 bytes a note; processors read unaligned fields as fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C, packed)]
pub struct GridNote {
    pub onset: GridTick,
    /// Grid ticks, at least 1.
    pub duration: u16,
    pub track: u16,
    pub pitch: u8,
    pub velocity: u8,
    /// Ticks of 1/960 quarter between the grid and where it was played.
    pub micro: i8,
}

impl GridNote {
    /// Its onset, where a reference to a packed field cannot be had, as in comparisons.
    pub fn onset(&self) -> GridTick {
        self.onset
    }

    pub fn end(&self) -> GridTick {
        self.onset().saturating_add(u32::from(self.duration))
    }

    /// Where it was played, in ticks of 1/960 quarter.
    pub fn exact(&self) -> i64 {
        self.onset().to_fine() + i64::from(self.micro)
    }

    /// The grid tick nearest to where it was played, whatever grid its track follows.
    pub fn played_onset(&self) -> GridTick {
        GridTick::from_fine(self.exact())
    }
}

/// A bar on the grid: 8 bytes, as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Bar {
    pub start: GridTick,
    pub meter: u8,
    pub tempo: u8,
    pub length: u16,
}

/// A piece, owned. `notes` are sorted by (onset, pitch, track); `bars` by start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    pub bars: Vec<Bar>,
    /// Sound of each track: its program 0-127, or [`DRUMS`].
    pub sounds: Vec<u8>,
    pub notes: Vec<GridNote>,
}

/// A piece, borrowed from a [`Piece`] or from a mapped dataset.
#[derive(Clone, Copy, Debug)]
pub struct PieceView<'a> {
    pub bars: &'a [Bar],
    pub sounds: &'a [u8],
    pub notes: &'a [GridNote],
}

impl Piece {
    /// The whole song. Tracks keep their order, also empty ones.
    pub fn from_song(song: &Song) -> Piece {
        let end = song
            .tracks
            .iter()
            .flat_map(|t| t.notes.last())
            .map(Note::start)
            .max();
        let to = grid_from_tick(end.unwrap_or_default(), song.ppq) + 1;
        Piece::between(song, GridTick::ZERO, to)
    }

    /// The whole song with each note on the nearest grid tick, played tracks too: for comparing notes.
    pub fn as_written(song: &Song) -> Piece {
        let mut piece = Piece::from_song(song);
        for note in &mut piece.notes {
            let exact = note.exact();
            note.onset = note.played_onset();
            note.micro = micro(exact, note.onset);
        }
        sort_notes(&mut piece.notes);
        piece
    }

    /// Only what starts in grid ticks [`from`, `to`), with the bars that cover it.
    ///
    /// The cost depends on the notes inside, on the logarithm of the notes outside, and on the
    /// number of meter and tempo changes; not on the length of the song.
    pub fn between(song: &Song, from: GridTick, to: GridTick) -> Piece {
        Piece::between_where(song, from, to, |_, _| true)
    }

    /// [`Piece::between`] of the notes that `is_kept` takes, by track and note.
    pub fn between_where(
        song: &Song,
        from: GridTick,
        to: GridTick,
        is_kept: impl Fn(usize, &Note) -> bool,
    ) -> Piece {
        let ppq = song.ppq;
        let to_grid = ToGrid::new(ppq);
        let mut notes = Vec::with_capacity(song.tracks.iter().map(|t| t.notes.len()).sum());
        let mut sounds = Vec::with_capacity(song.tracks.len());
        for (index, track) in song.tracks.iter().enumerate() {
            sounds.push(if track.is_drums {
                DRUMS
            } else {
                track.program.min(127)
            });
            let before = |tick: GridTick| {
                let notes = &track.notes;
                notes.partition_point(|n| to_grid.onset(n.start()) < tick)
            };
            let inside = track
                .notes
                .get(before(from)..before(to))
                .unwrap_or_default();
            let start = notes.len();
            let kept = inside.iter().filter(|note| is_kept(index, note));
            notes.extend(kept.map(|note| {
                let onset = to_grid.onset(note.start());
                let exact = to_grid.exact(note.start());
                GridNote {
                    onset,
                    duration: to_grid.duration(note.duration_ticks).min(65_535) as u16,
                    track: index.min(65_535) as u16,
                    pitch: note.pitch.min(127),
                    velocity: note.velocity.min(127),
                    micro: micro(exact, onset),
                }
            }));
            snap_played(&mut notes[start..]);
            keep_longest(&mut notes, start);
        }
        sort_notes(&mut notes);
        Piece {
            bars: bars_between(&song.meters, &song.tempo_map, ppq, from, to),
            sounds,
            notes,
        }
    }

    pub fn view(&self) -> PieceView<'_> {
        PieceView {
            bars: &self.bars,
            sounds: &self.sounds,
            notes: &self.notes,
        }
    }
}

/// Fine ticks between a grid tick and where a note was played, as stored.
fn micro(exact: i64, onset: GridTick) -> i8 {
    let fine = exact - onset.to_fine();
    fine.clamp(i64::from(i8::MIN), i64::from(i8::MAX)) as i8
}

/// Move the notes of a played track to the grid that it follows; a written one stays as it is.
fn snap_played(notes: &mut [GridNote]) {
    let exact = GridNote::exact;
    if is_written(notes.iter().map(exact)) {
        return;
    }
    let played: Vec<i64> = notes.iter().map(exact).collect();
    let mut snapped = Vec::with_capacity(notes.len());
    snap(&played, &mut snapped);
    for ((note, onset), exact) in notes.iter_mut().zip(snapped).zip(played) {
        note.onset = onset;
        note.micro = micro(exact, onset);
    }
}

/// One note an onset and pitch, the longest, of those from `start` on, in their order.
fn keep_longest(notes: &mut Vec<GridNote>, start: usize) {
    let added = &mut notes[start..];
    if added.is_sorted_by(|a, b| (a.onset(), a.pitch) < (b.onset(), b.pitch)) {
        return;
    }
    // Sorted, but by ticks: several may have come to one onset.
    if !added.is_sorted_by_key(|n| n.onset) {
        added.sort_by_key(|n| n.onset);
    }
    let key = |n: &GridNote| (n.pitch, std::cmp::Reverse(n.duration));
    for chord in added.chunk_by_mut(|a, b| a.onset() == b.onset()) {
        if !chord.is_sorted_by_key(key) {
            chord.sort_by_key(key);
        }
    }
    let mut kept = start;
    for i in start..notes.len() {
        let same = kept > start
            && notes[kept - 1].onset() == notes[i].onset()
            && notes[kept - 1].pitch == notes[i].pitch;
        if !same {
            notes[kept] = notes[i];
            kept += 1;
        }
    }
    notes.truncate(kept);
}

/// Sort by (onset, pitch, track) what is sorted track by track already.
fn sort_notes(notes: &mut Vec<GridNote>) {
    // Onsets take 31 bits, pitches 7: the rest is enough for the notes of any file.
    const INDEX_BITS: u32 = 26;
    let key = |n: &GridNote| (n.onset, n.pitch, n.track);
    if notes.is_sorted_by_key(key) {
        return;
    }
    if notes.len() >= 1 << INDEX_BITS {
        notes.sort_by_key(key);
        return;
    }
    // Numbers are merged several times as fast as notes, which then move once.
    let numbers = notes.iter().zip(0u64..).map(|(n, index)| {
        u64::from(n.onset().0) << (INDEX_BITS + 7) | u64::from(n.pitch) << INDEX_BITS | index
    });
    let mut numbers: Vec<u64> = numbers.collect();
    numbers.sort();
    let mask = (1 << INDEX_BITS) - 1;
    *notes = numbers.iter().map(|n| notes[(n & mask) as usize]).collect();
}

/// Bars that cover [`from`, `to`) on the grid, at least one; the map goes on for ever.
pub fn bars_between(
    meters: &[MeterChange],
    tempo_map: &[TempoChange],
    ppq: u16,
    from: GridTick,
    to: GridTick,
) -> Vec<Bar> {
    let common = [MeterChange {
        tick: 0,
        numerator: 4,
        denominator: 4,
    }];
    let meters = if meters.is_empty() {
        &common[..]
    } else {
        meters
    };
    let mut bars = Vec::new();
    for (i, meter) in meters.iter().enumerate() {
        let start = if i == 0 {
            GridTick::ZERO
        } else {
            grid_from_tick(Tick(meter.tick), ppq)
        };
        let end = meters
            .get(i + 1)
            .map_or(GridTick::NEVER, |m| grid_from_tick(Tick(m.tick), ppq));
        if end <= from || start >= to.max(from + 1) {
            continue;
        }
        let denominator = u32::from(meter.denominator.max(1));
        let length = ((u32::from(COMMON_BAR) * u32::from(meter.numerator) * 2 + denominator)
            / (2 * denominator))
            .max(6);
        let part = if length <= MAX_BAR {
            length
        } else {
            LONG_BAR_PART
        };
        let skipped = from.0.saturating_sub(start.0) / length;
        let mut bar_start = start + skipped * length;
        while bar_start < end && (bar_start < to || bars.is_empty()) {
            let bar_end = bar_start.saturating_add(length).min(end);
            let mut at = bar_start;
            while at < bar_end {
                let next = (at + part).min(bar_end);
                bars.push(Bar {
                    start: at,
                    meter: meter_class(meter.numerator, meter.denominator),
                    tempo: tempo_class(tempo_at(tempo_map, at, ppq)),
                    length: (next - at) as u16,
                });
                at = next;
            }
            bar_start = bar_end;
        }
    }
    bars
}

fn tempo_at(tempo_map: &[TempoChange], grid: GridTick, ppq: u16) -> f64 {
    let after = tempo_map.partition_point(|t| grid_from_tick(Tick(t.tick), ppq) <= grid);
    tempo_map
        .get(after.saturating_sub(1))
        .map_or(120.0, |t| t.tempo_qpm)
}

impl PieceView<'_> {
    /// Index of the bar that holds `onset`; the first bar for what comes before it.
    pub fn bar_at(&self, onset: GridTick) -> usize {
        self.bars
            .partition_point(|b| b.start <= onset)
            .saturating_sub(1)
    }
}
