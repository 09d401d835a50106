//! Notes of one instrument while a piece is written: exact ticks, before anybody plays them.

/// Ticks per quarter.
pub const PPQ: i32 = 480;
/// A sixteenth.
pub const SIXTEENTH: i32 = PPQ / 4;

/// A note in exact time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub tick: i32,
    pub duration: i32,
    pub pitch: u8,
    pub velocity: u8,
}

/// What an instrument does, for its timing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Drums,
    Bass,
    Chords,
    Pad,
    Arp,
    Lead,
    Counter,
}

/// One instrument's notes.
#[derive(Clone, Debug)]
pub struct Line {
    pub name: &'static str,
    pub role: Role,
    pub program: u8,
    pub hits: Vec<Hit>,
}

impl Line {
    pub fn new(name: &'static str, role: Role, program: u8) -> Line {
        Line {
            name,
            role,
            program,
            hits: Vec::new(),
        }
    }

    pub fn add(&mut self, tick: i32, duration: i32, pitch: i32, velocity: f64) {
        if (0..128).contains(&pitch) && duration > 0 && tick >= 0 {
            self.hits.push(Hit {
                tick,
                duration,
                pitch: pitch as u8,
                velocity: velocity.round().clamp(1.0, 127.0) as u8,
            });
        }
    }
}

/// Loudness of a pattern's signs: `X` accent, `x` plain, `o` soft, `g` ghost; `None` is a rest.
pub fn loudness(sign: u8) -> Option<f64> {
    match sign {
        b'X' => Some(104.0),
        b'x' => Some(86.0),
        b'o' => Some(58.0),
        b'g' => Some(36.0),
        _ => None,
    }
}
