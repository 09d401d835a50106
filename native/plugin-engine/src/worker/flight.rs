//! A request under way: sent, polled, answered, overtaken.

use super::kept::Answer;
use super::request::{Ask, Origin, fill_request};
use super::{VIEW_INTERVAL, Worker};
use crate::daemon::{Message, Trouble};
use crate::parameters::ParameterId as Id;
use crate::view::{Candidate, Connection};
use serde_json::{Value, json};
use std::sync::atomic::Ordering::*;
use std::time::Instant;

/// Longer than most hosts' blocks.
const TAKEOVER_SECONDS: f64 = 0.06;

pub(super) struct Flight {
    pub ask: Ask,
    /// Of what it answers; 0 for a take.
    pub call: u64,
    pub channel: u8,
    pub is_live: bool,
    pub asks_roll: bool,
    /// How many of the audio thread's requests wait for it.
    pub owes: u32,
    sent: Option<Sent>,
    /// A daemon that ends over it is asked once more.
    was_lost: bool,
    candidates: Vec<Candidate>,
}

struct Sent {
    id: u64,
    origin: Origin,
    job_id: Option<String>,
}

impl Flight {
    pub fn new(ask: Ask, channel: u8) -> Self {
        let (call, owes) = (0, 0);
        Self {
            ask,
            call,
            channel,
            is_live: false,
            asks_roll: false,
            owes,
            sent: None,
            was_lost: false,
            candidates: Vec::new(),
        }
    }
}

impl Worker {
    /// Puts a request in place of the one under way, which is cancelled.
    pub(super) fn launch_flight(&mut self, flight: Flight) {
        self.drop_flight();
        let region = flight.ask.region;
        self.flight = Some(flight);
        self.link.kept.change_view(|view| {
            view.region = Some(region);
            view.progress = Some(0.);
            view.message.clear();
        });
        self.reach(true);
        if self.socket.is_some() {
            self.start_flight();
        }
    }

    /// Forgets the request under way.
    pub(super) fn drop_flight(&mut self) {
        let Some(flight) = self.flight.take() else {
            return;
        };
        self.settle(flight.owes);
        let Some(sent) = flight.sent else { return };
        match sent.job_id {
            Some(job_id) => self.cancel(&job_id),
            None => self.abandoned.push(sent.id),
        }
    }

    fn cancel(&mut self, job_id: &str) {
        if let Some(socket) = &mut self.socket {
            // It may be done already; then there is nothing to cancel.
            let _ = socket.send("fill/cancel", json!({ "jobId": job_id }));
        }
    }

    pub(super) fn settle(&self, owes: u32) {
        self.link.shared.settled.fetch_add(owes, AcqRel);
    }

    pub(super) fn start_flight(&mut self) {
        let (Some(flight), Some(socket)) = (&mut self.flight, &mut self.socket) else {
            return;
        };
        let (request, origin) = fill_request(&self.link.shared, &self.heard, &flight.ask);
        let sent = if flight.asks_roll {
            socket.send("roll/ask", json!({ "title": "Plugin", "request": request }))
        } else {
            socket.send("fill/start", json!({ "request": request }))
        };
        match sent {
            Ok(id) => {
                flight.sent = Some(Sent {
                    id,
                    origin,
                    job_id: None,
                })
            }
            Err(trouble) => self.lost(trouble),
        }
    }

    /// @returns whether a message came
    pub(super) fn poll(&mut self) -> bool {
        self.await_daemon();
        let mut came = false;
        while let Some(socket) = &mut self.socket {
            match socket.poll() {
                Ok(Some(message)) => {
                    came = true;
                    self.take(message);
                }
                Ok(None) => break,
                Err(trouble) => {
                    self.lost(trouble);
                    break;
                }
            }
        }
        came
    }

