//! Weights of an older vocabulary, read as ones of today's.
//!
//! Version 2 appends to version 1, so zeros there give the same numbers: a
//! step's input is a sum of rows, features are sums, and an expert whose gate is zero adds nothing.

use continuo_tokenizer::Head;
use continuo_tokenizer::identity::version_1;

/// Shape that a tensor of version 1 has where today's is `shape`.
pub(crate) fn shape_in_version_1(name: &str, shape: &[usize]) -> Vec<usize> {
    let mut older = shape.to_vec();
    if name == "embed" {
        older[0] = version_1::ROWS;
        return older;
    }
    let head = Head::ALL.into_iter().find_map(|head| {
        let part = name.strip_prefix("heads.")?.strip_prefix(head.name())?;
        Some((head, part.strip_prefix('.')?))
    });
    if let (Some((head, part)), Some(last)) = (head, shape.len().checked_sub(1)) {
        match part {
            "features" => older[0] = version_1::features(head),
            "output" | "output_bias" => older[last] = head.classes() + version_1::experts(head),
            // An adapter's second factor, `[rank, outputs]`.
            "output.b" => older[last] = head.classes() + version_1::experts(head),
            _ => {}
        }
    }
    older
}

/// Row-major values of one shape in a shape that is as large or larger, zeros behind.
pub(crate) fn padded(values: Vec<f32>, from: &[usize], to: &[usize]) -> Vec<f32> {
    if from == to {
        return values;
    }
    let (Some(&old_width), Some(&width)) = (from.last(), to.last()) else {
        return values;
    };
    let mut grown = vec![0.0; to.iter().product()];
    let rows = values.chunks_exact(old_width.max(1));
    for (row, new) in rows.zip(grown.chunks_exact_mut(width.max(1))) {
        new[..old_width].copy_from_slice(row);
    }
    grown
}

/// [`padded`] by name, for a tensor of version 1 that is stored outside of a model.
///
/// `None` where the values fit neither shape.
pub fn upgrade_tensor(name: &str, values: Vec<f32>, shape: &[usize]) -> Option<Vec<f32>> {
    if values.len() == shape.iter().product::<usize>() {
        return Some(values);
    }
    let older = shape_in_version_1(name, shape);
    (values.len() == older.iter().product::<usize>()).then(|| padded(values, &older, shape))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::{CONFIG_FILE, WEIGHTS_FILE};
    use crate::{Architecture, Model, ModelConfig, VocabularyId, Weights};
    use safetensors::tensor::{Dtype, TensorView};

    #[test]
    fn rows_and_columns_are_added_behind() {
        assert_eq!(
            padded(vec![1.0, 2.0], &[1, 2], &[2, 3]),
            [1.0, 2.0, 0.0, 0.0, 0.0, 0.0]
        );
        assert_eq!(padded(vec![1.0], &[1], &[3]), [1.0, 0.0, 0.0]);
    }

    #[test]
    fn only_tables_and_outputs_differ() {
        let shape = |name: &str, shape: &[usize]| shape_in_version_1(name, shape);
        assert_eq!(shape("layers.0.qkv", &[256, 768]), [256, 768]);
        assert_eq!(shape("heads.pitch.norm", &[256]), [256]);
        let pitch = Head::Pitch;
        let now = pitch.classes() + pitch.experts();
        let then = pitch.classes() + version_1::experts(pitch);
        assert!(then < now);
        assert_eq!(shape("heads.pitch.output", &[256, now]), [256, then]);
        assert_eq!(shape("heads.pitch.output_bias", &[now]), [then]);
        assert_eq!(shape("heads.pitch.output.b", &[8, now]), [8, then]);
        assert_eq!(shape("heads.pitch.output.a", &[256, 8]), [256, 8]);
    }

    /// The first values of a tensor that are there in an older shape.
    fn cut(values: &[f32], from: &[usize], to: &[usize]) -> Vec<f32> {
        let (width, kept) = (from[from.len() - 1], to[to.len() - 1]);
        let rows = values.chunks_exact(width);
        let kept_rows = to.iter().product::<usize>() / kept;
        rows.take(kept_rows)
            .flat_map(|row| &row[..kept])
            .copied()
            .collect()
    }

    #[test]
    fn a_model_of_version_1_is_read_with_zeros_where_version_2_adds() {
        let mut a = Architecture::infill_s();
        (a.layers, a.ff_size, a.head_size) = (1, 16, 24);
        let weights = Weights::random(&a, 3);
        let stored: Vec<(String, Vec<usize>, Vec<u8>)> = weights
            .tensors(&a)
            .into_iter()
            .map(|(name, shape, values)| {
                let older = shape_in_version_1(&name, &shape);
                let bytes = cut(values, &shape, &older);
                let bytes = bytes.iter().flat_map(|v| v.to_le_bytes()).collect();
                (name, older, bytes)
            })
            .collect();
        let views = stored.iter().map(|(name, shape, bytes)| {
            let view = TensorView::new(Dtype::F32, shape.clone(), bytes);
            (name.as_str(), view.expect("a shape that fits"))
        });
        let folder = tempfile::tempdir().expect("a folder");
        let bytes = safetensors::serialize(views, None).expect("serializes");
        std::fs::write(folder.path().join(WEIGHTS_FILE), bytes).expect("writes");
        let mut config = ModelConfig::new("older", a.clone());
        config.vocabulary = VocabularyId {
            version: 1,
            hash: version_1::hash(),
        };
        let json = serde_json::to_vec(&config).expect("serializes");
        std::fs::write(folder.path().join(CONFIG_FILE), json).expect("writes");
        let read = Model::load(folder.path()).expect("an older model is read");
        assert_eq!(read.config.vocabulary, VocabularyId::current());
        let both = weights
            .tensors(&a)
            .into_iter()
            .zip(read.weights.tensors(&a));
        for ((name, shape, values), (_, _, found)) in both {
            let older = shape_in_version_1(&name, &shape);
            assert_eq!(
                cut(found, &shape, &older),
                cut(values, &shape, &older),
                "{name}"
            );
            let kept = found.iter().filter(|v| **v != 0.0).count();
            assert!(kept <= older.iter().product(), "{name}");
        }
    }
}
