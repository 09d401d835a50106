//! The networks in burn against those of the CPU: losses and gradients, and a run. One module a
//! family, in one program so that they link once.

mod data;
mod infill;
mod recurrent;
mod run;
