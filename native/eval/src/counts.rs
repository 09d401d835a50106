//! Baseline: unigram and order-1 counts of the model's own fields, with add-one smoothing.

use continuo_tokenizer::vocabulary::{
    BAR_END, BARS, DRUMS, DURATION_CLASSES, POSITIONS, VELOCITIES, duration_class, velocity_class,
};
use continuo_tokenizer::{PieceView, Scene, StepFields};
use continuo_train::random::Random;

const PITCHES: usize = 128;
/// Bars of the regions that the counts are taken over.
const REGION_BARS: usize = 4;
/// Most notes that the sampler draws.
const MAX_NOTES: usize = 160;

/// Tables of one kind of track, contexts x classes, flat.
struct Tables {
    bar: Vec<f32>,
    position: Vec<f32>,
    pitch: Vec<f32>,
    duration: Vec<f32>,
    velocity: Vec<f32>,
}

/// Counts over a dataset, drums apart.
pub struct Counts {
    order1: [Tables; 2],
    unigram: [Tables; 2],
    pub notes: usize,
}

/// Contexts of each table: the order-1 context of a field, from the note before.
const BAR_CONTEXTS: usize = 33;
const POSITION_CONTEXTS: usize = 194;
const PITCH_CONTEXTS: usize = 2 * 129;
const DURATION_CONTEXTS: usize = DURATION_CLASSES + 1;
const VELOCITY_CONTEXTS: usize = VELOCITIES + 1;

impl Tables {
    fn new(order: usize) -> Tables {
        let table = |contexts: usize, classes: usize| {
            vec![
                1.0;
                if order == 0 {
                    classes
                } else {
                    contexts * classes
                }
            ]
        };
        Tables {
            bar: table(BAR_CONTEXTS, BARS),
            position: table(POSITION_CONTEXTS, POSITIONS),
            pitch: table(PITCH_CONTEXTS, PITCHES),
            duration: table(DURATION_CONTEXTS, DURATION_CLASSES),
            velocity: table(VELOCITY_CONTEXTS, VELOCITIES),
        }
    }
}

/// Contexts of the five fields of a note after `last`.
fn contexts(last: Option<&StepFields>, note: &StepFields) -> [usize; 5] {
    match last {
        None => [32, 193, 0, 0, 0],
        Some(last) => {
            let same_bar = note.bar == 0;
            let chord = same_bar && note.position == last.position;
            [
                usize::from(last.position) / 6,
                if same_bar {
                    usize::from(last.position) + 1
                } else {
                    0
                },
                usize::from(chord) * 129 + usize::from(last.pitch & 127) + 1,
                usize::from(last.duration) + 1,
                usize::from(last.velocity) + 1,
            ]
        }
    }
}

