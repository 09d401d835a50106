//! Tests of datasets, one module per subject, in one program so that they link once.

mod adding;
mod alike;
mod building;
mod changes;
mod music;
mod reading;
mod trouble;
