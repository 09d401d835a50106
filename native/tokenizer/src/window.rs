//! The sequence for a scene: controls, the nearest context in time order, then each target.

use crate::scene::{Scene, SceneNote};
use crate::step::{Role, Step, scene_steps};

/// How much context goes into the sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowSpec {
    /// Most context notes; about 128 serve almost as well as 320.
    pub context_notes: usize,
}

/// The steps before the first target.
#[derive(Clone, Debug, Default)]
pub struct Window {
    pub steps: Vec<Step>,
    /// Indices into the scene's notes of those in `steps`, in order.
    pub shown: Vec<u32>,
}

impl Window {
    /// Controls and context of a scene: `3 + min(context_notes, visible)` steps.
    pub fn new(scene: &Scene, spec: WindowSpec) -> Window {
        let mut shown: Vec<u32> = (0..scene.notes.len() as u32).collect();
        if shown.len() > spec.context_notes {
            let distance = |i: &u32| {
                let note = &scene.notes[*i as usize];
                let away = (-note.onset)
                    .max(note.onset - scene.region_length + 1)
                    .max(0);
                // The target's own notes count as half as far.
                let own = scene.targets.iter().any(|t| t.track == note.track);
                (if own { away } else { away * 2 }, *i)
            };
            if spec.context_notes > 0 {
                shown.select_nth_unstable_by_key(spec.context_notes - 1, distance);
            }
            shown.truncate(spec.context_notes);
            shown.sort_unstable();
        }
        let mut steps = scene_steps(scene).to_vec();
        steps.extend(
            shown
                .iter()
                .map(|&i| context_step(scene, &scene.notes[i as usize])),
        );
        Window { steps, shown }
    }
}

fn context_step(scene: &Scene, note: &SceneNote) -> Step {
    let slot = scene.targets.iter().position(|t| t.track == note.track);
    let role = match (slot, note.onset) {
        _ if note.is_locked => Role::Locked,
        (Some(_), onset) if onset < 0 => Role::TargetBefore,
        (Some(_), _) => Role::TargetAfter,
        (None, onset) if onset < 0 => Role::OtherBefore,
        (None, onset) if onset < scene.region_length => Role::OtherInside,
        (None, _) => Role::OtherAfter,
    };
    let part = match slot {
        Some(slot) => scene.targets[slot].part,
        None => scene.part(note.track),
    };
    Step::note(note, role, scene.sound(note.track), part, slot)
}

/// A generated note as the input of the next step.
pub fn generated_step(scene: &Scene, slot: usize, note: &SceneNote) -> Step {
    let part = scene.targets.get(slot).and_then(|t| t.part);
    let sound = scene.sound(note.track);
    Step::note(note, Role::Generated, sound, part, Some(slot))
}
