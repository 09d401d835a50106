//! From the Caribbean and South America.

use crate::harmony::Family::{Folk, Jazz, Latin, Minor, Pop};
use crate::style::BassKind as B;
use crate::style::CompKind as C;
use crate::style::{PLAIN, Style, Timing};

const BAND: Style = Style {
    families: &[Latin],
    basses: &[32, 33],
    comps: &[0, 24, 26],
    leads: &[73, 56, 65, 11, 24],
    chances: [0.15, 0.05, 0.4, 0.9, 0.35],
    timing: Timing::Loose,
    ..PLAIN
};

pub const STYLES: &[Style] = &[
    Style {
        name: "bossa",
        tempo: (104.0, 152.0),
        families: &[Jazz, Latin],
        kick: &["X..xX..xX..xX..x", "X......xX......x"],
        snare: &["................"],
        top: &[(42, "xoxoxoxoxoxoxoxo"), (70, "xoxoxoxoxoxoxoxo")],
        more: &[(37, "X..X..X...X..X.."), (37, "..X.X...X..X..X.")],
        bass: &[B::Bossa],
        comp: &[C::Bossa],
        comps: &[24, 0, 26],
        ..BAND
    },
    Style {
        name: "samba",
        meters: &["2/4", "4/4"],
        tempo: (88.0, 116.0),
        kick: &["x..Xx..Xx..Xx..X"],
        snare: &["o.xoxo.xo.xoxo.x", "xo.xo.xox.ox.xo."],
        top: &[(70, "XooxXooxXooxXoox"), (54, "x.oxx.oxx.oxx.ox")],
        more: &[(67, "x.x..x.x.x..x.x."), (62, "..xx..x...xx..x.")],
        bass: &[B::Bossa, B::Syncopated],
        comp: &[C::Bossa, C::Strum16],
        comps: &[24, 25],
        ..BAND
    },
    Style {
        name: "salsa",
        tempo: (160.0, 210.0),
        families: &[Latin, Minor],
        kick: &["................", "......x.......x."],
        snare: &["................"],
        top: &[
            (56, "X...x...X...x..."),
            (70, "x.xxx.xxx.xxx.xx"),
            (59, "X.x.xxx.X.x.xxx."),
        ],
        more: &[
            (75, "X..X..X...X.X..."),
            (63, "....x.xx....x.xx"),
            (65, "x.xxx.xxx.xxx.xx"),
        ],
        bass: &[B::Tumbao],
        comp: &[C::Montuno],
        comps: &[0],
        leads: &[56, 57, 65, 73],
        ..BAND
    },
    Style {
        name: "cha-cha",
        tempo: (108.0, 128.0),
        kick: &["X...X...X...X...", "X.......X......."],
        snare: &["............x.x."],
        top: &[(56, "X...X...X...X..."), (73, "X...x.x.X...x.x.")],
        more: &[(63, "..x...xx..x...xx")],
        bass: &[B::Tumbao],
        comp: &[C::Montuno, C::Block],
        comps: &[0],
        ..BAND
    },
    Style {
        name: "bolero",
        tempo: (84.0, 108.0),
        families: &[Latin, Minor],
        kick: &["X.......x...x..."],
        snare: &["................"],
        top: &[(70, "X.xxx.x.x.x.x.x.")],
        more: &[(63, "..x...x...x.x.xx")],
        bass: &[B::RootFifth, B::Tumbao],
        comp: &[C::Arp8, C::Block],
        chances: [0.5, 0.1, 0.1, 0.95, 0.4],
        ..BAND
    },
    Style {
        name: "tango",
        tempo: (110.0, 136.0),
        families: &[Minor, Latin],
        kick: &["X...x...X...x..."],
        snare: &["..............x.", "................"],
        top: &[(37, "X..x..x.X..x..x.")],
        bass: &[B::Roots, B::RootFifth],
        comp: &[C::Block, C::Stabs],
        comps: &[21, 0],
        leads: &[21, 40, 22],
        ..BAND
    },
    Style {
        name: "reggaeton",
        tempo: (88.0, 100.0),
        families: &[Minor, Pop],
        kick: &["X...X...X...X..."],
        snare: &["...X..X....X..X."],
        top: &[(42, "x.x.x.x.x.x.x.x.")],
        bass: &[B::WithKick, B::Syncopated],
        comp: &[C::Offbeat, C::Arp8, C::Stabs],
        basses: &[38, 39],
        comps: &[4, 25, 80],
        leads: &[80, 73, 25],
        timing: Timing::Machine,
        ..BAND
    },
    Style {
        name: "calypso",
        tempo: (96.0, 120.0),
        families: &[Folk],
        kick: &["X.......X.......", "X...X...X...X..."],
        snare: &["....x..x....x..x"],
        top: &[(42, "x.xxx.xxx.xxx.xx")],
        more: &[(62, "x..x..x.x..x..x.")],
        bass: &[B::Syncopated, B::RootFifth],
        comp: &[C::Strum8, C::Offbeat],
        comps: &[114, 25],
        leads: &[114, 56, 73],
        ..BAND
    },
];
