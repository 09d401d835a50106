//! The bars that a musician would look at: one, two and four before, one after.

use crate::composer::{Composer, Cursor};

/// Distance in bars of each reference.
pub(crate) const REFERENCES: [i32; 4] = [-1, -2, -4, 1];

/// Most bars that are searched for the next onset.
const REACH: i32 = 8;

/// Next onset in the target's own notes `distance` bars away, as a place here.
///
/// A chord that has fewer notes by now than its reference goes on at the same place. `None` where
/// the reference has nothing more within eight bars; a place past the region is still given.
pub(crate) fn next_in_reference(
    composer: &Composer,
    cursor: Cursor,
    distance: i32,
    reach: Option<i32>,
) -> Option<(i32, u8)> {
    for ahead in 0..reach.unwrap_or(REACH) {
        let bar = cursor.bar + ahead;
        let after = if ahead == 0 { cursor.position } else { -1 };
        let mut next: Option<u8> = None;
        let mut here = 0;
        for note in composer.own_in_bar(bar + distance) {
            let position = i32::from(note.position);
            if position == after {
                here += 1;
            } else if position > after {
                next = Some(next.map_or(note.position, |p| p.min(note.position)));
            }
        }
        if ahead == 0 && here > cursor.chord {
            return Some((bar, cursor.position as u8));
        }
        if let Some(position) = next {
            return Some((bar, position));
        }
    }
    None
}
