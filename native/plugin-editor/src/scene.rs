//! The picture: what is heard and played, where the playhead is, what can be chosen.

use crate::canvas::Canvas;
use crate::layout::{Area, BUTTONS_IN_ORDER, Layout, Target, names};
use crate::text::Letters;
use crate::theme::{self, Paint};
use continuo_plugin_engine::{Connection, Kind, Note, ParameterId, Shared, View};
use tiny_skia::Pixmap;

const SMALL: f32 = 10.;
const NORMAL: f32 = 12.;
/// Bars that are seen at least.
const FEWEST_BARS: f64 = 8.;

/// Everything that a picture shows.
pub struct Scene<'a> {
    pub view: &'a View,
    pub values: &'a Shared,
    /// In quarters; NaN where there is none.
    pub playhead: f64,
    pub(crate) pointed: Option<Target>,
    /// The range that is being dragged, in quarters.
    pub(crate) dragged: Option<(f64, f64)>,
}

impl<'a> Scene<'a> {
    pub fn new(view: &'a View, values: &'a Shared, playhead: f64) -> Self {
        Self {
            view,
            values,
            playhead,
            pointed: None,
            dragged: None,
        }
    }
}

/// What of the song the roll shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span {
    pub from: f64,
    pub to: f64,
}

impl Span {
    /// Whole bars around the region and the playhead.
    pub fn of(view: &View, playhead: f64) -> Span {
        let bar = view.meter.quarters_per_bar();
        let centre = match view.region {
            Some((start, end)) => (start + end) / 2.,
            None if playhead.is_finite() => playhead,
            None => FEWEST_BARS * bar / 2.,
        };
        let bars = view.region.map_or(FEWEST_BARS, |(start, end)| {
            ((end - start) / bar * 2.).clamp(FEWEST_BARS, 64.)
        });
        let from = ((centre / bar - bars / 2.).floor() * bar).max(view.bar_origin.min(0.));
        Span {
            from,
            to: from + bars * bar,
        }
    }

    pub fn position(&self, area: &Area, x: f32) -> f64 {
        self.from + f64::from((x - area.x) / area.width) * (self.to - self.from)
    }

    fn x(&self, area: &Area, position: f64) -> f32 {
        area.x + ((position - self.from) / (self.to - self.from)) as f32 * area.width
    }
}

/// Draws at a size in physical pixels.
pub struct Picture {
    letters: Letters,
}

impl Default for Picture {
    fn default() -> Self {
        Self {
            letters: Letters::new(),
        }
    }
}

impl Picture {
    /// `None` where the size is none. Pixels are premultiplied RGBA.
    pub fn draw(&self, scene: &Scene, (width, height): (u32, u32), scale: f32) -> Option<Pixmap> {
        let mut pixels = Pixmap::new(width, height)?;
        let scale = if scale.is_finite() && scale > 0. {
            scale
        } else {
            1.
        };
        let layout = Layout::new((width as f32 / scale, height as f32 / scale));
        let mut canvas = Canvas::new(&mut pixels, &self.letters, scale);
        canvas.clear(theme::BACKGROUND);
        head(&mut canvas, scene, &layout);
        roll(&mut canvas, scene, &layout);
        cards(&mut canvas, scene, &layout);
        for ((button, area), (_, name)) in layout.buttons.iter().zip(BUTTONS_IN_ORDER) {
            press(
                &mut canvas,
                scene,
                *area,
                Target::Button(*button),
                name,
                false,
            );
        }
        message(&mut canvas, scene, layout.message);
        for (id, area) in &layout.controls {
            control(&mut canvas, scene, *id, *area);
        }
        Some(pixels)
    }
}

fn head(canvas: &mut Canvas, scene: &Scene, layout: &Layout) {
    canvas.text("Continuo", layout.title, 15., theme::TEXT);
    let (paint, words): (Paint, &str) = match &scene.view.connection {
        Connection::Idle => (theme::QUIET, "ready"),
        Connection::Starting => (theme::PLAYHEAD, "starting…"),
        Connection::Connected => (theme::NEW, "connected"),
        Connection::Fallback => (theme::PLAYHEAD, "small model"),
        Connection::Unavailable(_) => (theme::TROUBLE, "not running: click to start"),
    };
    let area = layout.connection;
    let dot = Area {
        x: area.x,
        y: area.y + area.height / 2. - 4.,
        width: 8.,
        height: 8.,
    };
    canvas.fill_round(dot, 4., paint);
    let words_area = Area {
        x: area.x + 14.,
        width: (area.width - 14.).max(0.),
        ..area
    };
    canvas.text(words, words_area, SMALL, theme::QUIET);
    let mode = scene.values.value(ParameterId::Mode) as usize;
    for (index, (area, name)) in layout
        .modes
        .iter()
        .zip(names(ParameterId::Mode))
        .enumerate()
    {
        press(
            canvas,
            scene,
            *area,
            Target::Mode(index),
            name,
            index == mode,
        );
    }
}

