//! Swing and blues.

use crate::harmony::Family::{Blues, Jazz, Vamp};
use crate::style::BassKind as B;
use crate::style::CompKind as C;
use crate::style::{PLAIN, Style, Timing};

const CLUB: Style = Style {
    swing: 1.0,
    families: &[Jazz],
    basses: &[32],
    comps: &[0, 26, 11],
    leads: &[65, 66, 56, 71, 73, 11, 0],
    chances: [0.05, 0.0, 0.2, 0.95, 0.3],
    timing: Timing::Loose,
    ..PLAIN
};

pub const STYLES: &[Style] = &[
    Style {
        name: "swing",
        tempo: (110.0, 210.0),
        kick: &["x...o...x...o...", "o.......o.......", "................"],
        snare: &["......g......g..", "......o.........", "..........o....g"],
        top: &[(51, "X...x.x.X...x.x."), (42, "X...x.x.X...x.x.")],
        more: &[(44, "....x.......x...")],
        bass: &[B::Walking],
        comp: &[C::Charleston, C::FourToTheBar, C::Stabs],
        ..CLUB
    },
    Style {
        name: "bebop",
        tempo: (180.0, 250.0),
        kick: &["o...........o...", "................"],
        snare: &["......o.......g.", "..o.......o....."],
        top: &[(51, "X...x.x.X...x.x.")],
        more: &[(44, "....x.......x...")],
        bass: &[B::Walking],
        comp: &[C::Charleston, C::Stabs],
        ..CLUB
    },
    Style {
        name: "jazz waltz",
        meters: &["3/4"],
        tempo: (110.0, 190.0),
        kick: &["x...........", "o.......o..."],
        snare: &["......g.....", "....o.....g."],
        top: &[(51, "X...x.x.x..."), (51, "X...x...x.x.")],
        more: &[(44, "....x......."), (44, "....x...x...")],
        bass: &[B::Waltz, B::Walking],
        comp: &[C::Charleston, C::HalfNotes],
        ..CLUB
    },
    Style {
        name: "jazz ballad",
        tempo: (54.0, 76.0),
        swing: 0.8,
        kick: &["o.......o......."],
        snare: &["....g.......g..."],
        top: &[(51, "x...x.x.x...x.x.")],
        more: &[(44, "....x.......x...")],
        bass: &[B::RootFifth, B::Walking],
        comp: &[C::HalfNotes, C::Block],
        ..CLUB
    },
    Style {
        name: "blues shuffle",
        tempo: (90.0, 140.0),
        families: &[Blues],
        kick: &["X.......X.......", "X.....x.X......."],
        snare: &["....X.......X...", "....X.g.....X.g."],
        top: &[(42, "X.x.X.x.X.x.X.x."), (51, "X.x.X.x.X.x.X.x.")],
        bass: &[B::Boogie, B::Walking, B::Eighths],
        comp: &[C::Strum8, C::Organ, C::Stabs],
        basses: &[33, 34, 32],
        comps: &[26, 0, 16],
        leads: &[22, 26, 65, 27, 56],
        chances: [0.05, 0.0, 0.5, 0.9, 0.15],
        timing: Timing::Tight,
        ..CLUB
    },
    Style {
        name: "slow blues",
        meters: &["12/8", "6/8"],
        tempo: (80.0, 110.0),
        swing: 0.0,
        families: &[Blues],
        kick: &["X...........X..........."],
        snare: &["......X...........X....."],
        top: &[(42, "X.x.x.X.x.x.X.x.x.X.x.x.")],
        bass: &[B::Walking, B::Roots],
        comp: &[C::Block, C::Organ],
        basses: &[33, 32],
        comps: &[0, 16, 26],
        leads: &[26, 27, 22, 65],
        ..CLUB
    },
    Style {
        name: "boogie",
        tempo: (130.0, 180.0),
        families: &[Blues],
        kick: &["X...X...X...X...", "X.......X......."],
        snare: &["....X.......X..."],
        top: &[(51, "X.x.X.x.X.x.X.x."), (42, "X.x.X.x.X.x.X.x.")],
        bass: &[B::Boogie],
        comp: &[C::Strum8, C::Stabs],
        basses: &[32, 33],
        comps: &[0, 3, 26],
        leads: &[65, 56, 0, 27],
        ..CLUB
    },
    Style {
        name: "fusion",
        tempo: (96.0, 130.0),
        swing: 0.0,
        families: &[Jazz, Vamp],
        kick: &["X..x..x...x..x..", "X.....x..xx....."],
        snare: &["....X..g.g..X..g", "....X.g.....X.gg"],
        top: &[(51, "X.xxX.xxX.xxX.xx"), (42, "XxxxXxxxXxxxXxxx")],
        bass: &[B::Funk, B::Syncopated, B::Slides],
        comp: &[C::Stabs, C::Funk, C::Charleston],
        basses: &[35, 36],
        comps: &[4, 27, 62],
        leads: &[65, 27, 81, 11],
        timing: Timing::Tight,
        ..CLUB
    },
];
