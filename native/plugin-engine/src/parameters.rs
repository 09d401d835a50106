//! The plugin's parameters: one table, from which every format, the state and the Turtle of LV2 are made.
//!
//! Ids, ranges and the order of values are kept for ever: projects and automation hold them.

/// A parameter's id in every format: its position in [`PARAMETERS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum ParameterId {
    Mode,
    Bars,
    Part,
    Candidate,
    NewTake,
    Keep,
    Clear,
    Density,
    Novelty,
    Temperature,
    LowestPitch,
    HighestPitch,
    Key,
    Scale,
    Thru,
    Tone,
    Lead,
    Neighbours,
    Bypass,
}

/// What the plugin does by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Plays what it has.
    Play,
    /// New take fills the host's loop, or the range chosen in the editor.
    Fill,
    /// Hears N bars, plays the next N.
    Answer,
    /// Hears N bars, plays a part under the next N.
    Accompany,
    /// New take goes on for N bars from the next bar line.
    Continue,
}

/// The part that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A line like the one that is heard.
    Same,
    Bass,
    Drums,
    Chords,
    Melody,
    CounterMelody,
    Pad,
    Arpeggio,
}

/// How a value is entered and shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// One of these, from 0.
    Choice(&'static [&'static str]),
    /// A whole number; the unit may be empty.
    Whole {
        unit: &'static str,
    },
    /// A fraction, shown in per cent.
    Share,
    /// A plain number.
    Number,
    /// A pitch, shown as C3.
    Pitch,
    Toggle,
    /// Acts when it rises above one half.
    Button,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    pub id: ParameterId,
    /// LV2's symbol and the key in the state.
    pub symbol: &'static str,
    pub name: &'static str,
    pub kind: Kind,
    pub minimum: f64,
    pub maximum: f64,
    pub default: f64,
}

const MODES: &[&str] = &["Play", "Fill", "Answer", "Accompany", "Continue"];
const PARTS: &[&str] = &[
    "Same",
    "Bass",
    "Drums",
    "Chords",
    "Melody",
    "Counter-melody",
    "Pad",
    "Arpeggio",
];
const KEYS: &[&str] = &[
    "Any",
    "From the music",
    "C",
    "C#",
    "D",
    "Eb",
    "E",
    "F",
    "F#",
    "G",
    "Ab",
    "A",
    "Bb",
    "B",
];
const SCALES: &[&str] = &[
    "Major",
    "Minor",
    "Harmonic minor",
    "Dorian",
    "Phrygian",
    "Lydian",
    "Mixolydian",
    "Major pentatonic",
    "Minor pentatonic",
    "Blues",
];

const fn choice(
    id: ParameterId,
    symbol: &'static str,
    name: &'static str,
    names: &'static [&'static str],
    default: f64,
) -> Parameter {
    let maximum = (names.len() - 1) as f64;
    Parameter {
        id,
        symbol,
        name,
        kind: Kind::Choice(names),
        minimum: 0.,
        maximum,
        default,
    }
}

const fn number(
    id: ParameterId,
    symbol: &'static str,
    name: &'static str,
    kind: Kind,
    (minimum, maximum, default): (f64, f64, f64),
) -> Parameter {
    Parameter {
        id,
        symbol,
        name,
        kind,
        minimum,
        maximum,
        default,
    }
}

pub const PARAMETERS: [Parameter; 19] = {
    use Kind::*;
    use ParameterId as Id;
    [
        choice(Id::Mode, "mode", "Mode", MODES, 2.),
        number(Id::Bars, "bars", "Bars", Whole { unit: "" }, (1., 16., 2.)),
        choice(Id::Part, "part", "Part", PARTS, 0.),
        number(
            Id::Candidate,
            "candidate",
            "Candidate",
            Whole { unit: "" },
            (1., 8., 1.),
        ),
        number(Id::NewTake, "new_take", "New take", Button, (0., 1., 0.)),
        number(Id::Keep, "keep", "Keep", Button, (0., 1., 0.)),
        number(Id::Clear, "clear", "Clear", Button, (0., 1., 0.)),
        number(
            Id::Density,
            "density",
            "Density",
            Whole { unit: "" },
            (0., 10., 0.),
        ),
        number(Id::Novelty, "novelty", "Novelty", Share, (0., 1., 0.3)),
        number(
            Id::Temperature,
            "temperature",
            "Temperature",
            Number,
            (0.1, 2., 0.6),
        ),
        number(
            Id::LowestPitch,
            "lowest",
            "Lowest note",
            Pitch,
            (0., 127., 0.),
        ),
        number(
            Id::HighestPitch,
            "highest",
            "Highest note",
            Pitch,
            (0., 127., 127.),
        ),
        choice(Id::Key, "key", "Key", KEYS, 1.),
        choice(Id::Scale, "scale", "Scale", SCALES, 0.),
        number(Id::Thru, "thru", "Play input", Toggle, (0., 1., 1.)),
        number(Id::Tone, "tone", "Tone", Share, (0., 1., 0.3)),
        number(
            Id::Lead,
            "lead",
            "Lead",
            Whole { unit: "ms" },
            (0., 2000., 250.),
        ),
        number(
            Id::Neighbours,
            "neighbours",
            "Hear other instances",
            Toggle,
            (0., 1., 1.),
        ),
        number(Id::Bypass, "bypass", "Bypass", Toggle, (0., 1., 0.)),
    ]
};

