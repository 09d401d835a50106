//! Limits when the next note may start: no rest longer than the part's own, and one for one where notes are
//! exchanged.

use crate::fill_plan::FillPlan;
use continuo_tokenizer::SceneNote;
use continuo_tokenizer::vocabulary::BAR_END;

/// What is allowed for the next draw of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spacing {
    /// Bars that may be drawn: relative, first and last.
    pub bars: (i32, i32),
    /// Whether the candidate may end.
    pub can_end: bool,
    /// Latest grid time at which the next note may start.
    pub latest: i32,
}

impl Spacing {
    /// After some notes of a candidate, in order.
    pub fn after(plan: &FillPlan, current_bar: i32, notes: &[SceneNote]) -> Spacing {
        let free = Spacing {
            bars: (current_bar, plan.scene.last_bar()),
            can_end: true,
            latest: i32::MAX,
        };
        if let Some(quota) = &plan.quota {
            return by_quota(quota, current_bar, notes).unwrap_or(Spacing {
                bars: (1, 0),
                ..free
            });
        }
        let Some(rest) = plan.limits.rest else {
            return free;
        };
        let length = plan.scene.region_length;
        let last = notes.last().map(|n| n.onset).or(plan.neighbours.0);
        let latest = match last {
            Some(last) => last.saturating_add(rest),
            None => rest,
        };
        // Where the part rests after the region anyway, it is the region's end that counts.
        let next = plan.neighbours.1.filter(|&next| next - length <= rest);
        let can_end = latest >= next.unwrap_or(length) || latest < 0;
        let (bar, _) = plan.scene.bar_and_position(latest.clamp(0, length - 1));
        Spacing {
            bars: (current_bar, bar.max(current_bar)),
            can_end,
            latest: if latest < 0 { i32::MAX } else { latest },
        }
    }

    /// Whether bar head's class is allowed, for the bar that deltas count from.
    pub fn allows(&self, class: usize, current_bar: i32) -> bool {
        if class == BAR_END {
            return self.can_end;
        }
        (self.bars.0..=self.bars.1).contains(&(current_bar + class as i32))
    }
}

/// Bars that still want notes; `None` where none does.
fn by_quota(quota: &[usize], current_bar: i32, notes: &[SceneNote]) -> Option<Spacing> {
    let here = notes
        .iter()
        .rev()
        .take_while(|n| n.bar == current_bar)
        .count();
    let bar = (current_bar.max(0) as usize..quota.len()).find(|&bar| {
        let done = if bar as i32 == current_bar { here } else { 0 };
        quota[bar] > done
    })?;
    Some(Spacing {
        bars: (bar as i32, bar as i32),
        can_end: false,
        latest: i32::MAX,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_tokenizer::grid::QUARTER;

    fn note(bar: i32) -> SceneNote {
        SceneNote {
            onset: 4 * bar * QUARTER,
            duration: QUARTER / 2,
            bar,
            position: 0,
            pitch: 60,
            duration_class: 0,
            velocity_class: 8,
            track: 0,
            is_locked: false,
        }
    }

    #[test]
    fn every_bar_gets_as_many_notes_as_it_lost() {
        let quota = [2, 0, 1];
        let bars = |current, notes: &[SceneNote]| by_quota(&quota, current, notes).map(|p| p.bars);
        assert_eq!(bars(0, &[]), Some((0, 0)));
        assert_eq!(bars(0, &[note(0)]), Some((0, 0)));
        assert_eq!(bars(0, &[note(0), note(0)]), Some((2, 2)));
        assert_eq!(bars(2, &[note(0), note(0), note(2)]), None);
    }
}
