//! What the mouse does: clicks, drags and the wheel, turned into changes of parameters and the engine's actions.

use crate::layout::{Button, Layout, Target};
use crate::scene::Span;
use continuo_plugin_engine::{Action, Connection, Kind, Mode, ParameterId, Shared, View};

/// Logical pixels over which a drag passes through a whole range.
const DRAG: f64 = 180.;
const FINE: f64 = 0.1;
/// Quarters: a click on the ruler is no range.
const SHORTEST_DRAG: f64 = 0.25;
/// Logical pixels from which on a pressed card is dragged, not clicked.
const DRAGGED: f32 = 6.;

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    Set(ParameterId, f64),
    Act(Action),
    /// A candidate's notes as a file, or those that the region holds.
    DragOut(Option<usize>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Drag {
    Control {
        id: ParameterId,
        from: (f32, f32),
        value: f64,
        is_fine: bool,
    },
    Range {
        start: f64,
        end: f64,
    },
    Notes {
        candidate: Option<usize>,
        from: (f32, f32),
    },
}

#[derive(Default)]
pub(crate) struct Pointer {
    pub at: (f32, f32),
    pub pointed: Option<Target>,
    drag: Option<Drag>,
}

/// What the window knows when the mouse does something.
pub(crate) struct Ground<'a> {
    pub layout: &'a Layout,
    pub view: &'a View,
    pub values: &'a Shared,
    pub playhead: f64,
    pub is_fine: bool,
}

impl Pointer {
    /// The range that is being dragged, in whole bars.
    pub fn dragged(&self, view: &View) -> Option<(f64, f64)> {
        match self.drag {
            Some(Drag::Range { start, end }) if (end - start).abs() >= SHORTEST_DRAG => {
                let bar = view.meter.quarters_per_bar();
                let origin = view.bar_origin;
                let (low, high) = (start.min(end), start.max(end));
                Some((
                    origin + ((low - origin) / bar).floor() * bar,
                    origin + ((high - origin) / bar).ceil() * bar,
                ))
            }
            _ => None,
        }
    }

    pub fn moved(&mut self, at: (f32, f32), ground: &Ground) -> Option<Command> {
        self.at = at;
        self.pointed = ground.layout.target(at);
        match &mut self.drag {
            Some(Drag::Control {
                id,
                from,
                value,
                is_fine,
            }) => {
                let parameter = id.parameter();
                // From here on at another speed: what was dragged so far stays.
                if *is_fine != ground.is_fine {
                    (*from, *value, *is_fine) = (at, ground.values.value(*id), ground.is_fine);
                }
                // To the right and upwards is more.
                let pixels = f64::from((at.0 - from.0) + (from.1 - at.1));
                let speed = if ground.is_fine { FINE } else { 1. };
                let range = parameter.maximum - parameter.minimum;
                let new = parameter.clamp(*value + pixels / DRAG * range * speed);
                (new != ground.values.value(*id)).then_some(Command::Set(*id, new))
            }
            Some(Drag::Range { end, .. }) => {
                let span = Span::of(ground.view, ground.playhead);
                *end = span.position(&ground.layout.roll, at.0);
                None
            }
            &mut Some(Drag::Notes { candidate, from }) => {
                let distance = (at.0 - from.0).abs().max((at.1 - from.1).abs());
                if distance < DRAGGED {
                    return None;
                }
                self.drag = None;
                Some(Command::DragOut(candidate))
            }
            None => None,
        }
    }

    pub fn pressed(&mut self, is_double: bool, ground: &Ground) -> Option<Command> {
        let target = ground.layout.target(self.at)?;
        match target {
            Target::Mode(index) => Some(Command::Set(ParameterId::Mode, index as f64)),
            Target::Card(index) => {
                let first =
                    ground.view.selected / ground.layout.cards.len() * ground.layout.cards.len();
                let index = first + index;
                if index >= ground.view.candidates.len() {
                    return None;
                }
                self.drag = Some(Drag::Notes {
                    candidate: Some(index),
                    from: self.at,
                });
                // By the parameter: the host records it, and the engine follows it.
                Some(Command::Set(ParameterId::Candidate, (index + 1) as f64))
            }
            Target::Roll => {
                self.drag = Some(Drag::Notes {
                    candidate: None,
                    from: self.at,
                });
                None
            }
            Target::Button(button) => Some(Command::Act(match button {
                Button::NewTake => Action::NewTake,
                Button::Keep => Action::Keep,
                Button::Clear => Action::Clear {
                    // With Shift, which no slip of the hand presses.
                    everything: ground.is_fine,
                },
                Button::Roll => Action::OpenRoll,
            })),
            Target::Connection => matches!(
                ground.view.connection,
                Connection::Idle | Connection::Unavailable(_)
            )
            .then_some(Command::Act(Action::StartDaemon)),
            Target::Message => {
                (ground.view.file.is_some()).then_some(Command::Act(Action::CloseFile))
            }
            Target::Ruler if is_double => {
                self.drag = None;
                Some(Command::Act(Action::SetRange(None)))
            }
            Target::Ruler => {
                let at =
                    Span::of(ground.view, ground.playhead).position(&ground.layout.roll, self.at.0);
                self.drag = Some(Drag::Range { start: at, end: at });
                None
            }
            Target::Control(id) => self.press_control(id, is_double, ground),
        }
    }

