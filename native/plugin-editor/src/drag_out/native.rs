//! The system's own dragging, on Windows and macOS.

use crate::theme;
use baseview::PlatformHandle;
use drag::{DragItem, Image, Options, start_drag};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use tiny_skia::Pixmap;

/// Pixels of what is seen under the pointer.
const WIDTH: u32 = 64;
const HEIGHT: u32 = 16;

/// A drag that was begun; the system ends it.
pub(crate) struct DragOut;

impl DragOut {
    /// Errors: a sentence.
    pub fn begin(window: PlatformHandle, file: PathBuf) -> Result<Self, String> {
        let image = Pixmap::new(WIDTH, HEIGHT).and_then(|mut pixels| {
            pixels.fill(theme::NEW.color());
            pixels.encode_png().ok()
        });
        let image = Image::Raw(image.ok_or("the picture of the notes could not be made")?);
        // The crate expects a window to be there; where it is not, the host goes on.
        let begun = catch_unwind(AssertUnwindSafe(|| {
            let files = DragItem::Files(vec![file]);
            start_drag(&window, files, image, |_, _| {}, Options::default())
        }));
        match begun {
            Ok(Ok(())) => Ok(Self),
            Ok(Err(error)) => Err(format!("the notes cannot be dragged: {error}")),
            Err(_) => Err("the notes cannot be dragged: the window is gone".into()),
        }
    }
}
