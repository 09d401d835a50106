//! Notes as the models read them, as readable numbers that can be turned back into notes.

pub mod howl;
pub mod notes;
