//! Where everything is, for a size of the window in logical pixels.

use continuo_plugin_engine::{Kind, PARAMETERS, ParameterId};

pub const DEFAULT_SIZE: (u32, u32) = (760, 460);
pub const MINIMUM_SIZE: (u32, u32) = (480, 300);

const MARGIN: f32 = 10.;
const GAP: f32 = 6.;
const HEAD: f32 = 30.;
const RULER: f32 = 18.;
const CARDS: f32 = 58.;
const BUTTONS: f32 = 28.;
const CONTROL: f32 = 38.;
const CARD_COUNT: usize = 4;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

impl Area {
    pub fn contains(&self, (x, y): (f32, f32)) -> bool {
        x >= self.x && x < self.x + self.width && y >= self.y && y < self.y + self.height
    }

    pub fn inside(&self, margin: f32) -> Area {
        Area {
            x: self.x + margin,
            y: self.y + margin,
            width: (self.width - 2. * margin).max(0.),
            height: (self.height - 2. * margin).max(0.),
        }
    }

    /// One of `count` beside each other.
    fn column(&self, index: usize, count: usize) -> Area {
        let width = (self.width - GAP * (count as f32 - 1.)) / count as f32;
        Area {
            x: self.x + index as f32 * (width + GAP),
            width,
            ..*self
        }
    }
}

/// What can be pointed at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Target {
    Mode(usize),
    Ruler,
    Roll,
    Card(usize),
    Button(Button),
    Control(ParameterId),
    Connection,
    Message,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Button {
    NewTake,
    Keep,
    Clear,
    Roll,
}

pub(crate) const BUTTONS_IN_ORDER: [(Button, &str); 4] = [
    (Button::NewTake, "New take"),
    (Button::Keep, "Keep"),
    (Button::Clear, "Clear"),
    (Button::Roll, "Open the big roll"),
];

pub(crate) struct Layout {
    pub title: Area,
    pub connection: Area,
    pub modes: Vec<Area>,
    pub ruler: Area,
    pub roll: Area,
    pub cards: Vec<Area>,
    pub buttons: Vec<(Button, Area)>,
    pub message: Area,
    pub controls: Vec<(ParameterId, Area)>,
}

impl Layout {
    pub fn new((width, height): (f32, f32)) -> Self {
        let inner = Area {
            x: MARGIN,
            y: MARGIN,
            width: (width - 2. * MARGIN).max(1.),
            height,
        };
        let head = Area {
            height: HEAD,
            ..inner
        };
        let mode_names = names(ParameterId::Mode).len();
        let modes = Area {
            x: inner.x + inner.width * 0.36,
            width: inner.width * 0.64,
            ..head
        };
        let columns = if width < 640. { 5 } else { 7 };
        let shown: Vec<ParameterId> = PARAMETERS
            .iter()
            .map(|parameter| parameter.id)
            .filter(is_control)
            .collect();
        let rows = shown.len().div_ceil(columns);
        let controls_height = rows as f32 * (CONTROL + GAP);
        let below = CARDS + BUTTONS + controls_height + 3. * GAP;
        let ruler = Area {
            y: head.y + HEAD + GAP,
            height: RULER,
            ..inner
        };
        let top = ruler.y + RULER;
        let roll = Area {
            y: top,
            height: (height - MARGIN - below - top).max(40.),
            ..inner
        };
        let cards = Area {
            y: roll.y + roll.height + GAP,
            height: CARDS,
            ..inner
        };
        let row = Area {
            y: cards.y + CARDS + GAP,
            height: BUTTONS,
            ..inner
        };
        let first_control = row.y + BUTTONS + GAP;
        let controls = shown.iter().enumerate().map(|(index, &id)| {
            let y = first_control + (index / columns) as f32 * (CONTROL + GAP);
            (
                id,
                Area {
                    y,
                    height: CONTROL,
                    ..inner
                }
                .column(index % columns, columns),
            )
        });
        Self {
            title: Area { width: 80., ..head },
            connection: Area {
                x: inner.x + 80.,
                width: (inner.width * 0.36 - 90.).max(0.),
                ..head
            },
            modes: (0..mode_names)
                .map(|index| modes.column(index, mode_names))
                .collect(),
            ruler,
            roll,
            cards: (0..CARD_COUNT)
                .map(|index| cards.column(index, CARD_COUNT))
                .collect(),
            buttons: BUTTONS_IN_ORDER
                .iter()
                .enumerate()
                .map(|(index, (button, _))| {
                    (
                        *button,
                        Area {
                            width: inner.width * 0.62,
                            ..row
                        }
                        .column(index, 4),
                    )
                })
                .collect(),
            message: Area {
                x: inner.x + inner.width * 0.62 + GAP,
                width: inner.width * 0.38 - GAP,
                ..row
            },
            controls: controls.collect(),
        }
    }