impl Counts {
    /// Count every track of every piece in regions of four bars.
    pub fn new<'a>(pieces: impl Iterator<Item = PieceView<'a>>) -> Counts {
        let mut counts = Counts {
            order1: [Tables::new(1), Tables::new(1)],
            unigram: [Tables::new(0), Tables::new(0)],
            notes: 0,
        };
        for piece in pieces {
            let mut lines: Vec<Vec<(usize, StepFields)>> = vec![Vec::new(); piece.sounds.len()];
            for note in piece.notes {
                let bar = piece.bar_at(note.onset);
                let fields = StepFields {
                    bar: 0,
                    position: (note.onset() - piece.bars[bar].start).min(191) as u8,
                    pitch: note.pitch,
                    duration: duration_class(u32::from(note.duration)) as u8,
                    velocity: velocity_class(note.velocity) as u8,
                };
                if let Some(line) = lines.get_mut(usize::from(note.track)) {
                    line.push((bar, fields));
                }
            }
            for (track, line) in lines.iter().enumerate() {
                let drums = usize::from(piece.sounds[track] == DRUMS);
                for region in line.chunk_by(|a, b| a.0 / REGION_BARS == b.0 / REGION_BARS) {
                    let mut bar = region[0].0 / REGION_BARS * REGION_BARS;
                    let notes: Vec<StepFields> = region
                        .iter()
                        .map(|&(at, fields)| {
                            let delta = (at - bar).min(15) as u8;
                            bar = at;
                            StepFields {
                                bar: delta,
                                ..fields
                            }
                        })
                        .collect();
                    counts.add(drums, &notes);
                }
            }
        }
        counts
    }

    fn add(&mut self, drums: usize, notes: &[StepFields]) {
        let mut last = None;
        for note in notes {
            let [b, p, pi, d, v] = contexts(last, note);
            for (tables, order) in [(&mut self.order1[drums], 1), (&mut self.unigram[drums], 0)] {
                tables.bar[order * b * BARS + usize::from(note.bar)] += 1.0;
                tables.position[order * p * POSITIONS + usize::from(note.position)] += 1.0;
                tables.pitch[order * pi * PITCHES + usize::from(note.pitch & 127)] += 1.0;
                tables.duration[order * d * DURATION_CLASSES + usize::from(note.duration)] += 1.0;
                tables.velocity[order * v * VELOCITIES + usize::from(note.velocity)] += 1.0;
            }
            last = Some(note);
        }
        let end = StepFields {
            bar: BAR_END as u8,
            ..StepFields::default()
        };
        let context = contexts(last, &end)[0];
        self.order1[drums].bar[context * BARS + BAR_END] += 1.0;
        self.unigram[drums].bar[BAR_END] += 1.0;
        self.notes += notes.len();
    }

    /// Nats of a region by field (the bar's with END): [unigram, order-1].
    pub fn nats(&self, is_drums: bool, notes: &[StepFields]) -> [[f64; 5]; 2] {
        let drums = usize::from(is_drums);
        let mut nats = [[0.0; 5]; 2];
        let mut last = None;
        for note in notes {
            let at = contexts(last, note);
            for (order, tables) in [&self.unigram[drums], &self.order1[drums]]
                .into_iter()
                .enumerate()
            {
                let classes = [
                    note.bar,
                    note.position,
                    note.pitch & 127,
                    note.duration,
                    note.velocity,
                ];
                for (field, (sum, row)) in nats[order]
                    .iter_mut()
                    .zip(rows(tables, order, at))
                    .enumerate()
                {
                    *sum -= log_share(row, usize::from(classes[field]));
                }
            }
            last = Some(note);
        }
        let end = StepFields {
            bar: BAR_END as u8,
            ..StepFields::default()
        };
        let at = contexts(last, &end);
        for (order, tables) in [&self.unigram[drums], &self.order1[drums]]
            .into_iter()
            .enumerate()
        {
            nats[order][0] -= log_share(rows(tables, order, at)[0], BAR_END);
        }
        nats
    }

    /// Draw a fill with the same masks as the model's: inside the region, in time order.
    pub fn sample(&self, scene: &Scene, is_drums: bool, random: &mut Random) -> Vec<(i32, u8)> {
        let tables = &self.order1[usize::from(is_drums)];
        let mut fill = Vec::new();
        let mut last: Option<StepFields> = None;
        let mut bar = 0i32;
        let last_bar = scene.last_bar();
        while fill.len() < MAX_NOTES {
            let mut note = StepFields::default();
            let at = contexts(
                last.as_ref(),
                &StepFields {
                    bar: BAR_END as u8,
                    ..note
                },
            );
            let allowed = |delta: usize| delta == BAR_END || bar + delta as i32 <= last_bar;
            let Some(delta) = draw(rows(tables, 1, at)[0], allowed, random) else {
                break;
            };
            if delta == BAR_END {
                break;
            }
            note.bar = delta as u8;
            bar += delta as i32;
            let floor = last
                .filter(|_| delta == 0)
                .map_or(0, |l| usize::from(l.position));
            let at = contexts(last.as_ref(), &note);
            let inside = |p: usize| {
                let time = scene.time_of(bar, p as u8);
                p >= floor
                    && p < usize::from(scene.bar(bar).length)
                    && (0..scene.region_length).contains(&time)
            };
            let Some(position) = draw(rows(tables, 1, at)[1], inside, random) else {
                break;
            };
            note.position = position as u8;
            let at = contexts(last.as_ref(), &note);
            let below = last.filter(|l| delta == 0 && l.position == note.position);
            let above = |p: usize| below.is_none_or(|l| p > usize::from(l.pitch));
            let Some(pitch) = draw(rows(tables, 1, at)[2], above, random) else {
                break;
            };
            note.pitch = pitch as u8;
            note.duration = draw(rows(tables, 1, at)[3], |_| true, random).unwrap_or(0) as u8;
            note.velocity = draw(rows(tables, 1, at)[4], |_| true, random).unwrap_or(0) as u8;
            let shown = if is_drums {
                note.pitch | 128
            } else {
                note.pitch
            };
            fill.push((scene.time_of(bar, note.position), shown));
            last = Some(note);
        }
        fill
    }
}

/// The five rows of a set of contexts; `order` 0 has one row each.
fn rows(tables: &Tables, order: usize, at: [usize; 5]) -> [&[f32]; 5] {
    let row = |table: &'_ [f32], context: usize, classes: usize| -> std::ops::Range<usize> {
        let from = (order * context * classes).min(table.len() - classes);
        from..from + classes
    };
    [
        &tables.bar[row(&tables.bar, at[0], BARS)],
        &tables.position[row(&tables.position, at[1], POSITIONS)],
        &tables.pitch[row(&tables.pitch, at[2], PITCHES)],
        &tables.duration[row(&tables.duration, at[3], DURATION_CLASSES)],
        &tables.velocity[row(&tables.velocity, at[4], VELOCITIES)],
    ]
}

fn log_share(row: &[f32], class: usize) -> f64 {
    let total: f32 = row.iter().sum();
    f64::from(row[class] / total).ln()
}

/// Temperature 0.9 and top-p 0.95, as the model's fills; `None` where nothing is allowed.
fn draw(row: &[f32], allowed: impl Fn(usize) -> bool, random: &mut Random) -> Option<usize> {
    let mut weights: Vec<(f32, usize)> = row
        .iter()
        .enumerate()
        .filter(|&(class, _)| allowed(class))
        .map(|(class, &count)| (count.powf(1.0 / 0.9), class))
        .collect();
    weights.sort_by(|a, b| b.0.total_cmp(&a.0));
    let total: f32 = weights.iter().map(|w| w.0).sum();
    let mut mass = 0.0;
    let kept = weights.iter().take_while(|w| {
        let before = mass;
        mass += w.0;
        before < 0.95 * total
    });
    let kept: Vec<(f32, usize)> = kept.copied().collect();
    let mut left = random.uniform() * kept.iter().map(|w| w.0).sum::<f32>();
    kept.iter()
        .find(|w| {
            left -= w.0;
            left < 0.0
        })
        .or(kept.last())
        .map(|w| w.1)
}
