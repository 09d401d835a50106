//! Warnings of a fill's blocks, each kind once, with its bars.

use std::ops::Range;

use continuo_sampler::Warning;

/// Kinds that say something of a block, not of the whole fill.
const OF_BARS: [&str; 5] = [
    "ALL_KEPT",
    "FILL_EMPTY",
    "FILL_KNOWN",
    "FILL_UNCHANGED",
    "NOTES_LIMIT_REACHED",
];
/// Bars that a message lists at most.
const MOST_LISTED: usize = 6;

#[derive(Default)]
pub(super) struct Warnings(Vec<(Warning, Vec<Range<u32>>)>);

impl Warnings {
    /// @bars  of the block, from 0, half-open; empty where they say nothing.
    pub fn add(&mut self, warnings: &[Warning], bars: Range<u32>) {
        for warning in warnings {
            if !self.0.iter().any(|(known, _)| known.code == warning.code) {
                self.0.push((warning.clone(), Vec::new()));
            }
            let known = self.0.iter_mut();
            for (_, spans) in known.filter(|(known, _)| known.code == warning.code) {
                let is_new = !bars.is_empty() && !spans.contains(&bars);
                if is_new && OF_BARS.contains(&warning.code) {
                    spans.push(bars.clone());
                }
            }
        }
    }

    /// Something of the whole fill.
    pub fn say(&mut self, code: &'static str, message: &str) {
        let message = message.to_owned();
        self.0.push((Warning { code, message }, Vec::new()));
    }

    pub fn finish(self) -> Vec<Warning> {
        let told = self.0.into_iter().map(|(warning, mut bars)| {
            bars.sort_by_key(|span| span.start);
            let more = bars.len().saturating_sub(MOST_LISTED);
            let mut listed: Vec<String> = bars.iter().take(MOST_LISTED).map(text).collect();
            if more > 0 {
                listed.push(format!("{more} more"));
            }
            let message = if listed.is_empty() {
                warning.message
            } else {
                format!("bars {}: {}", listed.join(", "), warning.message)
            };
            Warning {
                code: warning.code,
                message,
            }
        });
        told.collect()
    }
}

/// From 1, with the last one.
fn text(bars: &Range<u32>) -> String {
    if bars.end == bars.start + 1 {
        bars.end.to_string()
    } else {
        format!("{}-{}", bars.start + 1, bars.end)
    }
}
