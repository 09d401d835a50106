//! The window in the host's: events in, pixels out. On X11 it runs on a thread of its own, so that no host waits for it.

use crate::drag_out::DragOut;
use crate::layout::{DEFAULT_SIZE, Layout, MINIMUM_SIZE};
use crate::native_window::pointer_to;
use crate::pointer::{Command, Ground, Pointer, mode_for_range};
use crate::scene::{Picture, Scene};
use baseview::dpi::{LogicalSize, PhysicalSize, Size};
use baseview::{
    DropData, DropEffect, Event, EventStatus, HandlerError, MouseButton, MouseEvent,
    ParentWindowHandle, ScrollDelta, Window, WindowContext, WindowHandler, WindowSettings,
    WindowSize,
};
use continuo_plugin_engine::{Action, Instance, PARAMETERS, ParameterId};
use softbuffer::{Context, Surface};
use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::num::NonZeroU32;
use std::ptr::null_mut;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

const FRAME: Duration = Duration::from_millis(33);
const DOUBLE_CLICK: Duration = Duration::from_millis(400);
/// Of a touchpad, in the window's physical pixels.
const LINE_PIXELS: f64 = 24.;
const DOUBLE_CLICK_PIXELS: f32 = 4.;

/// Told of each parameter that the musician changed here, after it was set.
pub type OnChange = Box<dyn Fn(ParameterId) + Send>;

type Pixels = Surface<baseview::PlatformHandle, baseview::PlatformHandle>;

/// An open editor; closed when it is dropped.
pub struct Editor {
    window: Window,
    native: Arc<OnceLock<usize>>,
}

impl Editor {
    /// Errors: a sentence; there is no display, or it gives no window. The host's sliders do everything then.
    pub fn open(
        parent: ParentWindowHandle,
        scale: Option<f64>,
        size: (u32, u32),
        instance: Arc<Instance>,
        on_change: OnChange,
    ) -> Result<Self, String> {
        let mut settings = WindowSettings::new()
            .with_title("Continuo")
            .with_size(Size::Physical(PhysicalSize::new(size.0, size.1)))
            .with_fallback_scale_factor(scale)
            .with_min_size(LogicalSize::new(
                f64::from(MINIMUM_SIZE.0),
                f64::from(MINIMUM_SIZE.1),
            ));
        settings.parent = Some(parent);
        let failed =
            |error: &dyn std::fmt::Display| format!("the editor cannot be opened: {error}");
        let native = Arc::new(OnceLock::new());
        let found = native.clone();
        let window = Window::create(settings, move |context| {
            let _ = found.set(pointer_to(&context) as usize);
            Handler::new(context, instance, on_change)
        })
        .map_err(|error| failed(&error))?;
        window.show().map_err(|error| failed(&error))?;
        Ok(Self { window, native })
    }

    /// The window itself, as C interfaces give it: an X11 window's number, or a pointer. Null where there is none.
    pub fn window(&self) -> *mut c_void {
        self.native
            .get()
            .map_or(null_mut(), |&window| window as *mut c_void)
    }

    pub fn resize(&self, (width, height): (u32, u32)) -> Result<(), String> {
        let size = Size::Physical(PhysicalSize::new(width, height));
        self.window.resize(size).map_err(|error| error.to_string())
    }

    pub fn show(&self) -> Result<(), String> {
        self.window.show().map_err(|error| error.to_string())
    }

    pub fn hide(&self) -> Result<(), String> {
        self.window.hide().map_err(|error| error.to_string())
    }

    /// In physical pixels, at a scale.
    pub fn default_size(scale: f64) -> (u32, u32) {
        let scaled = |length: u32| (f64::from(length) * scale).round() as u32;
        (scaled(DEFAULT_SIZE.0), scaled(DEFAULT_SIZE.1))
    }
}

