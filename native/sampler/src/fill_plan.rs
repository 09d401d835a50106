//! Everything about a fill that is known before sampling starts.

mod old_notes;
mod pitches;
mod times;

use self::old_notes::{sounding_in, starting_in};
use self::pitches::{allowed_pitches, reachable};
use self::times::{beats, neighbours, quota, spans, start_ticks};
use crate::error::SamplerError;
use crate::limits::Limits;
use crate::measure::{ContextPassages, surrounding_scale};
use crate::openings::{Openings, PitchSet, above};
use crate::ranking::Usual;
use crate::register::Register;
use crate::request::{Controls, FillRequest, LimitSource, Mode, Rhythm, Sampling};
use crate::result::Warning;
use crate::scale::Scale;
use continuo_midi::{Note, Tick};
use continuo_tokenizer::grid::{GridTick, grid_from_tick, tick_duration};
use continuo_tokenizer::groove::Groove;
use continuo_tokenizer::part::Part;
use continuo_tokenizer::piece::MAX_BAR;
use continuo_tokenizer::scene::{self, CONTEXT_BARS, ChordSource, SceneSpec};
use continuo_tokenizer::step::begin_steps;
use continuo_tokenizer::vocabulary::{DRUMS, polyphony_class, register_class, velocity_class};
use continuo_tokenizer::{GridNote, Piece, Scene, Step, Visibility, Window, WindowSpec};
use std::collections::HashSet;

pub use self::old_notes::split;
pub(crate) use self::times::Beat;

/// Longest region in quarters: 512 bars of 4/4.
pub const MAX_QUARTERS: u64 = 2048;

/// Factor on the temperature of drums: they repeat more closely than other parts.
const DRUMS_COOLER: f32 = 0.7;

/// What the drawing loop works from.
#[derive(Debug)]
pub(crate) struct FillPlan {
    pub scene: Scene,
    /// The sequence up to where the first note is predicted.
    pub prompt: Vec<Step>,
    pub openings: Openings,
    /// The notes to draw one by one where the rhythm is kept.
    pub rhythm: Option<Vec<Beat>>,
    /// Old notes that make room, at the song's PPQ.
    pub removed: Vec<Note>,
    /// (grid time, pitch) of those, sorted.
    pub old_content: Vec<(i32, u8)>,
    pub channel: u8,
    pub is_drums: bool,
    pub ppq: u16,
    /// Scale of what surrounds the region; `None` for drums and in silence.
    pub scale: Option<Scale>,
    pub passages: ContextPassages,
    pub warnings: Vec<Warning>,
    pub limits: Limits,
    /// What the part does around the region.
    pub usual: Usual,
    /// Mean velocity that was asked for.
    pub velocity: Option<u8>,
    /// As asked for; a new part has more candidates than are given.
    pub sampling: Sampling,
    /// Grid time of the part's last onset before the region, and of the first after it.
    pub neighbours: (Option<i32>, Option<i32>),
    /// Notes that each bar is to have, by relative bar, where old notes are exchanged one for one.
    pub quota: Option<Vec<usize>>,
}

