//! Notes that stay, played as players of such a part play them: other onsets, ends and velocities, the same pitches.
//!
//! Owns where each note comes to lie, and the promises of that: what is locked or outside stays, nothing passes another
//! note of its voice or pitch, chords stay together. Where the deviations come from: `groove` takes them from bars around
//! that were played, `habits` are those of measured players where none were.

mod grid;
mod groove;
mod habits;
mod players;
mod strikes;

use std::ops::Range;

use continuo_midi::{Note, Song};
use continuo_tokenizer::part::Part;

use self::grid::Clock;
use self::groove::Groove;
use self::players::Player;
use self::strikes::Strikes;
use crate::request::Locks;

/// Some notes of one part, and how loosely they are to be played.
pub struct HumanizeRequest<'a> {
    pub song: &'a Song,
    /// Index in `song.tracks`, whose notes are sorted by onset.
    pub track: usize,
    pub region: Range<u32>,
    /// What the track does in the band, where that is known.
    pub part: Option<Part>,
    pub locks: &'a Locks,
    /// 0 changes nothing, 1 is as loose as players are.
    pub amount: f64,
    pub seed: u64,
}

/// Notes of the region that may change: neither locked nor entangled with another note of their pitch.
///
/// Sorted as the track's notes are.
pub fn loose_notes(request: &HumanizeRequest<'_>) -> Vec<Note> {
    let notes = &request.song.tracks[request.track].notes;
    let fixed = fixed_notes(request, notes);
    let loose = notes.iter().zip(fixed).filter(|(_, is_fixed)| !is_fixed);
    loose.map(|(note, _)| *note).collect()
}

/// The notes of `loose_notes` as they are played, in the same order: the same pitches and channels, onsets inside the
/// region, ends inside it where they were. Deterministic by seed.
pub fn humanize(request: &HumanizeRequest<'_>) -> Vec<Note> {
    let song = request.song;
    let track = &song.tracks[request.track];
    let clock = Clock::new(song);
    let fixed = fixed_notes(request, &track.notes);
    let strikes = Strikes::of(&track.notes, &fixed, &clock);
    let timing = Groove::of_timing(request, &clock);
    let loudness = Groove::of_loudness(request, &clock);
    let mut player = Player::new(request, &clock);
    let played = player.play(&strikes, &timing, &loudness);
    let moved = strikes.moved(&request.region, &played, request.amount);
    let loose = moved
        .into_iter()
        .zip(&fixed)
        .filter(|(_, is_fixed)| !**is_fixed);
    loose.map(|(note, _)| note).collect()
}

/// By note of the track: does it stay as it is?
fn fixed_notes(request: &HumanizeRequest<'_>, notes: &[Note]) -> Vec<bool> {
    let mut fixed: Vec<bool> = notes
        .iter()
        .map(|note| !request.region.contains(&note.start_tick) || request.locks.holds(note))
        .collect();
    // The one of each pitch that sounds longest so far. Programs differ in which note-off ends which of two that overlap.
    let mut sounding: [Option<usize>; 128] = [None; 128];
    for (index, note) in notes.iter().enumerate() {
        let slot = &mut sounding[usize::from(note.pitch & 127)];
        if let Some(before) = *slot
            && notes[before].end_tick() > note.start_tick
        {
            fixed[before] = true;
            fixed[index] = true;
            if notes[before].end_tick() > note.end_tick() {
                continue;
            }
        }
        *slot = Some(index);
    }
    fixed
}

#[cfg(test)]
mod tests;
