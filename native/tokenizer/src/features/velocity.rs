//! Velocity: as loud as around, as the same drum, as the same place.

use super::arrangement;
use super::{MATCH_ROWS, match_bucket};
use crate::composer::Composer;
use crate::grid::GRID_PPQ;
use crate::head_inputs::HeadInputs;
use crate::step::StepFields;
use crate::vocabulary::VELOCITIES;

/// Grid positions inside a quarter.
const GRID_POSITIONS: usize = GRID_PPQ as usize;

const HISTOGRAM: usize = 0;
const SAME_POSITION: usize = HISTOGRAM + VELOCITIES;
const OTHERS: usize = SAME_POSITION + VELOCITIES;
const SAME_PITCH: usize = OTHERS + VELOCITIES;
const LAST: usize = SAME_PITCH + VELOCITIES;
const CONTROL: usize = LAST + VELOCITIES;
const MATCH: usize = CONTROL + VELOCITIES + 1;
const BEAT: usize = MATCH + MATCH_ROWS;
const ALL_OTHERS: usize = BEAT + GRID_POSITIONS;

pub const SIZE_1: usize = ALL_OTHERS + VELOCITIES;
const ARRANGEMENT: usize = SIZE_1;
pub const SIZE: usize = ARRANGEMENT + arrangement::SIZE;
pub const EXPERTS_1: usize = EXPERTS;
/// Context match, the histogram, the same pitch, the last note, the same place, other tracks.
pub const EXPERTS: usize = 6;

pub(crate) fn fill(composer: &Composer, drawn: &StepFields, out: &mut HeadInputs) {
    let around = &composer.around;
    let bar = composer.cursor.bar + i32::from(drawn.bar);
    let onset = around.scene.time_of(bar, drawn.position);

    super::duration::histogram(out, 1, HISTOGRAM, &around.context.own_velocities);
    let total: f32 = around.context.other_velocities.iter().sum();
    for (class, &count) in around.context.other_velocities.iter().enumerate() {
        out.feature(ALL_OTHERS + class, (count / total.max(1.0)).sqrt());
    }

    let mut same_position = [0f32; VELOCITIES];
    for distance in [-4, -2, -1, 1] {
        for note in composer
            .own_in_bar(bar + distance)
            .filter(|n| n.position == drawn.position)
        {
            let same = if note.pitch == drawn.pitch { 3.0 } else { 1.0 };
            same_position[usize::from(note.velocity_class)] += same;
        }
    }
    super::duration::histogram(out, 4, SAME_POSITION, &same_position);

    let mut same_pitch = [0f32; VELOCITIES];
    for note in around
        .own
        .iter()
        .chain(&composer.generated)
        .filter(|n| n.pitch == drawn.pitch)
    {
        same_pitch[usize::from(note.velocity_class)] += 1.0;
    }
    super::duration::histogram(out, 2, SAME_PITCH, &same_pitch);

    let mut others = [0f32; VELOCITIES];
    for note in around
        .others_in_bar(bar)
        .iter()
        .filter(|n| n.onset == onset)
    {
        others[usize::from(note.velocity_class)] += 1.0;
    }
    super::duration::histogram(out, 5, OTHERS, &others);

    let before = around.own.iter().rev().find(|n| n.onset < 0);
    if let Some(last) = composer.generated.last().or(before) {
        out.feature(LAST + usize::from(last.velocity_class), 1.0);
        out.expert(3, usize::from(last.velocity_class), 1.0);
    }
    arrangement::fill(composer, onset, ARRANGEMENT, out);
    let control = around.controls.velocity.map_or(VELOCITIES, usize::from);
    out.one_hot(CONTROL, control, VELOCITIES + 1);
    out.one_hot(MATCH, match_bucket(composer.matcher.longest()), MATCH_ROWS);
    out.one_hot(
        BEAT,
        usize::from(drawn.position) % GRID_POSITIONS,
        GRID_POSITIONS,
    );

    let guesses: Vec<(u16, f32)> = composer
        .matcher
        .candidates()
        .iter()
        .filter(|c| c.onset == onset && c.pitch == Some(drawn.pitch))
        .map(|c| (u16::from(c.velocity_class), c.weight))
        .collect();
    out.distribution(0, &guesses);
}
