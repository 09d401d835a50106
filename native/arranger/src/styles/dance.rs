//! Electronic dance music.

use crate::harmony::Family::{Loop, Minor, Pop, Vamp};
use crate::style::BassKind as B;
use crate::style::CompKind as C;
use crate::style::{PLAIN, Style, Timing};

const CLUB: Style = Style {
    families: &[Loop, Minor],
    basses: &[38, 39],
    comps: &[81, 90, 80, 4],
    leads: &[81, 80, 88, 87],
    pads: &[89, 90, 94, 50],
    timing: Timing::Machine,
    ..PLAIN
};

pub const STYLES: &[Style] = &[
    Style {
        name: "disco",
        tempo: (110.0, 128.0),
        families: &[Pop, Minor, Vamp],
        kick: &["X...X...X...X..."],
        snare: &["....X.......X..."],
        top: &[(46, "..X...X...X...X."), (42, "x.xxx.xxx.xxx.xx")],
        more: &[(39, "....X.......X..."), (54, "x.xxx.xxx.xxx.xx")],
        bass: &[B::Octaves, B::Funk],
        comp: &[C::Stabs, C::Strum16, C::Arp16],
        basses: &[33, 36],
        comps: &[27, 4, 48],
        leads: &[48, 62, 56, 80],
        chances: [0.7, 0.3, 0.5, 0.8, 0.4],
        timing: Timing::Tight,
        ..CLUB
    },
    Style {
        name: "house",
        tempo: (118.0, 128.0),
        kick: &["X...X...X...X...", "X...X...X...X..x"],
        snare: &["....X.......X...", "................"],
        top: &[(46, "..X...X...X...X."), (42, "xoxoxoxoxoxoxoxo")],
        more: &[
            (39, "....X.......X..."),
            (70, "xxoxxxoxxxoxxxox"),
            (63, "..x..x....x..x.."),
        ],
        bass: &[B::Offbeat, B::Syncopated, B::Riff],
        comp: &[C::Stabs, C::Offbeat, C::HalfNotes],
        chances: [0.7, 0.5, 0.6, 0.5, 0.2],
        ..CLUB
    },
    Style {
        name: "deep house",
        tempo: (116.0, 124.0),
        swing: 0.25,
        swings_sixteenths: true,
        kick: &["X...X...X...X..."],
        snare: &["....x.......x..."],
        top: &[(46, "..x...x...x...x."), (70, "xoxoxoxoxoxoxoxo")],
        more: &[(37, "...x..x......x.."), (62, "..x...xx..x...x.")],
        bass: &[B::Syncopated, B::Offbeat],
        comp: &[C::Stabs, C::Charleston, C::HalfNotes],
        comps: &[4, 5, 89],
        chances: [0.8, 0.3, 0.5, 0.4, 0.2],
        ..CLUB
    },
    Style {
        name: "techno",
        tempo: (124.0, 140.0),
        kick: &["X...X...X...X..."],
        snare: &["................", "....X.......X..."],
        top: &[
            (42, "..X...X...X...X."),
            (46, "..X...X...X...X."),
            (42, "xxXxxxXxxxXxxxXx"),
        ],
        more: &[(39, "....X.......X..."), (56, "...x..x...x..x..")],
        bass: &[B::Sixteenths, B::Offbeat, B::Riff],
        comp: &[C::Stabs, C::Arp16],
        chances: [0.5, 0.6, 0.7, 0.3, 0.1],
        ..CLUB
    },
    Style {
        name: "trance",
        tempo: (132.0, 142.0),
        kick: &["X...X...X...X..."],
        snare: &["....X.......X..."],
        top: &[(46, "..X...X...X...X."), (42, "xoXoxoXoxoXoxoXo")],
        bass: &[B::Offbeat, B::Sixteenths],
        comp: &[C::Arp16, C::Stabs],
        chances: [0.9, 0.8, 0.4, 0.85, 0.3],
        ..CLUB
    },
    Style {
        name: "drum and bass",
        tempo: (164.0, 178.0),
        kick: &["X.........X.....", "X.x.......x.....", "X.....x...X....."],
        snare: &["....X.......X...", "....X..g.g..X..g"],
        top: &[
            (42, "x.x.x.x.x.x.x.x."),
            (51, "X.x.X.x.X.x.X.x."),
            (42, "xoxoxoxoxoxoxoxo"),
        ],
        bass: &[B::Held, B::Syncopated, B::Riff, B::Slides],
        comp: &[C::HalfNotes, C::Stabs],
        chances: [0.85, 0.4, 0.5, 0.4, 0.2],
        ..CLUB
    },
    Style {
        name: "breakbeat",
        tempo: (120.0, 140.0),
        kick: &["X..x..x...x.....", "X.x.......xx...."],
        snare: &["....X..g.g..X..g", "....X.......X.x."],
        top: &[(42, "x.x.x.x.x.x.x.x."), (46, "x...x...x...x...")],
        bass: &[B::Riff, B::Syncopated],
        comp: &[C::Stabs, C::HalfNotes],
        chances: [0.5, 0.4, 0.7, 0.4, 0.2],
        ..CLUB
    },
    Style {
        name: "dubstep",
        tempo: (68.0, 72.0),
        kick: &["X.........x.....", "X.....x........."],
        snare: &["........X......."],
        top: &[(42, "x.x.x.x.x.x.x.x."), (42, "x..x..x.x..x..x.")],
        bass: &[B::Riff, B::Slides, B::Sixteenths],
        comp: &[C::HalfNotes, C::Arp16],
        chances: [0.6, 0.4, 0.7, 0.3, 0.1],
        ..CLUB
    },
    Style {
        name: "chiptune",
        tempo: (120.0, 170.0),
        families: &[Pop, Minor, Loop],
        kick: &["X...X...X...X...", "X.....x.X......."],
        snare: &["....X.......X..."],
        top: &[(42, "x.x.x.x.x.x.x.x.")],
        bass: &[B::Octaves, B::Sixteenths, B::Eighths],
        comp: &[C::Arp16],
        basses: &[38, 80],
        comps: &[80, 81],
        leads: &[80, 81, 82],
        chances: [0.1, 0.8, 0.5, 0.95, 0.5],
        ..CLUB
    },
];
