//! Whether a track is drums, and how that is known: the one rule of files, hosts and training.
//!
//! In this order, with the state at the track's first note:
//! 1. a GS or XG message that makes the channel a rhythm part, or a melodic one;
//! 2. a bank that means a drum kit (XG: 127 and 126, GM2: 120), or GM2's bank 121 of melodic sounds;
//! 3. channel 10, unless it belongs to an MPE zone, or has a melodic bank in an XG file;
//! 4. the track's name (see `drum_names`), where its chunk plays that one channel only: else the name
//!    is that of a song or of a group.
//!
//! GS counts banks as variations of sounds, so 2 is left out in a file that says it is GS.
//! Sources: General MIDI Level 2 (RP-024), Roland GS (SC-88 manual), Yamaha XG 1.35, MPE (RP-053).

use std::collections::HashMap;

use crate::drum_names::is_drum_name;
use crate::song::{Song, Track};

/// The General MIDI drum channel, 10 on screen.
pub(crate) const DRUM_CHANNEL: u8 = 9;

/// How it is known that a track is drums, or is not although it seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DrumsReason {
    Channel10,
    Name,
    GsPart,
    XgPart,
    XgBank,
    Gm2Bank,
    GsPartOff,
    XgPartOff,
    XgBankOff,
    Gm2BankOff,
    MpeMember,
    /// The user, or the program that sent the song, says so.
    Asked,
}

impl DrumsReason {
    /// A word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Channel10 => "channel10",
            Self::Name => "name",
            Self::GsPart => "gsPart",
            Self::XgPart => "xgPart",
            Self::XgBank => "xgBank",
            Self::Gm2Bank => "gm2Bank",
            Self::GsPartOff => "gsPartOff",
            Self::XgPartOff => "xgPartOff",
            Self::XgBankOff => "xgBankOff",
            Self::Gm2BankOff => "gm2BankOff",
            Self::MpeMember => "mpeMember",
            Self::Asked => "asked",
        }
    }

    /// For people, behind "drums" or "not drums".
    pub fn describe(self) -> &'static str {
        match self {
            Self::Channel10 => "channel 10",
            Self::Name => "its name",
            Self::GsPart => "a GS rhythm part",
            Self::XgPart => "an XG drum part",
            Self::XgBank => "an XG drum bank",
            Self::Gm2Bank => "a GM2 rhythm bank",
            Self::GsPartOff => "a GS melodic part on channel 10",
            Self::XgPartOff => "an XG melodic part on channel 10",
            Self::XgBankOff => "an XG melodic bank on channel 10",
            Self::Gm2BankOff => "a GM2 melodic bank on channel 10",
            Self::MpeMember => "channel 10 is in an MPE zone",
            Self::Asked => "as asked",
        }
    }
}

/// The rule where there is no file: of a track that a program sends.
///
/// `channels`: of its notes. Its channel is the one that most of them are on.
pub fn drums_of_sent_track(
    name: &str,
    program: u8,
    channels: impl Iterator<Item = u8>,
) -> Option<DrumsReason> {
    let (mut on_drums, mut count) = (0usize, 0usize);
    for channel in channels {
        count += 1;
        on_drums += usize::from(channel == DRUM_CHANNEL);
    }
    if 2 * on_drums > count {
        return Some(DrumsReason::Channel10);
    }
    is_drum_name(name, Some(program)).then_some(DrumsReason::Name)
}

/// What devices a file is made for, by the last message that resets one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum System {
    #[default]
    Unsaid,
    GeneralMidi,
    Gs,
    Xg,
}

/// A message that counts.
#[derive(Clone, Copy, Debug)]
enum Sign {
    Reset(System),
    Part {
        channel: u8,
        is_rhythm: bool,
        system: System,
    },
    Bank {
        channel: u8,
        bank: u8,
    },
    /// `members` channels from the master on: up from channel 1, or down from channel 16.
    Zone {
        is_lower: bool,
        members: u8,
    },
}

/// A message with its place; those of a tick count in file order.
struct DrumSign {
    chunk: usize,
    tick: u32,
    port: u8,
    sign: Sign,
}

/// Collects the messages of a file that say what is drums.
#[derive(Default)]
pub(crate) struct DrumSigns {
    signs: Vec<DrumSign>,
    /// Registered parameter numbers that channels 1 and 16 have chosen, high and low.
    parameters: [[u8; 2]; 2],
}