impl ParameterId {
    /// `None` beyond the table.
    pub fn from_index(index: u32) -> Option<Self> {
        PARAMETERS.get(index as usize).map(|parameter| parameter.id)
    }

    pub fn parameter(self) -> &'static Parameter {
        &PARAMETERS[self as usize]
    }
}

impl Mode {
    pub fn from_value(value: f64) -> Self {
        const ALL: [Mode; 5] = [
            Mode::Play,
            Mode::Fill,
            Mode::Answer,
            Mode::Accompany,
            Mode::Continue,
        ];
        ALL[(value.round().max(0.) as usize).min(ALL.len() - 1)]
    }
}

impl Part {
    pub fn from_value(value: f64) -> Self {
        use Part::*;
        const ALL: [Part; 8] = [
            Same,
            Bass,
            Drums,
            Chords,
            Melody,
            CounterMelody,
            Pad,
            Arpeggio,
        ];
        ALL[(value.round().max(0.) as usize).min(ALL.len() - 1)]
    }
}

impl Parameter {
    /// Within the range; whole where only whole values mean something. NaN gives the default.
    pub fn clamp(&self, value: f64) -> f64 {
        if value.is_nan() {
            return self.default;
        }
        let value = value.clamp(self.minimum, self.maximum);
        match self.kind {
            Kind::Share | Kind::Number => value,
            _ => value.round(),
        }
    }

    pub fn is_stepped(&self) -> bool {
        !matches!(self.kind, Kind::Share | Kind::Number)
    }

    /// As a musician reads it; `Density 0` is "as around".
    pub fn text(&self, value: f64) -> String {
        let value = self.clamp(value);
        match self.kind {
            Kind::Choice(names) => names[value as usize].into(),
            Kind::Whole { .. } if self.id == ParameterId::Density && value == 0. => {
                "As around".into()
            }
            Kind::Whole { unit: "" } => format!("{value:.0}"),
            Kind::Whole { unit } => format!("{value:.0} {unit}"),
            Kind::Share => format!("{:.0} %", value * 100.),
            Kind::Number => format!("{value:.2}"),
            Kind::Pitch => pitch_name(value as u8),
            Kind::Toggle => (if value > 0.5 { "On" } else { "Off" }).into(),
            Kind::Button => (if value > 0.5 { "Now" } else { "-" }).into(),
        }
    }

    /// The value of what [`Parameter::text`] shows, or of a plain number.
    pub fn value(&self, text: &str) -> Option<f64> {
        let text = text.trim();
        let same = |name: &str| name.eq_ignore_ascii_case(text);
        let named = match self.kind {
            Kind::Choice(names) => names
                .iter()
                .position(|name| same(name))
                .map(|index| index as f64),
            Kind::Toggle if same("on") => Some(1.),
            Kind::Toggle if same("off") => Some(0.),
            Kind::Button if same("now") => Some(1.),
            Kind::Button if same("-") => Some(0.),
            Kind::Whole { .. } if self.id == ParameterId::Density && same("as around") => Some(0.),
            Kind::Pitch => (0..128u8)
                .find(|&pitch| same(&pitch_name(pitch)))
                .map(f64::from),
            _ => None,
        };
        named
            .or_else(|| self.plain(text))
            .map(|value| self.clamp(value))
    }

    fn plain(&self, text: &str) -> Option<f64> {
        let digits = text
            .trim_end_matches(|c: char| !c.is_ascii_digit() && c != '.')
            .trim();
        let number: f64 = digits
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())?;
        Some(if self.kind == Kind::Share {
            number / 100.
        } else {
            number
        })
    }
}

/// Middle C is C4, as everywhere in Continuo.
fn pitch_name(pitch: u8) -> String {
    const NAMES: [&str; 12] = [
        "C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B",
    ];
    format!(
        "{}{}",
        NAMES[usize::from(pitch % 12)],
        i32::from(pitch) / 12 - 1
    )
}
