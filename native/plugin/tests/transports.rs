//! Random transports through the formats: CLAP plays what the engine plays, event for event; in LV2 no note hangs or is
//! doubled.

mod support;

use clack_extensions::state::PluginState;
use clack_host::events::event_types::*;
use clack_host::events::spaces::CoreEventSpace;
use clack_host::events::{EventFlags, EventHeader, Pckn};
use clack_host::prelude::*;
use clack_host::utils::{BeatTime, SecondsTime};
use continuo_plugin_engine::{Instance, Meter, MidiEvent, ParameterId, Transport};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::io::Cursor;
use support::lv2::{Lv2, midi, position};
use support::*;

const MOST_FRAMES: usize = 8192;

struct Shared;

impl SharedHandler<'_> for Shared {
    fn request_restart(&self) {}
    fn request_process(&self) {}
    fn request_callback(&self) {}
}

struct Host;

impl HostHandlers for Host {
    type Shared<'a> = Shared;
    type MainThread<'a> = ();
    type AudioProcessor<'a> = ();
}

struct Chance(ChaCha8Rng);

impl Chance {
    fn below(&mut self, end: u32) -> u32 {
        self.0.next_u32() % end
    }

    fn share(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / f64::from(u32::MAX)
    }
}

/// A state with a note on every half quarter, of several lengths.
fn dense_state() -> Vec<u8> {
    let notes: Vec<String> = (0..64)
        .map(|index| {
            let start = f64::from(index) * 0.5 - 2.;
            let pitch = 40 + index % 24;
            format!(
                "[{start},{},{pitch},90,{}]",
                start + 0.3 + f64::from(index % 7),
                index % 3
            )
        })
        .collect();
    format!(
        r#"{{"version":1,"parameters":{{"mode":0,"thru":1}},"notes":[{}],"answers":[]}}"#,
        notes.join(",")
    )
    .into_bytes()
}

/// One block of a random session.
struct Block {
    transport: Transport,
    frames: u32,
    input: Vec<(u32, MidiEvent)>,
    bypass: Option<f64>,
}

/// As CLAP can say it: its beats are fixed-point numbers.
fn beats(value: f64) -> f64 {
    BeatTime::from_float(value).to_float()
}

fn session(seed: u64) -> Vec<Block> {
    let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed));
    let (mut at, mut tempo_qpm, mut is_playing, mut cycle) = (-1.5, 120., true, None);
    let mut meter = Meter::COMMON;
    let mut held = vec![];
    (0..150)
        .map(|_| {
            let mut bypass = None;
            match chance.below(16) {
                0 => at = chance.share() * 40. - 4.,
                1 => is_playing = !is_playing,
                2 => {
                    let start = chance.share() * 20.;
                    let end = start + chance.share() * 6. + 0.001;
                    cycle = (chance.below(3) > 0).then(|| (beats(start), beats(end)));
                }
                3 => tempo_qpm = 20. + chance.share() * 280.,
                4 => {
                    meter = Meter {
                        numerator: 1 + chance.below(12) as u16,
                        denominator: 1 << chance.below(4),
                    }
                }
                5 => bypass = Some(f64::from(chance.below(2))),
                _ => {}
            }
            let frames = [1, 32, 64, 441, 512, 2048, 8192][chance.below(7) as usize];
            let mut input = vec![];
            if chance.below(4) == 0 {
                let pitch = 90 + chance.below(8) as u8;
                let frame = chance.below(frames);
                if let Some(index) = held.iter().position(|known| *known == pitch) {
                    held.swap_remove(index);
                    input.push((frame, MidiEvent::Off { pitch, channel: 5 }));
                } else {
                    held.push(pitch);
                    let (velocity, channel) = (127, 5);
                    input.push((
                        frame,
                        MidiEvent::On {
                            pitch,
                            velocity,
                            channel,
                        },
                    ));
                }
            }
            let bar = meter.quarters_per_bar();
            let transport = Transport {
                is_playing,
                position: beats(at),
                tempo_qpm,
                meter,
                bar_start: Some(beats((at / bar).floor() * bar)),
                cycle,
            };
            if is_playing {
                at += f64::from(frames) / RATE * tempo_qpm / 60.;
                if let Some((start, end)) = cycle.filter(|(_, end)| at >= *end) {
                    at = start + (at - end).rem_euclid(end - start);
                }
            }
            Block {
                transport,
                frames,
                input,
                bypass,
            }
        })
        .collect()
}

