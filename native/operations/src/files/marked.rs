//! The region that a file itself asks to be filled: between its markers; without markers, the one place where a track is
//! silent for whole bars.

use std::ops::Range;
use std::path::PathBuf;

use continuo_midi::{Bars, MAX_TICK, ParsedFile, Song};
use serde::{Deserialize, Serialize};

use crate::error::OperationError;
use crate::files::gaps::gaps;
use crate::files::marks::{FoundMark, Mark, find_marks};
use crate::files::source::{Reading, read_source};
use crate::files::track::{TrackChoice, label};

/// A mark that was set by hand this part of a quarter beside a bar line is meant on it.
const SNAP_QUARTERS: u32 = 16;
/// What a message lists at most.
const MOST_LISTED: usize = 6;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MarkedRequest {
    pub input: PathBuf,
    #[serde(default)]
    pub strict: bool,
    /// Which song, from 1, of a file that holds several.
    #[serde(default)]
    pub song: Option<usize>,
    /// For marks that name none; without marks, the only track that is looked at.
    #[serde(default)]
    pub track: Option<TrackChoice>,
}

/// Ticks are at the file's own PPQ, half-open.
#[derive(Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct MarkedAnswer {
    /// From 1.
    pub track: usize,
    pub track_name: String,
    pub start_tick: u32,
    pub end_tick: u32,
    /// From 1: the bars that hold the region's first and last tick.
    pub first_bar: u32,
    pub last_bar: u32,
    /// Whether marks say so, not empty bars.
    pub is_marked: bool,
}

/// Errors: `INPUT_*`, `MIDI_*`, `TRACK_*`, `MARK_UNPAIRED`, `MARK_TRACK_UNCLEAR`, `GAP_MISSING`, `GAP_AMBIGUOUS`.
pub fn marked(request: &MarkedRequest) -> Result<MarkedAnswer, OperationError> {
    let source = read_source(&request.input, Reading::new(request.strict, request.song))?;
    let (parsed, song) = (&source.parsed, &source.parsed.song);
    let wanted = request.track.as_ref();
    let marks = find_marks(&source);
    let (track_index, region) = if marks.is_empty() {
        only_gap(parsed, wanted)?
    } else {
        between(&marks, parsed, wanted)?
    };
    let bars = parsed.bars_of(track_index);
    Ok(MarkedAnswer {
        track: track_index + 1,
        track_name: song.tracks[track_index].name.clone(),
        start_tick: region.start,
        end_tick: region.end,
        first_bar: bars.bar_at_tick(region.start) + 1,
        last_bar: bars.bar_at_tick(region.end - 1) + 1,
        is_marked: !marks.is_empty(),
    })
}

fn between(
    marks: &[FoundMark],
    parsed: &ParsedFile,
    wanted: Option<&TrackChoice>,
) -> Result<(usize, Range<u32>), OperationError> {
    let song = &parsed.song;
    let [start, end] = marks else {
        return Err(unpaired(marks, parsed));
    };
    let (Mark::Start(named), Mark::End) = (&start.mark, &end.mark) else {
        return Err(unpaired(marks, parsed));
    };
    let bars = bars_of_chunk(start.chunk, parsed);
    let region = snapped(start.tick, &bars, song.ppq)..snapped(end.tick, &bars, song.ppq);
    if region.is_empty() {
        return Err(unpaired(marks, parsed));
    }
    let track = match named.as_ref().or(wanted) {
        Some(choice) => choice.resolve(song)?,
        None => track_of_marks(start.chunk, &region, song)?,
    };
    Ok((track, region))
}

/// Of format 2 those of the pattern.
fn bars_of_chunk(chunk: usize, parsed: &ParsedFile) -> Bars {
    let mut patterns = parsed.patterns.iter();
    match patterns.find(|pattern| pattern.chunk == chunk) {
        Some(pattern) => Bars::new(&pattern.meters, parsed.song.ppq),
        None => Bars::of(&parsed.song),
    }
}

fn snapped(tick: u32, bars: &Bars, ppq: u16) -> u32 {
    let bar = bars.bar_at_tick(tick);
    let (start, end) = (bars.start_tick(bar), bars.end_tick(bar));
    let near = u32::from(ppq) / SNAP_QUARTERS;
    if tick - start <= near {
        start
    } else if end < MAX_TICK && end - tick <= near {
        end
    } else {
        tick
    }
}

