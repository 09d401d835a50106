//! Tests of training, one module a behaviour, in one program so that they link once.

mod averaging;
mod common;
mod gradients;
mod heard;
mod learning;
mod recurrent;
mod resume;
