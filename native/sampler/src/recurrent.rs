//! Notes from a recurrent model: one step a note, for as long as asked.
//!
//! Owns the draw of pitches, what the predicted delay, duration and volume become, and a stream of
//! notes that can be stopped and gone on with. Its notes are Howl's, in seconds.

mod fill;
mod heard;
mod options;
mod region;
mod repeats;
mod rhythm;

pub use fill::RecurrentEngine;
use heard::{Heard, Pace};
pub use options::StreamOptions;
use repeats::Repeats;
use rhythm::{Rhythm, begins};

use crate::draw::{Drawer, stream};
use crate::error::SamplerError;
use crate::request::Sampling;
use continuo_cancel::CancelFlag;
use continuo_model::recurrent::{
    NoteInput, Prediction, RecurrentModel, RecurrentState, RecurrentStepper, VALUE_SCALE,
};
use continuo_tokenizer::howl::{CLASSES, HowlNote, pitch_class_index, pitch_of_class};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::Rng;

/// Notes one after the other, the network's state carried from each to the next.
pub struct NoteStream {
    stepper: RecurrentStepper,
    state: RecurrentState,
    prediction: Prediction,
    has_heard: bool,
    sampling: Sampling,
    noise: f32,
    is_steady: bool,
    rhythm: Rhythm,
    paces: [Pace; 3],
    durations: Heard,
    volumes: Heard,
    repeats: Repeats,
    /// Class of the last note.
    last: usize,
    drawer: Drawer,
    random: ChaCha12Rng,
    /// Classes that may be drawn.
    allowed: [bool; CLASSES],
    logits: Vec<f32>,
}

/// Means of delay, duration and volume in 1,473 pieces for keyboards.
const USUAL: [f32; 3] = [0.114, 0.34, 0.58];
/// Factors by which a duration and a volume that was heard may differ from what is predicted.
const NEAR_DURATION: f32 = 1.25;
const NEAR_VOLUME: f32 = 1.1;

/// A note that was drawn, and its pitch's natural log-probability at temperature 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DrawnNote {
    pub note: HowlNote,
    pub log_prob: f64,
}

impl NoteStream {
    /// Errors: those of [`StreamOptions::check`].
    pub fn new(
        model: &RecurrentModel,
        options: &StreamOptions,
    ) -> Result<NoteStream, SamplerError> {
        options.check()?;
        let stepper = RecurrentStepper::new(model);
        Ok(NoteStream {
            state: stepper.start(),
            stepper,
            prediction: Prediction::default(),
            has_heard: false,
            sampling: Sampling {
                temperature: options.temperature,
                top_p: options.top_p,
                ..Sampling::default()
            },
            noise: options.noise,
            is_steady: options.is_steady,
            rhythm: Rhythm::default(),
            paces: USUAL.map(Pace::new),
            durations: Heard::default(),
            volumes: Heard::default(),
            repeats: Repeats::default(),
            last: 0,
            drawer: Drawer::default(),
            random: stream(options.seed),
            allowed: [true; CLASSES],
            logits: Vec::new(),
        })
    }

    /// Only these pitches, in semitones from C4, are drawn.
    pub fn allow(&mut self, is_allowed: impl Fn(i32) -> bool) {
        for (class, allowed) in self.allowed.iter_mut().enumerate() {
            *allowed = is_allowed(pitch_of_class(class));
        }
    }

    /// Words of random numbers taken so far, to go on from with [`NoteStream::skip_to`].
    pub fn position(&self) -> u64 {
        self.random.get_word_pos() as u64
    }

    pub fn skip_to(&mut self, position: u64) {
        self.random.set_word_pos(u128::from(position));
    }

    /// Draw as if nothing had been heard, from another seed.
    pub fn restart(&mut self, seed: u64) {
        self.state = self.stepper.start();
        self.random = stream(seed);
        self.has_heard = false;
        (self.rhythm, self.repeats) = (Rhythm::default(), Repeats::default());
        self.paces = USUAL.map(Pace::new);
        (self.durations, self.volumes) = (Heard::default(), Heard::default());
    }