fn press(canvas: &mut Canvas, scene: &Scene, area: Area, target: Target, name: &str, is_on: bool) {
    let is_pointed = scene.pointed == Some(target);
    let paint = if is_on {
        theme::NEW
    } else if is_pointed {
        theme::HOVER
    } else {
        theme::PANEL
    };
    canvas.fill_round(area, 5., paint);
    canvas.centred(
        name,
        area,
        NORMAL,
        if is_on {
            theme::BACKGROUND
        } else {
            theme::TEXT
        },
    );
}

fn roll(canvas: &mut Canvas, scene: &Scene, layout: &Layout) {
    let view = scene.view;
    let span = Span::of(view, scene.playhead);
    let (ruler, area) = (layout.ruler, layout.roll);
    canvas.fill(area, theme::PANEL);
    let shown = |notes: &[Note]| -> Vec<Note> {
        notes
            .iter()
            .copied()
            .filter(|note| note.end > span.from && note.start < span.to)
            .collect()
    };
    let context: Vec<Note> = view
        .context
        .iter()
        .flat_map(|(_, notes)| shown(notes))
        .collect();
    let (heard, new) = (shown(&view.heard), shown(&view.generated));
    let (low, high) = pitches([&context, &heard, &new].into_iter().flatten());
    let row = area.height / f32::from(high - low + 1);
    for pitch in low..=high {
        if matches!(pitch % 12, 1 | 3 | 6 | 8 | 10) {
            let y = area.y + f32::from(high - pitch) * row;
            canvas.fill(
                Area {
                    y,
                    height: row,
                    ..area
                },
                theme::BLACK_KEY,
            );
        }
    }
    bars(canvas, scene, &span, ruler, area);
    if let Some((start, end)) = scene.dragged.or(view.region) {
        let (x0, x1) = (
            span.x(&area, start).max(area.x),
            span.x(&area, end).min(area.x + area.width),
        );
        let height = ruler.height + area.height;
        canvas.fill(
            Area {
                x: x0,
                y: ruler.y,
                width: (x1 - x0).max(0.),
                height,
            },
            theme::REGION,
        );
    }
    for (notes, paint) in [
        (&context, theme::CONTEXT),
        (&heard, theme::HEARD),
        (&new, theme::NEW),
    ] {
        for note in notes {
            let (x0, x1) = (
                span.x(&area, note.start).max(area.x),
                span.x(&area, note.end).min(area.x + area.width),
            );
            let y = area.y + f32::from(high - note.pitch) * row;
            let width = (x1 - x0 - 1.).max(1.5);
            canvas.fill(
                Area {
                    x: x0,
                    y: y + 0.5,
                    width,
                    height: (row - 1.).max(1.5),
                },
                paint,
            );
        }
    }
    if scene.playhead >= span.from && scene.playhead < span.to {
        let x = span.x(&area, scene.playhead);
        let height = ruler.height + area.height;
        canvas.fill(
            Area {
                x,
                y: ruler.y,
                width: 1.5,
                height,
            },
            theme::PLAYHEAD,
        );
    }
}

fn bars(canvas: &mut Canvas, scene: &Scene, span: &Span, ruler: Area, area: Area) {
    let bar = scene.view.meter.quarters_per_bar();
    let origin = scene.view.bar_origin.rem_euclid(bar);
    let count = ((span.to - span.from) / bar).round().max(1.);
    let every = if f64::from(area.width) / count < 24. {
        4
    } else {
        1
    };
    canvas.fill(
        ruler,
        if scene.pointed == Some(Target::Ruler) {
            theme::HOVER
        } else {
            theme::BACKGROUND
        },
    );
    let first = ((span.from - origin) / bar).ceil() as i64;
    for index in first..first + count as i64 + 1 {
        let x = span.x(&area, origin + index as f64 * bar);
        if x < area.x || x >= area.x + area.width {
            continue;
        }
        canvas.fill(
            Area {
                x,
                width: 1.,
                ..area
            },
            theme::LINE,
        );
        if index % every == 0 {
            let label = Area {
                x: x + 3.,
                width: 40.,
                ..ruler
            };
            canvas.text(&(index + 1).to_string(), label, SMALL, theme::QUIET);
        }
    }
}

