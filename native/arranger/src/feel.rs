//! Turns written notes into performed ones: swing, each player's lag and drift, accents, touch.

use crate::dice::Dice;
use crate::line::{Line, PPQ, Role, SIXTEENTH};
use crate::style::{Style, Timing};

/// How one piece is played.
pub struct Feel {
    swing: f64,
    swings_sixteenths: bool,
    timing: Timing,
    /// Ticks that all players' chance deviates, together.
    spread: f64,
    /// Velocities come in few steps of so many, as some programs write them; 0 where they do not.
    steps: f64,
}

impl Feel {
    pub fn new(style: &Style, dice: &mut Dice) -> Feel {
        let timing = match style.timing {
            Timing::Machine => Timing::Machine,
            // Half of what people make is drawn with a mouse.
            _ if dice.chance(0.45) => Timing::Machine,
            other => other,
        };
        let amount = *dice.pick(&[1.0, 1.0, 0.9, 0.8]);
        Feel {
            swing: style.swing * amount,
            swings_sixteenths: style.swings_sixteenths,
            timing,
            spread: match timing {
                Timing::Machine => 0.0,
                Timing::Tight => 3.0 + 4.0 * dice.uniform(),
                Timing::Loose => 5.0 + 7.0 * dice.uniform(),
            },
            steps: if timing == Timing::Machine {
                *dice.pick(&[0.0, 8.0, 16.0, 32.0, 127.0])
            } else {
                0.0
            },
        }
    }

    /// Ticks per quarter are exact: true where a computer keeps time.
    pub fn is_exact(&self) -> bool {
        self.timing == Timing::Machine
    }

    /// Play a line in place. A player's lag wanders slowly; single notes scatter around it.
    pub fn play(&self, line: &mut Line, dice: &mut Dice) {
        let lag = match line.role {
            Role::Drums => 0.0,
            Role::Bass => 0.4,
            Role::Lead | Role::Counter => 0.9,
            _ => 0.3,
        } * self.spread
            * dice.normal();
        let mut wander = 0.0;
        let mut before: Option<(i32, f64)> = None;
        for hit in &mut line.hits {
            let end = self.swung(hit.tick + hit.duration);
            let tick = self.swung(hit.tick);
            let (at, scatter) = match before {
                // A chord is one movement of the hand, its fingers a little apart.
                Some((at, scatter)) if at == hit.tick && line.role != Role::Drums => {
                    (at, scatter + 0.25 * self.spread * dice.uniform())
                }
                _ => {
                    wander = 0.9 * wander + 0.25 * self.spread * dice.normal();
                    (hit.tick, lag + wander + 0.6 * self.spread * dice.normal())
                }
            };
            before = Some((at, scatter));
            let played = (f64::from(tick) + scatter).round().max(0.0) as i32;
            let touch = if self.spread > 0.0 {
                0.04 * f64::from(end - tick) * dice.normal()
            } else {
                0.0
            };
            hit.duration = (end - tick + touch.round() as i32).max(SIXTEENTH / 6);
            hit.tick = played;
            hit.velocity = self.velocity(hit.velocity, dice);
        }
        line.hits.sort_by_key(|h| (h.tick, h.pitch));
    }

    fn velocity(&self, velocity: u8, dice: &mut Dice) -> u8 {
        let scatter = match self.timing {
            Timing::Machine if self.steps > 0.0 => 0.0,
            Timing::Machine => 1.5,
            Timing::Tight => 4.0,
            Timing::Loose => 6.5,
        };
        let played = f64::from(velocity) + scatter * dice.normal();
        let played = if self.steps > 100.0 {
            // Nobody touched the velocities.
            100.0
        } else if self.steps > 0.0 {
            (played / self.steps).round() * self.steps
        } else {
            played
        };
        played.round().clamp(1.0, 127.0) as u8
    }

    /// Move the second half of each pair towards the triplet.
    fn swung(&self, tick: i32) -> i32 {
        if self.swing <= 0.0 {
            return tick;
        }
        let pair = if self.swings_sixteenths { PPQ / 2 } else { PPQ };
        let (start, inside) = (tick.div_euclid(pair) * pair, tick.rem_euclid(pair));
        let half = pair / 2;
        // Straight, the second half starts at 1/2; full swing, at 2/3.
        let moved = half + (f64::from(pair) / 6.0 * self.swing).round() as i32;
        start
            + if inside <= half {
                inside * moved / half
            } else {
                moved + (inside - half) * (pair - moved) / half
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::PLAIN;

    fn feel(swing: f64, timing: Timing) -> Feel {
        Feel {
            swing,
            swings_sixteenths: false,
            timing,
            spread: if timing == Timing::Machine { 0.0 } else { 6.0 },
            steps: 0.0,
        }
    }

    #[test]
    fn swing_moves_the_second_eighth_to_the_triplet_and_nothing_else() {
        let full = feel(1.0, Timing::Machine);
        assert_eq!(
            [0, 240, 480, 720].map(|t| full.swung(t)),
            [0, 320, 480, 800]
        );
        assert_eq!(feel(0.0, Timing::Machine).swung(240), 240);
    }

    #[test]
    fn a_machine_keeps_exact_time_and_a_player_nearly() {
        let mut line = Line::new("x", Role::Bass, 33);
        (0..64).for_each(|i| line.add(i * 240, 200, 40, 90.0));
        let mut exact = line.clone();
        feel(0.0, Timing::Machine).play(&mut exact, &mut Dice::new(1));
        assert!(exact.hits.iter().all(|h| h.tick % 240 == 0));
        feel(0.0, Timing::Loose).play(&mut line, &mut Dice::new(1));
        let away: Vec<i32> = line
            .hits
            .iter()
            .map(|h| (h.tick + 120).rem_euclid(240) - 120)
            .collect();
        assert!(
            away.iter().any(|&a| a != 0) && away.iter().all(|a| a.abs() < 60),
            "{away:?}"
        );
        assert!(Feel::new(&PLAIN, &mut Dice::new(0)).swing <= 0.0);
    }
}
