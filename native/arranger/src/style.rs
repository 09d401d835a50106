//! A style: its meters, tempos, grooves, and how its players play.

use crate::harmony::Family;

/// How the bass moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BassKind {
    Eighths,
    Roots,
    RootFifth,
    Walking,
    Octaves,
    Syncopated,
    WithKick,
    Funk,
    Offbeat,
    Held,
    Sixteenths,
    Gallop,
    Tumbao,
    Bossa,
    Reggae,
    Boogie,
    Waltz,
    Slides,
    Riff,
}

/// How chords are played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompKind {
    Block,
    HalfNotes,
    Strum8,
    Strum16,
    Arp8,
    Arp16,
    Offbeat,
    Stabs,
    Power8,
    PowerHeld,
    Gallop,
    Charleston,
    FourToTheBar,
    Bossa,
    Montuno,
    Skank,
    BoomChick,
    Waltz,
    Funk,
    Organ,
    Travis,
}

/// Who keeps time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    Machine,
    Tight,
    Loose,
}

/// A style. Patterns are of sixteenths, see [`crate::line::loudness`]; those of other meters than
/// theirs are made from the meter's groups.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub name: &'static str,
    pub meters: &'static [&'static str],
    /// Quarters per minute.
    pub tempo: (f64, f64),
    /// How far the second eighth (or sixteenth, if fast) is moved to the triplet: 0-1.
    pub swing: f64,
    pub swings_sixteenths: bool,
    pub families: &'static [Family],
    pub kick: &'static [&'static str],
    pub snare: &'static [&'static str],
    /// Cymbal, hat or shaker: General MIDI pitch and pattern.
    pub top: &'static [(u8, &'static str)],
    /// Other percussion, of which some pieces have one.
    pub more: &'static [(u8, &'static str)],
    pub bass: &'static [BassKind],
    pub comp: &'static [CompKind],
    pub basses: &'static [u8],
    pub comps: &'static [u8],
    pub leads: &'static [u8],
    pub pads: &'static [u8],
    /// Chance of a pad, an arpeggio, a riff, a tune, a second voice.
    pub chances: [f64; 5],
    pub timing: Timing,
}

/// What most styles share.
pub const PLAIN: Style = Style {
    name: "",
    meters: &["4/4"],
    tempo: (90.0, 130.0),
    swing: 0.0,
    swings_sixteenths: false,
    families: &[Family::Pop],
    kick: &["X.......X......."],
    snare: &["....X.......X..."],
    top: &[(42, "X.x.X.x.X.x.X.x.")],
    more: &[],
    bass: &[BassKind::Eighths],
    comp: &[CompKind::Block],
    basses: &[33, 34, 35],
    comps: &[0, 4, 25, 27],
    leads: &[65, 73, 80, 56],
    pads: &[48, 50, 89, 91, 52],
    chances: [0.4, 0.2, 0.2, 0.8, 0.35],
    timing: Timing::Tight,
};
