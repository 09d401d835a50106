//! Live: when notes are due. Asked `lead` before the line with what was heard so far, and once more at the line.
//!
//! Answer counts pairs of N bars from bar 1, or from the loop's start while the loop is on: the first are heard, the
//! second answered. A loop shorter than 2N bars is halved. Accompany has a line every N bars, the loop's start among
//! them: what was heard before it is what the part is written under.

use crate::parameters::Mode;
use crate::report::Due;
use crate::transport::Meter;

/// A hair: positions are sums of many block lengths.
const EPSILON: f64 = 1e-6;

pub(super) struct Lines {
    pub mode: Mode,
    pub bars: f64,
    /// Quarters before a line at which is asked ahead.
    pub lead: f64,
    pub meter: Meter,
    /// A bar line, from which others are counted.
    pub bar_line: f64,
    /// The host's loop, where the stretch lies in it.
    pub cycle: Option<(f64, f64)>,
}

impl Lines {
    /// What is asked in [from, to): ahead of a line, and on one.
    pub fn due_in(&self, from: f64, to: f64) -> [Option<Due>; 2] {
        if !matches!(self.mode, Mode::Answer | Mode::Accompany) {
            return [None, None];
        }
        let (origin, span) = self.grid();
        let lead = self.lead.min(span / 2.);
        let ahead = self
            .line_in(origin, span, from + lead, to + lead)
            .map(|line| self.due(line, span, false));
        let now = self
            .line_in(origin, span, from, to)
            .map(|line| self.due(line, span, true));
        [if lead > 0. { ahead } else { None }, now]
    }

    /// Where lines are counted from, and how far apart they are.
    fn grid(&self) -> (f64, f64) {
        let bar = self.meter.quarters_per_bar();
        let span = (self.bars.max(1.) * bar).max(EPSILON);
        match self.cycle {
            Some((start, end)) => {
                let half = (end - start) / 2.;
                (start, if span > half { half.max(EPSILON) } else { span })
            }
            None => (self.bar_line, span),
        }
    }

    /// The first line in [from, to) at which notes are due.
    fn line_in(&self, origin: f64, span: f64, from: f64, to: f64) -> Option<f64> {
        // Both ends are moved by the same hair, so that a line on a seam is met by one of two blocks.
        let index_at = |position: f64| ((position - origin) / span - EPSILON).ceil();
        let index = index_at(from);
        let is_in = index < index_at(to);
        let line = origin + index * span;
        let wraps = self.cycle.is_some_and(|(_, end)| line >= end - EPSILON);
        let counted = match self.mode {
            // Behind the loop's end the counting begins anew: that line is the call's.
            Mode::Answer => !wraps && (index as i64).rem_euclid(2) == 1,
            _ => true,
        };
        (is_in && counted).then_some(line)
    }

    fn due(&self, line: f64, span: f64, is_last: bool) -> Due {
        let region = match self.cycle {
            // Ahead of the loop's end: the line is its start.
            Some((start, end)) if line >= end - EPSILON => (start, start + span),
            Some((_, end)) => (line, (line + span).min(end)),
            None => (line, line + span),
        };
        let listened = match self.cycle {
            // On the loop's start: what was heard at its end.
            Some((start, end)) if line <= start + EPSILON => (end - span, end),
            _ => (line - span, line),
        };
        Due {
            listened,
            region,
            is_last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(mode: Mode, cycle: Option<(f64, f64)>) -> Lines {
        Lines {
            mode,
            bars: 2.,
            lead: 0.5,
            meter: Meter::COMMON,
            bar_line: 0.,
            cycle,
        }
    }

    fn asked(lines: &Lines, from: f64, to: f64) -> Vec<(f64, Due)> {
        let step = 0.013;
        let steps = ((to - from) / step) as usize;
        let stretch = |index: usize| (from + index as f64 * step, from + (index + 1) as f64 * step);
        (0..steps)
            .map(stretch)
            .flat_map(|(from, to)| {
                lines
                    .due_in(from, to)
                    .into_iter()
                    .flatten()
                    .map(move |due| (from, due))
            })
            .collect()
    }

    #[test]
    fn an_answer_is_asked_ahead_and_on_its_line() {
        let asked = asked(&lines(Mode::Answer, None), 0., 32.);
        let regions: Vec<_> = asked
            .iter()
            .map(|(_, due)| (due.listened, due.region, due.is_last))
            .collect();
        let first = ((0., 8.), (8., 16.));
        let second = ((16., 24.), (24., 32.));
        assert_eq!(
            regions,
            [
                (first.0, first.1, false),
                (first.0, first.1, true),
                (second.0, second.1, false),
                (second.0, second.1, true)
            ]
        );
        assert!((asked[0].0 - 7.5).abs() < 0.02 && (asked[1].0 - 8.).abs() < 0.02);
    }

    #[test]
    fn a_short_loop_is_halved() {
        let asked = asked(&lines(Mode::Answer, Some((4., 8.))), 4., 8.);
        assert!(
            asked
                .iter()
                .all(|(_, due)| due.listened == (4., 6.) && due.region == (6., 8.)),
            "{asked:?}"
        );
        assert_eq!(asked.len(), 2);
    }

    #[test]
    fn an_accompaniment_is_due_at_every_line_and_over_the_loops_end() {
        let asked = asked(&lines(Mode::Accompany, Some((0., 16.))), 0., 16.);
        let regions: Vec<_> = asked
            .iter()
            .map(|(_, due)| (due.listened, due.region, due.is_last))
            .collect();
        assert_eq!(
            regions,
            [
                ((8., 16.), (0., 8.), true),
                ((0., 8.), (8., 16.), false),
                ((0., 8.), (8., 16.), true),
                ((8., 16.), (0., 8.), false),
            ]
        );
    }

    #[test]
    fn each_line_is_met_once_whatever_the_blocks_are() {
        for step in [0.001, 0.0371, 0.5, 1. / 3., 7.9] {
            let lines = lines(Mode::Answer, None);
            let (mut at, mut count) = (-16., 0);
            while at < 160. {
                count += lines
                    .due_in(at, at + step)
                    .into_iter()
                    .flatten()
                    .filter(|due| due.is_last)
                    .count();
                at += step;
            }
            assert_eq!(count, 11, "{step}");
        }
    }

    #[test]
    fn other_modes_ask_nothing() {
        for mode in [Mode::Play, Mode::Fill, Mode::Continue] {
            assert!(asked(&lines(mode, None), 0., 64.).is_empty());
        }
    }
}
