//! Rectangles, lines and words on pixels; positions in logical pixels, drawn at the window's scale.

use crate::layout::Area;
use crate::text::Letters;
use crate::theme::Paint;
use tiny_skia::{FillRule, Paint as Fill, PathBuilder, Pixmap, Rect, Transform};

pub(crate) struct Canvas<'a> {
    pixels: &'a mut Pixmap,
    letters: &'a Letters,
    scale: f32,
}

impl<'a> Canvas<'a> {
    pub fn new(pixels: &'a mut Pixmap, letters: &'a Letters, scale: f32) -> Self {
        Self {
            pixels,
            letters,
            scale,
        }
    }

    pub fn clear(&mut self, paint: Paint) {
        self.pixels.fill(paint.color());
    }

    pub fn fill(&mut self, area: Area, paint: Paint) {
        let scaled = (
            area.x * self.scale,
            area.y * self.scale,
            area.width * self.scale,
            area.height * self.scale,
        );
        // Nothing of no size.
        let Some(rect) = Rect::from_xywh(scaled.0, scaled.1, scaled.2, scaled.3) else {
            return;
        };
        self.pixels
            .fill_rect(rect, &filled(paint), Transform::identity(), None);
    }

    /// With round corners.
    pub fn fill_round(&mut self, area: Area, radius: f32, paint: Paint) {
        let s = self.scale;
        let (x, y, w, h) = (area.x * s, area.y * s, area.width * s, area.height * s);
        let r = (radius * s).min(w / 2.).min(h / 2.);
        let mut path = PathBuilder::new();
        path.move_to(x + r, y);
        path.line_to(x + w - r, y);
        path.quad_to(x + w, y, x + w, y + r);
        path.line_to(x + w, y + h - r);
        path.quad_to(x + w, y + h, x + w - r, y + h);
        path.line_to(x + r, y + h);
        path.quad_to(x, y + h, x, y + h - r);
        path.line_to(x, y + r);
        path.quad_to(x, y, x + r, y);
        path.close();
        if let Some(path) = path.finish() {
            self.pixels.fill_path(
                &path,
                &filled(paint),
                FillRule::Winding,
                Transform::identity(),
                None,
            );
        }
    }

    pub fn frame(&mut self, area: Area, paint: Paint) {
        let line = 1.;
        self.fill(
            Area {
                height: line,
                ..area
            },
            paint,
        );
        self.fill(
            Area {
                y: area.y + area.height - line,
                height: line,
                ..area
            },
            paint,
        );
        self.fill(
            Area {
                width: line,
                ..area
            },
            paint,
        );
        self.fill(
            Area {
                x: area.x + area.width - line,
                width: line,
                ..area
            },
            paint,
        );
    }

    /// From the left of an area, in the middle of its height; cut where it does not fit.
    pub fn text(&mut self, text: &str, area: Area, size: f32, paint: Paint) {
        self.write(text, area, size, paint, 0.);
    }

    pub fn centred(&mut self, text: &str, area: Area, size: f32, paint: Paint) {
        self.write(text, area, size, paint, 0.5);
    }

    fn write(&mut self, text: &str, area: Area, size: f32, paint: Paint, align: f32) {
        let size = size * self.scale;
        let width = area.width * self.scale;
        let text = self.letters.fit(text, size, width);
        let mut x = area.x * self.scale + (width - self.letters.width(&text, size)).max(0.) * align;
        let baseline = (area.y + area.height / 2.) * self.scale + size * 0.36;
        for letter in text.chars() {
            let Some(glyph) = self.letters.glyph(letter, size) else {
                continue;
            };
            let metrics = &glyph.metrics;
            let left = (x + metrics.xmin as f32).round() as i32;
            let top = (baseline - metrics.ymin as f32 - metrics.height as f32).round() as i32;
            for (row, line) in glyph.coverage.chunks(metrics.width.max(1)).enumerate() {
                for (column, &coverage) in line.iter().enumerate() {
                    self.blend(left + column as i32, top + row as i32, paint, coverage);
                }
            }
            x += metrics.advance_width;
        }
    }

    fn blend(&mut self, x: i32, y: i32, paint: Paint, coverage: u8) {
        let (width, height) = (self.pixels.width() as i32, self.pixels.height() as i32);
        if coverage == 0 || x < 0 || y < 0 || x >= width || y >= height {
            return;
        }
        let at = ((y * width + x) * 4) as usize;
        let alpha = u32::from(coverage) * u32::from(paint.3) / 255;
        let data = self.pixels.data_mut();
        for (index, part) in [paint.0, paint.1, paint.2].into_iter().enumerate() {
            let old = u32::from(data[at + index]);
            data[at + index] = ((old * (255 - alpha) + u32::from(part) * alpha) / 255) as u8;
        }
    }
}

fn filled(paint: Paint) -> Fill<'static> {
    let mut fill = Fill::default();
    fill.set_color(paint.color());
    fill.anti_alias = true;
    fill
}