    /// Hear a note that is given.
    pub fn hear(&mut self, note: &HowlNote) {
        let input = NoteInput {
            values: [note.delay, note.duration, note.volume],
            class: pitch_class_index(note.pitch),
        };
        self.rhythm.hear(note.delay);
        self.durations.hear(note.duration);
        for (pace, value) in self.paces.iter_mut().zip(input.values) {
            pace.hear(value.min(VALUE_SCALE));
        }
        self.volumes.hear(note.volume);
        self.repeats.hear(input.class);
        self.last = input.class;
        self.stepper
            .step(&mut self.state, &input, &mut self.prediction);
        self.has_heard = true;
    }

    /// Draw the next note and hear it. `None` before any note was heard, or if no pitch is allowed.
    pub fn next_note(&mut self) -> Option<DrawnNote> {
        if !self.has_heard {
            return None;
        }
        self.logits.clear();
        let masked = self.prediction.pitch_logits.iter().zip(self.allowed);
        self.logits
            .extend(masked.map(|(&l, allowed)| if allowed { l } else { f32::NEG_INFINITY }));
        if self.is_steady {
            self.repeats.discourage(&mut self.logits);
        }
        let drawn = self
            .drawer
            .draw(&self.logits, &self.sampling, &mut self.random)?;
        let [mut delay, mut duration, mut volume] = self.prediction.values;
        if self.is_steady {
            let begins = begins(&self.prediction.pitch_logits, self.last);
            let does_begin = drawn.class <= self.last;
            let random = &mut self.random;
            let mut uniform = || (random.next_u32() >> 8) as f32 / (1 << 24) as f32;
            let [of_delay, of_duration, of_volume] = self.paces.each_ref().map(Pace::factor);
            let mean = delay * of_delay;
            delay = self.rhythm.draw(mean, begins, does_begin, &mut uniform);
            let mut near =
                |heard: &Heard, value: f32, near| heard.draw((value, value), near, &mut uniform);
            duration = near(&self.durations, duration * of_duration, NEAR_DURATION);
            volume = near(&self.volumes, volume * of_volume, NEAR_VOLUME);
        }
        let note = HowlNote {
            delay: self.noisy(delay),
            duration: self.noisy(duration),
            volume: self.noisy(volume).min(1.0),
            pitch: pitch_of_class(drawn.class),
        };
        self.hear(&note);
        Some(DrawnNote {
            note,
            log_prob: drawn.log_prob,
        })
    }

    /// A value times e to a normal number of the noise's width (Box and Muller 1958).
    fn noisy(&mut self, value: f32) -> f32 {
        if self.noise == 0.0 {
            return value;
        }
        let mut uniform = || (self.random.next_u32() >> 8) as f32 / (1 << 24) as f32;
        let (a, b) = (uniform(), uniform());
        let normal = (-2.0 * (1.0 - a).ln()).sqrt() * (std::f32::consts::TAU * b).cos();
        value * (self.noise * normal).exp()
    }

