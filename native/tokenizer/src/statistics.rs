//! Counts over the visible notes that stay the same while one target is drawn.

use crate::scene::SceneNote;
use crate::vocabulary::{DURATION_CLASSES, PITCHES, POSITIONS, VELOCITIES};

#[derive(Debug)]
pub(crate) struct ContextStatistics {
    /// sqrt of the share of each pitch class among visible pitched notes.
    pub chroma: [f32; 12],
    pub own_pitches: Vec<f32>,
    pub own_positions: Vec<f32>,
    pub own_durations: [f32; DURATION_CLASSES],
    pub own_velocities: [f32; VELOCITIES],
    pub other_velocities: [f32; VELOCITIES],
    pub own_notes: usize,
    pub own_bars: usize,
    pub mean_pitch: f32,
}

impl ContextStatistics {
    pub fn new(own: &[SceneNote], others: &[SceneNote]) -> ContextStatistics {
        let mut chroma = [0f32; 12];
        for note in own.iter().chain(others).filter(|n| n.pitch < 128) {
            chroma[usize::from(note.pitch) % 12] += 1.0;
        }
        let total = chroma.iter().sum::<f32>().max(1.0);
        let mut statistics = ContextStatistics {
            chroma: chroma.map(|c| (c / total).sqrt()),
            own_pitches: vec![0.0; PITCHES],
            own_positions: vec![0.0; POSITIONS],
            own_durations: [0.0; DURATION_CLASSES],
            own_velocities: [0.0; VELOCITIES],
            other_velocities: [0.0; VELOCITIES],
            own_notes: own.len(),
            own_bars: own.chunk_by(|a, b| a.bar == b.bar).count(),
            mean_pitch: own.iter().map(|n| f32::from(n.pitch)).sum::<f32>()
                / own.len().max(1) as f32,
        };
        for note in own {
            statistics.own_pitches[usize::from(note.pitch)] += 1.0;
            statistics.own_positions[usize::from(note.position).min(POSITIONS - 1)] += 1.0;
            statistics.own_durations[usize::from(note.duration_class)] += 1.0;
            statistics.own_velocities[usize::from(note.velocity_class)] += 1.0;
        }
        for note in others {
            statistics.other_velocities[usize::from(note.velocity_class)] += 1.0;
        }
        statistics
    }
}
