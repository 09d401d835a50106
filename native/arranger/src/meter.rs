//! Meters: bars, beats, and how odd ones are grouped.

use crate::dice::Dice;
use crate::line::{PPQ, SIXTEENTH};

/// A meter and its accents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meter {
    pub numerator: u8,
    pub denominator: u8,
    /// Sixteenths of each group, from the bar's start: 4 4 4 4 in 4/4, 4 4 6 in 7/8, 6 6 in 6/8.
    pub groups: Vec<i32>,
}

impl Meter {
    /// Read "7/8"; odd meters are grouped by chance.
    pub fn parse(text: &str, dice: &mut Dice) -> Meter {
        let (numerator, denominator, groups) = match text {
            "3/4" => (3, 4, vec![4, 4, 4]),
            "2/4" => (2, 4, vec![4, 4]),
            "6/8" => (6, 8, vec![6, 6]),
            "12/8" => (12, 8, vec![6, 6, 6, 6]),
            "5/4" => (
                5,
                4,
                dice.pick(&[vec![6, 6, 4, 4], vec![4, 4, 4, 4, 4], vec![8, 4, 8]])
                    .clone(),
            ),
            "7/8" => (
                7,
                8,
                dice.pick(&[vec![4, 4, 6], vec![6, 4, 4], vec![4, 6, 4]])
                    .clone(),
            ),
            "9/8" => (9, 8, dice.pick(&[vec![6, 6, 6], vec![4, 4, 4, 6]]).clone()),
            _ => (4, 4, vec![4, 4, 4, 4]),
        };
        Meter {
            numerator,
            denominator,
            groups,
        }
    }

    /// Ticks of a bar.
    pub fn bar(&self) -> i32 {
        PPQ * 4 * i32::from(self.numerator) / i32::from(self.denominator)
    }

    pub fn sixteenths(&self) -> i32 {
        self.bar() / SIXTEENTH
    }

    /// Sixteenths at which the groups start.
    pub fn starts(&self) -> Vec<i32> {
        let mut at = 0;
        self.groups
            .iter()
            .map(|group| {
                let start = at;
                at += group;
                start
            })
            .collect()
    }

    /// Whether eighths come in threes.
    pub fn is_compound(&self) -> bool {
        self.denominator == 8
            && self.numerator.is_multiple_of(3)
            && self.groups.iter().all(|&g| g == 6)
    }

    /// Whether a pattern of sixteen signs fits.
    pub fn is_common(&self) -> bool {
        self.numerator == 4 && self.denominator == 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_make_up_the_bar() {
        let mut dice = Dice::new(1);
        for text in ["4/4", "3/4", "2/4", "6/8", "12/8", "5/4", "7/8", "9/8"] {
            for _ in 0..8 {
                let meter = Meter::parse(text, &mut dice);
                assert_eq!(
                    meter.groups.iter().sum::<i32>(),
                    meter.sixteenths(),
                    "{text}"
                );
            }
        }
    }
}