/// The one whose chunk has the marker; else the only one with notes; else the only one of them in which no
/// note starts there; else the only one without notes.
fn track_of_marks(chunk: usize, region: &Range<u32>, song: &Song) -> Result<usize, OperationError> {
    let has_notes = |index: usize| !song.tracks[index].notes.is_empty();
    let of_chunk = positions(song, |index| song.tracks[index].chunk == chunk);
    let with_notes = positions(song, has_notes);
    let without_notes = positions(song, |index| !has_notes(index));
    let silent = positions(song, |index| {
        let mut notes = song.tracks[index].notes.iter();
        has_notes(index) && !notes.any(|note| region.contains(&note.start_tick))
    });
    match (
        of_chunk.as_slice(),
        with_notes.as_slice(),
        silent.as_slice(),
        without_notes.as_slice(),
    ) {
        // The first chunk holds what is said of the whole song, unless each is a song of its own.
        (&[only], ..) if chunk > 0 || song.format == 2 => Ok(only),
        (_, &[only], ..) => Ok(only),
        (_, _, &[only], _) => Ok(only),
        (_, _, [], &[only]) => Ok(only),
        _ => {
            let all = || positions(song, |_| true);
            let tracks = if silent.is_empty() { all() } else { silent };
            let labels = tracks
                .iter()
                .map(|&index| label(index, &song.tracks[index]));
            Err(OperationError::MarkTrackUnclear {
                candidates: listed(labels),
            })
        }
    }
}

fn positions(song: &Song, fits: impl Fn(usize) -> bool) -> Vec<usize> {
    (0..song.tracks.len())
        .filter(|&index| fits(index))
        .collect()
}

fn only_gap(
    parsed: &ParsedFile,
    wanted: Option<&TrackChoice>,
) -> Result<(usize, Range<u32>), OperationError> {
    let song = &parsed.song;
    let wanted = wanted.map(|choice| choice.resolve(song)).transpose()?;
    let mut found = Vec::new();
    for index in positions(song, |index| wanted.is_none_or(|only| only == index)) {
        let of_track = gaps(&song.tracks[index].notes, &parsed.bars_of(index));
        found.extend(of_track.into_iter().map(|gap| (index, gap)));
    }
    match found.as_slice() {
        [] => Err(OperationError::GapMissing),
        [(index, gap)] => {
            let bars = parsed.bars_of(*index);
            Ok((*index, bars.start_tick(gap.start)..bars.start_tick(gap.end)))
        }
        _ => {
            let texts = found.iter().map(|(index, gap)| {
                let track = label(*index, &song.tracks[*index]);
                match (gap.start + 1, gap.end) {
                    (first, last) if first == last => format!("bar {first} of track {track}"),
                    (first, last) => format!("bars {first}-{last} of track {track}"),
                }
            });
            Err(OperationError::GapAmbiguous {
                gaps: listed(texts),
            })
        }
    }
}

fn unpaired(marks: &[FoundMark], parsed: &ParsedFile) -> OperationError {
    let texts = marks.iter().map(|found| {
        let bars = bars_of_chunk(found.chunk, parsed);
        let is_end = found.mark == Mark::End;
        let text = if is_end { "fill]" } else { "[fill" };
        format!("{text:?} in bar {}", bars.bar_at_tick(found.tick) + 1)
    });
    OperationError::MarkUnpaired {
        marks: listed(texts),
    }
}

fn listed(texts: impl ExactSizeIterator<Item = String>) -> Vec<String> {
    let more = texts.len().saturating_sub(MOST_LISTED);
    let mut shown: Vec<String> = texts.take(MOST_LISTED).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    shown
}

#[cfg(test)]
mod tests {
    use continuo_midi::{Note, ParseOptions, Track, parse, write_new};

    use super::*;

    const BAR: u32 = 1920;

    /// Tracks 1 and 2 in chunks 1 and 2; a note in each bar named, from 0.
    fn song(tracks: &[&[u32]]) -> ParsedFile {
        let tracks = tracks.iter().enumerate().map(|(index, played)| Track {
            chunk: index + 1,
            name: format!("T{index}"),
            notes: played
                .iter()
                .map(|bar| Note {
                    start_tick: bar * BAR,
                    duration_ticks: 480,
                    pitch: 60,
                    velocity: 80,
                    channel: 0,
                })
                .collect(),
            ..Track::default()
        });
        let song = Song {
            ppq: 480,
            tracks: tracks.collect(),
            ..Song::default()
        };
        parse(&write_new(&song).unwrap(), &ParseOptions::default()).unwrap()
    }

