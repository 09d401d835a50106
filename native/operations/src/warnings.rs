//! Warnings, as JavaScript sees them: one entry per code.

use serde::Serialize;

#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct WarningEntry {
    pub code: String,
    pub message: String,
    /// How often it was met, at least once.
    pub count: usize,
}

impl WarningEntry {
    /// One that was met once.
    pub fn new(code: &str, message: String) -> Self {
        Self {
            code: code.to_owned(),
            message,
            count: 1,
        }
    }
}

impl From<&continuo_midi::Warning> for WarningEntry {
    fn from(warning: &continuo_midi::Warning) -> Self {
        Self {
            code: warning.code.to_owned(),
            message: warning.message.clone(),
            count: warning.count,
        }
    }
}

impl From<&continuo_sampler::Warning> for WarningEntry {
    fn from(warning: &continuo_sampler::Warning) -> Self {
        Self {
            code: warning.code.to_owned(),
            message: warning.message.clone(),
            count: 1,
        }
    }
}

/// The first warning of each code; it says how often it came, for several candidates can have the
/// same one.
pub fn one_each(warnings: impl Iterator<Item = WarningEntry>) -> Vec<WarningEntry> {
    let mut kept: Vec<(WarningEntry, usize)> = Vec::new();
    for warning in warnings {
        match kept
            .iter_mut()
            .find(|(first, _)| first.code == warning.code)
        {
            Some((first, times)) => {
                first.count += warning.count;
                *times += 1;
            }
            None => kept.push((warning, 1)),
        }
    }
    let told = kept.into_iter().map(|(mut warning, times)| {
        if times > 1 {
            warning.message.push_str(&format!(" ({times} times)"));
        }
        warning
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_comes_once_with_its_count() {
        let warning = |code: &str, message: &str| WarningEntry {
            code: code.to_owned(),
            message: message.to_owned(),
            count: 1,
        };
        let kept = one_each(
            [
                warning("A", "first"),
                warning("B", "b"),
                warning("A", "then"),
            ]
            .into_iter(),
        );
        assert_eq!(kept.len(), 2);
        assert_eq!(
            (kept[0].message.as_str(), kept[0].count),
            ("first (2 times)", 2)
        );
    }
}