/// The position of a message.
#[derive(Clone, Copy)]
pub(crate) struct SignPosition {
    pub chunk: usize,
    pub tick: u32,
    pub port: u8,
}

const BANK: u8 = 0;
const DATA_ENTRY: u8 = 6;
const PARAMETER_LOW: u8 = 100;
const PARAMETER_HIGH: u8 = 101;
/// The MPE configuration message.
const MPE: [u8; 2] = [0, 6];
const NO_PARAMETER: [u8; 2] = [0x7f, 0x7f];

impl DrumSigns {
    /// A controller; others than those that count cost a comparison.
    #[inline]
    pub(crate) fn read_control(
        &mut self,
        position: SignPosition,
        status: u8,
        [number, value]: [u8; 2],
    ) {
        if status >> 4 == 0xb
            && matches!(number, BANK | DATA_ENTRY | PARAMETER_LOW | PARAMETER_HIGH)
        {
            self.read_counting(position, status & 0x0f, number, value);
        }
    }

    fn read_counting(&mut self, position: SignPosition, channel: u8, number: u8, value: u8) {
        if number == BANK {
            let bank = value;
            self.push(position, Sign::Bank { channel, bank });
            return;
        }
        // Only the first and the last channel can be masters of a zone.
        let master = match channel {
            0 => 0,
            15 => 1,
            _ => return,
        };
        match number {
            PARAMETER_HIGH => self.parameters[master][0] = value,
            PARAMETER_LOW => self.parameters[master][1] = value,
            _ if self.parameters[master] == MPE => {
                let zone = Sign::Zone {
                    is_lower: master == 0,
                    members: value.min(15),
                };
                self.push(position, zone);
            }
            _ => {}
        }
    }

    /// A system exclusive message, without its F0.
    pub(crate) fn read_sysex(&mut self, position: SignPosition, data: &[u8]) {
        let sign = match data {
            [0x7e, _, 0x09, 0x01 | 0x03, ..] => Sign::Reset(System::GeneralMidi),
            [0x41, _, 0x42, 0x12, 0x40, 0x00, 0x7f, 0x00, ..] => Sign::Reset(System::Gs),
            [0x43, 0x10..=0x1f, 0x4c, 0x00, 0x00, 0x7e | 0x7f, ..] => Sign::Reset(System::Xg),
            // "Use for rhythm part" of the part that has the channel from the start: part 10 is block 0.
            [
                0x41,
                _,
                0x42,
                0x12,
                0x40,
                block @ 0x10..=0x1f,
                0x15,
                mode,
                ..,
            ] => Sign::Part {
                channel: match block & 0x0f {
                    0 => DRUM_CHANNEL,
                    block @ 1..=9 => block - 1,
                    block => block,
                },
                is_rhythm: *mode != 0,
                system: System::Gs,
            },
            [0x43, 0x10..=0x1f, 0x4c, 0x08, part @ 0..=15, 0x07, mode, ..] => Sign::Part {
                channel: *part,
                is_rhythm: *mode != 0,
                system: System::Xg,
            },
            _ => return,
        };
        self.push(position, sign);
    }

    /// The next chunk says itself which parameters it sets.
    pub(crate) fn end_chunk(&mut self) {
        self.parameters = [NO_PARAMETER; 2];
    }

    fn push(&mut self, position: SignPosition, sign: Sign) {
        let SignPosition { chunk, tick, port } = position;
        self.signs.push(DrumSign {
            chunk,
            tick,
            port,
            sign,
        });
    }

    /// Decide for every track of a song, and answer how that is known. `port_of`: the port of a track; `has_program`: whether the file
    /// sets its program.
    pub(crate) fn decide(
        mut self,
        song: &mut Song,
        port_of: impl Fn(usize) -> u8,
        has_program: impl Fn(usize) -> bool,
    ) -> Vec<Option<DrumsReason>> {
        // Chunks of format 2 are played one by one.
        let chunk_of = |chunk: usize| if song.format == 2 { chunk } else { 0 };
        self.signs
            .sort_by_key(|found| (chunk_of(found.chunk), found.tick));
        let tracks_of_chunk = count_by_chunk(&song.tracks);
        let first_tick = |track: &Track| track.notes.first().map_or(u32::MAX, |n| n.start_tick);
        let mut order: Vec<usize> = (0..song.tracks.len()).collect();
        order.sort_by_key(|&index| {
            let track = &song.tracks[index];
            (chunk_of(track.chunk), first_tick(track))
        });
        let mut reasons = vec![None; song.tracks.len()];
        let mut state = State::default();
        let mut signs = self.signs.iter().peekable();
        let mut chunk = 0;
        for index in order {
            let track = &song.tracks[index];
            let position = (chunk_of(track.chunk), first_tick(track));
            if position.0 != chunk {
                (chunk, state) = (position.0, State::default());
            }
            while let Some(found) =
                signs.next_if(|found| (chunk_of(found.chunk), found.tick) <= position)
            {
                if chunk_of(found.chunk) == chunk {
                    state.take(found.port, found.sign);
                }
            }
            let is_alone = tracks_of_chunk.get(&track.chunk) == Some(&1);
            let name = if is_alone { track.name.as_str() } else { "" };
            let program = has_program(index).then_some(track.program);
            let found = state.decide(port_of(index), track.channel, name, program);
            song.tracks[index].is_drums = found.is_some_and(|(is_drums, _)| is_drums);
            reasons[index] = found.map(|(_, reason)| reason);
        }
        reasons
    }
}

