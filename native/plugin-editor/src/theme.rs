//! Colours, as in the piano roll of the page: dark, with what is new in green.

use tiny_skia::Color;

/// Red, green and blue, and opacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Paint(pub u8, pub u8, pub u8, pub u8);

impl Paint {
    pub fn color(self) -> Color {
        Color::from_rgba8(self.0, self.1, self.2, self.3)
    }

    pub const fn faint(self, opacity: u8) -> Self {
        Paint(self.0, self.1, self.2, opacity)
    }
}

pub(crate) const BACKGROUND: Paint = Paint(0x1b, 0x1e, 0x24, 0xff);
pub(crate) const PANEL: Paint = Paint(0x26, 0x2a, 0x32, 0xff);
pub(crate) const HOVER: Paint = Paint(0x33, 0x39, 0x44, 0xff);
pub(crate) const LINE: Paint = Paint(0x3d, 0x43, 0x4f, 0xff);
pub(crate) const BLACK_KEY: Paint = Paint(0x00, 0x00, 0x00, 0x22);
/// 12:1 on the background.
pub(crate) const TEXT: Paint = Paint(0xe6, 0xe8, 0xec, 0xff);
/// 6:1 on panels.
pub(crate) const QUIET: Paint = Paint(0xa8, 0xaf, 0xbb, 0xff);
pub(crate) const HEARD: Paint = Paint(0x9a, 0xa4, 0xb5, 0xff);
pub(crate) const CONTEXT: Paint = Paint(0x86, 0x7f, 0xb8, 0xff);
pub(crate) const NEW: Paint = Paint(0x4c, 0xc3, 0x8a, 0xff);
pub(crate) const REGION: Paint = Paint(0x4c, 0xc3, 0x8a, 0x26);
pub(crate) const PLAYHEAD: Paint = Paint(0xff, 0xd1, 0x66, 0xff);
pub(crate) const TROUBLE: Paint = Paint(0xff, 0x8a, 0x80, 0xff);
