//! A fill's request, from positions in quarters to the protocol's ticks.

use super::heard::{Heard, Timeline};
use crate::note::Note;
use crate::parameters::{ParameterId as Id, Part};
use crate::shared::Shared;
use serde_json::{Map, Value, json};

/// Ticks a quarter.
const PPQ: f64 = 960.;
/// The daemon reads no further than this on either side of the region.
const CONTEXT_BARS: f64 = 64.;
const TARGET: &str = "plugin";

/// Another track that sounds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ContextTrack {
    pub name: String,
    pub program: u8,
    pub is_drums: Option<bool>,
    pub notes: Vec<Note>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ask {
    /// In quarters, half-open.
    pub region: (f64, f64),
    pub part: Part,
    /// Notes of the track that is written.
    pub own: Vec<Note>,
    pub context: Vec<ContextTrack>,
    /// What comes after the region is not known.
    pub continues: bool,
    pub candidates: u32,
}

/// Where tick 0 of a request lies, in quarters; answers are read with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Origin(f64);

impl Origin {
    fn tick(self, position: f64) -> u64 {
        ((position - self.0) * PPQ).round().max(0.) as u64
    }

    /// The notes of a candidate. `None` where they are not the protocol's.
    pub fn notes(self, candidate: &Value, channel: u8) -> Option<Vec<Note>> {
        candidate["notes"]
            .as_array()?
            .iter()
            .map(|note| self.note(note, channel))
            .collect()
    }

    /// The notes of a model in this process, at the request's ticks.
    #[cfg(feature = "fallback")]
    pub fn own_notes(self, notes: &[continuo_midi::Note], channel: u8) -> Vec<Note> {
        let position = |tick: u32| self.0 + f64::from(tick) / PPQ;
        let own = notes.iter().filter(|note| note.duration_ticks > 0);
        own.map(|note| Note {
            start: position(note.start_tick),
            end: position(note.start_tick + note.duration_ticks),
            pitch: note.pitch,
            velocity: note.velocity.max(1),
            channel,
        })
        .collect()
    }

    fn note(self, note: &Value, channel: u8) -> Option<Note> {
        let ticks = |name: &str| note[name].as_u64().map(|ticks| ticks as f64 / PPQ);
        let byte = |name: &str| {
            note[name]
                .as_u64()
                .and_then(|n| u8::try_from(n).ok())
                .filter(|n| *n < 128)
        };
        let start = self.0 + ticks("startTick")?;
        let end = start + ticks("durationTicks")?;
        let velocity = byte("velocity")?.max(1);
        (end > start).then_some(Note {
            start,
            end,
            pitch: byte("pitch")?,
            velocity,
            channel,
        })
    }
}

/// The parameters of `fill/start`'s request, and where its ticks begin.
pub(crate) fn fill_request(shared: &Shared, heard: &Heard, ask: &Ask) -> (Value, Origin) {
    let (start, end) = ask.region;
    let timeline = heard.timeline_at(start);
    let bar = timeline.meter.quarters_per_bar();
    let reach = CONTEXT_BARS * bar;
    let is_near = |note: &&Note| note.end > start - reach && note.start < end + reach;
    let first = std::iter::once(&ask.own)
        .chain(ask.context.iter().map(|track| &track.notes))
        .flatten()
        .filter(is_near)
        .map(|note| note.start)
        .fold(start, f64::min);
    // A bar line at or before everything: a host's pre-roll and long songs do no harm.
    let origin = Origin(start - ((start - first) / bar).ceil() * bar);
    let notes = |notes: &[Note]| -> Vec<Value> {
        let near = notes.iter().filter(is_near);
        near.map(|note| {
            let (start, end) = (origin.tick(note.start), origin.tick(note.end));
            json!({ "startTick": start, "durationTicks": (end.saturating_sub(start)).max(1),
                "pitch": note.pitch, "velocity": note.velocity, "channel": note.channel })
        })
        .collect()
    };
    let mut tracks = vec![
        json!({ "id": TARGET, "name": part_name(ask.part), "program": part_program(ask.part),
        "notes": notes(&ask.own) }),
    ];
    if ask.part == Part::Drums {
        tracks[0]["isDrums"] = json!(true);
    }
    for (index, track) in ask.context.iter().enumerate() {
        let mut entry = json!({ "id": index.to_string(), "name": track.name, "program": track.program,
            "notes": notes(&track.notes) });
        if let Some(is_drums) = track.is_drums {
            entry["isDrums"] = json!(is_drums);
        }
        tracks.push(entry);
    }
    let mut region =
        json!({ "trackId": TARGET, "startTick": origin.tick(start), "endTick": origin.tick(end) });
    if let Some(role) = part_role(ask.part) {
        region["role"] = json!(role);
    }
    let (tempos, meters) = maps(heard, timeline, origin, end);
    let request = json!({
        "ppq": PPQ as u32, "tempoMap": tempos, "timeSignatures": meters, "tracks": tracks, "region": region,
        "mode": if ask.continues { "continue" } else { "fill" },
        "controls": controls(shared, ask.part),
        "sampling": { "temperature": shared.value(Id::Temperature), "candidates": ask.candidates },
    });
    (request, origin)
}

