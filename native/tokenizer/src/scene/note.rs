//! A note as a scene has it.

/// A note of the scene. Time in grid ticks from the region's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SceneNote {
    pub onset: i32,
    pub duration: i32,
    /// Bar relative to the one that holds the region's start.
    pub bar: i32,
    /// Grid ticks from the bar's start.
    pub position: u8,
    /// 0-127 shifted by the key; 128-255 drums.
    pub pitch: u8,
    pub duration_class: u8,
    pub velocity_class: u8,
    pub track: u16,
    /// Kept by the user inside the region.
    pub is_locked: bool,
}