impl FillPlan {
    /// Look at the song around the region and settle every constraint.
    ///
    /// Errors: those of the request's checks, `REGION_TOO_LONG`, `SCALE_RANGE_EMPTY`,
    /// `RHYTHM_EMPTY`, `POLYPHONY_EXCEEDED_BY_LOCKS`.
    pub fn new(request: &FillRequest<'_>) -> Result<FillPlan, SamplerError> {
        request.check()?;
        let (song, track) = (request.song, &request.song.tracks[request.track]);
        let ppq = song.ppq.max(1);
        let quarters = u64::from(request.end_tick - request.start_tick) / u64::from(ppq);
        if quarters > MAX_QUARTERS {
            return Err(SamplerError::RegionTooLong {
                quarters,
                limit: MAX_QUARTERS,
            });
        }
        let (removed, locked) = split(request);
        let kept: Vec<Note> = sounding_in(request, track)
            .chain(locked.iter().copied())
            .collect();
        if request.controls.rhythm != Rhythm::Free && removed.is_empty() && locked.is_empty() {
            return Err(SamplerError::RhythmEmpty);
        }
        let mut warnings = Vec::new();
        let start = grid_from_tick(request.start_tick, ppq);
        let end = grid_from_tick(request.end_tick, ppq).max(start + 1);
        let reach = (CONTEXT_BARS as u32 + 1) * MAX_BAR;
        let target = request.track as u16;
        // Ticks decide what is inside, not the grid: what goes is seen by nobody, the rest by all.
        let gone: HashSet<(Tick, u8)> = removed.iter().map(|n| (n.start(), n.pitch)).collect();
        let (from, to) = (start.saturating_sub(reach), end.saturating_add(reach));
        let piece = Piece::between_where(song, from, to, |track, note| {
            track != request.track || !gone.contains(&(note.start(), note.pitch))
        });
        let given = request.controls.chords.as_deref().map(|c| spans(c, ppq));
        let chords = given
            .as_deref()
            .map_or(ChordSource::Visible, ChordSource::Given);
        let look = |key_relative: bool| {
            let visibility = Visibility {
                after: request.mode != Mode::Continue,
                key_relative,
                ..Visibility::default()
            };
            let spec = SceneSpec {
                start,
                end,
                targets: &[target],
                visibility,
                chords,
                ..SceneSpec::default()
            };
            let mut scene = Scene::new(piece.view(), &spec, |_| true);
            let part = request.controls.part.or_else(|| scene.part_of_target(0));
            if let Some(target) = scene.targets.first_mut() {
                target.part = part;
            }
            scene
        };
        let mut scene = look(true);
        let scale = surrounding_scale(&scene).filter(|_| !track.is_drums);
        let part = scene.targets.first().and_then(|t| t.part);
        let register = register(&scene, &request.controls);
        let limits = limits(request, &piece, part, register, (start, end));
        let wanted = allowed_pitches(&request.controls, track, scale, &mut warnings)?;
        // The part's own pitches, unless the request leaves none of them.
        let wanted = match wanted & limits.pitches {
            0 => wanted,
            inside if request.controls.pitch_range.is_none() => inside,
            _ => wanted,
        };
        let mut allowed = wanted & reachable(&scene, track.is_drums);
        if allowed == 0 {
            // At the ends of the MIDI range the shift into the key loses pitches.
            scene = look(false);
            allowed = wanted & reachable(&scene, track.is_drums);
        }
        let looks_ahead = request.mode != Mode::Continue;
        let heard = piece
            .notes
            .iter()
            .filter(|n| looks_ahead || n.onset() < end);
        let groove = Groove::learn(heard, target);
        let ticks = start_ticks(request, start, scene.region_length, ppq, &groove);
        // What goes on hears nothing of the old notes, nor how long they were.
        let last_end = removed.iter().map(Note::end).max();
        let last_end = last_end.filter(|_| looks_ahead);
        let ends = (request.end_tick, last_end.unwrap_or(request.end_tick));
        let asked = request.controls.polyphony;
        let room = |polyphony| {
            let after = starting_in(track, ends.0, ends.1);
            let kept = kept.iter().chain(after).copied().collect();
            Openings::new(&ticks, kept, allowed, polyphony, ends)
        };
        // Chords of a rhythm that is kept are kept too.
        let usual = limits
            .voices
            .filter(|_| request.controls.rhythm == Rhythm::Free);
        let mut openings = room(asked.or(usual));
        // Locked notes may be more than the part usually has; only a number that was asked for counts.
        if let (None, Some((_, locked))) = (asked, openings.overfull(request.start_tick)) {
            openings = room(u8::try_from(locked).ok());
        }
        // Where they sound all the time, new ones sound beside them.
        if asked.is_none() && !openings.has_room() {
            openings = room(usual.map(|voices| voices.saturating_add(1)));
        }
        if let (Some(polyphony), Some((tick, locked))) =
            (asked, openings.overfull(request.start_tick))
        {
            return Err(SamplerError::PolyphonyExceededByLocks {
                locked,
                tick,
                polyphony,
            });
        }
        let last = end - 1;
        let time = |n: &Note| {
            grid_from_tick(n.start(), ppq)
                .clamp(start, last)
                .since(start)
        };
        let rhythm = (request.controls.rhythm != Rhythm::Free)
            .then(|| beats(&removed, request.controls.rhythm, time));
        let mut old_content: Vec<(i32, u8)> = removed.iter().map(|n| (time(n), n.pitch)).collect();
        old_content.sort_unstable();
        let control_targets = control_targets(&scene, &request.controls, register, track.is_drums);
        if let Some(target) = scene.targets.first_mut() {
            target.controls = control_targets;
        }
        let quota = (request.mode == Mode::Vary && rhythm.is_none())
            .then(|| quota(&scene, removed.iter().map(time)));
        let usual = Usual::of(&scene, 0, register);
        let sampling = &request.sampling;
        let context_notes = sampling.context_notes;
        let mut prompt = Window::new(&scene, WindowSpec { context_notes }).steps;
        begin_steps(&scene, 0, &mut prompt);
        Ok(FillPlan {
            passages: ContextPassages::new(&scene),
            scene,
            prompt,
            openings,
            rhythm,
            removed,
            old_content,
            channel: track.channel,
            is_drums: track.is_drums,
            ppq,
            scale,
            warnings,
            neighbours: neighbours(&piece, target, (start, end), looks_ahead),
            limits,
            quota,
            velocity: request.controls.velocity,
            sampling: sampling_of(&usual, sampling, track.is_drums),
            usual,
        })
    }