    pub fn target(&self, point: (f32, f32)) -> Option<Target> {
        let index = |areas: &[Area]| areas.iter().position(|area| area.contains(point));
        if let Some(mode) = index(&self.modes) {
            return Some(Target::Mode(mode));
        }
        if self.ruler.contains(point) {
            return Some(Target::Ruler);
        }
        if self.roll.contains(point) {
            return Some(Target::Roll);
        }
        if let Some(card) = index(&self.cards) {
            return Some(Target::Card(card));
        }
        if let Some((button, _)) = self.buttons.iter().find(|(_, area)| area.contains(point)) {
            return Some(Target::Button(*button));
        }
        if self.message.contains(point) {
            return Some(Target::Message);
        }
        if self.connection.contains(point) {
            return Some(Target::Connection);
        }
        self.controls
            .iter()
            .find(|(_, area)| area.contains(point))
            .map(|(id, _)| Target::Control(*id))
    }
}

/// Modes, buttons and candidates have places of their own, and hosts have a bypass.
fn is_control(id: &ParameterId) -> bool {
    use ParameterId::*;
    !matches!(id, Mode | Candidate | NewTake | Keep | Clear | Bypass)
}

pub(crate) fn names(id: ParameterId) -> &'static [&'static str] {
    match id.parameter().kind {
        Kind::Choice(names) => names,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn areas(layout: &Layout) -> Vec<Area> {
        let mut areas = vec![
            layout.title,
            layout.connection,
            layout.ruler,
            layout.roll,
            layout.message,
        ];
        areas.extend(&layout.modes);
        areas.extend(&layout.cards);
        areas.extend(layout.buttons.iter().map(|(_, area)| *area));
        areas.extend(layout.controls.iter().map(|(_, area)| *area));
        areas
    }

    #[test]
    fn nothing_overlaps_or_leaves_the_window() {
        for (width, height) in [(480., 300.), (640., 400.), (760., 460.), (1600., 1000.)] {
            let layout = Layout::new((width, height));
            let areas = areas(&layout);
            for (index, a) in areas.iter().enumerate() {
                assert!(
                    a.x >= 0. && a.x + a.width <= width + 0.5,
                    "{a:?} in {width}"
                );
                // The smallest window shows a roll of 40 pixels, and cuts the last row of controls.
                assert!(
                    height < 400. || a.y + a.height <= height + 0.5,
                    "{a:?} in {height}"
                );
                for b in &areas[index + 1..] {
                    let apart = a.x + a.width <= b.x + 0.01
                        || b.x + b.width <= a.x + 0.01
                        || a.y + a.height <= b.y + 0.01
                        || b.y + b.height <= a.y + 0.01;
                    assert!(apart, "{a:?} and {b:?} at {width} x {height}");
                }
            }
        }
    }

    #[test]
    fn every_target_is_found_in_its_middle() {
        let layout = Layout::new((760., 460.));
        let middle = |area: &Area| (area.x + area.width / 2., area.y + area.height / 2.);
        for (id, area) in &layout.controls {
            assert_eq!(layout.target(middle(area)), Some(Target::Control(*id)));
        }
        for (button, area) in &layout.buttons {
            assert_eq!(layout.target(middle(area)), Some(Target::Button(*button)));
        }
        assert_eq!(
            layout.target(middle(&layout.modes[2])),
            Some(Target::Mode(2))
        );
        assert_eq!(
            layout.target(middle(&layout.cards[3])),
            Some(Target::Card(3))
        );
        assert_eq!(layout.target(middle(&layout.roll)), Some(Target::Roll));
    }
}
