//! A run's first weights and its batches as safetensors, so that a rival trains on the same data.

use crate::Failure;
use continuo_tokenizer::{Head, StepFields};
use continuo_train::batch::{Batch, Sparse};
use continuo_train::family::Family;
use continuo_train::infill::Infill;
use safetensors::tensor::{Dtype, TensorView};
use std::path::Path;

/// Named tensors as bytes.
#[derive(Default)]
pub struct Tensors(Vec<(String, Dtype, Vec<usize>, Vec<u8>)>);

impl Tensors {
    pub fn floats(&mut self, name: &str, shape: &[usize], values: impl IntoIterator<Item = f32>) {
        let bytes = values.into_iter().flat_map(f32::to_le_bytes).collect();
        self.0
            .push((name.to_owned(), Dtype::F32, shape.to_vec(), bytes));
    }

    pub fn integers(&mut self, name: &str, shape: &[usize], values: impl IntoIterator<Item = i64>) {
        let bytes = values.into_iter().flat_map(i64::to_le_bytes).collect();
        self.0
            .push((name.to_owned(), Dtype::I64, shape.to_vec(), bytes));
    }

    /// Rows of (index, value) as `name.starts`, `name.indices`, `name.values`.
    fn sparse(&mut self, name: &str, parts: &[&Sparse]) {
        let mut starts = vec![0];
        let mut entries = Vec::new();
        for part in parts {
            let base = entries.len() as i64;
            starts.extend(part.starts[1..].iter().map(|&s| base + i64::from(s)));
            entries.extend_from_slice(&part.entries);
        }
        let count = entries.len();
        self.integers(&format!("{name}.starts"), &[starts.len()], starts);
        self.integers(
            &format!("{name}.indices"),
            &[count],
            entries.iter().map(|e| i64::from(e.0)),
        );
        self.floats(
            &format!("{name}.values"),
            &[count],
            entries.iter().map(|e| e.1),
        );
    }

    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let views = self
            .0
            .iter()
            .map(|(name, dtype, shape, bytes)| {
                Ok((
                    name.as_str(),
                    TensorView::new(*dtype, shape.clone(), bytes)?,
                ))
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        std::fs::write(path, safetensors::serialize(views, None)?)?;
        Ok(())
    }
}

/// The weights that the run starts from, by the names of the model format.
pub fn dump_weights<F: Family>(family: &F, seed: u64, path: &Path) -> Result<(), Failure> {
    let flat = family.initialise(seed);
    let mut tensors = Tensors::default();
    for tensor in family.tensors() {
        let values = flat[tensor.range.clone()].iter().copied();
        tensors.floats(&tensor.name, &tensor.shape, values);
    }
    tensors.write(path)
}

/// The shards of one update, one after the other as one batch.
pub fn dump_batches(family: &Infill, shards: &[Batch], path: &Path) -> Result<(), Failure> {
    let mut tensors = Tensors::default();
    let windows = shards.iter().flat_map(|b| b.sequences.windows(2));
    let lengths: Vec<i64> = windows.map(|w| i64::from(w[1] - w[0])).collect();
    tensors.integers("lengths", &[lengths.len()], lengths);
    let steps: usize = shards.iter().map(Batch::steps).sum();
    let rotary = shards.iter().flat_map(|b| b.rotary.iter().copied());
    let angles = family.layout.architecture.d_model / family.layout.architecture.heads;
    tensors.floats("rotary", &[steps, angles], rotary);
    tensors.sparse(
        "embedding",
        &Vec::from_iter(shards.iter().map(|b| &b.embedding)),
    );
    let mut queries = Vec::new();
    let mut first_step = 0;
    for batch in shards {
        queries.extend(batch.queries.iter().map(|&q| first_step + i64::from(q)));
        first_step += batch.steps() as i64;
    }
    let count = queries.len();
    tensors.integers("queries", &[count], queries);
    let classes = |f: &StepFields| [f.bar, f.position, f.pitch, f.duration].map(i64::from);
    let fields = shards
        .iter()
        .flat_map(|b| b.fields.iter().flat_map(classes));
    tensors.integers("fields", &[count, 4], fields);
    let notes: usize = shards.iter().map(|b| b.notes).sum();
    tensors.integers("notes", &[1], [notes as i64]);
    for head in Head::ALL {
        let rows = || shards.iter().map(|b| &b.heads[head as usize]);
        let name = |part: &str| format!("{}.{part}", head.name());
        let mut first_query = 0;
        let mut queries = Vec::new();
        for batch in shards {
            let own = &batch.heads[head as usize].query;
            queries.extend(own.iter().map(|&q| first_query + i64::from(q)));
            first_query += batch.queries.len() as i64;
        }
        let classes = rows().flat_map(|r| r.class.iter().map(|&c| i64::from(c)));
        tensors.integers(&name("class"), &[queries.len()], classes);
        tensors.integers(&name("query"), &[queries.len()], queries);
        tensors.sparse(
            &name("features"),
            &Vec::from_iter(rows().map(|r| &r.features)),
        );
        tensors.sparse(
            &name("experts"),
            &Vec::from_iter(rows().map(|r| &r.experts)),
        );
    }
    tensors.write(path)
}
