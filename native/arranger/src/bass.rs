//! Bass lines: roots, fifths, octaves, walks, syncopes, slides into changes.

mod voice;

use self::voice::Voice;
use crate::chart::{At, nearest};
use crate::dice::Dice;
use crate::line::{Line, PPQ, SIXTEENTH};
use crate::meter::Meter;
use crate::passage::Passage;
use crate::style::BassKind;

/// What this piece's bassist plays.
pub struct Bassist {
    kind: BassKind,
    other: BassKind,
    /// Lowest pitch.
    low: i32,
    /// A riff: sixteenth, length, semitones above the root.
    riff: Vec<(i32, i32, i32)>,
    slides: f64,
    habits: u64,
}

impl Bassist {
    pub fn new(kinds: &[BassKind], meter: &Meter, dice: &mut Dice) -> Bassist {
        let riff = riff(meter, dice);
        Bassist {
            kind: *dice.pick(kinds),
            other: *dice.pick(kinds),
            low: *dice.pick(&[28, 28, 30, 31]),
            riff,
            slides: 0.25 * dice.uniform(),
            habits: dice.seed(),
        }
    }

    /// Play the bars of a section; `kicks`: where the drummer's bass drum is.
    pub fn play(
        &self,
        is_second: bool,
        passage: Passage<'_>,
        kicks: &[i32],
        line: &mut Line,
        dice: &mut Dice,
    ) {
        let kind = if is_second { self.other } else { self.kind };
        let velocity = 74.0 + 24.0 * passage.loud;
        let Passage { meter, chart, .. } = passage;
        let mut last = self.low + 9;
        for (at, span, slot) in passage.chords() {
            let dice = &mut dice.habit(self.habits, slot);
            let root = self.root(&span, last);
            last = root;
            let mut say = Voice {
                line,
                root,
                span,
                velocity,
                chart,
                low: self.low,
            };
            match kind {
                BassKind::Eighths => say.repeat(SIXTEENTH * 2, 0.9, dice),
                BassKind::Sixteenths => say.repeat(SIXTEENTH, 0.8, dice),
                BassKind::Roots => say.groups(at, meter),
                BassKind::Held => say.note(0, span.end - span.start, 0, 1.0),
                BassKind::RootFifth => say.alternate(meter),
                BassKind::Walking => say.walk(dice),
                BassKind::Octaves => say.octaves(),
                BassKind::Offbeat => say.every(SIXTEENTH * 4, SIXTEENTH * 2, SIXTEENTH * 2),
                BassKind::Gallop => say.gallop(),
                BassKind::WithKick => say.on(kicks, dice),
                BassKind::Funk => say.pattern(
                    &[
                        (0, 2, 0),
                        (3, 1, 12),
                        (6, 1, 0),
                        (7, 1, 0),
                        (10, 2, 7),
                        (13, 1, 10),
                        (14, 1, 12),
                    ],
                    dice,
                ),
                BassKind::Syncopated => say.pattern(
                    &[(0, 3, 0), (3, 3, 0), (6, 2, 7), (10, 2, 0), (12, 3, 0)],
                    dice,
                ),
                BassKind::Tumbao => say.pattern(&[(6, 4, 7), (12, 4, 0)], dice),
                BassKind::Bossa => {
                    say.pattern(&[(0, 6, 0), (6, 2, 7), (8, 6, 7), (14, 2, 0)], dice)
                }
                BassKind::Reggae => say.pattern(
                    &[(0, 3, 0), (4, 2, 0), (6, 2, 4), (10, 2, 7), (12, 3, 0)],
                    dice,
                ),
                BassKind::Boogie => say.pattern(
                    &[
                        (0, 2, 0),
                        (2, 2, 0),
                        (4, 2, 4),
                        (6, 2, 4),
                        (8, 2, 7),
                        (10, 2, 7),
                        (12, 2, 9),
                        (14, 2, 7),
                    ],
                    dice,
                ),
                BassKind::Waltz => say.note(0, PPQ.min(span.end - span.start), 0, 1.0),
                BassKind::Slides => {
                    say.pattern(&[(0, 6, 0), (6, 2, 0), (8, 4, 7), (12, 2, 0)], dice)
                }
                BassKind::Riff => say.riff(&self.riff, at),
            }
            let slides = kind == BassKind::Slides || dice.chance(self.slides);
            if slides && !matches!(kind, BassKind::Walking | BassKind::Held) {
                say.approach(dice);
            }
        }
        line.hits.sort_by_key(|h| h.tick);
        one_at_a_time(line);
    }

