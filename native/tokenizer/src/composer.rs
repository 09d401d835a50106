//! The state of one target while its notes are drawn; [`crate::features`] reads each head's inputs from it.

use crate::matcher::Matcher;
use crate::part::Part;
use crate::scene::{Controls, Scene, SceneNote};
use crate::statistics::ContextStatistics;
use crate::step::StepFields;
use crate::vocabulary::{BAR_END, DURATIONS};
use std::sync::Arc;

/// Where the next note can start: the place of the last one, and how many notes it has by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub bar: i32,
    /// -1 before the first position.
    pub position: i32,
    /// Notes at that place; as many as can be where nothing may be added.
    pub chord: usize,
}

/// What does not change while a target is drawn.
#[derive(Debug)]
pub(crate) struct Surroundings {
    pub scene: Scene,
    pub track: u16,
    pub controls: Controls,
    /// What the target does in the band, where that is known.
    pub part: Option<Part>,
    /// The target's own visible notes, sorted by (onset, pitch).
    pub own: Vec<SceneNote>,
    /// All other visible notes.
    pub others: Vec<SceneNote>,
    pub first_bar: i32,
    own_bars: Vec<u32>,
    other_bars: Vec<u32>,
    pub context: ContextStatistics,
}

/// Draws of one target in progress; cheap to clone for several candidates.
#[derive(Clone, Debug)]
pub struct Composer {
    pub(crate) around: Arc<Surroundings>,
    pub(crate) matcher: Matcher,
    pub(crate) generated: Vec<SceneNote>,
    pub(crate) cursor: Cursor,
}

impl Composer {
    /// Begin target `slot` of a scene. `earlier`: notes of targets already drawn, seen as context.
    pub fn new(scene: &Scene, slot: usize, earlier: &[SceneNote]) -> Composer {
        let target = scene.targets.get(slot);
        let track = target.map_or(u16::MAX, |t| t.track);
        let mut own = Vec::new();
        let mut others = Vec::new();
        for note in &scene.notes {
            if note.track == track {
                own.push(*note)
            } else {
                others.push(*note)
            }
        }
        if !earlier.is_empty() {
            others.extend(earlier.iter().filter(|n| n.track != track));
            others.sort_by_key(|n| (n.onset, n.pitch, n.track));
        }
        let (first_bar, last_bar) = scene.known_bars();
        let matcher = {
            let mut visible = others.clone();
            visible.extend(&own);
            visible.sort_by_key(|n| (n.onset, n.pitch));
            Matcher::new(&visible, track)
        };
        let cursor = Cursor {
            bar: 0,
            position: i32::from(scene.start_position) - 1,
            chord: usize::MAX,
        };
        let around = Surroundings {
            track,
            controls: target.map_or_else(Controls::default, |t| t.controls),
            part: target.and_then(|t| t.part),
            own_bars: bar_starts(&own, first_bar, last_bar),
            other_bars: bar_starts(&others, first_bar, last_bar),
            context: ContextStatistics::new(&own, &others),
            first_bar,
            own,
            others,
            scene: scene.clone(),
        };
        Composer {
            around: Arc::new(around),
            matcher,
            generated: Vec::new(),
            cursor,
        }
    }

    /// Notes drawn so far, in order.
    pub fn generated(&self) -> &[SceneNote] {
        &self.generated
    }

    /// The note that the drawn fields mean.
    pub fn note(&self, drawn: &StepFields) -> SceneNote {
        let bar = self.cursor.bar + i32::from(drawn.bar);
        let duration_class = drawn.duration.min(DURATIONS.len() as u8 - 1);
        SceneNote {
            onset: self.around.scene.time_of(bar, drawn.position),
            duration: i32::from(DURATIONS[usize::from(duration_class)]),
            bar,
            position: drawn.position,
            pitch: drawn.pitch,
            duration_class,
            velocity_class: drawn.velocity.min(15),
            track: self.around.track,
            is_locked: false,
        }
    }

    /// Fields of a note that comes next (teacher forcing); bar deltas past 15 are cut to 15.
    pub fn fields(&self, note: &SceneNote) -> StepFields {
        StepFields {
            bar: (note.bar - self.cursor.bar).clamp(0, BAR_END as i32 - 1) as u8,
            position: note.position,
            pitch: note.pitch,
            duration: note.duration_class,
            velocity: note.velocity_class,
        }
    }

    /// Take a note as drawn.
    pub fn push(&mut self, note: &SceneNote) {
        let position = i32::from(note.position);
        let same = self.cursor.bar == note.bar
            && self.cursor.position == position
            && self.cursor.chord != usize::MAX;
        self.cursor = Cursor {
            bar: note.bar,
            position,
            chord: if same { self.cursor.chord + 1 } else { 1 },
        };
        self.matcher.push(note);
        self.generated.push(*note);
    }

    /// The bar that the next note's bar delta counts from.
    pub fn current_bar(&self) -> i32 {
        self.cursor.bar
    }

    /// Own notes of a bar: context and drawn, each part sorted by (onset, pitch).
    pub(crate) fn own_in_bar(&self, bar: i32) -> impl Iterator<Item = &SceneNote> + '_ {
        let drawn = self.generated.iter().rev().skip_while(move |n| n.bar > bar);
        let first = drawn.take_while(move |n| n.bar == bar).count();
        let end = self.generated.partition_point(|n| n.bar <= bar);
        self.around
            .own_in_bar(bar)
            .iter()
            .chain(&self.generated[end - first..end])
    }

    /// Cursor for the position draw once the bar is known.
    pub(crate) fn cursor_in(&self, bar: i32) -> Cursor {
        if bar == self.cursor.bar {
            self.cursor
        } else {
            Cursor {
                bar,
                position: -1,
                chord: usize::MAX,
            }
        }
    }

    /// Last drawn note that starts where the next one does.
    pub(crate) fn chord_below(&self, onset: i32) -> Option<&SceneNote> {
        self.generated.last().filter(|n| n.onset == onset)
    }
}

impl Surroundings {
    pub fn own_in_bar(&self, bar: i32) -> &[SceneNote] {
        slice_of(&self.own, &self.own_bars, bar - self.first_bar)
    }

    pub fn others_in_bar(&self, bar: i32) -> &[SceneNote] {
        slice_of(&self.others, &self.other_bars, bar - self.first_bar)
    }
}

/// `starts[i]..starts[i + 1]` are the notes of bar `first_bar + i`.
fn bar_starts(notes: &[SceneNote], first_bar: i32, last_bar: i32) -> Vec<u32> {
    (first_bar..=last_bar + 1)
        .map(|bar| notes.partition_point(|n| n.bar < bar) as u32)
        .collect()
}

fn slice_of<'a>(notes: &'a [SceneNote], starts: &[u32], at: i32) -> &'a [SceneNote] {
    let Ok(at) = usize::try_from(at) else {
        return &[];
    };
    match (starts.get(at), starts.get(at + 1)) {
        (Some(&from), Some(&to)) => &notes[from as usize..to as usize],
        _ => &[],
    }
}
