//! One step of the sequence: the embedding rows that are summed, and its place in musical time.

use crate::grid::GRID_PPQ;
use crate::part::Part;
use crate::scene::{Controls, Scene, SceneNote};
use crate::vocabulary::{DRUMS, PITCHES, REGISTERS, family, rows};

/// Most rows that one step sums.
pub const MAX_ROWS: usize = 12;

/// Input of one step: rows of the embedding table to sum, and grid ticks from the region's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Step {
    row: [u16; MAX_ROWS],
    len: u8,
    pub time: i32,
}

/// Classes of one generated note, in drawing order: bar delta, position, pitch, duration, velocity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct StepFields {
    pub bar: u8,
    pub position: u8,
    pub pitch: u8,
    pub duration: u8,
    pub velocity: u8,
}

/// What a note is to the region. The order is that of the role rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    OtherBefore,
    OtherInside,
    OtherAfter,
    TargetBefore,
    TargetAfter,
    Locked,
    Generated,
    Control,
}

/// Kinds of control steps. The order is that of the control rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Control {
    Meter,
    RegionStart,
    RegionEnd,
    Density,
    LowestPitch,
    HighestPitch,
    Velocity,
    Begin,
}

impl Step {
    fn new(time: i32) -> Step {
        Step {
            time,
            ..Step::default()
        }
    }

    fn control(kind: Control, time: i32) -> Step {
        Step::new(time)
            .with(rows::ROLE + Role::Control as usize)
            .with(rows::CONTROL + kind as usize)
    }

    fn with(mut self, row: usize) -> Step {
        if let Some(slot) = self.row.get_mut(usize::from(self.len)) {
            *slot = row as u16;
            self.len += 1;
        }
        self
    }

    /// Rows of the embedding table, each below [`rows::COUNT`].
    pub fn rows(&self) -> &[u16] {
        &self.row[..usize::from(self.len)]
    }

    /// The track's sound and what it does in the band.
    fn with_track(self, sound: u8, part: Option<Part>) -> Step {
        let mut step = self.with(rows::INSTRUMENT + usize::from(family(sound)));
        if sound < DRUMS {
            step = step.with(rows::PROGRAM + usize::from(sound));
        }
        match part {
            Some(part) => step.with(rows::PART + part as usize),
            None => step,
        }
    }

    /// A note of the context, or a generated one, as input.
    pub fn note(
        note: &SceneNote,
        role: Role,
        sound: u8,
        part: Option<Part>,
        slot: Option<usize>,
    ) -> Step {
        let mut step = Step::new(note.onset)
            .with(rows::ROLE + role as usize)
            .with_track(sound, part)
            .with(bar_row(note.bar))
            .with(rows::POSITION + usize::from(note.position))
            .with(rows::PITCH + usize::from(note.pitch))
            .with(rows::DURATION + usize::from(note.duration_class))
            .with(rows::VELOCITY + usize::from(note.velocity_class))
            .with(rows::BEAT + usize::from(note.position) % GRID_PPQ as usize);
        if note.pitch < 128 {
            step = step.with(rows::PITCH_CLASS + usize::from(note.pitch) % 12);
        }
        match slot {
            Some(slot) => step.with(rows::SLOT + slot.min(rows::SLOTS - 1)),
            None => step,
        }
    }
}

fn bar_row(bar: i32) -> usize {
    rows::BAR + (bar.clamp(-32, 32) + 32) as usize
}

/// Steps that say what and where the region is: meter and tempo, start, end.
pub fn scene_steps(scene: &Scene) -> [Step; 3] {
    let first = scene.bar(0);
    let (end_bar, end_position) = scene.bar_and_position(scene.region_length);
    [
        Step::control(Control::Meter, 0)
            .with(rows::METER + usize::from(first.meter))
            .with(rows::TEMPO + usize::from(first.tempo)),
        Step::control(Control::RegionStart, 0)
            .with(bar_row(0))
            .with(rows::POSITION + usize::from(scene.start_position)),
        Step::control(Control::RegionEnd, scene.region_length)
            .with(bar_row(end_bar))
            .with(rows::POSITION + usize::from(end_position)),
    ]
}

/// Steps that start target `slot`, appended to `out`: its controls, then BEGIN with its instrument,
/// which predicts the first note.
pub fn begin_steps(scene: &Scene, slot: usize, out: &mut Vec<Step>) {
    let Some(target) = scene.targets.get(slot) else {
        return;
    };
    let Controls {
        density,
        polyphony,
        low,
        high,
        velocity,
        register,
    } = target.controls;
    let pitch_step = |kind, pitch: u8| {
        let row = usize::from(pitch).min(PITCHES - 1);
        Step::control(kind, 0).with(rows::PITCH + row)
    };
    if density.is_some() || polyphony.is_some() {
        let mut step = Step::control(Control::Density, 0);
        if let Some(density) = density {
            step = step.with(rows::DENSITY + usize::from(density.min(9)));
        }
        if let Some(polyphony) = polyphony {
            step = step.with(rows::POLYPHONY + usize::from(polyphony.min(6)));
        }
        out.push(step);
    }
    out.extend(low.map(|pitch| pitch_step(Control::LowestPitch, pitch)));
    out.extend(high.map(|pitch| pitch_step(Control::HighestPitch, pitch)));
    if let Some(class) = velocity {
        let row = rows::VELOCITY + usize::from(class.min(15));
        out.push(Step::control(Control::Velocity, 0).with(row));
    }
    let mut begin = Step::control(Control::Begin, 0)
        .with_track(target.sound, target.part)
        .with(rows::SLOT + slot.min(rows::SLOTS - 1))
        .with(bar_row(0))
        .with(rows::POSITION + usize::from(scene.start_position));
    if let Some(register) = register {
        begin = begin.with(rows::REGISTER + usize::from(register).min(REGISTERS - 1));
    }
    if scene.is_new(slot) {
        begin = begin.with(rows::NEW);
    }
    out.push(begin);
}