    /// The bass of a chord, in the octave nearest to the last one and in range.
    fn root(&self, span: &At, last: i32) -> i32 {
        let root = nearest(i32::from(span.chord.bass), last);
        let high = self.low + 19;
        if root < self.low {
            root + 12
        } else if root > high {
            root - 12
        } else {
            root
        }
    }
}

/// A riff of one bar: a few onsets, most on the root.
fn riff(meter: &Meter, dice: &mut Dice) -> Vec<(i32, i32, i32)> {
    let mut onsets = vec![0];
    let mut at = 0;
    loop {
        at += *dice.pick(&[1, 2, 2, 3, 3, 4]);
        if at >= meter.sixteenths() {
            break;
        }
        onsets.push(at);
    }
    let ends = onsets.iter().skip(1).copied().chain([meter.sixteenths()]);
    onsets
        .iter()
        .zip(ends)
        .map(|(&step, end)| {
            let above = if step == 0 {
                0
            } else {
                *dice.pick(&[0, 0, 0, 3, 5, 7, 10, 12])
            };
            (step, (end - step).min(4), above)
        })
        .collect()
}

/// A bass sounds one note: each ends where the next begins.
fn one_at_a_time(line: &mut Line) {
    line.hits.dedup_by_key(|h| h.tick);
    for i in 1..line.hits.len() {
        let start = line.hits[i].tick;
        let before = &mut line.hits[i - 1];
        before.duration = before.duration.min((start - before.tick).max(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Chart;
    use crate::line::Role;
    use continuo_tokenizer::chord::{Chord, Quality};

    #[test]
    fn every_bass_sounds_one_note_in_range_and_most_bars_begin_on_the_root() {
        let kinds = [
            BassKind::Eighths,
            BassKind::Roots,
            BassKind::RootFifth,
            BassKind::Walking,
            BassKind::Octaves,
            BassKind::Syncopated,
            BassKind::WithKick,
            BassKind::Funk,
            BassKind::Held,
            BassKind::Sixteenths,
            BassKind::Gallop,
            BassKind::Bossa,
            BassKind::Reggae,
            BassKind::Boogie,
            BassKind::Slides,
            BassKind::Riff,
        ];
        let mut dice = Dice::new(5);
        let meter = Meter::parse("4/4", &mut dice);
        let roots = [0, 5, 7, 9];
        let chords: Vec<At> = (0..8)
            .map(|i| At {
                start: i * 1920,
                end: (i + 1) * 1920,
                chord: Chord::new(roots[i as usize % 4], Quality::Major),
            })
            .collect();
        let chart = Chart { chords };
        for kind in kinds {
            let mut line = Line::new("Bass", Role::Bass, 33);
            let bassist = Bassist::new(&[kind], &meter, &mut dice);
            bassist.play(
                false,
                Passage {
                    start: 0,
                    end: 8 * 1920,
                    loud: 0.7,
                    meter: &meter,
                    chart: &chart,
                },
                &[0, 1200],
                &mut line,
                &mut dice,
            );
            assert!(
                line.hits
                    .windows(2)
                    .all(|w| w[0].tick + w[0].duration <= w[1].tick),
                "{kind:?}"
            );
            assert!(
                line.hits.iter().all(|h| (23..=66).contains(&h.pitch)),
                "{kind:?} {:?}",
                line.hits
            );
            let on_root = (0..8).filter(|bar| {
                let first = line.hits.iter().find(|h| h.tick == bar * 1920);
                first.is_some_and(|h| h.pitch % 12 == roots[*bar as usize % 4])
            });
            assert!(on_root.count() >= 6, "{kind:?}");
        }
    }
}
