//! Tests of training, one module a behaviour, in one program so that they link once.

mod averaging;
mod common;
mod gradients;
mod growing;
mod heard;
mod learning;
mod recurrent;
mod resume;