struct Handler {
    context: WindowContext,
    pixels: RefCell<Pixels>,
    picture: Picture,
    instance: Arc<Instance>,
    on_change: OnChange,
    pointer: RefCell<Pointer>,
    is_fine: Cell<bool>,
    /// Pixels of a touchpad that make no line yet.
    scrolled: Cell<f64>,
    /// The last drag of notes out of the window.
    drag_out: RefCell<Option<DragOut>>,
    /// When and where, for double clicks.
    pressed_at: Cell<Option<(Instant, (f32, f32))>>,
    /// What the last picture showed: the view's version, the parameters and the playhead.
    shown: Cell<(u64, u64, f64)>,
    is_stale: Cell<bool>,
}

impl Handler {
    fn new(
        context: WindowContext,
        instance: Arc<Instance>,
        on_change: OnChange,
    ) -> Result<Self, HandlerError> {
        let boxed = |error: softbuffer::SoftBufferError| HandlerError::from_boxed(Box::new(error));
        let handle = context.platform_handle();
        let display = Context::new(handle.clone()).map_err(boxed)?;
        let pixels = RefCell::new(Surface::new(&display, handle).map_err(boxed)?);
        Ok(Self {
            context,
            pixels,
            picture: Picture::default(),
            instance,
            on_change,
            pointer: RefCell::default(),
            is_fine: Cell::new(false),
            scrolled: Cell::new(0.),
            drag_out: RefCell::new(None),
            pressed_at: Cell::new(None),
            shown: Cell::new((u64::MAX, 0, f64::NAN)),
            is_stale: Cell::new(true),
        })
    }

    /// NaN while nothing plays, and before.
    fn playhead(&self) -> f64 {
        let shared = &self.instance.shared;
        if shared.is_playing() {
            shared.playhead()
        } else {
            f64::NAN
        }
    }

    /// All parameters in one number: the host changes them too.
    fn values(&self) -> u64 {
        let values = PARAMETERS
            .iter()
            .map(|parameter| self.instance.shared.value(parameter.id).to_bits());
        values.fold(0, |all, value| (all ^ value).wrapping_mul(0x0100_0000_01b3))
    }

    fn scale(&self) -> f32 {
        self.context.scale_factor() as f32
    }

    fn with_ground<T>(&self, body: impl FnOnce(&mut Pointer, &Ground) -> T) -> T {
        let size = self.context.size().physical;
        let scale = self.scale();
        let layout = Layout::new((size.width as f32 / scale, size.height as f32 / scale));
        let view = self.instance.view();
        let ground = Ground {
            layout: &layout,
            view: &view,
            values: &self.instance.shared,
            playhead: self.playhead(),
            is_fine: self.is_fine.get(),
        };
        body(&mut self.pointer.borrow_mut(), &ground)
    }

    fn carry_out(&self, command: Option<Command>) {
        self.is_stale.set(true);
        match command {
            Some(Command::Set(id, value)) => {
                self.instance.shared.set_value(id, value);
                (self.on_change)(id);
            }
            Some(Command::Act(action)) => {
                if let Action::SetRange(Some(_)) = action {
                    self.carry_out(mode_for_range(&self.instance.shared));
                }
                self.instance.act(action);
            }
            Some(Command::DragOut(candidate)) => self.drag_out(candidate),
            None => {}
        }
    }

    fn drag_out(&self, candidate: Option<usize>) {
        // The one before ends first: two would answer for each other's notes.
        self.drag_out.replace(None);
        let file = self.instance.export(candidate);
        let begun = file
            .map_err(|error| error.to_string())
            .and_then(|file| DragOut::begin(self.context.platform_handle(), file));
        match begun {
            Ok(drag) => drop(self.drag_out.replace(Some(drag))),
            Err(why) => self.instance.say(&why),
        }
    }

    fn render(&self) -> Result<(), HandlerError> {
        let size = self.context.size().physical;
        let (Some(width), Some(height)) =
            (NonZeroU32::new(size.width), NonZeroU32::new(size.height))
        else {
            return Ok(());
        };
        let view = self.instance.view();
        let pointer = self.pointer.borrow();
        let mut scene = Scene::new(&view, &self.instance.shared, self.playhead());
        scene.pointed = pointer.pointed;
        scene.dragged = pointer.dragged(&view);
        let Some(picture) = self
            .picture
            .draw(&scene, (size.width, size.height), self.scale())
        else {
            return Ok(());
        };
        let boxed = |error: softbuffer::SoftBufferError| HandlerError::from_boxed(Box::new(error));
        let mut pixels = self.pixels.borrow_mut();
        pixels.resize(width, height).map_err(boxed)?;
        let mut buffer = pixels.buffer_mut().map_err(boxed)?;
        for (pixel, rgba) in buffer.iter_mut().zip(picture.data().chunks_exact(4)) {
            *pixel = u32::from(rgba[0]) << 16 | u32::from(rgba[1]) << 8 | u32::from(rgba[2]);
        }
        buffer.present().map_err(boxed)
    }
}