    fn pair(chunk: usize, start: u32, end: u32) -> [FoundMark; 2] {
        let found = |tick, mark| FoundMark { tick, chunk, mark };
        [found(start, Mark::Start(None)), found(end, Mark::End)]
    }

    fn code<T: std::fmt::Debug>(answer: Result<T, OperationError>) -> &'static str {
        answer.unwrap_err().code()
    }

    #[test]
    fn mark_beside_a_bar_line_is_on_it() {
        let song = song(&[&[0, 4]]);
        let near = between(&pair(0, BAR - 30, 3 * BAR + 30), &song, None).unwrap();
        assert_eq!(near, (0, BAR..3 * BAR));
        let far = between(&pair(0, BAR - 31, 3 * BAR + 31), &song, None).unwrap();
        assert_eq!(far, (0, BAR - 31..3 * BAR + 31));
    }

    #[test]
    fn track_is_that_of_the_chunk_then_the_silent_one() {
        let song = song(&[&[0, 1, 2, 3], &[0, 3]]);
        let track = |chunk, wanted| {
            between(&pair(chunk, BAR, 3 * BAR), &song, wanted).map(|(track, _)| track)
        };
        assert_eq!(track(1, None).unwrap(), 0);
        assert_eq!(track(0, None).unwrap(), 1);
        assert_eq!(track(0, Some(&TrackChoice::Number(1))).unwrap(), 0);
    }

    #[test]
    fn track_that_two_marks_leave_open() {
        for tracks in [[&[0, 3], &[0, 3]], [&[0, 1], &[0, 1]]] {
            let song = song(&[tracks[0], tracks[1]]);
            let answer = between(&pair(0, BAR, 3 * BAR), &song, None);
            assert_eq!(code(answer), "MARK_TRACK_UNCLEAR");
        }
    }

    #[test]
    fn marks_must_be_a_pair_in_order() {
        let song = song(&[&[0, 4]]);
        let [start, end] = pair(0, BAR, 3 * BAR);
        let marks = [
            vec![start.clone()],
            vec![end.clone()],
            vec![end.clone(), start.clone()],
            vec![start.clone(), start.clone(), end.clone()],
            pair(0, BAR, BAR + 9).to_vec(),
        ];
        for marks in marks {
            assert_eq!(code(between(&marks, &song, None)), "MARK_UNPAIRED");
        }
    }

    #[test]
    fn gap_must_be_the_only_one() {
        let one = song(&[&[0, 1, 2, 3], &[0, 3]]);
        assert_eq!(only_gap(&one, None).unwrap(), (1, BAR..3 * BAR));
        assert_eq!(
            code(only_gap(&one, Some(&TrackChoice::Number(1)))),
            "GAP_MISSING"
        );
        let two = song(&[&[0, 2], &[0, 3]]);
        assert_eq!(code(only_gap(&two, None)), "GAP_AMBIGUOUS");
        assert_eq!(
            only_gap(&two, Some(&TrackChoice::Number(2))).unwrap(),
            (1, BAR..3 * BAR)
        );
    }

    #[test]
    fn marks_of_a_pattern_are_on_its_own_bar_lines() {
        // The second pattern is in 3/4, with bars of 1440 ticks.
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../test/odd-files");
        let bytes = std::fs::read(format!("{folder}/format-2.mid")).unwrap();
        let parsed = parse(&bytes, &ParseOptions::default()).unwrap();
        let region = between(&pair(1, 2870, 5770), &parsed, None).unwrap();
        assert_eq!(region, (1, 2880..5760));
    }

    #[test]
    fn long_lists_are_cut() {
        let texts = |count| {
            listed(
                (0..count)
                    .map(|index: usize| index.to_string())
                    .collect::<Vec<_>>()
                    .into_iter(),
            )
        };
        assert_eq!(texts(6).len(), 6);
        assert_eq!(texts(9).last().unwrap(), "3 more");
    }
}
