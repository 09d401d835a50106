//! The plugin's window inside a host's: a small piano roll of what is heard and played, the candidates, the controls.
//!
//! A picture is a pure function of what the engine's view, the parameters and the pointer say (`scene`, drawn by
//! `canvas`); `layout` says where things are, `pointer` what a click or a drag there does. `window` is the only part
//! that knows a system. Without a display, or where it fails, hosts' own sliders do everything.

mod canvas;
mod drag_out;
mod layout;
mod native_window;
mod pointer;
mod scene;
mod text;
mod theme;
mod window;

pub use layout::{DEFAULT_SIZE, MINIMUM_SIZE};
pub use native_window::NativeWindow;
pub use scene::{Picture, Scene};
pub use window::{Editor, OnChange};
