//! What was heard, by position in the song, with the tempo and meter that went with it.

use crate::note::Note;
use crate::report::Report;
use crate::transport::Meter;

/// An afternoon of playing; the oldest are forgotten first.
const MOST_NOTES: usize = 20_000;
const MOST_CHANGES: usize = 4_096;

/// Tempo and meter from `at` on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Timeline {
    pub at: f64,
    pub tempo_qpm: f64,
    pub meter: Meter,
    /// A bar line of this meter.
    pub bar_line: f64,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            at: 0.,
            tempo_qpm: 120.,
            meter: Meter::COMMON,
            bar_line: 0.,
        }
    }
}

#[derive(Clone, Copy)]
struct HeardNote {
    note: Note,
    pass: u64,
}

#[derive(Clone, Copy)]
struct OpenNote {
    start: f64,
    velocity: u8,
    pitch: u8,
    channel: u8,
}

#[derive(Default)]
pub(crate) struct Heard {
    /// In the order in which they ended.
    notes: Vec<HeardNote>,
    open: Vec<OpenNote>,
    /// Counts up with every jump: a loop's second pass overwrites its first.
    pass: u64,
    /// Sorted by `at`.
    timeline: Vec<Timeline>,
    pub version: u64,
}

impl Heard {
    pub fn take(&mut self, report: Report) {
        match report {
            Report::NoteOn {
                at,
                pitch,
                velocity,
                channel,
            } => {
                self.end(at, pitch, channel);
                if self.open.len() < 256 {
                    self.open.push(OpenNote {
                        start: at,
                        velocity,
                        pitch,
                        channel,
                    });
                }
            }
            Report::NoteOff { at, pitch, channel } => self.end(at, pitch, channel),
            Report::Passed { from, to } => {
                let (before, pass) = (self.notes.len(), self.pass);
                self.notes.retain(|heard| {
                    heard.pass == pass || heard.note.start < from || heard.note.start >= to
                });
                self.version += u64::from(self.notes.len() != before);
            }
            Report::Timeline {
                at,
                tempo_qpm,
                meter,
                bar_line,
            } => {
                self.take_timeline(Timeline {
                    at,
                    tempo_qpm,
                    meter,
                    bar_line,
                });
            }
            Report::Break { at } => {
                for open in std::mem::take(&mut self.open) {
                    self.add(open, at);
                }
                self.pass += 1;
            }
            Report::Due(_) => {}
        }
    }

    /// Notes that sound in a span; those that are held still end at `now`.
    pub fn notes(&self, (from, to): (f64, f64), now: f64) -> Vec<Note> {
        let held = self
            .open
            .iter()
            .filter(|open| now > open.start)
            .map(|open| note(open, now));
        let mut notes: Vec<Note> = self
            .notes
            .iter()
            .map(|heard| heard.note)
            .chain(held)
            .collect();
        notes.retain(|note| note.start < to && note.end > from);
        notes.sort_by(|a, b| a.start.total_cmp(&b.start));
        notes
    }

    /// The tempo and meter at a position: the last that was seen before it, or the first of all.
    pub fn timeline_at(&self, at: f64) -> Timeline {
        let after = self
            .timeline
            .partition_point(|change| change.at <= at + 1e-6);
        self.timeline
            .get(after.saturating_sub(1))
            .copied()
            .unwrap_or_default()
    }

    /// Changes inside a span, in order.
    pub fn changes(&self, (from, to): (f64, f64)) -> impl Iterator<Item = Timeline> {
        self.timeline
            .iter()
            .copied()
            .filter(move |change| change.at > from && change.at < to)
    }

    fn end(&mut self, at: f64, pitch: u8, channel: u8) {
        if let Some(index) = self
            .open
            .iter()
            .position(|open| open.pitch == pitch && open.channel == channel)
        {
            let open = self.open.swap_remove(index);
            self.add(open, at);
        }
    }

    fn add(&mut self, open: OpenNote, end: f64) {
        // A loop that jumped back while the note was held ends before it began; `Break` came first and ended it.
        if !end.is_finite() || end <= open.start {
            return;
        }
        if self.notes.len() == MOST_NOTES {
            self.notes.drain(..MOST_NOTES / 10);
        }
        self.notes.push(HeardNote {
            note: note(&open, end),
            pass: self.pass,
        });
        self.version += 1;
    }

