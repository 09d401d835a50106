//! Country, folk, marches and waltzes.

use crate::harmony::Family::{Folk, Minor, Pop};
use crate::style::BassKind as B;
use crate::style::CompKind as C;
use crate::style::{PLAIN, Style, Timing};

const PORCH: Style = Style {
    families: &[Folk],
    basses: &[32, 33],
    comps: &[25, 24, 105, 21],
    leads: &[40, 22, 105, 73, 21],
    chances: [0.1, 0.1, 0.2, 0.95, 0.45],
    timing: Timing::Loose,
    ..PLAIN
};

pub const STYLES: &[Style] = &[
    Style {
        name: "country",
        meters: &["4/4", "4/4", "2/4"],
        tempo: (92.0, 140.0),
        kick: &["X.......X.......", "X.......X.....x."],
        snare: &["....X.......X...", "gxXxgxXxgxXxgxXx", "..o.X.o...o.X.o."],
        top: &[(42, "x.x.x.x.x.x.x.x."), (44, "....x.......x...")],
        bass: &[B::RootFifth, B::Slides],
        comp: &[C::BoomChick, C::Strum8, C::Travis],
        leads: &[40, 25, 22, 105, 26],
        ..PORCH
    },
    Style {
        name: "bluegrass",
        meters: &["2/4", "4/4"],
        tempo: (120.0, 160.0),
        kick: &["................"],
        snare: &["................"],
        top: &[(37, "..x...x...x...x.")],
        bass: &[B::RootFifth],
        comp: &[C::BoomChick, C::Travis, C::Arp16],
        leads: &[40, 105, 25],
        ..PORCH
    },
    Style {
        name: "folk",
        meters: &["4/4", "3/4", "6/8"],
        tempo: (76.0, 124.0),
        families: &[Folk, Pop, Minor],
        kick: &["X.......x.......", "................"],
        snare: &["....x.......x...", "................"],
        top: &[(54, "..x...x...x...x."), (70, "xoxoxoxoxoxoxoxo")],
        bass: &[B::RootFifth, B::Roots],
        comp: &[C::Travis, C::Strum8, C::Arp8],
        ..PORCH
    },
    Style {
        name: "waltz",
        meters: &["3/4"],
        tempo: (88.0, 180.0),
        families: &[Folk, Pop],
        kick: &["X...........", "X.......o..."],
        snare: &["....o...o...", "....x...x..."],
        top: &[(42, "x...x...x..."), (51, "X...x.x.x...")],
        bass: &[B::Waltz],
        comp: &[C::Waltz, C::Arp8],
        comps: &[0, 21, 24],
        leads: &[21, 40, 73, 71, 0],
        ..PORCH
    },
    Style {
        name: "march",
        meters: &["4/4", "2/4", "6/8"],
        tempo: (100.0, 124.0),
        families: &[Folk, Pop],
        kick: &["X.......X.......", "X...X...X...X..."],
        snare: &["x...X.xxx...X.xx", "xxx.X.x.xxx.X.x."],
        top: &[(49, "....x.......x...")],
        bass: &[B::RootFifth],
        comp: &[C::BoomChick, C::Offbeat],
        basses: &[58],
        comps: &[61, 60, 57],
        leads: &[56, 73, 72, 71],
        chances: [0.1, 0.05, 0.1, 0.95, 0.7],
        timing: Timing::Tight,
        ..PORCH
    },
    Style {
        name: "jig",
        meters: &["6/8", "6/8", "9/8"],
        tempo: (150.0, 190.0),
        families: &[Folk, Minor],
        kick: &["X.....X....."],
        snare: &["................"],
        top: &[(54, "X.o.x.X.o.x.")],
        bass: &[B::RootFifth, B::Roots],
        comp: &[C::Strum8, C::BoomChick],
        leads: &[40, 73, 21, 105],
        ..PORCH
    },
    Style {
        name: "polka",
        meters: &["2/4"],
        tempo: (104.0, 130.0),
        kick: &["X...X...X...X..."],
        snare: &["..X...X...X...X."],
        top: &[(42, "x.x.x.x.x.x.x.x.")],
        bass: &[B::RootFifth],
        comp: &[C::BoomChick],
        basses: &[58, 32],
        comps: &[21, 60],
        leads: &[21, 71, 56],
        ..PORCH
    },
];
