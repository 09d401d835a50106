//! Pitch: the harmony that sounds, the target's own notes, and earlier notes at this position.

use super::{MATCH_ROWS, arrangement, match_bucket};
use crate::chord::QUALITIES;
use crate::composer::Composer;
use crate::head_inputs::HeadInputs;
use crate::scene::SceneNote;
use crate::step::StepFields;
use crate::vocabulary::{PITCHES, REGISTERS};

const CHROMA: usize = 0;
const SOUNDING: usize = CHROMA + 12;
const BASS: usize = SOUNDING + 12;
const BAR_CHROMA: usize = BASS + 12;
const HISTOGRAM: usize = BAR_CHROMA + 12;
const POSITION_BEFORE: usize = HISTOGRAM + PITCHES;
const POSITION_AFTER: usize = POSITION_BEFORE + PITCHES;
const LOWEST: usize = POSITION_AFTER + PITCHES;
const HIGHEST: usize = LOWEST + 129;
const POLYPHONY: usize = HIGHEST + 129;
const CHORD: usize = POLYPHONY + 8;
const MATCH: usize = CHORD + 5;
const BELOW: usize = MATCH + MATCH_ROWS;

pub const SIZE_1: usize = BELOW + PITCHES;
const ARRANGEMENT: usize = SIZE_1;
const CHORD_CLASS: usize = ARRANGEMENT + arrangement::SIZE;
const CHORD_CLASSES: usize = 12 * QUALITIES + 1;
const CHORD_TONES: usize = CHORD_CLASS + CHORD_CLASSES;
const CHORD_BASS: usize = CHORD_TONES + 12;
const NEXT_ROOT: usize = CHORD_BASS + 12;
const REGISTER: usize = NEXT_ROOT + 13;
pub const SIZE: usize = REGISTER + REGISTERS + 1;
pub const EXPERTS_1: usize = 9;
/// Context match; the same place 1, 2, 4, 8 bars before and 1 after; pitches that sound in other
/// tracks; the same near the last own note; the target's histogram. Then, in the target's register:
/// the chord's tones, its bass, the next chord's bass.
pub const EXPERTS: usize = 12;

const BAR_DISTANCES: [i32; 5] = [-1, -2, -4, 1, -8];
/// Bars on each side whose same place is looked at.
const BAR_REACH: i32 = 8;
/// A note of another track is found sounding if it started at most so many bars before.
const SOUNDING_REACH: i32 = 4;

pub(crate) fn fill(composer: &Composer, drawn: &StepFields, out: &mut HeadInputs) {
    let around = &composer.around;
    let bar = composer.cursor.bar + i32::from(drawn.bar);
    let onset = around.scene.time_of(bar, drawn.position);
    let below = composer.chord_below(onset).copied();
    let is_free = |pitch: u8| below.is_none_or(|n| pitch > n.pitch);

    harmony(composer, bar, onset, below, out);
    chord(composer, onset, below, out);

    let mut histogram: Vec<(u16, f32)> = Vec::new();
    for (pitch, &count) in around.context.own_pitches.iter().enumerate() {
        if count > 0.0 {
            out.feature(HISTOGRAM + pitch, (1.0 + count).ln() * 0.5);
            if is_free(pitch as u8) {
                histogram.push((pitch as u16, count));
            }
        }
    }
    out.distribution(8, &histogram);

    let same_place = |n: &&SceneNote| n.position == drawn.position && is_free(n.pitch);
    for distance in (-BAR_REACH..=BAR_REACH).filter(|&d| d != 0) {
        let first = if distance < 0 {
            POSITION_BEFORE
        } else {
            POSITION_AFTER
        };
        let nearness = 1.0 / (distance.abs() as f32).sqrt();
        for note in composer
            .own_in_bar(bar + distance)
            .filter(|n| n.position == drawn.position)
        {
            out.feature(first + usize::from(note.pitch), nearness);
        }
    }
    for (i, &distance) in BAR_DISTANCES.iter().enumerate() {
        let next = composer
            .own_in_bar(bar + distance)
            .filter(same_place)
            .map(|n| n.pitch)
            .min();
        if let Some(pitch) = next {
            out.expert(1 + i, usize::from(pitch), 1.0);
        }
    }

    out.one_hot(
        LOWEST,
        around.controls.low.map_or(128, |p| usize::from(p & 127)),
        129,
    );
    out.one_hot(
        HIGHEST,
        around.controls.high.map_or(128, |p| usize::from(p & 127)),
        129,
    );
    out.one_hot(
        POLYPHONY,
        around.controls.polyphony.map_or(0, |p| usize::from(p) + 1),
        8,
    );
    let chord = composer
        .generated
        .iter()
        .rev()
        .take_while(|n| n.onset == onset);
    let mut count = 0;
    for note in chord {
        out.feature(BELOW + usize::from(note.pitch), 1.0);
        count += 1;
    }
    out.one_hot(CHORD, count, 5);
    out.one_hot(MATCH, match_bucket(composer.matcher.longest()), MATCH_ROWS);

    let guesses: Vec<(u16, f32)> = composer
        .matcher
        .candidates()
        .iter()
        .filter(|c| c.onset == onset)
        .filter_map(|c| {
            c.pitch
                .filter(|&p| is_free(p))
                .map(|p| (u16::from(p), c.weight))
        })
        .collect();
    out.distribution(0, &guesses);
}

