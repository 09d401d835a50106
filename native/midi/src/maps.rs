//! Tempo and meter events into the two maps of a song.

use crate::anomaly::{Anomalies, Anomaly};
use crate::song::{MeterChange, TempoChange};

const META_TEMPO: u8 = 0x51;
const META_METER: u8 = 0x58;
const MICROSECONDS_PER_MINUTE: f64 = 60_000_000.0;
/// What the specification says holds where a file says nothing.
const DEFAULT_TEMPO_QPM: f64 = 120.0;

/// Collects changes from all chunks, in any order.
pub(crate) struct MapBuilder {
    ppq: u16,
    tempo_map: Vec<TempoChange>,
    meters: Vec<MeterChange>,
}

impl MapBuilder {
    pub(crate) fn new(ppq: u16) -> Self {
        Self {
            ppq,
            tempo_map: Vec::new(),
            meters: Vec::new(),
        }
    }

    /// Take a tempo or meter event; other meta events are none of its business.
    pub(crate) fn read_meta(
        &mut self,
        tick: u32,
        kind: u8,
        data: &[u8],
        anomalies: &mut Anomalies,
    ) {
        match (kind, data) {
            (META_TEMPO, &[0, 0, 0, ..]) => anomalies.report(Anomaly::TempoZero { tick }),
            (META_TEMPO, &[high, middle, low, ..]) => {
                let microseconds = u32::from_be_bytes([0, high, middle, low]);
                self.tempo_map.push(TempoChange {
                    tick,
                    tempo_qpm: MICROSECONDS_PER_MINUTE / f64::from(microseconds),
                });
            }
            (META_METER, &[numerator, power, ..]) => {
                match denominator_of(numerator, power, self.ppq) {
                    Some(denominator) => self.meters.push(MeterChange {
                        tick,
                        numerator,
                        denominator,
                    }),
                    None => anomalies.report(Anomaly::Meter {
                        tick,
                        numerator,
                        power,
                    }),
                }
            }
            (META_TEMPO | META_METER, _) => anomalies.report(Anomaly::MetaShort {
                tick,
                kind,
                length: data.len(),
            }),
            _ => {}
        }
    }

    /// Both maps sorted, from tick 0; of several changes at one tick the last in file order holds.
    pub(crate) fn finish(self) -> (Vec<TempoChange>, Vec<MeterChange>) {
        let tempo_map = from_zero(
            self.tempo_map,
            |change| change.tick,
            TempoChange {
                tick: 0,
                tempo_qpm: DEFAULT_TEMPO_QPM,
            },
        );
        let meters = from_zero(
            self.meters,
            |change| change.tick,
            MeterChange {
                tick: 0,
                numerator: 4,
                denominator: 4,
            },
        );
        (tempo_map, meters)
    }
}

/// The denominator 2^`power`, if it fits and the bar is at least one tick long.
fn denominator_of(numerator: u8, power: u8, ppq: u16) -> Option<u16> {
    let denominator = 1u16.checked_shl(u32::from(power))?;
    let bar = u32::from(numerator) * 4 * u32::from(ppq) / u32::from(denominator);
    (bar >= 1).then_some(denominator)
}

fn from_zero<C: Copy>(mut changes: Vec<C>, tick_of: fn(&C) -> u32, default: C) -> Vec<C> {
    changes.sort_by_key(tick_of);
    let mut map: Vec<C> = Vec::with_capacity(changes.len() + 1);
    if changes.first().is_none_or(|first| tick_of(first) > 0) {
        map.push(default);
    }
    for change in changes {
        match map.last_mut() {
            Some(last) if tick_of(last) == tick_of(&change) => *last = change,
            _ => map.push(change),
        }
    }
    map
}
