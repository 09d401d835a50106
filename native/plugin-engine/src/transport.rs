//! Where the host's song is at a block's first sample.

/// As notated: 6/8 is 6 and 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meter {
    pub numerator: u16,
    pub denominator: u16,
}

impl Meter {
    pub const COMMON: Meter = Meter {
        numerator: 4,
        denominator: 4,
    };

    pub fn quarters_per_bar(self) -> f64 {
        f64::from(self.numerator) * 4. / f64::from(self.denominator)
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transport {
    pub is_playing: bool,
    /// Quarters from the song's beginning; negative in pre-roll.
    pub position: f64,
    /// Quarters a minute.
    pub tempo_qpm: f64,
    pub meter: Meter,
    /// Quarters at which the bar of `position` begins, where the host says so.
    pub bar_start: Option<f64>,
    /// The host's loop in quarters, while it is on.
    pub cycle: Option<(f64, f64)>,
}
