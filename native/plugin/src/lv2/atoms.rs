//! Sequences of atoms, read from and written to bytes: every length is checked before it is followed.

use super::abi::Urids;
use continuo_plugin_engine::{Meter, Transport};

/// Atoms lie at multiples of this.
const ALIGNMENT: usize = 8;
const SEQUENCE_HEADER: usize = 16;
const EVENT_HEADER: usize = 16;
const PROPERTY_HEADER: usize = 16;

/// An event of a sequence: its frame, its type and its body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event<'a> {
    pub frame: i64,
    pub kind: u32,
    pub body: &'a [u8],
}

/// The events of a sequence's bytes, header included; ends at the first that is cut off.
pub fn events(sequence: &[u8]) -> impl Iterator<Item = Event<'_>> {
    let mut rest = sequence.get(SEQUENCE_HEADER..).unwrap_or_default();
    std::iter::from_fn(move || {
        let frame = i64::from_ne_bytes(rest.get(..8)?.try_into().ok()?);
        let size = word(rest, 8)? as usize;
        let kind = word(rest, 12)?;
        let body = rest.get(EVENT_HEADER..EVENT_HEADER.checked_add(size)?)?;
        rest = rest
            .get((EVENT_HEADER + size).next_multiple_of(ALIGNMENT)..)
            .unwrap_or_default();
        Some(Event { frame, kind, body })
    })
}

/// What a time:Position object changes of a transport; `None` if the body is no such object.
pub fn position(
    urids: &Urids,
    event: Event,
    before: Option<Transport>,
    quarters_per_frame: f64,
) -> Option<Transport> {
    if (event.kind != urids.object && event.kind != urids.blank)
        || word(event.body, 4)? != urids.position
    {
        return None;
    }
    let old = before.unwrap_or(Transport {
        is_playing: false,
        position: 0.,
        tempo_qpm: 120.,
        meter: Meter::COMMON,
        bar_start: None,
        cycle: None,
    });
    let find = |key| property(urids, event.body, key);
    let part = |key, old: u16| find(key).map_or(old, |value| value as u16).max(1);
    let meter = Meter {
        numerator: part(urids.beats_per_bar, old.meter.numerator),
        denominator: part(urids.beat_unit, old.meter.denominator),
    };
    let quarters = 4. / f64::from(meter.denominator);
    let mut new = Transport {
        is_playing: find(urids.speed).map_or(old.is_playing, |speed| speed > 0.),
        // LV2's beats are of the meter's unit.
        tempo_qpm: find(urids.beats_per_minute).map_or(old.tempo_qpm, |tempo| tempo * quarters),
        meter,
        ..old
    };
    if let (Some(bar), Some(beat)) = (find(urids.bar), find(urids.bar_beat)) {
        let bar_start = bar * meter.quarters_per_bar();
        new.bar_start = Some(bar_start);
        new.position = bar_start + beat * quarters;
        if new.is_playing {
            // As if it had held from the block's start.
            new.position -= event.frame as f64 * quarters_per_frame * new.tempo_qpm;
        }
    }
    Some(new)
}

