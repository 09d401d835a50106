//! One candidate while its notes are drawn: its state, and the mask of every head.

use crate::draw::stream;
use crate::fill_plan::FillPlan;
use crate::request::Sampling;
use crate::spacing::Spacing;
use continuo_midi::{Note, Tick};
use continuo_tokenizer::vocabulary::{BAR_END, POSITIONS};
use continuo_tokenizer::{Composer, Head, HeadInputs, SceneNote, StepFields};
use rand_chacha::ChaCha12Rng;

const FORBIDDEN: f32 = f32::NEG_INFINITY;

/// Where music repeats, the model is sure of the old notes; each further attempt is warmer by
/// this, and copies less by a share, or it would say the same again.
const WARMER: f32 = 0.4;
const LESS_COPYING: f32 = 0.3;

/// A row of the batch.
pub(crate) struct Row {
    pub seed: u64,
    /// How often this candidate was begun.
    pub attempts: u64,
    /// As asked for, and bolder each time that the candidate is begun again.
    pub sampling: Sampling,
    /// Factor on the copy path, 1 at the first attempt.
    copy_share: f32,
    pub random: ChaCha12Rng,
    pub composer: Composer,
    pub notes: Vec<Note>,
    pub log_prob: f64,
    /// Steps in the cache.
    pub length: usize,
    pub is_finished: bool,
    /// The trunk's output `[d]`, plus the fields of the present note as they are drawn.
    pub state: Vec<f32>,
    pub fields: StepFields,
    pub inputs: HeadInputs,
    /// Place in the kept rhythm.
    pub beat: usize,
    /// Tick of the present note once its place is known.
    pub tick: Tick,
    /// Seconds of steps that it had for itself.
    pub worked: f64,
    /// Latest grid time at which the present note may start.
    latest: i32,
}

impl Row {
    /// A candidate before its first note. `state [d]`: the trunk's output for the prompt.
    pub fn new(
        seed: u64,
        attempts: u64,
        sampling: &Sampling,
        composer: Composer,
        length: usize,
        state: &[f32],
    ) -> Row {
        let again = attempts.saturating_sub(1) as f32;
        let temperature = (sampling.temperature + again * WARMER).min(5.0);
        Row {
            seed,
            attempts,
            sampling: Sampling {
                temperature,
                ..sampling.clone()
            },
            copy_share: (1.0 - again * LESS_COPYING).max(0.0),
            random: stream(seed),
            composer,
            notes: Vec::new(),
            log_prob: 0.0,
            length,
            is_finished: false,
            state: state.to_vec(),
            fields: StepFields::default(),
            inputs: HeadInputs::default(),
            beat: 0,
            tick: Tick::ZERO,
            worked: 0.0,
            latest: i32::MAX,
        }
    }

    /// The inputs of `head` for the next draw.
    pub fn tell(&mut self, head: Head) {
        self.composer
            .head_inputs(head, &self.fields, &mut self.inputs);
        if self.copy_share < 1.0 {
            for (_, _, share) in &mut self.inputs.experts {
                *share *= self.copy_share;
            }
        }
    }

    /// Grid position in the present bar from which the next note may start.
    fn first_position(&self, bar: i32) -> u8 {
        match self.composer.generated().last() {
            Some(last) if last.bar == bar => last.position,
            _ => 0,
        }
    }

    /// Pitches that may start at a grid time; 0 outside the region.
    fn open_at(&self, plan: &FillPlan, time: i32) -> (Tick, u128) {
        plan.openings.at(time).map_or((Tick::ZERO, 0), |opening| {
            (
                opening.tick,
                plan.open_pitches(opening.tick, opening.open, &self.notes),
            )
        })
    }

    fn is_position_open(&self, plan: &FillPlan, bar: i32, position: u8) -> bool {
        let scene = &plan.scene;
        u16::from(position) < scene.bar(bar).length
            && self.open_at(plan, scene.time_of(bar, position)).1 != 0
    }

    /// A bar is possible if a note can start in it and the spacing allows it; where it allows none, END.
    pub fn mask_bar(&mut self, plan: &FillPlan, logits: &mut [f32]) {
        let current = self.composer.current_bar();
        let mut spacing = Spacing::after(plan, current, self.composer.generated());
        let last_bar = plan.scene.last_bar();
        let open: Vec<bool> = (0..BAR_END)
            .map(|delta| {
                let bar = current + delta as i32;
                let positions = self.first_position(bar)
                    ..plan.scene.bar(bar).length.min(POSITIONS as u16) as u8;
                bar <= last_bar
                    && positions
                        .into_iter()
                        .any(|position| self.is_position_open(plan, bar, position))
            })
            .collect();
        let fits = |spacing: &Spacing| {
            (0..BAR_END).any(|delta| open[delta] && spacing.allows(delta, current))
        };
        if !fits(&spacing) && !spacing.can_end {
            // No place where the spacing wants one: later will do, and at last nowhere.
            spacing = Spacing {
                bars: (spacing.bars.0, last_bar),
                can_end: true,
                latest: i32::MAX,
            };
        }
        self.latest = spacing.latest;
        for (class, logit) in logits.iter_mut().enumerate() {
            let is_open = class == BAR_END || open[class];
            if !is_open || !spacing.allows(class, current) {
                *logit = FORBIDDEN;
            }
        }
    }