/// Tempo and meter from the origin to the region's end.
fn maps(heard: &Heard, at_region: Timeline, origin: Origin, end: f64) -> (Vec<Value>, Vec<Value>) {
    let first = heard.timeline_at(origin.0);
    let mut tempos = vec![json!({ "tick": 0, "qpm": first.tempo_qpm })];
    // Bars are counted from the region's own meter where the map does not lie on one grid before it.
    let meter = |meter: crate::transport::Meter, tick: u64| json!({ "tick": tick, "numerator": meter.numerator, "denominator": meter.denominator });
    let mut meters = vec![meter(first.meter, 0)];
    let mut last = first;
    for change in heard.changes((origin.0, end)) {
        if change.tempo_qpm != last.tempo_qpm {
            tempos.push(json!({ "tick": origin.tick(change.at), "qpm": change.tempo_qpm }));
        }
        if change.meter != last.meter {
            meters.push(meter(change.meter, origin.tick(change.at)));
        }
        last = change;
    }
    if last.meter != at_region.meter && meters.len() == 1 {
        meters = vec![meter(at_region.meter, 0)];
    }
    (tempos, meters)
}

fn controls(shared: &Shared, part: Part) -> Value {
    let mut controls = Map::new();
    let density = shared.value(Id::Density);
    if density >= 1. {
        controls.insert("density".into(), json!(density as u32));
    }
    controls.insert("novelty".into(), json!(shared.value(Id::Novelty)));
    let (low, high) = (
        shared.value(Id::LowestPitch),
        shared.value(Id::HighestPitch),
    );
    if low > 0. || high < 127. {
        let (low, high) = (low.min(high) as u8, low.max(high) as u8);
        controls.insert("pitchRange".into(), json!([low, high]));
    }
    if let Some(scale) = scale(shared).filter(|_| part != Part::Drums) {
        controls.insert("scale".into(), json!(scale));
    }
    controls.into()
}

/// As `--scale` takes it; `None` is any note.
fn scale(shared: &Shared) -> Option<String> {
    let value = |id: Id| shared.value(id);
    match value(Id::Key) as usize {
        0 => None,
        1 => Some("auto".into()),
        _ => {
            let name = |id: Id| id.parameter().text(value(id));
            Some(format!(
                "{} {}",
                name(Id::Key),
                name(Id::Scale).to_ascii_lowercase()
            ))
        }
    }
}

fn part_role(part: Part) -> Option<&'static str> {
    Some(match part {
        Part::Same => return None,
        Part::Bass => "bass",
        Part::Drums => "drums",
        Part::Chords => "chords",
        Part::Melody => "melody",
        Part::CounterMelody => "counter",
        Part::Pad => "pad",
        Part::Arpeggio => "arp",
    })
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Same => "",
        Part::Bass => "Bass",
        Part::Drums => "Drums",
        Part::Chords => "Chords",
        Part::Melody => "Melody",
        Part::CounterMelody => "Counter-melody",
        Part::Pad => "Pad",
        Part::Arpeggio => "Arpeggio",
    }
}

