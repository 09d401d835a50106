//! A whole piece: style, key, form, players, and how they play it.

use crate::bass::Bassist;
use crate::chart::{At, Chart};
use crate::comp::Comper;
use crate::dice::Dice;
use crate::drums::Drummer;
use crate::feel::Feel;
use crate::form::{Kind, Section, form};
use crate::harmony::{progression, scale};
use crate::line::{Line, PPQ, Role, SIXTEENTH};
use crate::melody::{Singer, counter_line, second_voice};
use crate::meter::Meter;
use crate::passage::Passage;
use crate::style::{CompKind, Style};
use crate::styles::styles;
use continuo_midi::{MeterChange, Note, Song, TempoChange, Track};

/// Longest piece, in bars.
const MAX_BARS: usize = 96;

/// Write the piece of a seed. Returns its style's name and the song.
pub fn write_piece(seed: u64) -> (&'static str, Song) {
    let mut dice = Dice::new(seed);
    let all = styles();
    let style = dice.pick(&all);
    (style.name, arrange(style, &mut dice))
}

/// Write a piece in a style.
pub fn arrange(style: &Style, dice: &mut Dice) -> Song {
    let text = *dice.pick(style.meters);
    let meter = Meter::parse(text, &mut dice.branch());
    let tonic = dice.below(12) as u8;
    let family = *dice.pick(style.families);
    let mut harmony = dice.branch();
    let progressions: Vec<_> = (0..3)
        .map(|_| progression(family, tonic, &mut harmony))
        .collect();
    let tonality = progressions[0].1;
    let mut sections = form(progressions[0].0.len().min(12), &mut dice.branch());
    let mut bars = 0;
    sections.retain(|s| {
        bars += s.bars;
        bars <= MAX_BARS || s.kind == Kind::Ending
    });
    let chart = chart(
        &sections,
        &meter,
        &progressions.iter().map(|p| p.0.clone()).collect::<Vec<_>>(),
    );
    let mut lines = play(style, &meter, &sections, &chart, scale(tonality), dice);
    let feel = Feel::new(style, dice);
    for line in &mut lines {
        feel.play(line, &mut dice.branch());
    }
    lines.retain(|line| line.hits.len() >= 8);
    let tempo = style.tempo.0 + (style.tempo.1 - style.tempo.0) * dice.uniform();
    song(
        &lines,
        &meter,
        if feel.is_exact() {
            tempo.round()
        } else {
            tempo
        },
    )
}

fn chart(
    sections: &[Section],
    meter: &Meter,
    progressions: &[Vec<Vec<continuo_tokenizer::chord::Chord>>],
) -> Chart {
    let mut chords: Vec<At> = Vec::new();
    let mut at = 0;
    for section in sections {
        let bars = &progressions[section.progression];
        for bar in 0..section.bars {
            let here = &bars[bar % bars.len()];
            // Changes inside a bar fall on its groups.
            let starts = meter.starts();
            for (i, &chord) in here.iter().enumerate() {
                let edge = |i: usize| match starts.get(i * starts.len() / here.len()) {
                    Some(start) if i < here.len() => start * SIXTEENTH,
                    _ => meter.bar(),
                };
                let (start, end) = (at + edge(i), at + edge(i + 1));
                match chords.last_mut() {
                    Some(last) if last.chord == chord && last.end == start => last.end = end,
                    _ if end > start => chords.push(At { start, end, chord }),
                    _ => {}
                }
            }
            at += meter.bar();
        }
    }
    Chart { chords }
}