    /// The connection ended. What was under way is asked again, once a daemon is there.
    fn lost(&mut self, trouble: Trouble) {
        self.socket = None;
        self.abandoned.clear();
        self.link
            .kept
            .change_view(|view| view.connection = Connection::Idle);
        if let Trouble::Refused(why) = trouble {
            return self.unavailable(&why);
        }
        let Some(flight) = &mut self.flight else {
            return;
        };
        if flight.asks_roll {
            self.drop_flight();
            return self.say("The daemon ended while the piano roll was open.");
        }
        if flight.was_lost {
            return self.failed(
                "The daemon ended twice over this request: \"continuo doctor\" says more.",
            );
        }
        flight.was_lost = true;
        flight.sent = None;
        flight.candidates.clear();
        self.reach(true);
        if self.socket.is_some() {
            self.start_flight();
        }
    }

    fn take(&mut self, message: Message) {
        if let Message::Answer { id, result } = &message
            && let Some(index) = self.abandoned.iter().position(|abandoned| abandoned == id)
        {
            self.abandoned.swap_remove(index);
            if let Some(job_id) = result.as_ref().ok().and_then(|job| job["jobId"].as_str()) {
                self.cancel(job_id);
            }
            return;
        }
        let Some(sent) = self.flight.as_mut().and_then(|flight| flight.sent.as_mut()) else {
            return;
        };
        match message {
            Message::Answer { id, result } if id == sent.id => match result {
                Ok(job) => sent.job_id = job["jobId"].as_str().map(str::to_owned),
                Err(why) => self.failed(&why),
            },
            Message::Answer { .. } => {}
            Message::Notification { method, params } => {
                if params["jobId"].as_str() != sent.job_id.as_deref() || sent.job_id.is_none() {
                    return;
                }
                match method.as_str() {
                    "fill/progress" if self.progress_at.elapsed() >= VIEW_INTERVAL => {
                        self.progress_at = Instant::now();
                        let fraction = params["fraction"].as_f64().unwrap_or(0.) as f32;
                        self.link
                            .kept
                            .change_view(|view| view.progress = Some(fraction));
                    }
                    "fill/candidate" => self.take_candidate(&params["candidate"]),
                    "fill/end" => self.end(&params),
                    _ => {}
                }
            }
        }
    }

    /// The first is played as soon as it is there.
    fn take_candidate(&mut self, candidate: &Value) {
        let Some(new) = self.read(candidate) else {
            return;
        };
        let Some(flight) = &mut self.flight else {
            return;
        };
        flight.candidates.push(new);
        let (is_first, is_live, asks_roll) = (
            flight.candidates.len() == 1,
            flight.is_live,
            flight.asks_roll,
        );
        if is_first && is_live && !asks_roll {
            self.play(0);
        }
    }

    fn end(&mut self, job: &Value) {
        if job["state"] != "done" {
            let why = job["error"]["message"].as_str().unwrap_or("").to_owned();
            return self.failed(&why);
        }
        let result = &job["result"];
        let candidates: Vec<Candidate> = (result["candidates"].as_array().into_iter().flatten())
            .filter_map(|candidate| self.read(candidate))
            .collect();
        let warning = result["warnings"][0]["message"]
            .as_str()
            .unwrap_or("")
            .to_owned();
        let model = result["model"]["id"].as_str().unwrap_or("").to_owned();
        if candidates.is_empty() {
            return self.failed("The daemon sent no notes.");
        }
        self.finish(candidates, model, warning);
    }

    /// Plays what was asked for, if that is not played yet, and shows all candidates.
    pub(super) fn finish(&mut self, candidates: Vec<Candidate>, model: String, message: String) {
        let Some(flight) = &mut self.flight else {
            return;
        };
        let was_played = flight.is_live && !flight.candidates.is_empty();
        flight.candidates = candidates;
        self.candidate = self.candidate.clamp(1, flight.candidates.len());
        let selected = if flight.is_live {
            0
        } else {
            self.candidate - 1
        };
        let answer = Answer {
            region: flight.ask.region,
            call: flight.call,
            seed: flight.candidates[selected].seed,
            model,
            is_kept: false,
        };
        self.job_id = flight.sent.as_mut().and_then(|sent| sent.job_id.take());
        if !was_played {
            self.play(selected);
        }
        self.link.kept.set_answer(answer);
        let Some(flight) = self.flight.take() else {
            return;
        };
        self.settle(flight.owes);
        self.link.kept.change_view(|view| {
            view.progress = None;
            view.region = Some(flight.ask.region);
            view.candidates = flight.candidates;
            view.selected = selected;
            view.message = message;
        });
        self.show_heard();
    }