impl WindowHandler for Handler {
    fn draw(&self) -> Result<(), HandlerError> {
        let now = (self.instance.view().version, self.values(), self.playhead());
        let shown = self.shown.replace(now);
        let is_other = (shown.0, shown.1, shown.2.to_bits()) != (now.0, now.1, now.2.to_bits());
        if self.is_stale.replace(false) || is_other {
            self.render()?;
        }
        self.context.request_redraw_after(FRAME);
        Ok(())
    }

    fn damage(&self, _: baseview::DamageArea) {
        self.is_stale.set(true);
    }

    fn resized(&self, _: WindowSize) -> Result<(), HandlerError> {
        self.is_stale.set(true);
        self.context.request_redraw();
        Ok(())
    }

    fn on_event(&self, event: Event) -> EventStatus {
        let Event::Mouse(event) = event else {
            // The host's keys, such as its space bar, stay the host's.
            return EventStatus::Ignored;
        };
        let scale = self.scale();
        match event {
            MouseEvent::CursorMoved {
                position,
                modifiers,
            } => {
                self.is_fine.set(modifiers.shift());
                let at = (position.x as f32 / scale, position.y as f32 / scale);
                let command = self.with_ground(|pointer, ground| pointer.moved(at, ground));
                self.carry_out(command);
            }
            MouseEvent::ButtonPressed {
                button: MouseButton::Left,
                ..
            } => {
                let now = Instant::now();
                let at = self.pointer.borrow().at;
                let before = self.pressed_at.replace(Some((now, at)));
                let is_double = before.is_some_and(|(then, there)| {
                    let distance = (at.0 - there.0).abs().max((at.1 - there.1).abs());
                    now.duration_since(then) < DOUBLE_CLICK && distance < DOUBLE_CLICK_PIXELS
                });
                let command =
                    self.with_ground(|pointer, ground| pointer.pressed(is_double, ground));
                self.carry_out(command);
            }
            MouseEvent::ButtonReleased {
                button: MouseButton::Left,
                ..
            } => {
                let command = self.with_ground(|pointer, ground| pointer.released(ground));
                self.carry_out(command);
            }
            MouseEvent::WheelScrolled { delta, .. } => {
                let lines = match delta {
                    ScrollDelta::Lines { y, .. } => f64::from(y),
                    // A touchpad sends many small steps.
                    ScrollDelta::Pixels { y, .. } => {
                        let scrolled = self.scrolled.get() + f64::from(y);
                        let lines = (scrolled / LINE_PIXELS).trunc();
                        self.scrolled.set(scrolled - lines * LINE_PIXELS);
                        lines
                    }
                };
                if lines != 0. {
                    let command = self.with_ground(|pointer, ground| pointer.wheel(lines, ground));
                    self.carry_out(command);
                }
            }
            MouseEvent::CursorLeft => {
                self.pointer.borrow_mut().pointed = None;
                self.is_stale.set(true);
            }
            MouseEvent::DragEntered {
                data: DropData::Files(_),
                ..
            }
            | MouseEvent::DragMoved {
                data: DropData::Files(_),
                ..
            } => {
                return EventStatus::AcceptDrop(DropEffect::Copy);
            }
            MouseEvent::DragDropped {
                data: DropData::Files(files),
                ..
            } => {
                if let Some(file) = files.into_iter().next() {
                    self.carry_out(Some(Command::Act(Action::OpenFile(file))));
                }
                return EventStatus::AcceptDrop(DropEffect::Copy);
            }
            _ => {}
        }
        EventStatus::Captured
    }
}
