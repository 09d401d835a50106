//! Notes as the models read them, as numbers that people can look at and write back.

pub mod howl;
pub mod notes;
