//! Rock, from ballads to metal.

use crate::harmony::Family::{Folk, Heavy, Minor, Pop};
use crate::style::BassKind as B;
use crate::style::CompKind as C;
use crate::style::{PLAIN, Style, Timing};

pub const STYLES: &[Style] = &[
    Style {
        name: "rock",
        meters: &["4/4", "4/4", "4/4", "6/8", "7/8"],
        tempo: (96.0, 150.0),
        families: &[Pop, Minor, Folk, Heavy],
        kick: &[
            "X.......X.x.....",
            "X.....x.X.......",
            "X.x.....X.x...x.",
            "X..x....X.x.....",
            "X.......x.X....x",
        ],
        snare: &["....X.......X...", "....X.......X..g", "....X..g.g..X..."],
        top: &[
            (42, "X.x.X.x.X.x.X.x."),
            (42, "x.x.x.x.x.x.x.x."),
            (51, "X.x.X.x.X.x.X.x."),
            (46, "X...X...X...X..."),
        ],
        bass: &[B::Eighths, B::WithKick, B::RootFifth, B::Slides],
        comp: &[C::Power8, C::Strum8, C::Block, C::Organ],
        comps: &[29, 30, 27, 18],
        leads: &[29, 30, 27, 65, 80],
        chances: [0.3, 0.15, 0.5, 0.75, 0.3],
        ..PLAIN
    },
    Style {
        name: "hard rock",
        tempo: (110.0, 165.0),
        families: &[Heavy, Minor],
        kick: &["X..x..x.X..x....", "X.x.X...X.x.X...", "X...X.x.X...X.xx"],
        snare: &["....X.......X...", "....X.......X.x."],
        top: &[
            (46, "X...X...X...X..."),
            (49, "X...X...X...X..."),
            (42, "X.x.X.x.X.x.X.x."),
        ],
        bass: &[B::Eighths, B::Riff, B::WithKick],
        comp: &[C::Power8, C::PowerHeld],
        comps: &[30, 29],
        leads: &[30, 29, 81],
        chances: [0.15, 0.1, 0.8, 0.6, 0.4],
        ..PLAIN
    },
    Style {
        name: "metal",
        meters: &["4/4", "4/4", "7/8", "5/4"],
        tempo: (120.0, 200.0),
        families: &[Heavy, Minor],
        kick: &[
            "X.x.X.x.X.x.X.x.",
            "XxxxXxxxXxxxXxxx",
            "X..xX..xX..xX..x",
            "X.xxX.xxX.xxX.xx",
        ],
        snare: &["....X.......X...", "........X.......", "..X...X...X...X."],
        top: &[
            (49, "X...X...X...X..."),
            (46, "X...x...X...x..."),
            (53, "X.x.X.x.X.x.X.x."),
        ],
        bass: &[B::Eighths, B::Gallop, B::Sixteenths, B::Riff],
        comp: &[C::Power8, C::Gallop, C::PowerHeld],
        basses: &[34, 33, 36],
        comps: &[30, 29],
        leads: &[30, 81, 48],
        chances: [0.25, 0.1, 0.85, 0.5, 0.45],
        ..PLAIN
    },
    Style {
        name: "punk",
        tempo: (160.0, 210.0),
        families: &[Pop, Folk],
        kick: &["X...X...X...X...", "X.....X.X.....X.", "X.x.....X.x....."],
        snare: &["....X.......X...", "..X...X...X...X."],
        top: &[
            (42, "X.X.X.X.X.X.X.X."),
            (46, "X.X.X.X.X.X.X.X."),
            (49, "X...X...X...X..."),
        ],
        bass: &[B::Eighths],
        comp: &[C::Power8, C::Strum8],
        comps: &[30, 29],
        leads: &[30, 29, 80],
        chances: [0.05, 0.05, 0.4, 0.7, 0.2],
        timing: Timing::Loose,
        ..PLAIN
    },
    Style {
        name: "indie",
        tempo: (100.0, 140.0),
        families: &[Pop, Minor],
        kick: &["X...X...X...X...", "X.....X...X.....", "X..x..X...x....."],
        snare: &["....X.......X...", "....X..g....X.g."],
        top: &[
            (42, "x.X.x.X.x.X.x.X."),
            (42, "XxxxXxxxXxxxXxxx"),
            (46, "..X...X...X...X."),
        ],
        bass: &[B::Eighths, B::Syncopated, B::Octaves],
        comp: &[C::Arp8, C::Strum8, C::Block],
        comps: &[27, 28, 80, 4],
        leads: &[27, 80, 73, 81],
        chances: [0.5, 0.3, 0.5, 0.8, 0.4],
        ..PLAIN
    },
    Style {
        name: "ballad",
        meters: &["4/4", "4/4", "6/8", "12/8"],
        tempo: (58.0, 84.0),
        families: &[Pop, Minor],
        kick: &["X.......x.......", "X......xX.......", "X.........x....."],
        snare: &["....x.......x...", "........X......."],
        top: &[
            (42, "x.o.x.o.x.o.x.o."),
            (42, "xoxoxoxoxoxoxoxo"),
            (51, "x...x...x...x..."),
        ],
        bass: &[B::Held, B::RootFifth, B::Roots],
        comp: &[C::Arp8, C::Arp16, C::HalfNotes, C::Block],
        comps: &[0, 1, 4, 24, 25],
        leads: &[65, 73, 71, 40, 52, 0, 11, 24],
        chances: [0.75, 0.3, 0.05, 0.95, 0.5],
        timing: Timing::Loose,
        ..PLAIN
    },
    Style {
        name: "power ballad",
        tempo: (64.0, 88.0),
        families: &[Pop, Minor],
        kick: &["X.....x.X.......", "X......xX.x....."],
        snare: &["....X.......X..."],
        top: &[(42, "x.x.x.x.x.x.x.x."), (51, "X.x.X.x.X.x.X.x.")],
        bass: &[B::Eighths, B::Roots, B::WithKick],
        comp: &[C::PowerHeld, C::Arp8, C::Block],
        comps: &[29, 0, 2, 25],
        leads: &[29, 65, 80, 40],
        chances: [0.8, 0.2, 0.1, 0.95, 0.5],
        ..PLAIN
    },
    Style {
        name: "surf",
        tempo: (140.0, 175.0),
        families: &[Minor, Folk],
        kick: &["X.....x.X.......", "X...X...X...X..."],
        snare: &["....X.X.....X...", "....X.......X.X."],
        top: &[(51, "X.x.X.x.X.x.X.x."), (42, "X.x.X.x.X.x.X.x.")],
        bass: &[B::Eighths, B::RootFifth],
        comp: &[C::Strum16, C::Strum8],
        comps: &[27, 26],
        leads: &[27, 26, 16],
        chances: [0.05, 0.1, 0.7, 0.9, 0.1],
        ..PLAIN
    },
    Style {
        name: "prog",
        meters: &["7/8", "5/4", "4/4", "9/8", "6/8"],
        tempo: (84.0, 140.0),
        families: &[Minor, Heavy, Pop],
        kick: &["X..x..X...x.X...", "X.x...X.X..x...."],
        snare: &["....X..g.X..X..g", "....X.......X..."],
        top: &[(51, "X.xxX.xxX.xxX.xx"), (42, "X.x.X.x.X.x.X.x.")],
        bass: &[B::Riff, B::Syncopated, B::WithKick],
        comp: &[C::Arp16, C::PowerHeld, C::Organ],
        comps: &[18, 30, 4, 81],
        leads: &[81, 30, 73, 48],
        chances: [0.4, 0.4, 0.7, 0.7, 0.4],
        ..PLAIN
    },
];