    /// Is there nothing to draw, because all old notes stay?
    pub fn keeps_all(&self, mode: Mode, amount: f32) -> bool {
        match mode {
            Mode::Vary => amount <= 0.0 || self.rhythm.as_ref().is_some_and(Vec::is_empty),
            _ => self.rhythm.as_ref().is_some_and(Vec::is_empty),
        }
    }

    /// Pitches that may still start at a tick, given what is drawn.
    ///
    /// Notes of one tick rise in pitch and stay inside the polyphony.
    pub fn open_pitches(&self, tick: Tick, open: PitchSet, drawn: &[Note]) -> PitchSet {
        let here = drawn.iter().rev().take_while(|n| n.start() == tick);
        let count = here.clone().count();
        match here.map(|n| n.pitch).max() {
            None => open,
            Some(_) if count >= self.openings.room_at(tick) => 0,
            Some(highest) => open & above(highest),
        }
    }

    /// Ticks that a grid duration lasts, at least 1.
    pub fn tick_duration(&self, grid_duration: i32) -> u32 {
        tick_duration(grid_duration.max(1) as u32, self.ppq)
    }
}

/// The limits that the request leaves to the part.
fn limits(
    request: &FillRequest<'_>,
    piece: &Piece,
    part: Option<Part>,
    register: Option<Register>,
    region: (GridTick, GridTick),
) -> Limits {
    let target = request.track as u16;
    let looks_ahead = request.mode != Mode::Continue;
    let heard = || {
        let notes = piece.notes.iter();
        notes.filter(move |n| looks_ahead || n.onset() < region.1)
    };
    let own: Vec<GridNote> = heard().filter(|n| n.track == target).copied().collect();
    let others = heard().filter(|n| n.track != target);
    let mut found = Limits::of(&own, others, part, region);
    if let Some(register) = register {
        found.pitches &= register.pitches();
    }
    match request.controls.limits {
        LimitSource::Part => found,
        LimitSource::Nowhere => Limits {
            velocities: found.velocities,
            ..Limits::none()
        },
    }
}

/// The register of a part that is not there yet.
fn register(scene: &Scene, controls: &Controls) -> Option<Register> {
    let asked = controls.pitch_range.filter(|(low, high)| low < high);
    let found = || Register::of(scene, 0);
    let is_pitched = scene.targets.first().is_some_and(|t| t.sound < DRUMS);
    (scene.is_new(0) && is_pitched)
        .then(|| {
            asked
                .map(|(low, high)| Register::asked(low, high))
                .or_else(found)
        })
        .flatten()
}

/// The targets as the model's control classes.
fn control_targets(
    scene: &Scene,
    controls: &Controls,
    register: Option<Register>,
    is_drums: bool,
) -> scene::Controls {
    let range = controls.pitch_range.filter(|_| !is_drums);
    scene::Controls {
        density: controls.density.map(|d| d - 1),
        // Only one voice says something about the number of notes an onset.
        polyphony: (controls.polyphony == Some(1)).then(|| polyphony_class(1.0) as u8),
        low: range
            .filter(|r| r.0 > 0)
            .map(|r| scene.model_pitch(r.0, false)),
        high: range
            .filter(|r| r.1 < 127)
            .map(|r| scene.model_pitch(r.1, false)),
        velocity: controls.velocity.map(|v| velocity_class(v) as u8),
        register: register.map(|r| register_class(scene.model_pitch(r.mean, false).into())),
    }
}

/// As asked for: cooler for drums, and with draws to choose from for a new part.
fn sampling_of(usual: &Usual, asked: &Sampling, is_drums: bool) -> Sampling {
    match usual.new_part() {
        Some(part) => part.sampling(asked),
        None => Sampling {
            temperature: asked.temperature * if is_drums { DRUMS_COOLER } else { 1.0 },
            ..asked.clone()
        },
    }
}
