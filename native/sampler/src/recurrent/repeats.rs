//! Detects unmusical repetition, so that a piece does not end in a loop.

/// Longest figure that is looked for, in notes.
const LONGEST: usize = 48;
/// A figure may be heard so often in a row, and so many notes of it, before it gets less likely. In 74,000
/// notes of piano pieces two of a thousand stood in a longer repetition.
const TIMES: usize = 4;
const LEAST: usize = 12;
/// Nats that the note which goes on repeating loses for each repetition more.
const PENALTY: f32 = 2.0;

/// Repetitions up to the last note.
#[derive(Clone, Debug)]
pub struct Repeats {
    /// The last pitch classes, by their number modulo the length.
    last: [u8; LONGEST],
    count: usize,
    /// Of each length of a figure: how many notes in a row were those of the figure before.
    matches: [u32; LONGEST],
}

impl Default for Repeats {
    fn default() -> Repeats {
        Repeats {
            last: [0; LONGEST],
            count: 0,
            matches: [0; LONGEST],
        }
    }
}

impl Repeats {
    pub fn hear(&mut self, class: usize) {
        for length in 1..=LONGEST.min(self.count) {
            let matched = &mut self.matches[length - 1];
            *matched = if usize::from(self.last[(self.count - length) % LONGEST]) == class {
                *matched + 1
            } else {
                0
            };
        }
        self.last[self.count % LONGEST] = class as u8;
        self.count += 1;
    }

    /// Make those notes less likely that would go on with what is heard too often.
    pub fn discourage(&self, logits: &mut [f32]) {
        for length in 1..=LONGEST.min(self.count) {
            let matched = self.matches[length - 1] as usize;
            let most = ((TIMES - 1) * length).max(LEAST);
            if matched >= most {
                let class = usize::from(self.last[(self.count - length) % LONGEST]);
                if let Some(logit) = logits.get_mut(class) {
                    *logit -= PENALTY * (1 + (matched - most) / length) as f32;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn penalty(figure: &[usize], notes: usize) -> f32 {
        let mut repeats = Repeats::default();
        figure
            .iter()
            .cycle()
            .take(notes)
            .for_each(|&class| repeats.hear(class));
        let mut logits = [0.0; 120];
        repeats.discourage(&mut logits);
        let next = figure[notes % figure.len()];
        let others = logits
            .iter()
            .enumerate()
            .filter(|(class, _)| *class != next);
        assert!(others.into_iter().all(|(_, &logit)| logit == 0.0));
        logits[next]
    }

    #[test]
    fn what_repeats_some_times_is_let_go_on_and_what_goes_on_for_ever_is_not() {
        let figure = [40, 52, 47, 52];
        assert_eq!(penalty(&figure, 15), 0.0);
        assert_eq!(penalty(&figure, 16), -PENALTY);
        assert!(penalty(&figure, 400) < -50.0);
        let trill = [60, 72];
        assert_eq!(penalty(&trill, 12), 0.0);
        assert!(penalty(&trill, 20) < 0.0);
        // Longer figures than are looked for are music.
        let long: Vec<usize> = (0..60).collect();
        assert_eq!(penalty(&long, 600), 0.0);
    }
}