fn play(
    style: &Style,
    meter: &Meter,
    sections: &[Section],
    chart: &Chart,
    scale: [u8; 7],
    dice: &mut Dice,
) -> Vec<Line> {
    let drummer = Drummer::new(style, meter, &mut dice.branch());
    let bassist = Bassist::new(style.bass, meter, &mut dice.branch());
    let [pad, arp, riff, tune, second] = style.chances.map(|chance| dice.chance(chance));
    let mut comps: Vec<(Comper, Line)> = Vec::new();
    for number in 0..*dice.pick(&[1, 1, 2, 2, 3]) {
        let kind = *dice.pick(style.comp);
        let center = *dice.pick(if number == 0 {
            &[57, 60, 62]
        } else {
            &[52, 64, 67]
        });
        let name = *dice.pick(&["Piano", "Keys", "Guitar", "Comp"]);
        comps.push((
            Comper::new(kind, center, meter, &mut dice.branch()),
            Line::new(name, Role::Chords, *dice.pick(style.comps)),
        ));
    }
    if arp {
        let kind = *dice.pick(&[CompKind::Arp16, CompKind::Arp16, CompKind::Arp8]);
        comps.push((
            Comper::new(kind, 69, meter, &mut dice.branch()),
            Line::new("Arp", Role::Arp, *dice.pick(style.comps)),
        ));
    }
    if pad {
        comps.push((
            Comper::new(CompKind::HalfNotes, 60, meter, &mut dice.branch()),
            Line::new("Pad", Role::Pad, *dice.pick(style.pads)),
        ));
    }
    let lead = *dice.pick(style.leads);
    let singer = Singer::new(
        (62, 81),
        scale,
        0.2 + 0.6 * dice.uniform(),
        meter,
        &mut dice.branch(),
    );
    let hook = Singer::new((48, 67), scale, 0.7, meter, &mut dice.branch());
    let (mut drums, mut bass) = (
        Line::new("Drums", Role::Drums, 0),
        Line::new("Bass", Role::Bass, *dice.pick(style.basses)),
    );
    let mut lead_line = Line::new("Lead", Role::Lead, lead);
    let mut riff_line = Line::new("Riff", Role::Counter, *dice.pick(style.leads));
    let mut other = Line::new(
        if dice.chance(0.5) {
            "Harmony"
        } else {
            "Strings"
        },
        Role::Counter,
        *dice.pick(&[lead, 48, 52, 61, 40]),
    );
    let follows_tune = dice.chance(0.5);
    let has_bass_in_intro = dice.chance(0.5);
    let enters: Vec<usize> = comps.iter().map(|_| dice.below(3)).collect();
    let mut at = 0;
    for (index, section) in sections.iter().enumerate() {
        let end = at + section.bars as i32 * meter.bar();
        let loud = section.energy;
        let passage = Passage {
            start: at,
            end,
            loud,
            meter,
            chart,
        };
        let kicks = drummer.play(section, at, meter, &mut drums, &mut dice.branch());
        let is_sparse = matches!(section.kind, Kind::Intro | Kind::Break);
        let mut branch = dice.branch();
        if section.kind == Kind::Ending {
            ending(at, meter, chart, &mut bass, &mut comps);
            break;
        }
        if !is_sparse || has_bass_in_intro {
            let is_second = section.kind == Kind::Chorus;
            bassist.play(is_second, passage, &kicks, &mut bass, &mut branch);
        }
        for (number, (comper, line)) in comps.iter_mut().enumerate() {
            let rests = number > 0 && (index < enters[number] || is_sparse && branch.chance(0.5));
            if !rests {
                comper.play(passage, line, &mut branch);
            }
        }
        let sings = matches!(section.kind, Kind::Verse | Kind::Chorus | Kind::Bridge);
        if tune && sings {
            let mut here = Line::new("", Role::Lead, 0);
            singer.play(passage, &mut here, &mut branch);
            if second && section.energy > 0.6 {
                if follows_tune {
                    second_voice(&here.hits, chart, &mut other);
                } else {
                    counter_line(at, end, 62, chart, &mut other, loud, &mut branch);
                }
            }
            lead_line.hits.extend(here.hits);
        }
        if riff && (section.kind != Kind::Verse || branch.chance(0.4)) {
            let softer = Passage {
                loud: loud * 0.9,
                ..passage
            };
            hook.play(softer, &mut riff_line, &mut branch);
        }
        at = end;
    }
    let mut lines = vec![lead_line, other, riff_line];
    lines.extend(comps.into_iter().map(|c| c.1));
    lines.extend([bass, drums]);
    lines
}