/// Frame, whether it begins, channel and pitch; in each block.
type Events = Vec<Vec<(u32, bool, u8, u8)>>;

fn by_engine(blocks: &[Block]) -> Events {
    let instance = Instance::new();
    instance.load(&dense_state()).unwrap();
    let mut processor = instance.take_processor(RATE).unwrap();
    let play = |block: &Block| {
        if let Some(value) = block.bypass {
            instance.shared.set_value(ParameterId::Bypass, value);
        }
        processor.process(
            Some(block.transport),
            block.frames,
            block.input.iter().copied(),
        );
        let events = processor.output().iter().map(|(at, event)| match *event {
            MidiEvent::On { pitch, channel, .. } => (*at, true, channel, pitch),
            MidiEvent::Off { pitch, channel } => (*at, false, channel, pitch),
        });
        events.collect()
    };
    blocks.iter().map(play).collect()
}

fn transport_event(transport: &Transport) -> TransportEvent {
    let mut flags = TransportFlags::HAS_TEMPO
        | TransportFlags::HAS_BEATS_TIMELINE
        | TransportFlags::HAS_TIME_SIGNATURE;
    if transport.is_playing {
        flags |= TransportFlags::IS_PLAYING;
    }
    if transport.cycle.is_some() {
        flags |= TransportFlags::IS_LOOP_ACTIVE;
    }
    let (start, end) = transport.cycle.unwrap_or_default();
    TransportEvent {
        header: EventHeader::new_core(0, EventFlags::empty()),
        flags,
        song_pos_beats: BeatTime::from_float(transport.position),
        song_pos_seconds: SecondsTime::from_float(0.),
        tempo: transport.tempo_qpm,
        tempo_inc: 0.,
        loop_start_beats: BeatTime::from_float(start),
        loop_end_beats: BeatTime::from_float(end),
        loop_start_seconds: SecondsTime::from_float(0.),
        loop_end_seconds: SecondsTime::from_float(0.),
        bar_start: BeatTime::from_float(transport.bar_start.unwrap_or(0.)),
        bar_number: 0,
        time_signature_numerator: transport.meter.numerator,
        time_signature_denominator: transport.meter.denominator,
    }
}

fn by_clap(blocks: &[Block]) -> Events {
    // SAFETY: it is ours, and keeps CLAP's promises.
    let entry = unsafe { PluginEntry::load(library()) }.unwrap();
    let info = HostInfo::new("tests", "Continuo", "", "1").unwrap();
    let id = c"org.continuo.midi-fx";
    let mut plugin = PluginInstance::<Host>::new(|_| Shared, |_| (), &entry, id, &info).unwrap();
    let state: PluginState = plugin.plugin_handle().get_extension().unwrap();
    let bytes = dense_state();
    state
        .load(&plugin.plugin_handle(), &mut Cursor::new(&bytes))
        .unwrap();
    let config = PluginAudioConfiguration {
        sample_rate: RATE,
        min_frames_count: 1,
        max_frames_count: MOST_FRAMES as u32,
    };
    let mut processor = plugin
        .activate(|_, _| (), config)
        .unwrap()
        .start_processing()
        .unwrap();
    let mut played = vec![];
    let mut steady = 0;
    for block in blocks {
        let mut input = EventBuffer::new();
        if let Some(value) = block.bypass {
            let id = ClapId::new(ParameterId::Bypass as u32);
            input.push(&ParamValueEvent::new(0, id, Pckn::match_all(), value));
        }
        for (at, event) in &block.input {
            let pckn = |channel: u8, pitch: u8| {
                Pckn::new(0u16, u16::from(channel), u16::from(pitch), 0u32)
            };
            match *event {
                MidiEvent::On { pitch, channel, .. } => {
                    input.push(&NoteOnEvent::new(*at, pckn(channel, pitch), 1.))
                }
                MidiEvent::Off { pitch, channel } => {
                    input.push(&NoteOffEvent::new(*at, pckn(channel, pitch), 0.))
                }
            }
        }
        let mut output = EventBuffer::with_capacity(1024);
        let mut ports = AudioPorts::with_capacity(0, 0);
        // Without ports the number of frames is said by none: one silent port says it.
        let mut silence = [[0f32; MOST_FRAMES]; 1];
        let frames = block.frames as usize;
        let mut audio = ports.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(
                silence.iter_mut().map(|channel| &mut channel[..frames]),
            ),
        }]);
        processor
            .process(
                &InputAudioBuffers::empty(),
                &mut audio,
                &input.as_input(),
                &mut output.as_output(),
                Some(steady),
                Some(&transport_event(&block.transport)),
            )
            .unwrap();
        steady += u64::from(block.frames);
        let events = output.iter().filter_map(|event| {
            let at = event.header().time();
            let of = |is_on, channel: Option<u16>, key: Option<u16>| {
                (
                    at,
                    is_on,
                    channel.unwrap_or(99) as u8,
                    key.unwrap_or(255) as u8,
                )
            };
            match event.as_core_event()? {
                CoreEventSpace::NoteOn(on) => Some(of(
                    true,
                    on.channel().into_specific(),
                    on.key().into_specific(),
                )),
                CoreEventSpace::NoteOff(off) => Some(of(
                    false,
                    off.channel().into_specific(),
                    off.key().into_specific(),
                )),
                _ => None,
            }
        });
        played.push(events.collect());
    }
    plugin.deactivate(processor.stop_processing());
    played
}