    fn press_control(
        &mut self,
        id: ParameterId,
        is_double: bool,
        ground: &Ground,
    ) -> Option<Command> {
        let (parameter, value) = (id.parameter(), ground.values.value(id));
        if parameter.kind == Kind::Toggle {
            return Some(Command::Set(id, 1. - value));
        }
        if is_double {
            self.drag = None;
            return Some(Command::Set(id, parameter.default));
        }
        self.drag = Some(Drag::Control {
            id,
            from: self.at,
            value,
            is_fine: ground.is_fine,
        });
        None
    }

    /// @returns the range that was dragged, which is what Fill fills
    pub fn released(&mut self, ground: &Ground) -> Option<Command> {
        let range = self.dragged(ground.view);
        self.drag = None;
        range.map(|range| Command::Act(Action::SetRange(Some(range))))
    }

    /// `lines`: upwards is more; over the cards it is the one before.
    pub fn wheel(&self, lines: f64, ground: &Ground) -> Option<Command> {
        let id = match ground.layout.target(self.at)? {
            Target::Control(id) => id,
            Target::Card(_) => {
                let count = ground.view.candidates.len();
                let before = ground.view.selected;
                let index = if lines > 0. {
                    before.checked_sub(1)?
                } else {
                    before + 1
                };
                let number = (index + 1) as f64;
                return (index < count).then_some(Command::Set(ParameterId::Candidate, number));
            }
            _ => return None,
        };
        let parameter = id.parameter();
        let step = if parameter.is_stepped() {
            1.
        } else {
            (parameter.maximum - parameter.minimum) / 50.
        };
        let value = parameter.clamp(ground.values.value(id) + lines.signum() * step);
        (value != ground.values.value(id)).then_some(Command::Set(id, value))
    }
}

/// A range that was chosen is for Fill.
pub(crate) fn mode_for_range(values: &Shared) -> Option<Command> {
    let mode = Mode::from_value(values.value(ParameterId::Mode));
    (mode == Mode::Play).then_some(Command::Set(ParameterId::Mode, 1.))
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_plugin_engine::Candidate;

    #[test]
    fn a_card_is_chosen_by_a_click_and_dragged_out_by_more() {
        let notes = std::sync::Arc::new([]);
        let candidate = Candidate { seed: 1, notes };
        let view = View {
            candidates: vec![candidate; 3],
            ..View::default()
        };
        let (layout, values) = (Layout::new((760., 460.)), Shared::default());
        let ground = Ground {
            layout: &layout,
            view: &view,
            values: &values,
            playhead: f64::NAN,
            is_fine: false,
        };
        let mut pointer = Pointer::default();
        let middle = |index: usize| {
            let card = &layout.cards[index];
            (card.x + card.width / 2., card.y + card.height / 2.)
        };
        let (x, y) = middle(1);
        pointer.moved((x, y), &ground);
        let chosen = Some(Command::Set(ParameterId::Candidate, 2.));
        assert_eq!(pointer.pressed(false, &ground), chosen);
        assert_eq!(pointer.moved((x + 3., y - 3.), &ground), None);
        let dragged = Some(Command::DragOut(Some(1)));
        assert_eq!(pointer.moved((x + 3., y - 9.), &ground), dragged);
        assert_eq!(pointer.moved((x, 0.), &ground), None, "one drag at a time");
        // The fourth card is empty.
        // The wheel goes through all of them.
        assert_eq!(pointer.wheel(1., &ground), None, "the first is chosen");
        pointer.moved((x, y), &ground);
        assert_eq!(pointer.wheel(1., &ground), None);
        assert_eq!(pointer.wheel(-1., &ground), chosen);
        pointer.moved(middle(3), &ground);
        assert_eq!(pointer.pressed(false, &ground), None);
        assert_eq!(pointer.moved((0., 0.), &ground), None);
    }
    #[test]
    fn a_drag_that_becomes_fine_goes_on_from_where_it_was() {
        let (view, values) = (View::default(), Shared::default());
        let layout = Layout::new((760., 460.));
        let ground = |is_fine| Ground {
            layout: &layout,
            view: &view,
            values: &values,
            playhead: f64::NAN,
            is_fine,
        };
        let id = ParameterId::Temperature;
        let (_, area) = layout
            .controls
            .iter()
            .find(|(other, _)| *other == id)
            .unwrap();
        let (x, y) = (area.x + 5., area.y + 5.);
        let mut pointer = Pointer::default();
        pointer.moved((x, y), &ground(false));
        pointer.pressed(false, &ground(false));
        let mut drag = |at: (f32, f32), is_fine: bool| {
            if let Some(Command::Set(id, value)) = pointer.moved(at, &ground(is_fine)) {
                values.set_value(id, value);
            }
            values.value(id)
        };
        let coarse = drag((x + 20., y), false);
        let fine = drag((x + 20., y), true);
        assert_eq!(fine, coarse);
        let more = drag((x + 30., y), true);
        assert!(more > fine && more - fine < 0.2 * (coarse - id.parameter().default));
    }
}
