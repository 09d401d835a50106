//! Tempo and meter events into the two maps of a song.

use crate::anomaly::{Anomalies, Anomaly};
use crate::bars::{Bars, Taken};
use crate::song::{MeterChange, TempoChange};

const META_TEMPO: u8 = 0x51;
const META_METER: u8 = 0x58;
const MICROSECONDS_PER_MINUTE: f64 = 60_000_000.0;
/// What the specification says holds where a file says nothing.
const DEFAULT_TEMPO_QPM: f64 = 120.0;

/// A change, and the track chunk that has it.
#[derive(Clone)]
struct Of<Change> {
    chunk: usize,
    change: Change,
}

/// Collects changes from all chunks, in any order.
#[derive(Clone)]
pub(crate) struct MapBuilder {
    ppq: u16,
    tempo_map: Vec<Of<TempoChange>>,
    meters: Vec<Of<MeterChange>>,
}

impl MapBuilder {
    pub(crate) fn new(ppq: u16) -> Self {
        Self {
            ppq,
            tempo_map: Vec::new(),
            meters: Vec::new(),
        }
    }

    /// Take a tempo or meter event; other meta events are ignored.
    pub(crate) fn read_meta(
        &mut self,
        (chunk, tick): (usize, u32),
        kind: u8,
        data: &[u8],
        anomalies: &mut Anomalies,
    ) {
        match (kind, data) {
            (META_TEMPO, &[0, 0, 0, ..]) => anomalies.report(Anomaly::TempoZero { tick }),
            (META_TEMPO, &[high, middle, low, ..]) => {
                let microseconds = u32::from_be_bytes([0, high, middle, low]);
                let change = TempoChange {
                    tick,
                    tempo_qpm: MICROSECONDS_PER_MINUTE / f64::from(microseconds),
                };
                self.tempo_map.push(Of { chunk, change });
            }
            (META_METER, &[numerator, power, ..]) => {
                match denominator_of(numerator, power, self.ppq) {
                    Some(denominator) => {
                        let change = MeterChange {
                            tick,
                            numerator,
                            denominator,
                        };
                        self.meters.push(Of { chunk, change });
                    }
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

    /// Take over what another one has where this one has nothing.
    pub(crate) fn complete_from(&mut self, other: &Self) {
        if self.tempo_map.is_empty() {
            self.tempo_map.clone_from(&other.tempo_map);
        }
        if self.meters.is_empty() {
            self.meters.clone_from(&other.meters);
        }
    }

    /// Both maps sorted, from tick 0; of several changes at one tick the last in file order holds.
    pub(crate) fn finish(self, anomalies: &mut Anomalies) -> (Vec<TempoChange>, Vec<MeterChange>) {
        let tempo_map = settle_tempos(self.tempo_map, anomalies);
        (tempo_map, settle_meters(self.meters, self.ppq, anomalies))
    }
}

/// The denominator 2^`power`, if it fits and the bar is at least one tick long.
fn denominator_of(numerator: u8, power: u8, ppq: u16) -> Option<u16> {
    let denominator = 1u16.checked_shl(u32::from(power))?;
    let bar = u32::from(numerator) * 4 * u32::from(ppq) / u32::from(denominator);
    (bar >= 1).then_some(denominator)
}

fn settle_tempos(mut changes: Vec<Of<TempoChange>>, anomalies: &mut Anomalies) -> Vec<TempoChange> {
    changes.sort_by_key(|of| of.change.tick);
    let mut map: Vec<TempoChange> = Vec::with_capacity(changes.len() + 1);
    if changes.first().is_none_or(|first| first.change.tick > 0) {
        map.push(TempoChange {
            tick: 0,
            tempo_qpm: DEFAULT_TEMPO_QPM,
        });
    }
    for at_tick in changes.chunk_by(|a, b| a.change.tick == b.change.tick) {
        let [others @ .., last] = at_tick else {
            continue;
        };
        // What a chunk says last counts.
        let chunks = others.chunk_by(|a, b| a.chunk == b.chunk);
        let mut said = chunks.filter_map(|of_chunk| of_chunk.last());
        let is_other = |of: &&Of<TempoChange>| {
            of.chunk != last.chunk && of.change.tempo_qpm != last.change.tempo_qpm
        };
        if let Some(other) = said.find(is_other) {
            anomalies.report(Anomaly::TempoConflict {
                tick: last.change.tick,
                chunks: [other.chunk, last.chunk],
                tempos: [other.change, last.change],
            });
        }
        map.push(last.change);
    }
    map
}

/// Only the changes that start bars.
fn settle_meters(
    mut changes: Vec<Of<MeterChange>>,
    ppq: u16,
    anomalies: &mut Anomalies,
) -> Vec<MeterChange> {
    changes.sort_by_key(|of| of.change.tick);
    let mut bars = Bars::common_time(ppq);
    // Where the meter in force began, and which chunk says so.
    let (mut start_tick, mut owner) = (0, None);
    for Of { chunk, change } in changes {
        match bars.take(&change) {
            Taken::Begins { tick } => (start_tick, owner) = (tick, Some(chunk)),
            Taken::Replaces { tick, old } => {
                if let Some(other) = owner.filter(|&other| other != chunk) {
                    anomalies.report(Anomaly::MeterConflict {
                        tick,
                        chunks: [other, chunk],
                        meters: [old, change],
                    });
                }
                owner = Some(chunk);
            }
            Taken::Nothing if change.tick <= start_tick => {
                owner.get_or_insert(chunk);
            }
            Taken::Nothing => {}
        }
    }
    for (bar_index, meter) in bars.cuts() {
        anomalies.report(Anomaly::MeterMidBar { bar_index, meter });
    }
    bars.meters()
}
