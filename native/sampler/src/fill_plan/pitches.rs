//! Pitches that a fill may use.

use crate::error::SamplerError;
use crate::openings::{PitchSet, above};
use crate::request::Controls;
use crate::result::Warning;
use crate::scale::{Scale, ScaleChoice};
use continuo_midi::Track;
use continuo_tokenizer::Scene;

/// By range and scale. `surroundings`: the scale of what surrounds the region.
pub(super) fn allowed_pitches(
    controls: &Controls,
    track: &Track,
    surroundings: Option<Scale>,
    warnings: &mut Vec<Warning>,
) -> Result<PitchSet, SamplerError> {
    let (low, high) = controls.pitch_range.unwrap_or((0, 127));
    let range = !above(high) & low.checked_sub(1).map_or(PitchSet::MAX, above);
    let scale = match &controls.scale {
        Some(_) if track.is_drums => None,
        Some(ScaleChoice::Named(scale)) => Some(*scale),
        Some(ScaleChoice::Auto) => {
            if surroundings.is_none() {
                warnings.push(Warning {
                    code: "SCALE_NOT_FOUND",
                    message: "no pitched notes surround the region, so any scale is allowed".into(),
                });
            }
            surroundings
        }
        Some(ScaleChoice::Unknown(_)) | None => None,
    };
    let Some(scale) = scale else { return Ok(range) };
    match range & scale.pitches() {
        0 => Err(SamplerError::ScaleRangeEmpty {
            low,
            high,
            scale: scale.to_string(),
        }),
        allowed => Ok(allowed),
    }
}

/// MIDI pitches that the model has a class for.
pub(super) fn reachable(scene: &Scene, is_drums: bool) -> PitchSet {
    (0..128u8)
        .filter(|&p| scene.midi_pitch(scene.model_pitch(p, is_drums)) == Some(p))
        .fold(0, |set, p| set | 1 << p)
}
