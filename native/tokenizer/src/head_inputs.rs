//! The inputs of one head for one sample: sparse features, and expert distributions.

/// Sparse inputs of one head for one draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeadInputs {
    /// (feature row, value); a row may occur more than once.
    pub features: Vec<(u16, f32)>,
    /// (expert, class, share); the shares of one expert sum to at most 1.
    pub experts: Vec<(u8, u16, f32)>,
}

impl HeadInputs {
    pub fn clear(&mut self) {
        self.features.clear();
        self.experts.clear();
    }

    /// One of several rows is on.
    pub(crate) fn one_hot(&mut self, first: usize, index: usize, count: usize) {
        self.features
            .push(((first + index.min(count - 1)) as u16, 1.0));
    }

    pub(crate) fn feature(&mut self, row: usize, value: f32) {
        if value != 0.0 {
            self.features.push((row as u16, value));
        }
    }

    pub(crate) fn expert(&mut self, expert: usize, class: usize, share: f32) {
        self.experts.push((expert as u8, class as u16, share));
    }

    /// A whole distribution, normalised; nothing where it is empty.
    pub(crate) fn distribution(&mut self, expert: usize, weights: &[(u16, f32)]) {
        let total: f32 = weights.iter().map(|w| w.1).sum();
        if total > 0.0 {
            for &(class, weight) in weights {
                self.experts.push((expert as u8, class, weight / total));
            }
        }
    }
}
