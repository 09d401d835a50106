//! Windows packed without padding, as flat arrays that the network reads.

use crate::draw::Drawer;
use crate::random::Random;
use continuo_tokenizer::rotary::{ANGLES, rotary_row};
use continuo_tokenizer::scene::SceneNote;
use continuo_tokenizer::step::begin_steps;
use continuo_tokenizer::vocabulary::BAR_END;
use continuo_tokenizer::window::generated_step;
use continuo_tokenizer::{Composer, Head, HeadInputs, Scene, Step, StepFields, Window, WindowSpec};

/// Sparse rows: `indices[starts[i]..starts[i + 1]]` with their values belong to row i.
#[derive(Default, Debug)]
pub struct Sparse {
    pub starts: Vec<u32>,
    pub entries: Vec<(u32, f32)>,
}

impl Sparse {
    fn clear(&mut self) {
        self.starts.clear();
        self.starts.push(0);
        self.entries.clear();
    }

    fn close(&mut self) {
        self.starts.push(self.entries.len() as u32);
    }

    /// Entries of row `i`.
    pub fn row(&self, i: usize) -> &[(u32, f32)] {
        &self.entries[self.starts[i] as usize..self.starts[i + 1] as usize]
    }
}

/// Draws of one head: which prediction each belongs to, the class, and the head's inputs.
#[derive(Default, Debug)]
pub struct HeadRows {
    /// Index into [`Batch::queries`].
    pub query: Vec<u32>,
    pub class: Vec<u16>,
    /// Feature row and value.
    pub features: Sparse,
    /// `expert * classes + class` and share.
    pub experts: Sparse,
}

/// Position and class of each field that is drawn before the head, in order.
pub fn drawn_before(fields: &StepFields, head: Head) -> impl Iterator<Item = (usize, usize)> {
    let classes = [fields.bar, fields.position, fields.pitch, fields.duration];
    classes
        .into_iter()
        .take(head as usize)
        .map(usize::from)
        .enumerate()
}

/// A micro-batch.
#[derive(Default, Debug)]
pub struct Batch {
    /// `sequences[i]..sequences[i + 1]` are the steps of window i.
    pub sequences: Vec<u32>,
    pub embedding: Sparse,
    /// cos then sin, `[steps, 2 * ANGLES]`.
    pub rotary: Vec<f32>,
    /// Step that each prediction is made from.
    pub queries: Vec<u32>,
    /// Fields drawn at each prediction; END has only its bar class.
    pub fields: Vec<StepFields>,
    pub heads: [HeadRows; 5],
    /// Notes among the predictions; the rest are ENDs.
    pub notes: usize,
}

impl Batch {
    pub fn new() -> Batch {
        let mut batch = Batch::default();
        batch.clear();
        batch
    }

    pub fn clear(&mut self) {
        self.sequences.clear();
        self.sequences.push(0);
        self.embedding.clear();
        self.rotary.clear();
        self.queries.clear();
        self.fields.clear();
        for head in &mut self.heads {
            head.query.clear();
            head.class.clear();
            head.features.clear();
            head.experts.clear();
        }
        self.notes = 0;
    }

    /// Number of steps.
    pub fn steps(&self) -> usize {
        self.sequences.last().map_or(0, |&s| s as usize)
    }

    /// Draw windows until there are at least `steps` steps.
    pub fn draw(&mut self, drawer: &Drawer<'_>, random: &mut Random, steps: usize) {
        self.clear();
        while self.steps() < steps {
            let (scene, context_notes) = drawer.scene(random);
            let config = drawer.config();
            self.push(&scene, context_notes, config.features, config.experts);
        }
    }

    /// Append one window with all its targets, teacher forced.
    pub fn push(&mut self, scene: &Scene, context_notes: usize, features: bool, experts: bool) {
        let first = self.steps();
        let window = Window::new(scene, WindowSpec { context_notes });
        let mut steps = window.steps;
        let mut earlier: Vec<SceneNote> = Vec::new();
        let mut inputs = HeadInputs::default();
        for (slot, target) in scene.targets.iter().enumerate() {
            let mut composer = Composer::new(scene, slot, &earlier);
            begin_steps(scene, slot, &mut steps);
            for note in &target.notes {
                let fields = composer.fields(note);
                let query = self.query(first + steps.len() - 1, fields);
                let classes = [
                    fields.bar,
                    fields.position,
                    fields.pitch,
                    fields.duration,
                    fields.velocity,
                ];
                for (head, class) in Head::ALL.into_iter().zip(classes) {
                    composer.head_inputs(head, &fields, &mut inputs);
                    self.head(head, query, class, &inputs, features, experts);
                }
                composer.push(note);
                self.notes += 1;
                steps.push(generated_step(scene, slot, note));
            }
            let end = StepFields {
                bar: BAR_END as u8,
                ..StepFields::default()
            };
            let query = self.query(first + steps.len() - 1, end);
            composer.head_inputs(Head::Bar, &end, &mut inputs);
            self.head(Head::Bar, query, end.bar, &inputs, features, experts);
            earlier.extend(&target.notes);
        }
        self.append_steps(&steps);
    }

    fn query(&mut self, step: usize, fields: StepFields) -> u32 {
        self.queries.push(step as u32);
        self.fields.push(fields);
        (self.queries.len() - 1) as u32
    }

    fn head(
        &mut self,
        head: Head,
        query: u32,
        class: u8,
        inputs: &HeadInputs,
        features: bool,
        experts: bool,
    ) {
        let rows = &mut self.heads[head as usize];
        rows.query.push(query);
        rows.class.push(u16::from(class));
        if features {
            rows.features
                .entries
                .extend(inputs.features.iter().map(|&(row, v)| (u32::from(row), v)));
        }
        rows.features.close();
        if experts {
            let classes = head.classes() as u32;
            let flat = inputs
                .experts
                .iter()
                .map(|&(k, c, v)| (u32::from(k) * classes + u32::from(c), v));
            rows.experts.entries.extend(flat);
        }
        rows.experts.close();
    }

    fn append_steps(&mut self, steps: &[Step]) {
        for (index, step) in steps.iter().enumerate() {
            self.embedding
                .entries
                .extend(step.rows().iter().map(|&row| (u32::from(row), 1.0)));
            self.embedding.close();
            let (cos, sin) = rotary_row(index, step.time);
            debug_assert_eq!(cos.len(), ANGLES);
            self.rotary.extend_from_slice(&cos);
            self.rotary.extend_from_slice(&sin);
        }
        self.sequences.push((self.steps() + steps.len()) as u32);
    }
}
