//! Events and the transport, from CLAP's types to the engine's.

use super::Shared;
use clack_plugin::events::event_types::*;
use clack_plugin::events::spaces::CoreEventSpace;
use clack_plugin::events::{Match, Pckn};
use clack_plugin::prelude::*;
use continuo_plugin_engine::{Meter, MidiEvent, Transport};
use std::ops::Range;

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

/// Notes in either dialect: one for most events, none for those that are no notes, several where one event ends the
/// notes of all keys or channels.
pub(super) fn notes(event: &CoreEventSpace) -> impl Iterator<Item = MidiEvent> + use<> {
    let (one, ended) = match event {
        CoreEventSpace::NoteOn(event) => (note_on(event), None),
        CoreEventSpace::NoteOff(event) => (None, Some((event.channel(), event.key()))),
        CoreEventSpace::NoteChoke(event) => (None, Some((event.channel(), event.key()))),
        CoreEventSpace::Midi(event) => (MidiEvent::from_bytes(event.data()), None),
        _ => (None, None),
    };
    let (channels, keys) = ended.map_or((0..0, 0..0), |(channel, key)| {
        (meant(channel, 16), meant(key, 128))
    });
    let offs = channels.flat_map(move |channel| {
        keys.clone()
            .map(move |pitch| MidiEvent::Off { pitch, channel })
    });
    one.into_iter().chain(offs)
}

fn note_on(event: &NoteOnEvent) -> Option<MidiEvent> {
    Some(MidiEvent::On {
        pitch: meant(event.key(), 128).next()?,
        // A CLAP velocity of 0 is a note all the same.
        velocity: ((event.velocity().clamp(0., 1.) * 127.).round() as u8).max(1),
        channel: meant(event.channel(), 16).next()?,
    })
}

/// Of so many, those that an event means.
fn meant(value: Match<u16>, count: u8) -> Range<u8> {
    match value.into_specific() {
        Some(value) if value < u16::from(count) => value as u8..value as u8 + 1,
        Some(_) => 0..0,
        None => 0..count,
    }
}

/// Tells the host what the musician changed in the editor, each as a gesture, so that automation is recorded.
pub(super) fn tell_edited(shared: &Shared, output: &mut OutputEvents) {
    shared.edited.take(|id| {
        let (value, id) = (shared.instance.shared.value(id), ClapId::new(id as u32));
        let value = ParamValueEvent::new(0, id, Pckn::match_all(), value);
        let is_told = output.try_push(ParamGestureBeginEvent::new(0, id)).is_ok()
            && output.try_push(value).is_ok();
        // A gesture that has begun ends, whatever the host had no room for.
        let _ = output.try_push(ParamGestureEndEvent::new(0, id));
        is_told
    });
}
