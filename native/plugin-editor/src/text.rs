//! Letters: a Latin subset of DejaVu Sans, rasterized once a size.

use fontdue::{Font, FontSettings, Metrics};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

const FONT: &[u8] = include_bytes!("../assets/DejaVuSans-Latin.ttf");

pub(crate) struct Glyph {
    pub metrics: Metrics,
    /// Coverage, row by row.
    pub coverage: Vec<u8>,
}

pub(crate) struct Letters {
    /// `None` if the embedded font cannot be read; then there is no text.
    font: Option<Font>,
    glyphs: RefCell<HashMap<(char, u32), Rc<Glyph>>>,
}

impl Letters {
    pub fn new() -> Self {
        Self {
            font: Font::from_bytes(FONT, FontSettings::default()).ok(),
            glyphs: RefCell::default(),
        }
    }

    /// `size` in pixels.
    pub fn glyph(&self, letter: char, size: f32) -> Option<Rc<Glyph>> {
        let font = self.font.as_ref()?;
        let mut glyphs = self.glyphs.borrow_mut();
        let glyph = glyphs.entry((letter, size.to_bits())).or_insert_with(|| {
            let (metrics, coverage) = font.rasterize(letter, size);
            Rc::new(Glyph { metrics, coverage })
        });
        Some(glyph.clone())
    }

    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars()
            .filter_map(|letter| self.glyph(letter, size))
            .map(|glyph| glyph.metrics.advance_width)
            .sum()
    }

    /// The text, or as much of it as fits, with an ellipsis.
    pub fn fit(&self, text: &str, size: f32, width: f32) -> String {
        if self.width(text, size) <= width {
            return text.into();
        }
        let mut cut: String = text.into();
        while !cut.is_empty() && self.width(&cut, size) + self.width("…", size) > width {
            cut.pop();
        }
        cut + "…"
    }
}