/// At least two octaves, around what is there.
fn pitches<'n>(notes: impl Iterator<Item = &'n Note>) -> (u8, u8) {
    let (low, high) = notes.fold((127, 0), |(low, high), note| {
        (note.pitch.min(low), note.pitch.max(high))
    });
    if low > high {
        return (48, 72);
    }
    let missing = 24u8.saturating_sub(high - low);
    let low = low.saturating_sub(missing.div_ceil(2));
    (low, (low + 24).max(high).min(127))
}

fn cards(canvas: &mut Canvas, scene: &Scene, layout: &Layout) {
    let view = scene.view;
    // The card of the one that is chosen is always seen.
    let first = view.selected / layout.cards.len() * layout.cards.len();
    for (index, area) in layout.cards.iter().enumerate() {
        let is_pointed = scene.pointed == Some(Target::Card(index));
        let Some(candidate) = view.candidates.get(first + index) else {
            canvas.fill_round(*area, 5., theme::PANEL.faint(0x60));
            continue;
        };
        canvas.fill_round(
            *area,
            5.,
            if is_pointed {
                theme::HOVER
            } else {
                theme::PANEL
            },
        );
        if first + index == view.selected {
            canvas.frame(*area, theme::NEW);
        }
        let inner = area.inside(6.);
        if let Some((start, end)) = view.region {
            let span = Span {
                from: start,
                to: end.max(start + 1e-3),
            };
            let (low, high) = pitches(candidate.notes.iter());
            let row = inner.height / f32::from(high - low + 1);
            for note in candidate.notes.iter() {
                let x = span.x(&inner, note.start);
                let width = (span.x(&inner, note.end.min(end)) - x).max(1.5);
                let y = inner.y + f32::from(high - note.pitch) * row;
                canvas.fill(
                    Area {
                        x,
                        y,
                        width,
                        height: row.max(1.5),
                    },
                    theme::NEW,
                );
            }
        }
        if is_pointed {
            let words = format!("{} notes, seed {}", candidate.notes.len(), candidate.seed);
            canvas.text(
                &words,
                Area {
                    height: 12.,
                    ..inner
                },
                SMALL,
                theme::TEXT,
            );
        }
    }
}

fn message(canvas: &mut Canvas, scene: &Scene, area: Area) {
    let view = scene.view;
    if let Some(progress) = view.progress {
        canvas.fill_round(area, 5., theme::PANEL);
        canvas.fill_round(
            Area {
                width: area.width * progress.clamp(0., 1.),
                ..area
            },
            5.,
            theme::NEW.faint(0x90),
        );
        return;
    }
    let (words, paint) = match &view.connection {
        Connection::Unavailable(why) => (why.clone(), theme::TROUBLE),
        _ => match &view.file {
            Some(file) if view.message.is_empty() => (
                format!("{file} is heard too; click: no more"),
                theme::CONTEXT,
            ),
            _ => (view.message.clone(), theme::QUIET),
        },
    };
    canvas.text(&words, area, SMALL, paint);
}

/// A name, a value, and a bar that says how much of its range that is.
fn control(canvas: &mut Canvas, scene: &Scene, id: ParameterId, area: Area) {
    let parameter = id.parameter();
    let value = scene.values.value(id);
    let is_pointed = scene.pointed == Some(Target::Control(id));
    canvas.fill_round(
        area,
        5.,
        if is_pointed {
            theme::HOVER
        } else {
            theme::PANEL
        },
    );
    let share = ((value - parameter.minimum) / (parameter.maximum - parameter.minimum)) as f32;
    let inner = area.inside(5.);
    let is_switch = parameter.kind == Kind::Toggle;
    let bar = Area {
        y: area.y + area.height - 4.,
        height: 2.5,
        ..inner
    };
    canvas.fill(bar, theme::LINE);
    canvas.fill(
        Area {
            width: inner.width * share.clamp(0., 1.),
            ..bar
        },
        theme::NEW,
    );
    canvas.text(
        parameter.name,
        Area {
            height: 12.,
            ..inner
        },
        SMALL,
        theme::QUIET,
    );
    let paint = if is_switch && value < 0.5 {
        theme::QUIET
    } else {
        theme::TEXT
    };
    canvas.text(
        &parameter.text(value),
        Area {
            y: inner.y + 12.,
            height: 14.,
            ..inner
        },
        NORMAL,
        paint,
    );
}