    fn read(&self, candidate: &Value) -> Option<Candidate> {
        let flight = self.flight.as_ref()?;
        let origin = flight.sent.as_ref()?.origin;
        let notes = origin.notes(candidate, flight.channel)?;
        Some(Candidate {
            seed: candidate["seed"].as_u64().unwrap_or(0),
            notes: notes.into(),
        })
    }

    /// Plays a candidate of the request under way. Where an earlier answer plays in its bars already, it takes over a
    /// moment ahead: what the audio thread may be playing right now stays, so that what is kept is what was played.
    fn play(&mut self, index: usize) {
        let Some(flight) = &self.flight else { return };
        let ((start, end), shared) = (flight.ask.region, &self.link.shared);
        let Some(candidate) = flight.candidates.get(index) else {
            return;
        };
        let now = self.now();
        let ahead = now + TAKEOVER_SECONDS * self.heard.timeline_at(now).tempo_qpm / 60.;
        let plays = shared.is_playing() && ahead > start && now < end;
        let is_answered = self
            .link
            .kept
            .generated()
            .iter()
            .any(|note| note.start >= start && note.start < end);
        let from = if plays && is_answered { ahead } else { start };
        // Those before the playhead are never begun late; on the next pass of a loop they sound.
        let late = candidate
            .notes
            .iter()
            .filter(|note| plays && note.start < now.max(from))
            .count();
        if flight.is_live {
            shared.late.fetch_add(late as u32, Relaxed);
        }
        let notes = candidate.notes.clone();
        self.link.kept.replace((start, end), from, &notes);
    }

    fn failed(&mut self, why: &str) {
        let Some(flight) = self.flight.take() else {
            return;
        };
        self.settle(flight.owes);
        self.link.kept.change_view(|view| {
            view.progress = None;
            view.message = why.into();
        });
    }

    /// Exchanges the notes of the region for those of another candidate.
    pub(super) fn select(&mut self, index: usize) {
        let view = self.link.kept.view();
        let (Some(region), Some(candidate)) = (view.region, view.candidates.get(index)) else {
            return;
        };
        self.link.kept.replace(region, region.0, &candidate.notes);
        let seed = candidate.seed;
        if let Some(mut answer) = self
            .link
            .kept
            .answers()
            .into_iter()
            .find(|answer| answer.region == region)
        {
            answer.seed = seed;
            self.link.kept.set_answer(answer);
        }
        self.link.kept.change_view(|view| view.selected = index);
        self.show_heard();
    }

    pub(super) fn keep(&mut self) {
        let view = self.link.kept.view();
        let Some(region) = view.region else {
            return self.say("There is nothing to keep yet.");
        };
        self.link.kept.keep(region);
        if let (Some(job_id), Some(socket)) = (&self.job_id, &mut self.socket) {
            // What it learns from this is a favour, no duty: an error changes nothing here.
            let _ = socket.send(
                "fill/accept",
                json!({ "jobId": job_id, "candidate": view.selected }),
            );
        }
        self.say("Kept: these bars stay until you clear them.");
    }

    pub(super) fn clear(&mut self, everything: bool) {
        self.drop_flight();
        let view = self.link.kept.view();
        let all = (f64::NEG_INFINITY, f64::INFINITY);
        let region = view.region.filter(|_| !everything);
        self.link
            .kept
            .clear(region.unwrap_or(all), region.is_some() || everything);
        self.job_id = None;
        self.link.kept.change_view(|view| {
            view.candidates.clear();
            view.progress = None;
            view.message.clear();
        });
        self.link.shared.set_value(Id::Candidate, 1.);
        self.candidate = 1;
        self.show_heard();
    }
}
