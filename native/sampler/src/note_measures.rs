//! Measures of existing notes against the surroundings of a region.

use crate::error::SamplerError;
use crate::fill_plan::FillPlan;
use crate::measure::out_of_scale;
use crate::request::FillRequest;
use continuo_midi::Note;
use continuo_tokenizer::SceneNote;
use continuo_tokenizer::grid::grid_from_tick;

/// The measures of a candidate that need no model.
#[derive(Clone, Debug, PartialEq)]
pub struct NoteMeasures {
    /// Share of notes in sequences of 8 or more that also occur in the context, 0-1.
    pub copied: f64,
    /// Share of notes outside the scale of the surroundings, 0-1.
    pub out_of_scale: f64,
    /// That scale; `None` for drums and in silence.
    pub scale: Option<String>,
}

/// Measure notes of the region.
///
/// Errors: every check of the request.
pub fn measure_notes(
    request: &FillRequest<'_>,
    notes: &[Note],
) -> Result<NoteMeasures, SamplerError> {
    let plan = FillPlan::new(request)?;
    let start = grid_from_tick(request.start_tick, plan.ppq);
    let on_grid = |note: &Note| SceneNote {
        onset: grid_from_tick(note.start(), plan.ppq).since(start).max(0),
        duration: 1,
        bar: 0,
        position: 0,
        pitch: plan.scene.model_pitch(note.pitch, plan.is_drums),
        duration_class: 0,
        velocity_class: 0,
        track: 0,
        is_locked: false,
    };
    let mut line: Vec<SceneNote> = notes.iter().map(on_grid).collect();
    line.sort_by_key(|note| (note.onset, note.pitch));
    Ok(NoteMeasures {
        copied: plan.passages.copied(&line),
        out_of_scale: plan.scale.map_or(0.0, |scale| out_of_scale(&scale, notes)),
        scale: plan.scale.map(|scale| scale.to_string()),
    })
}
