//! Answer and Accompany: requests that come from the bar lines.

use super::Worker;
use super::flight::Flight;
use super::kept::fingerprint;
use super::request::{Ask, ContextTrack};
use crate::note::Note;
use crate::parameters::{Mode, ParameterId as Id, Part};
use crate::report::Due;

/// Before the region: what the model can read of a phrase and more.
const LISTENED_BARS: f64 = 16.;

impl Worker {
    /// Settles it at once where there is nothing to ask.
    pub(super) fn due(&mut self, due: Due) {
        let mode = Mode::from_value(self.link.shared.value(Id::Mode));
        let wanted = match mode {
            Mode::Answer => self.answer(&due),
            Mode::Accompany => self.accompany(&due),
            _ => None,
        };
        let Some(mut flight) = wanted.filter(|_| !self.link.kept.is_kept(due.region)) else {
            return self.settle(1);
        };
        let is_under_way = self
            .flight
            .as_ref()
            .is_some_and(|other| other.ask.region == due.region && other.call == flight.call);
        // In a loop, what is played as before is answered as before.
        if is_under_way || self.link.kept.is_answered(due.region, flight.call) {
            if let (true, Some(other)) = (is_under_way, &mut self.flight) {
                other.owes += 1;
                return;
            }
            return self.settle(1);
        }
        flight.owes = 1;
        flight.is_live = true;
        self.launch_flight(flight);
    }

    fn answer(&mut self, due: &Due) -> Option<Flight> {
        let call = self.heard.notes(due.listened, due.listened.1);
        let channel = call.last()?.channel;
        let reach = self.reach_before(due.region.0);
        let heard = self.heard.notes((reach, due.region.0), due.listened.1);
        let generated = self.generated_outside(due.region);
        let mut context = self.context();
        let part = self.part();
        let own = if part == Part::Same {
            // One line: calls and earlier answers are its track.
            let mut own = heard;
            own.extend(generated);
            own
        } else {
            context.insert(0, heard_track(heard));
            generated
        };
        let ask = Ask {
            region: due.region,
            part,
            own,
            context,
            continues: true,
            candidates: 1,
        };
        let mut flight = Flight::new(ask, part_channel(part, channel));
        flight.call = fingerprint(&call, due.listened.0);
        Some(flight)
    }

    /// Under the region lies what was heard there on an earlier pass, else what was heard just now, repeated.
    fn accompany(&mut self, due: &Due) -> Option<Flight> {
        let call = self.heard.notes(due.listened, due.listened.1);
        let mut context = self.context();
        if call.is_empty() && context.is_empty() {
            return None;
        }
        let channel = call.last().map_or(0, |note| note.channel);
        let reach = self.reach_before(due.region.0);
        let mut heard = self.heard.notes((reach, due.region.1), due.listened.1);
        if !heard.iter().any(|note| note.start >= due.region.0) {
            let shift = due.region.0 - due.listened.0;
            heard.extend(call.iter().map(|note| Note {
                start: note.start + shift,
                end: note.end + shift,
                ..*note
            }));
        }
        let under: Vec<Note> = heard
            .iter()
            .copied()
            .filter(|note| note.start >= due.region.0)
            .collect();
        context.insert(0, heard_track(heard));
        let part = match self.part() {
            Part::Same => Part::Chords,
            part => part,
        };
        let own = self.generated_outside(due.region);
        let ask = Ask {
            region: due.region,
            part,
            own,
            context,
            continues: false,
            candidates: 1,
        };
        let mut flight = Flight::new(ask, part_channel(part, channel));
        flight.call = fingerprint(&under, due.region.0);
        Some(flight)
    }

    fn reach_before(&self, position: f64) -> f64 {
        position - LISTENED_BARS * self.heard.timeline_at(position).meter.quarters_per_bar()
    }

    pub(super) fn generated_outside(&self, (start, end): (f64, f64)) -> Vec<Note> {
        let generated = self.link.kept.generated();
        generated
            .iter()
            .copied()
            .filter(|note| note.start < start || note.start >= end)
            .collect()
    }
}

pub(super) fn heard_track(notes: Vec<Note>) -> ContextTrack {
    let is_drums =
        (!notes.is_empty() && notes.iter().all(|note| note.channel == 9)).then_some(true);
    ContextTrack {
        name: "Heard".into(),
        program: 0,
        is_drums,
        notes,
    }
}

/// Drums play on the tenth channel, whatever was heard.
pub(super) fn part_channel(part: Part, heard: u8) -> u8 {
    match part {
        Part::Drums => 9,
        Part::Same => heard,
        _ if heard == 9 => 0,
        _ => heard,
    }
}