fn count_by_chunk(tracks: &[Track]) -> HashMap<usize, usize> {
    let mut counts = HashMap::new();
    for track in tracks {
        *counts.entry(track.chunk).or_default() += 1;
    }
    counts
}

#[derive(Clone, Copy, Default)]
struct ChannelState {
    part: Option<(System, bool)>,
    bank: Option<u8>,
}

/// What holds on one port.
#[derive(Clone, Copy, Default)]
struct PortState {
    system: System,
    channels: [ChannelState; 16],
    /// Member channels of the zones from channel 1 up and from channel 16 down.
    lower: u8,
    upper: u8,
}

#[derive(Default)]
struct State {
    ports: HashMap<u8, PortState>,
}

impl State {
    fn take(&mut self, port: u8, sign: Sign) {
        let state = self.ports.entry(port).or_default();
        match sign {
            Sign::Reset(system) => {
                state.system = system;
                state.channels = Default::default();
            }
            Sign::Part {
                channel,
                is_rhythm,
                system,
            } => state.channels[usize::from(channel & 15)].part = Some((system, is_rhythm)),
            Sign::Bank { channel, bank } => {
                state.channels[usize::from(channel & 15)].bank = Some(bank)
            }
            // The later zone takes channels from the earlier one; the masters are two more.
            Sign::Zone { is_lower, members } => {
                let (own, other) = match is_lower {
                    true => (&mut state.lower, &mut state.upper),
                    false => (&mut state.upper, &mut state.lower),
                };
                *own = members;
                *other = (*other).min(14u8.saturating_sub(members));
            }
        }
    }

    /// Whether a channel is drums and why, where there is something to say.
    fn decide(
        &self,
        port: u8,
        channel: u8,
        name: &str,
        program: Option<u8>,
    ) -> Option<(bool, DrumsReason)> {
        let state = self.ports.get(&port).copied().unwrap_or_default();
        let ChannelState { part, bank } = state.channels[usize::from(channel & 15)];
        let is_tenth = channel == DRUM_CHANNEL;
        match part {
            Some((System::Gs, true)) => return Some((true, DrumsReason::GsPart)),
            Some((_, true)) => return Some((true, DrumsReason::XgPart)),
            Some((System::Gs, false)) if is_tenth => return Some((false, DrumsReason::GsPartOff)),
            Some((_, false)) if is_tenth => return Some((false, DrumsReason::XgPartOff)),
            _ => {}
        }
        let bank = bank.filter(|_| state.system != System::Gs);
        match bank {
            Some(126 | 127) => return Some((true, DrumsReason::XgBank)),
            Some(120) => return Some((true, DrumsReason::Gm2Bank)),
            Some(121) if is_tenth => return Some((false, DrumsReason::Gm2BankOff)),
            _ => {}
        }
        // The zone of channel 1 begins with channel 2, that of channel 16 ends with channel 15.
        let is_member = state.lower >= DRUM_CHANNEL || state.upper >= 15 - DRUM_CHANNEL;
        let is_melodic_bank = state.system == System::Xg && matches!(bank, Some(0 | 64));
        let of_channel = match is_tenth {
            false => None,
            true if is_member => Some((false, DrumsReason::MpeMember)),
            true if is_melodic_bank => Some((false, DrumsReason::XgBankOff)),
            true => return Some((true, DrumsReason::Channel10)),
        };
        match is_drum_name(name, program) {
            true => Some((true, DrumsReason::Name)),
            false => of_channel,
        }
    }
}