/// What the other tracks play, at the onset and in its bar.
fn harmony(
    composer: &Composer,
    bar: i32,
    onset: i32,
    below: Option<SceneNote>,
    out: &mut HeadInputs,
) {
    let around = &composer.around;
    for (pc, &share) in around.context.chroma.iter().enumerate() {
        out.feature(CHROMA + pc, share);
    }
    let mut sounding = [0f32; 12];
    let mut bass: Option<u8> = None;
    let mut exact: Vec<(u16, f32)> = Vec::new();
    for back in (0..=SOUNDING_REACH).rev() {
        let notes = around.others_in_bar(bar - back).iter();
        for note in notes
            .take_while(|n| n.onset <= onset)
            .filter(|n| n.pitch < 128)
        {
            if onset < note.onset + note.duration {
                sounding[usize::from(note.pitch) % 12] = 1.0;
                bass = Some(bass.map_or(note.pitch, |b| b.min(note.pitch)));
                exact.push((
                    u16::from(note.pitch),
                    if note.onset == onset { 2.0 } else { 1.0 },
                ));
            }
        }
    }
    for (pc, &on) in sounding.iter().enumerate() {
        out.feature(SOUNDING + pc, on);
    }
    if let Some(bass) = bass {
        out.feature(BASS + usize::from(bass) % 12, 1.0);
    }
    let mut chroma = [0f32; 12];
    let mut total = 0f32;
    for note in around.others_in_bar(bar).iter().filter(|n| n.pitch < 128) {
        chroma[usize::from(note.pitch) % 12] += 1.0;
        total += 1.0;
    }
    for (pc, &count) in chroma.iter().enumerate() {
        out.feature(BAR_CHROMA + pc, (count / total.max(1.0)).sqrt());
    }

    let is_free = |pitch: u16| below.is_none_or(|n| pitch > u16::from(n.pitch));
    let near = near(composer);
    if near < 128 {
        let folded: Vec<(u16, f32)> = exact
            .iter()
            .map(|&(pitch, weight)| (fold(i32::from(pitch), near), weight))
            .filter(|&(pitch, _)| is_free(pitch))
            .collect();
        exact.retain(|&(pitch, _)| is_free(pitch));
        out.distribution(6, &exact);
        out.distribution(7, &folded);
    }
}

/// The pitch near which the next is expected: the last one, else the mean of the track.
fn near(composer: &Composer) -> i32 {
    match composer.generated.last() {
        Some(last) => i32::from(last.pitch),
        None => composer.around.context.mean_pitch as i32,
    }
}

/// Semitones on each side of the register in which chord tones are expected.
const CHORD_REACH: i32 = 9;

/// The chord at the onset and the next one, in the target's register.
fn chord(composer: &Composer, onset: i32, below: Option<SceneNote>, out: &mut HeadInputs) {
    let around = &composer.around;
    arrangement::fill(composer, onset, ARRANGEMENT, out);
    let register = around.controls.register.map_or(REGISTERS, usize::from);
    out.one_hot(REGISTER, register, REGISTERS + 1);
    let (now, next) = arrangement::chords_at(composer, onset);
    let class = now.map_or(CHORD_CLASSES - 1, |chord| chord.class());
    out.one_hot(CHORD_CLASS, class, CHORD_CLASSES);
    let next_root = next.map_or(12, |chord| usize::from(chord.root));
    out.one_hot(NEXT_ROOT, next_root, 13);
    if let Some(chord) = now {
        for pc in (0..12u8).filter(|&pc| chord.has(pc)) {
            out.feature(CHORD_TONES + usize::from(pc), 1.0);
        }
        out.feature(CHORD_BASS + usize::from(chord.bass), 1.0);
    }
    let near = match (composer.generated.is_empty(), around.controls.register) {
        // Before the first note of a new track its register is all that is known.
        (true, Some(register)) if around.own.is_empty() => i32::from(register) * 4 + 2,
        (true, None) if around.own.is_empty() => return,
        _ => near(composer),
    };
    if near >= 128 {
        return;
    }
    let is_free = |pitch: u16| below.is_none_or(|n| pitch > u16::from(n.pitch));
    if let Some(chord) = now {
        let tones: Vec<(u16, f32)> = (near - CHORD_REACH..=near + CHORD_REACH)
            .filter(|p| (0..128).contains(p) && chord.has((p % 12) as u8))
            .map(|p| (p as u16, 1.0))
            .filter(|&(pitch, _)| is_free(pitch))
            .collect();
        out.distribution(9, &tones);
        let bass = fold(i32::from(chord.bass), near);
        if is_free(bass) {
            out.expert(10, usize::from(bass), 1.0);
        }
    }
    if let Some(chord) = next {
        let bass = fold(i32::from(chord.bass), near);
        if is_free(bass) {
            out.expert(11, usize::from(bass), 1.0);
        }
    }
}

/// The pitch of the same class nearest to another.
fn fold(pitch: i32, near: i32) -> u16 {
    let up = (pitch - near).rem_euclid(12);
    let nearest = if up > 6 { near + up - 12 } else { near + up };
    if (0..128).contains(&nearest) {
        nearest as u16
    } else {
        pitch as u16
    }
}
