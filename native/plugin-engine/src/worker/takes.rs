//! New take: fills a range, goes on from the playhead, or asks again for what plays.

use super::Worker;
use super::flight::Flight;
use super::live::{heard_track, part_channel};
use super::request::Ask;
use crate::parameters::{Mode, ParameterId as Id, Part};

/// As many as a musician compares at once; more if one of them is chosen.
const CANDIDATES: u32 = 4;
const MOST_CANDIDATES: u32 = 8;

impl Worker {
    pub(super) fn new_take(&mut self) {
        let mode = Mode::from_value(self.link.shared.value(Id::Mode));
        let region = match mode {
            Mode::Continue => Some(self.bars_ahead()),
            // Asks again for what was asked last, unless there is a range.
            Mode::Answer | Mode::Accompany => self.range.or(self.link.kept.view().region),
            Mode::Fill | Mode::Play => self.range.or_else(|| self.link.shared.cycle()),
        };
        let Some(region) = region else {
            return self.say(match mode {
                Mode::Answer | Mode::Accompany => {
                    "Play first: a new take asks for the last bars again."
                }
                _ => "Which bars? Switch the host's loop on, or drag over the ruler.",
            });
        };
        if self.link.kept.is_kept(region) {
            return self.say("These bars are kept: clear them first.");
        }
        let continues = matches!(mode, Mode::Continue | Mode::Answer);
        let flight = self.take_of(region, continues);
        self.launch_flight(flight);
    }

    pub(super) fn open_roll(&mut self) {
        let view = self.link.kept.view();
        let Some(region) = self
            .range
            .or(view.region)
            .or_else(|| self.link.shared.cycle())
        else {
            return self.say("Which bars? Switch the host's loop on, or drag over the ruler.");
        };
        let mut flight = self.take_of(region, false);
        flight.asks_roll = true;
        // There the old notes are seen, and can be edited.
        let inside = view
            .generated
            .iter()
            .filter(|note| note.start >= region.0 && note.start < region.1);
        flight.ask.own.extend(inside);
        self.launch_flight(flight);
        self.say("Open in the browser: send the notes back from there.");
    }

    fn take_of(&mut self, region: (f64, f64), continues: bool) -> Flight {
        let now = self.now();
        let everything = (
            f64::NEG_INFINITY,
            if continues { region.0 } else { f64::INFINITY },
        );
        let heard = self.heard.notes(everything, now);
        let channel = heard.last().map_or(0, |note| note.channel);
        let generated = self.generated_outside(region);
        let mut context = self.context();
        let part = self.part();
        let own = if part == Part::Same {
            let mut own = heard;
            own.retain(|note| note.start < region.0 || note.start >= region.1);
            own.extend(generated);
            own
        } else {
            context.insert(0, heard_track(heard));
            generated
        };
        let chosen = self.link.shared.value(Id::Candidate) as u32;
        let candidates = if chosen > CANDIDATES {
            MOST_CANDIDATES
        } else {
            CANDIDATES
        };
        let ask = Ask {
            region,
            part,
            own,
            context,
            continues,
            candidates,
        };
        Flight::new(ask, part_channel(part, channel))
    }

    /// N bars from the next bar line on; where nothing plays, from the end of what was heard.
    fn bars_ahead(&self) -> (f64, f64) {
        let shared = &self.link.shared;
        let at = if shared.is_playing() {
            self.now()
        } else {
            let heard = self
                .heard
                .notes((f64::NEG_INFINITY, f64::INFINITY), self.now());
            heard.iter().map(|note| note.end).fold(self.now(), f64::max)
        };
        let timeline = self.heard.timeline_at(at);
        let bar = timeline.meter.quarters_per_bar();
        let line = timeline.bar_line + ((at - timeline.bar_line) / bar - 1e-6).ceil() * bar;
        (line, line + shared.value(Id::Bars) * bar)
    }
}