    fn take_timeline(&mut self, new: Timeline) {
        let at = self
            .timeline
            .partition_point(|change| change.at < new.at - 1e-6);
        let is_same_place = self
            .timeline
            .get(at)
            .is_some_and(|old| (old.at - new.at).abs() <= 1e-6);
        let holds_already = at > 0 && {
            let old = self.timeline[at - 1];
            old.tempo_qpm == new.tempo_qpm && old.meter == new.meter
        };
        if is_same_place {
            self.timeline[at] = new;
        } else if !holds_already && self.timeline.len() < MOST_CHANGES {
            self.timeline.insert(at, new);
        }
    }
}

fn note(open: &OpenNote, end: f64) -> Note {
    Note {
        start: open.start,
        end,
        pitch: open.pitch,
        velocity: open.velocity,
        channel: open.channel,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(heard: &mut Heard, pitch: u8, from: f64, to: f64) {
        heard.take(Report::NoteOn {
            at: from,
            pitch,
            velocity: 80,
            channel: 0,
        });
        heard.take(Report::NoteOff {
            at: to,
            pitch,
            channel: 0,
        });
    }

    fn pitches(heard: &Heard, span: (f64, f64)) -> Vec<u8> {
        heard
            .notes(span, span.1)
            .iter()
            .map(|note| note.pitch)
            .collect()
    }

    #[test]
    fn a_second_pass_overwrites_only_the_bars_that_it_played() {
        let mut heard = Heard::default();
        play(&mut heard, 60, 0., 1.);
        play(&mut heard, 62, 4., 5.);
        heard.take(Report::Passed { from: 0., to: 8. });
        heard.take(Report::Break { at: 8. });
        play(&mut heard, 64, 1., 2.);
        heard.take(Report::Passed { from: 0., to: 4. });
        assert_eq!(pitches(&heard, (0., 8.)), [64, 62]);
    }

    #[test]
    fn a_held_note_sounds_up_to_now_and_ends_at_a_break() {
        let mut heard = Heard::default();
        heard.take(Report::NoteOn {
            at: 1.,
            pitch: 60,
            velocity: 80,
            channel: 2,
        });
        assert_eq!(
            heard.notes((0., 4.), 3.),
            [Note {
                start: 1.,
                end: 3.,
                pitch: 60,
                velocity: 80,
                channel: 2
            }]
        );
        heard.take(Report::Break { at: 3.5 });
        heard.take(Report::NoteOff {
            at: 0.5,
            pitch: 60,
            channel: 2,
        });
        assert_eq!(heard.notes((0., 4.), 4.)[0].end, 3.5);
    }

    #[test]
    fn the_timeline_is_read_by_position_and_replaced_in_place() {
        let mut heard = Heard::default();
        let meter = Meter {
            numerator: 3,
            denominator: 4,
        };
        heard.take(Report::Timeline {
            at: 0.,
            tempo_qpm: 100.,
            meter: Meter::COMMON,
            bar_line: 0.,
        });
        heard.take(Report::Timeline {
            at: 8.,
            tempo_qpm: 90.,
            meter,
            bar_line: 8.,
        });
        heard.take(Report::Timeline {
            at: 8.,
            tempo_qpm: 95.,
            meter,
            bar_line: 8.,
        });
        assert_eq!(heard.timeline_at(7.9).tempo_qpm, 100.);
        assert_eq!(heard.timeline_at(20.).tempo_qpm, 95.);
        assert_eq!(heard.changes((0., 100.)).count(), 1);
    }

    #[test]
    fn memory_is_bounded() {
        let mut heard = Heard::default();
        for index in 0..MOST_NOTES * 2 {
            play(&mut heard, 60, index as f64, index as f64 + 0.5);
        }
        assert!(heard.notes.len() <= MOST_NOTES);
        for pitch in 0..=255 {
            for channel in 0..16 {
                heard.take(Report::NoteOn {
                    at: 0.,
                    pitch,
                    velocity: 1,
                    channel,
                });
            }
        }
        assert!(heard.open.len() <= 256);
    }
}