/// General MIDI, from 0: what such a part is most often played on.
fn part_program(part: Part) -> u8 {
    match part {
        Part::Bass => 33,
        Part::Pad => 89,
        Part::CounterMelody => 48,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Report;
    use crate::transport::Meter;

    fn note(start: f64, pitch: u8) -> Note {
        Note {
            start,
            end: start + 1.,
            pitch,
            velocity: 90,
            channel: 3,
        }
    }

    fn ask(region: (f64, f64), own: Vec<Note>) -> Ask {
        Ask {
            region,
            part: Part::Same,
            own,
            context: vec![],
            continues: true,
            candidates: 1,
        }
    }

    #[test]
    fn ticks_count_from_a_bar_line_before_everything() {
        let heard = Heard::default();
        let (request, origin) = fill_request(
            &Shared::default(),
            &heard,
            &ask((4., 8.), vec![note(-1., 60)]),
        );
        assert_eq!(origin, Origin(-4.));
        assert_eq!(request["region"]["startTick"], 8 * 960);
        assert_eq!(request["tracks"][0]["notes"][0]["startTick"], 3 * 960);
        let answer = json!({ "notes": [{ "startTick": 8 * 960, "durationTicks": 480, "pitch": 62, "velocity": 70, "channel": 0 }] });
        let back = origin.notes(&answer, 3).unwrap();
        assert_eq!(
            back,
            [Note {
                start: 4.,
                end: 4.5,
                pitch: 62,
                velocity: 70,
                channel: 3
            }]
        );
    }

    #[test]
    fn notes_far_away_are_not_sent() {
        let heard = Heard::default();
        let own = vec![note(0., 60), note(990., 61), note(5_000., 62)];
        let (request, _) = fill_request(&Shared::default(), &heard, &ask((1_000., 1_008.), own));
        let pitches: Vec<_> = request["tracks"][0]["notes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n["pitch"].clone())
            .collect();
        assert_eq!(pitches, [json!(61)]);
    }

    #[test]
    fn tempo_and_meter_are_those_that_were_seen() {
        let mut heard = Heard::default();
        let meter = Meter {
            numerator: 6,
            denominator: 8,
        };
        heard.take(Report::Timeline {
            at: 0.,
            tempo_qpm: 100.,
            meter: Meter::COMMON,
            bar_line: 0.,
        });
        heard.take(Report::Timeline {
            at: 8.,
            tempo_qpm: 90.,
            meter,
            bar_line: 8.,
        });
        let (request, _) = fill_request(
            &Shared::default(),
            &heard,
            &ask((11., 14.), vec![note(5., 60)]),
        );
        assert_eq!(
            request["tempoMap"],
            json!([{ "tick": 0, "qpm": 100. }, { "tick": 3 * 960, "qpm": 90. }])
        );
        let meters = request["timeSignatures"].as_array().unwrap();
        assert_eq!(
            meters[1],
            json!({ "tick": 3 * 960, "numerator": 6, "denominator": 8 })
        );
    }

    #[test]
    fn controls_are_left_out_where_they_ask_for_nothing() {
        let shared = Shared::default();
        shared.set_value(Id::Key, 0.);
        let heard = Heard::default();
        let (request, _) = fill_request(&shared, &heard, &ask((0., 8.), vec![]));
        let names: Vec<_> = request["controls"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        assert_eq!(names, ["novelty"]);
        shared.set_value(Id::Key, 4.);
        shared.set_value(Id::Scale, 3.);
        shared.set_value(Id::LowestPitch, 72.);
        shared.set_value(Id::HighestPitch, 48.);
        shared.set_value(Id::Density, 7.);
        let (request, _) = fill_request(&shared, &heard, &ask((0., 8.), vec![]));
        assert_eq!(request["controls"]["scale"], "D dorian");
        assert_eq!(request["controls"]["pitchRange"], json!([48, 72]));
        assert_eq!(request["controls"]["density"], 7);
    }

    #[test]
    fn answers_that_are_no_notes_are_refused() {
        let origin = Origin(0.);
        for bad in [
            json!({}),
            json!({ "notes": [{}] }),
            json!({ "notes": [{ "startTick": 0, "durationTicks": 0, "pitch": 60, "velocity": 1 }] }),
            json!({ "notes": [{ "startTick": 0, "durationTicks": 1, "pitch": 200, "velocity": 1 }] }),
        ] {
            assert_eq!(origin.notes(&bad, 0), None, "{bad}");
        }
    }
}
