//! The two plugins of the library: hosts that play sound from every track want an instrument, others an effect on notes.

use std::ffi::CStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Notes in, notes out, and stereo out with a quiet tone.
    Instrument,
    /// Notes in and out, no audio: for slots that take note effects only.
    MidiFx,
}

impl Kind {
    pub const ALL: [Kind; 2] = [Kind::Instrument, Kind::MidiFx];

    /// CLAP's id, from which the wrapper makes VST3's.
    pub fn id(self) -> &'static str {
        match self {
            Kind::Instrument => "org.continuo.instrument",
            Kind::MidiFx => "org.continuo.midi-fx",
        }
    }

    /// LV2's id.
    pub const fn uri(self) -> &'static CStr {
        match self {
            Kind::Instrument => c"urn:continuo:instrument",
            Kind::MidiFx => c"urn:continuo:midi-fx",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Kind::Instrument => "Continuo",
            Kind::MidiFx => "Continuo MIDI FX",
        }
    }

    pub fn has_audio(self) -> bool {
        self == Kind::Instrument
    }
}
