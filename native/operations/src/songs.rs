//! Whole songs, as a host sends them and as a piano roll shows and changes them.

pub mod asked_region;
pub mod fill_order;
pub mod read_controls;
pub mod read_song;
pub mod rewrite_song;
pub mod sent_song;
pub mod sent_tracks;
pub mod write_song;