/// A number of an object, whatever its type.
fn property(urids: &Urids, object: &[u8], wanted: u32) -> Option<f64> {
    let mut rest = object.get(8..)?;
    loop {
        let key = word(rest, 0)?;
        let size = word(rest, 8)? as usize;
        let kind = word(rest, 12)?;
        let body = rest.get(PROPERTY_HEADER..PROPERTY_HEADER.checked_add(size)?)?;
        if key == wanted {
            let value = if kind == urids.float {
                f64::from(f32::from_ne_bytes(body.get(..4)?.try_into().ok()?))
            } else if kind == urids.double {
                f64::from_ne_bytes(body.get(..8)?.try_into().ok()?)
            } else if kind == urids.int {
                f64::from(i32::from_ne_bytes(body.get(..4)?.try_into().ok()?))
            } else if kind == urids.long {
                i64::from_ne_bytes(body.get(..8)?.try_into().ok()?) as f64
            } else {
                f64::NAN
            };
            return value.is_finite().then_some(value);
        }
        rest = rest.get((PROPERTY_HEADER + size).next_multiple_of(ALIGNMENT)..)?;
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Writes a sequence into a port's buffer.
pub struct SequenceWriter<'a> {
    bytes: &'a mut [u8],
    used: usize,
}

impl<'a> SequenceWriter<'a> {
    /// `bytes`: the whole buffer, header included. `None` if not even the header fits.
    pub fn new(bytes: &'a mut [u8]) -> Option<Self> {
        (bytes.len() >= SEQUENCE_HEADER).then_some(Self {
            bytes,
            used: SEQUENCE_HEADER,
        })
    }

    /// False, and nothing is written, where it does not fit.
    pub fn push(&mut self, frame: i64, kind: u32, body: &[u8]) -> bool {
        let end = (self.used + EVENT_HEADER + body.len()).next_multiple_of(ALIGNMENT);
        let Some(event) = self.bytes.get_mut(self.used..end) else {
            return false;
        };
        event.fill(0);
        event[..8].copy_from_slice(&frame.to_ne_bytes());
        event[8..12].copy_from_slice(&(body.len() as u32).to_ne_bytes());
        event[12..16].copy_from_slice(&kind.to_ne_bytes());
        event[EVENT_HEADER..EVENT_HEADER + body.len()].copy_from_slice(body);
        self.used = end;
        true
    }

    /// How many more events of three bytes fit.
    pub fn room(&self) -> usize {
        (self.bytes.len() - self.used) / (EVENT_HEADER + ALIGNMENT)
    }

    /// Writes the header.
    pub fn finish(self, urids: &Urids) {
        let size = (self.used - 8) as u32;
        self.bytes[..4].copy_from_slice(&size.to_ne_bytes());
        self.bytes[4..8].copy_from_slice(&urids.sequence.to_ne_bytes());
        self.bytes[8..16].fill(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urids() -> Urids {
        let next = std::cell::Cell::new(0);
        Urids::new(|_| {
            next.set(next.get() + 1);
            next.get()
        })
    }

    #[test]
    fn events_come_back_as_written() {
        let urids = urids();
        let mut bytes = [0xff; 16 + 24 + 32];
        let mut writer = SequenceWriter::new(&mut bytes).unwrap();
        assert!(writer.push(3, urids.midi_event, &[0x90, 60, 100]));
        assert!(writer.push(7, urids.midi_event, &[0xf0, 1, 2, 3, 4, 5, 6, 7, 0xf7]));
        assert!(
            !writer.push(8, urids.midi_event, &[0x80, 60, 0]),
            "it is full"
        );
        writer.finish(&urids);
        let read: Vec<_> = events(&bytes)
            .map(|event| (event.frame, event.kind, event.body.to_vec()))
            .collect();
        let kind = urids.midi_event;
        assert_eq!(
            read,
            [
                (3, kind, vec![0x90, 60, 100]),
                (7, kind, vec![0xf0, 1, 2, 3, 4, 5, 6, 7, 0xf7])
            ]
        );
    }

    #[test]
    fn cut_off_bytes_end_the_list() {
        let urids = urids();
        let mut bytes = [0; 16 + 24];
        let mut writer = SequenceWriter::new(&mut bytes).unwrap();
        writer.push(0, urids.midi_event, &[0x90, 60, 100]);
        writer.finish(&urids);
        for length in 0..bytes.len() - 5 {
            assert_eq!(events(&bytes[..length]).count(), 0, "{length}");
        }
        bytes[24..28].copy_from_slice(&u32::MAX.to_ne_bytes());
        assert_eq!(events(&bytes).count(), 0, "a length beyond the sequence");
    }

    #[test]
    fn a_position_is_read_whatever_its_numbers_are() {
        let urids = urids();
        let mut body = vec![];
        body.extend(0u32.to_ne_bytes());
        body.extend(urids.position.to_ne_bytes());
        let mut put = |key: u32, kind: u32, value: &[u8]| {
            body.extend(key.to_ne_bytes());
            body.extend(0u32.to_ne_bytes());
            body.extend((value.len() as u32).to_ne_bytes());
            body.extend(kind.to_ne_bytes());
            body.extend(value);
            body.resize(body.len().next_multiple_of(8), 0);
        };
        put(urids.bar, urids.long, &2i64.to_ne_bytes());
        put(urids.bar_beat, urids.float, &1.5f32.to_ne_bytes());
        put(urids.beat_unit, urids.int, &8i32.to_ne_bytes());
        put(urids.beats_per_bar, urids.float, &6f32.to_ne_bytes());
        put(urids.beats_per_minute, urids.double, &180f64.to_ne_bytes());
        put(urids.speed, urids.float, &1f32.to_ne_bytes());
        let event = Event {
            frame: 0,
            kind: urids.object,
            body: &body,
        };
        let read = position(&urids, event, None, 0.).unwrap();
        assert_eq!(
            read.meter,
            Meter {
                numerator: 6,
                denominator: 8
            }
        );
        assert_eq!(
            (read.position, read.bar_start, read.tempo_qpm),
            (6.75, Some(6.), 90.)
        );
        assert!(read.is_playing);
        for length in 0..body.len() {
            position(
                &urids,
                Event {
                    frame: 0,
                    kind: urids.object,
                    body: &body[..length],
                },
                None,
                0.,
            );
        }
    }
}