    /// Draw until `count` notes or `seconds` of onsets are reached.
    ///
    /// `progress` receives the number of notes. Errors: `CANCELLED`.
    pub fn draw(
        &mut self,
        count: usize,
        seconds: f64,
        cancel: &CancelFlag,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Vec<HowlNote>, SamplerError> {
        let (mut notes, mut at) = (Vec::new(), 0.0);
        while notes.len() < count {
            if cancel.is_cancelled() {
                return Err(SamplerError::Cancelled);
            }
            let Some(DrawnNote { note, .. }) = self.next_note() else {
                break;
            };
            at += f64::from(note.delay);
            if at > seconds {
                break;
            }
            notes.push(note);
            progress(notes.len());
        }
        Ok(notes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_model::recurrent::{Cell, RecurrentArchitecture};

    fn model() -> RecurrentModel {
        RecurrentModel::random(RecurrentArchitecture::new(Cell::Lstm, 32, 1), 4)
    }

    const FIRST: HowlNote = HowlNote {
        delay: 0.0,
        duration: 0.5,
        volume: 0.7,
        pitch: 0,
    };

    fn draw(options: &StreamOptions, count: usize) -> Vec<HowlNote> {
        let mut stream = NoteStream::new(&model(), options).expect("in range");
        stream.hear(&FIRST);
        stream
            .draw(count, f64::INFINITY, &CancelFlag::new(), &mut |_| ())
            .expect("drawn")
    }

    #[test]
    fn a_stream_that_is_gone_on_with_equals_one_that_was_not_stopped() {
        let options = StreamOptions {
            seed: 9,
            noise: 0.1,
            ..StreamOptions::default()
        };
        let whole = draw(&options, 40);
        let part = draw(&options, 25);
        assert_eq!(part, whole[..25]);
        let mut first = NoteStream::new(&model(), &options).expect("in range");
        first.hear(&FIRST);
        first
            .draw(25, f64::INFINITY, &CancelFlag::new(), &mut |_| ())
            .expect("drawn");
        let mut rest = NoteStream::new(&model(), &options).expect("in range");
        [&[FIRST][..], &part]
            .concat()
            .iter()
            .for_each(|note| rest.hear(note));
        rest.skip_to(first.position());
        let rest = rest
            .draw(15, f64::INFINITY, &CancelFlag::new(), &mut |_| ())
            .expect("drawn");
        assert_eq!(rest, whole[25..]);
    }

    #[test]
    fn a_steady_stream_is_gone_on_with_too_and_keeps_its_pace_and_loudness() {
        let options = StreamOptions {
            seed: 5,
            is_steady: true,
            ..StreamOptions::default()
        };
        let whole = draw(&options, 60);
        let mut first = NoteStream::new(&model(), &options).expect("in range");
        first.hear(&FIRST);
        let cancel = CancelFlag::new();
        let part = first.draw(25, f64::INFINITY, &cancel, &mut |_| ());
        let part = part.expect("drawn");
        let mut rest = NoteStream::new(&model(), &options).expect("in range");
        let heard = [&[FIRST][..], &part].concat();
        heard.iter().for_each(|note| rest.hear(note));
        rest.skip_to(first.position());
        let rest = rest.draw(35, f64::INFINITY, &cancel, &mut |_| ());
        assert_eq!([part, rest.expect("drawn")].concat(), whole);
        // A network that was not trained predicts two seconds for everything.
        let predicted = draw(&StreamOptions::default(), 400);
        let steady = draw(&options, 400);
        let mean = |notes: &[HowlNote], of: fn(&HowlNote) -> f32| {
            notes[100..].iter().map(of).sum::<f32>() / 300.0
        };
        let volume = |notes: &[HowlNote]| mean(notes, |note| note.volume);
        assert!((volume(&predicted) - 1.0).abs() < 0.05);
        assert!(mean(&predicted, |n| n.duration) > 1.5);
        assert!(mean(&steady, |n| n.duration) < mean(&predicted, |n| n.duration));
        // In a chord pitches go up, and each new one begins after some time.
        for pair in steady.windows(2) {
            assert!(
                pair[1].delay > 0.0 || pair[1].pitch > pair[0].pitch,
                "{pair:?}"
            );
        }
    }

    #[test]
    fn noise_moves_values_and_pitches_stay_where_they_are_allowed() {
        let plain = StreamOptions::default();
        let noisy = StreamOptions {
            noise: 0.2,
            ..plain.clone()
        };
        assert_ne!(draw(&plain, 8)[0].delay, draw(&noisy, 8)[0].delay);
        let mut stream = NoteStream::new(&model(), &plain).expect("in range");
        stream.allow(|pitch| (0..5).contains(&pitch));
        assert_eq!(stream.next_note(), None, "nothing was heard");
        stream.hear(&FIRST);
        let notes = stream
            .draw(50, f64::INFINITY, &CancelFlag::new(), &mut |_| ())
            .expect("drawn");
        assert!(notes.iter().all(|n| (0..5).contains(&n.pitch)));
    }
}
