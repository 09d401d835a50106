//! Events and the transport, from CLAP's types to the engine's.

use clack_plugin::events::Match;
use clack_plugin::events::event_types::{TransportEvent, TransportFlags};
use clack_plugin::events::spaces::CoreEventSpace;
use continuo_plugin_engine::{Meter, MidiEvent, Transport};

/// `None` where the host gives no position in quarters.
pub(super) fn transport(event: &TransportEvent) -> Option<Transport> {
    let has = |flag| event.flags.contains(flag);
    has(TransportFlags::HAS_BEATS_TIMELINE).then(|| Transport {
        is_playing: has(TransportFlags::IS_PLAYING),
        position: event.song_pos_beats.to_float(),
        tempo_qpm: if has(TransportFlags::HAS_TEMPO) {
            event.tempo
        } else {
            120.
        },
        meter: if has(TransportFlags::HAS_TIME_SIGNATURE) {
            Meter {
                numerator: event.time_signature_numerator,
                denominator: event.time_signature_denominator,
            }
        } else {
            Meter::COMMON
        },
        // The wrapper gives 0 where its host says nothing; what lies a bar away or more is not this bar's start.
        bar_start: Some(event.bar_start.to_float()),
        cycle: has(TransportFlags::IS_LOOP_ACTIVE).then(|| {
            (
                event.loop_start_beats.to_float(),
                event.loop_end_beats.to_float(),
            )
        }),
    })
}

/// Notes in either dialect; `None` for anything else.
pub(super) fn note(event: &CoreEventSpace) -> Option<MidiEvent> {
    match event {
        CoreEventSpace::NoteOn(event) => Some(MidiEvent::On {
            pitch: key(event.key())?,
            // A CLAP velocity of 0 is a note all the same.
            velocity: ((event.velocity().clamp(0., 1.) * 127.).round() as u8).max(1),
            channel: channel(event.channel()),
        }),
        CoreEventSpace::NoteOff(event) => Some(MidiEvent::Off {
            pitch: key(event.key())?,
            channel: channel(event.channel()),
        }),
        CoreEventSpace::Midi(event) => MidiEvent::from_bytes(event.data()),
        _ => None,
    }
}

fn key(key: Match<u16>) -> Option<u8> {
    key.into_specific()
        .filter(|key| *key < 128)
        .map(|key| key as u8)
}

fn channel(channel: Match<u16>) -> u8 {
    channel
        .into_specific()
        .map_or(0, |channel| (channel & 15) as u8)
}