/// The last chord, held.
fn ending(at: i32, meter: &Meter, chart: &Chart, bass: &mut Line, comps: &mut [(Comper, Line)]) {
    let Some(chord) = chart.chords.first().map(|at| at.chord) else {
        return;
    };
    let root = 28 + (i32::from(chord.root) - 28).rem_euclid(12);
    bass.add(at, meter.bar() - SIXTEENTH, root, 92.0);
    for (comper, line) in comps {
        let held = Chart {
            chords: vec![At {
                start: at,
                end: at + meter.bar(),
                chord,
            }],
        };
        let mut once = Dice::new(0);
        let plain = Comper::new(
            CompKind::HalfNotes,
            if comper.kind == CompKind::Power8 {
                50
            } else {
                60
            },
            meter,
            &mut once,
        );
        let last = Passage {
            start: at,
            end: at + meter.bar(),
            loud: 0.7,
            meter,
            chart: &held,
        };
        plain.play(last, line, &mut once);
    }
}

fn song(lines: &[Line], meter: &Meter, tempo_qpm: f64) -> Song {
    let mut channels = (0u8..16).filter(|&c| c != 9);
    let tracks: Vec<Track> = lines
        .iter()
        .enumerate()
        .map(|(chunk, line)| {
            let is_drums = line.role == Role::Drums;
            let channel = if is_drums {
                9
            } else {
                channels.next().unwrap_or(15)
            };
            let mut notes: Vec<Note> = line
                .hits
                .iter()
                .map(|hit| Note {
                    start_tick: hit.tick as u32,
                    duration_ticks: hit.duration.max(1) as u32,
                    pitch: hit.pitch,
                    velocity: hit.velocity.max(1),
                    channel,
                })
                .collect();
            notes.sort_by_key(|n| (n.start_tick, n.pitch));
            separate(&mut notes);
            Track {
                chunk,
                channel,
                name: line.name.to_owned(),
                program: line.program,
                is_drums,
                notes,
            }
        })
        .collect();
    let duration_ticks = tracks
        .iter()
        .flat_map(|t| t.notes.iter().map(Note::end_tick))
        .max()
        .unwrap_or(0);
    Song {
        format: 1,
        ppq: PPQ as u16,
        duration_ticks,
        tempo_map: vec![TempoChange { tick: 0, tempo_qpm }],
        meters: vec![MeterChange {
            tick: 0,
            numerator: meter.numerator,
            denominator: u16::from(meter.denominator),
        }],
        tracks,
    }
}

/// No two notes of a pitch sound at once: the earlier ends, the same onset is one note.
fn separate(notes: &mut Vec<Note>) {
    notes.dedup_by_key(|n| (n.start_tick, n.pitch));
    for i in 0..notes.len() {
        let note = notes[i];
        let next = notes[i + 1..]
            .iter()
            .take_while(|n| n.start_tick < note.end_tick())
            .find(|n| n.pitch == note.pitch);
        if let Some(next) = next {
            notes[i].duration_ticks = (next.start_tick - note.start_tick).max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_piece() {
        assert_eq!(write_piece(11), write_piece(11));
        assert_ne!(write_piece(11).1, write_piece(12).1);
    }

    #[test]
    fn every_style_makes_bands_with_drums_or_bass_and_notes_that_do_not_overlap() {
        for style in styles() {
            for seed in 0..4 {
                let song = arrange(&style, &mut Dice::new(seed));
                assert!(song.tracks.len() >= 2, "{}", style.name);
                for track in &song.tracks {
                    for (i, note) in track.notes.iter().enumerate() {
                        let mut later = track.notes[i + 1..]
                            .iter()
                            .take_while(|n| n.start_tick < note.end_tick());
                        assert!(
                            later.all(|n| n.pitch != note.pitch),
                            "{} {}",
                            style.name,
                            track.name
                        );
                    }
                }
            }
        }
    }
}
