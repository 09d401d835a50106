//! The lines that a piece is compared by: sequences of pitches without onsets, so that tempo, grid and
//! small shifts of single notes do not count.

use continuo_tokenizer::GridNote;
use continuo_tokenizer::grid::GridTick;
use continuo_tokenizer::vocabulary::DRUMS;
use std::ops::Range;

/// Grid ticks within which notes are one chord: each of two may be 1/24 quarter early or late.
const CHORD: u32 = 2;

/// Lines of pitches, one after the other; where one repeats a pitch, it is there once.
#[derive(Default)]
pub struct Lines {
    pub pitches: Vec<u8>,
    /// Where each line ends.
    pub ends: Vec<usize>,
}

/// The chord that is read, and where its notes go.
#[derive(Clone, Copy)]
struct Chord {
    /// Onset of its first note.
    from: GridTick,
    at: u32,
    high: u8,
    low: u8,
}

/// The highest and the lowest note of each chord.
struct Outline {
    high: Vec<u8>,
    low: Vec<u8>,
}

impl Chord {
    /// Nothing was read yet. Such a chord takes no note: onsets are far from it.
    fn before(at: u32) -> Chord {
        Chord {
            from: GridTick(u32::MAX >> 1),
            at,
            high: 0,
            low: 0,
        }
    }

    /// Read a note. No branches, which would be mispredicted at every other one.
    #[inline(always)]
    fn read(&mut self, onset: GridTick, pitch: u8, outline: &mut Outline) {
        let is_new = onset.0.wrapping_sub(self.from.0) > CHORD;
        self.from = if is_new { onset } else { self.from };
        self.at = self.at.wrapping_add(u32::from(is_new));
        self.high = if is_new { pitch } else { self.high.max(pitch) };
        self.low = if is_new { pitch } else { self.low.min(pitch) };
        let at = self.at as usize;
        if let (Some(high), Some(low)) = (outline.high.get_mut(at), outline.low.get_mut(at)) {
            (*high, *low) = (self.high, self.low);
        }
    }
}

impl Outline {
    fn new(chords: usize) -> Outline {
        Outline {
            high: vec![0; chords],
            low: vec![0; chords],
        }
    }
}

impl Lines {
    /// The highest and the lowest notes of the piece, and those of each track where there are several:
    /// whichever track is left out, moved by octaves or merged, some lines stay. Drums are left out.
    pub fn pitched(sounds: &[u8], notes: &[GridNote]) -> Lines {
        let mut sizes = vec![0u32; sounds.len()];
        for note in notes {
            if let Some(size) = sizes.get_mut(usize::from(note.track)) {
                *size += 1;
            }
        }
        let is_drums = |track: usize| sounds.get(track) == Some(&DRUMS);
        let tracks: Vec<usize> = (0..sizes.len())
            .filter(|&track| sizes[track] > 0 && !is_drums(track))
            .collect();
        let total: usize = tracks.iter().map(|&track| sizes[track] as usize).sum();
        let mut lines = Lines::default();
        // A place before each line is where its first chord comes from.
        let (mut whole, mut outline) = (Chord::before(0), Outline::new(total + 1));
        if let [only] = tracks[..] {
            for note in notes.iter().filter(|n| usize::from(n.track) == only) {
                whole.read(note.onset, note.pitch, &mut outline);
            }
            lines.add(&outline, 1..whole.at as usize + 1);
            return lines;
        }
        // By track.
        let mut chords = vec![Chord::before(u32::MAX); sizes.len()];
        let mut starts = Vec::with_capacity(tracks.len());
        let mut end = 0;
        for &track in &tracks {
            chords[track] = Chord::before(end);
            starts.push(end as usize + 1);
            end += sizes[track] + 1;
        }
        let mut outlines = Outline::new(end as usize);
        let has_drums = (0..sizes.len()).any(is_drums);
        for note in notes {
            let track = usize::from(note.track);
            if has_drums && is_drums(track) {
                continue;
            }
            let (onset, pitch) = (note.onset, note.pitch);
            whole.read(onset, pitch, &mut outline);
            if let Some(chord) = chords.get_mut(track) {
                chord.read(onset, pitch, &mut outlines);
            }
        }
        lines.add(&outline, 1..whole.at as usize + 1);
        for (&track, from) in tracks.iter().zip(starts) {
            lines.add(&outlines, from..chords[track].at as usize + 1);
        }
        lines
    }

    fn add(&mut self, outline: &Outline, chords: Range<usize>) {
        let (high, low) = (&outline.high[chords.clone()], &outline.low[chords]);
        self.add_line(high);
        if low != high {
            self.add_line(low);
        }
    }
    /// A line without the repeats in it.
    fn add_line(&mut self, line: &[u8]) {
        let from = self.pitches.len();
        self.pitches.resize(from + line.len(), 0);
        let (mut count, mut last) = (0, u8::MAX);
        let added = &mut self.pitches[from..];
        for &pitch in line {
            if let Some(slot) = added.get_mut(count) {
                *slot = pitch;
            }
            count += usize::from(pitch != last);
            last = pitch;
        }
        self.pitches.truncate(from + count);
        self.ends.push(self.pitches.len());
    }

    /// Each line.
    pub fn each(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ranges = starts.zip(&self.ends);
        ranges.map(|(from, &to)| &self.pitches[from..to])
    }
}

/// Sets of drums that sound together, as masks; of a piece that has nothing else.
pub fn drum_hits(notes: &[GridNote]) -> Vec<u64> {
    let (Some(first), Some(last)) = (notes.first(), notes.last()) else {
        return Vec::new();
    };
    // Half the mean distance of notes, so that it grows with the ticks.
    let span = u64::from(last.onset() - first.onset());
    let count = notes.len() as u64;
    let together = ((span + count) / (2 * count)).clamp(1, 12) as u32;
    let mut hits: Vec<u64> = Vec::new();
    let mut from = GridTick::ZERO;
    for note in notes {
        let onset = note.onset;
        let drum = 1 << (note.pitch % 64);
        match hits.last_mut() {
            Some(last) if onset - from <= together => *last |= drum,
            _ => {
                from = onset;
                hits.push(drum);
            }
        }
    }
    hits
}
