//! All styles, by kind of music.

mod dance;
mod groove;
mod jazz;
mod latin;
mod rock;
mod roots;
mod screen;

use crate::style::Style;

/// Every style.
pub fn styles() -> Vec<Style> {
    [
        rock::STYLES,
        groove::STYLES,
        dance::STYLES,
        jazz::STYLES,
        latin::STYLES,
        roots::STYLES,
        screen::STYLES,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_forty_styles_and_more_each_whole() {
        let all = styles();
        let names: BTreeSet<&str> = all.iter().map(|s| s.name).collect();
        assert!(names.len() >= 40, "{}", names.len());
        assert_eq!(names.len(), all.len());
        for style in &all {
            assert!(
                style.tempo.0 < style.tempo.1
                    && !style.meters.is_empty()
                    && !style.families.is_empty()
            );
            assert!(!style.bass.is_empty() && !style.comp.is_empty() && !style.leads.is_empty());
            let patterns = style
                .kick
                .iter()
                .chain(style.snare)
                .chain(style.top.iter().map(|t| &t.1));
            for pattern in patterns {
                assert!(
                    pattern.len() == 16 || pattern.len() == 12 || pattern.len() == 24,
                    "{}: {pattern}",
                    style.name
                );
                assert!(
                    pattern.bytes().all(|b| b".Xxog".contains(&b)),
                    "{}: {pattern}",
                    style.name
                );
            }
        }
    }
}
