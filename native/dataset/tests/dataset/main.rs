//! Tests of datasets, one module a subject, in one program so that they link once.

mod building;
mod music;
mod reading;
mod trouble;