    /// Positions of the drawn bar where a note can start, none before the last note, and none later
    /// than the spacing allows unless all are.
    pub fn mask_position(&self, plan: &FillPlan, logits: &mut [f32]) {
        let bar = self.composer.current_bar() + i32::from(self.fields.bar);
        let first = self.first_position(bar);
        let is_open =
            |position: u8| position >= first && self.is_position_open(plan, bar, position);
        let in_time = |position: u8| plan.scene.time_of(bar, position) <= self.latest;
        let positions = 0..logits.len().min(POSITIONS) as u8;
        let any_in_time = positions.into_iter().any(|p| in_time(p) && is_open(p));
        for (position, logit) in logits.iter_mut().enumerate() {
            let position = position as u8;
            if !is_open(position) || any_in_time && !in_time(position) {
                *logit = FORBIDDEN;
            }
        }
    }

    /// Settle the tick from the drawn bar and position.
    pub fn settle_tick(&mut self, plan: &FillPlan) {
        let bar = self.composer.current_bar() + i32::from(self.fields.bar);
        let time = plan.scene.time_of(bar, self.fields.position);
        self.tick = plan
            .openings
            .at(time)
            .map_or(self.tick, |opening| opening.tick);
    }

    /// Pitches that keep every constraint at this note's tick.
    pub fn mask_pitch(&self, plan: &FillPlan, logits: &mut [f32]) {
        let open = self.open_now(plan);
        for (class, logit) in logits.iter_mut().enumerate() {
            let class = class as u8;
            let is_open = (class >= 128) == plan.is_drums
                && plan
                    .scene
                    .midi_pitch(class)
                    .is_some_and(|pitch| open >> pitch & 1 == 1);
            if !is_open {
                *logit = FORBIDDEN;
            }
        }
    }

    fn open_now(&self, plan: &FillPlan) -> u128 {
        let mut open = plan.open_pitches(self.tick, plan.openings.open_at(self.tick), &self.notes);
        let Some(beat) = plan.rhythm.as_ref().and_then(|beats| beats.get(self.beat)) else {
            return open;
        };
        if beat.duration_ticks.is_some() {
            // Kept durations are not cut where another pitch can be had.
            let sounding = self.notes.iter().filter(|n| n.end() > self.tick);
            let free = open & !crate::openings::pitches(sounding);
            open = if free == 0 { open } else { free };
        }
        // Leave room above for the rest of the chord.
        let mut left = beat.more;
        while left > 0 && open.count_ones() > 1 {
            open &= !(1u128 << (127 - open.leading_zeros()));
            left -= 1;
        }
        open
    }

    /// Is there a pitch for the present beat of a kept rhythm?
    pub fn has_pitch(&self, plan: &FillPlan) -> bool {
        self.open_now(plan) != 0
    }

    /// Take the note that the fields mean: cut to what is promised, and told to the composer.
    pub fn take(&mut self, plan: &FillPlan) -> SceneNote {
        let beat = plan
            .rhythm
            .as_ref()
            .and_then(|beats| beats.get(self.beat))
            .copied();
        let mut seen = self.composer.note(&self.fields);
        if let Some(beat) = beat {
            let (bar, position) = plan.scene.bar_and_position(beat.time);
            (seen.onset, seen.bar, seen.position) = (beat.time, bar, position);
            self.beat += 1;
        }
        let pitch = plan.scene.midi_pitch(self.fields.pitch).unwrap_or(0);
        let wanted = beat
            .and_then(|b| b.duration_ticks)
            .unwrap_or_else(|| plan.tick_duration(seen.duration));
        plan.openings.make_way(self.tick, pitch, &mut self.notes);
        let end = plan.openings.latest_end(self.tick, pitch, &self.notes);
        self.notes.push(Note {
            start_tick: self.tick.0,
            duration_ticks: wanted.min(end.saturating_since(self.tick)).max(1),
            pitch,
            velocity: plan.limits.velocities[usize::from(self.fields.velocity).min(15)],
            channel: plan.channel,
        });
        self.composer.push(&seen);
        seen
    }
}