#[test]
fn clap_plays_what_the_engine_plays_whatever_the_transport_does() {
    let mut count = 0;
    for seed in 0..60 {
        let blocks = session(seed);
        let wanted = by_engine(&blocks);
        count += wanted.iter().map(Vec::len).sum::<usize>();
        assert_eq!(by_clap(&blocks), wanted, "session {seed}");
    }
    assert!(count > 2_000, "{count} events");
}

#[test]
fn in_lv2_nothing_hangs_or_is_doubled() {
    for seed in 0..60 {
        let mut plugin = Lv2::new(1);
        assert_eq!(plugin.load(&dense_state()), 0);
        let mut sounding = [0u128; 16];
        let mut hear = |events: Vec<(i64, Vec<u8>)>, frames: u32| {
            let mut last = 0;
            for (at, data) in events {
                assert!((last..i64::from(frames)).contains(&at), "session {seed}");
                last = at;
                let (bit, channel) = (1u128 << data[1], usize::from(data[0] & 15));
                match data[0] & 0xf0 {
                    0x90 => {
                        assert_eq!(sounding[channel] & bit, 0, "session {seed}: doubled");
                        sounding[channel] |= bit;
                    }
                    0x80 => {
                        assert_ne!(sounding[channel] & bit, 0, "session {seed}: ends twice");
                        sounding[channel] &= !bit;
                    }
                    _ => {}
                }
            }
            sounding
        };
        let mut held = vec![];
        for block in session(seed) {
            let speed = if block.transport.is_playing { 1. } else { 0. };
            // Its host counts bars from the song's start, and tells changes alone.
            let mut events = vec![];
            if block.bypass.is_some() || block.input.is_empty() {
                events.push(position(block.transport.position.max(0.) as f32, speed));
            }
            for (at, event) in &block.input {
                let (on, pitch) = match event {
                    MidiEvent::On { pitch, .. } => (0x95, *pitch),
                    MidiEvent::Off { pitch, .. } => (0x85, *pitch),
                };
                held.retain(|known| *known != pitch);
                if on == 0x95 {
                    held.push(pitch);
                }
                events.push(midi(i64::from(*at), &[on, pitch, 90]));
            }
            let frames = block.frames.min(4096);
            let room = 30_000;
            let events: Vec<_> = events
                .into_iter()
                .map(|(at, kind, body)| (at.min(i64::from(frames) - 1), kind, body))
                .collect();
            let played = plugin.run(frames, &events, room);
            hear(played, frames);
        }
        let ends: Vec<_> = held
            .iter()
            .map(|pitch| midi(0, &[0x85, *pitch, 0]))
            .collect();
        hear(plugin.run(64, &ends, 30_000), 64);
        let stopped = plugin.run(64, &[position(0., 0.)], 30_000);
        assert_eq!(hear(stopped, 64), [0; 16], "session {seed}: notes hang");
    }
}
