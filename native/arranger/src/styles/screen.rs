//! Music for film and games, and ambient music.

use crate::harmony::Family::{Film, Loop, Minor, Pop};
use crate::style::BassKind as B;
use crate::style::CompKind as C;
use crate::style::{PLAIN, Style, Timing};

const SCREEN: Style = Style {
    families: &[Film, Minor],
    basses: &[43, 42, 38],
    comps: &[48, 46, 0, 45],
    leads: &[40, 60, 71, 73, 68, 52],
    pads: &[48, 49, 50, 52, 91, 94],
    chances: [0.9, 0.4, 0.4, 0.8, 0.6],
    timing: Timing::Loose,
    ..PLAIN
};

pub const STYLES: &[Style] = &[
    Style {
        name: "film",
        meters: &["4/4", "3/4", "6/8"],
        tempo: (60.0, 110.0),
        kick: &["................", "X..............."],
        snare: &["................"],
        top: &[(49, "X..............."), (51, "x...x...x...x...")],
        bass: &[B::Held, B::Roots],
        comp: &[C::HalfNotes, C::Arp8, C::Block],
        ..SCREEN
    },
    Style {
        name: "action",
        meters: &["4/4", "7/8", "6/8", "5/4"],
        tempo: (120.0, 160.0),
        kick: &["X..x..X..x..X.x.", "X.....X.....X..."],
        snare: &["....x..x....x..x", "X..x..X..x..X..."],
        top: &[(47, "x.xxx.xxx.xxx.xx"), (41, "X..x..X..x..X..x")],
        bass: &[B::Sixteenths, B::Riff],
        comp: &[C::Stabs, C::Gallop, C::Arp16],
        comps: &[48, 61, 44],
        leads: &[60, 61, 56, 48],
        timing: Timing::Tight,
        ..SCREEN
    },
    Style {
        name: "ambient",
        tempo: (56.0, 86.0),
        families: &[Film, Loop],
        kick: &["................"],
        snare: &["................"],
        top: &[(70, "x...........o..."), (51, "o.......o.......")],
        bass: &[B::Held],
        comp: &[C::HalfNotes, C::Arp8],
        basses: &[38, 39, 43],
        comps: &[88, 89, 46, 11, 98],
        leads: &[73, 11, 98, 88],
        chances: [1.0, 0.6, 0.2, 0.4, 0.2],
        ..SCREEN
    },
    Style {
        name: "adventure",
        meters: &["4/4", "3/4", "6/8"],
        tempo: (96.0, 140.0),
        families: &[Pop, Film, Minor],
        kick: &["X.......X.......", "X.....x.X......."],
        snare: &["....x.xx....x...", "x..xx..xx..xx.xx"],
        top: &[(49, "X..............."), (54, "x.x.x.x.x.x.x.x.")],
        bass: &[B::Roots, B::RootFifth, B::Eighths],
        comp: &[C::Block, C::Arp8, C::Offbeat],
        comps: &[48, 61, 46],
        leads: &[60, 56, 40, 73, 71],
        ..SCREEN
    },
    Style {
        name: "dungeon",
        tempo: (70.0, 110.0),
        families: &[Minor, Film],
        kick: &["X.......x.......", "................"],
        snare: &["................"],
        top: &[(41, "x.....x...x.....")],
        bass: &[B::Riff, B::Held],
        comp: &[C::Arp8, C::HalfNotes],
        basses: &[38, 43],
        comps: &[80, 6, 46, 19],
        leads: &[80, 68, 71, 79],
        timing: Timing::Machine,
        ..SCREEN
    },
];
