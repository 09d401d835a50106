//! Encoding V1 of Howl: a note is `[delay, duration, volume, pitch]`, in seconds and semitones.
//!
//! Owns classes and augmentation, for training and generation alike. Source: Howl (Alec Graves,
//! 2021, Unlicense).

/// Pitch classes of the recurrent family: C-1 (MIDI 0) to B8 (MIDI 119).
pub const CLASSES: usize = 120;
/// MIDI pitch of C4, which is 0 here.
pub const MIDDLE_C: i32 = 60;

/// One note of a flat list, sorted by onset, then pitch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HowlNote {
    /// Seconds since the previous note's onset; 0 for the first.
    pub delay: f32,
    /// Seconds.
    pub duration: f32,
    /// 0 to 1.
    pub volume: f32,
    /// Semitones from C4, -60 to 59.
    pub pitch: i32,
}

/// A pitch in C-1 to B8: what lies outside keeps its pitch class and moves into the nearest octave.
pub fn clamp_pitch(pitch: i32) -> i32 {
    let octave = pitch.div_euclid(12).clamp(-5, 4);
    octave * 12 + pitch.rem_euclid(12)
}

/// Class of a pitch, 0 to 119.
pub fn pitch_class_index(pitch: i32) -> usize {
    (clamp_pitch(pitch) + MIDDLE_C) as usize
}

/// Pitch of a class.
pub fn pitch_of_class(class: usize) -> i32 {
    class.min(CLASSES - 1) as i32 - MIDDLE_C
}

/// Notes with their onsets in seconds as one flat list: sorted by onset rounded to 0.01 s, ties by
/// pitch, low first, each with its delay.
pub fn sequence(mut notes: Vec<(f64, HowlNote)>) -> Vec<HowlNote> {
    notes.sort_by_key(|(onset, note)| ((onset * 100.0).round() as i64, note.pitch));
    let mut before: Option<f64> = None;
    notes
        .into_iter()
        .map(|(onset, mut note)| {
            // Notes within 0.01 s are ordered by pitch, so that one may start before the last.
            let last = before.unwrap_or(onset);
            note.delay = (onset - last).max(0.0) as f32;
            before = Some(onset.max(last));
            note
        })
        .collect()
}

/// One change of a whole example: other tempo, key and loudness.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Augmentation {
    /// 0.5 to 2.
    pub time: f32,
    /// Semitones, -11 to 11.
    pub shift: i32,
    /// 0.8 to 1.
    pub volume: f32,
}

impl Augmentation {
    /// Leaves every note as it is.
    pub const NONE: Augmentation = Augmentation {
        time: 1.0,
        shift: 0,
        volume: 1.0,
    };

    /// Drawn from three uniform numbers in [0, 1).
    pub fn draw(mut uniform: impl FnMut() -> f32) -> Augmentation {
        let time = 0.5 + 1.5 * uniform();
        Augmentation::with_time(time, uniform)
    }

    /// As [`Augmentation::draw`], but faster as often as slower: the logarithm of the time is uniform.
    pub fn draw_balanced(mut uniform: impl FnMut() -> f32) -> Augmentation {
        let time = (2.0 * uniform() - 1.0).exp2();
        Augmentation::with_time(time, uniform)
    }

    fn with_time(time: f32, mut uniform: impl FnMut() -> f32) -> Augmentation {
        Augmentation {
            time,
            shift: (uniform() * 23.0) as i32 - 11,
            volume: 0.8 + 0.2 * uniform(),
        }
    }

    pub fn apply(&self, note: HowlNote) -> HowlNote {
        HowlNote {
            delay: note.delay * self.time,
            duration: note.duration * self.time,
            volume: note.volume * self.volume,
            pitch: clamp_pitch(note.pitch + self.shift),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pitches_outside_keep_their_class_and_move_into_the_nearest_octave() {
        for (midi, class) in [(0, 0), (60, 60), (119, 119), (120, 108), (127, 115)] {
            assert_eq!(pitch_class_index(midi - MIDDLE_C), class, "MIDI {midi}");
        }
        assert_eq!(clamp_pitch(1200), 48);
        assert_eq!(clamp_pitch(-1200), -60);
        assert_eq!(clamp_pitch(-61), -49, "B-2 is B-1");
    }

    #[test]
    fn the_stated_example_is_encoded_as_stated() {
        let note = |duration, volume, pitch| HowlNote {
            delay: 0.0,
            duration,
            volume,
            pitch,
        };
        let list = vec![
            (3.0, note(1.0, 1.0, -54)),
            (0.0, note(1.0, 0.3, 0)),
            (1.0, note(1.0, 1.0, 23)),
        ];
        let found: Vec<_> = sequence(list)
            .iter()
            .map(|n| (n.delay, n.duration, n.volume, n.pitch))
            .collect();
        assert_eq!(
            found,
            [
                (0.0, 1.0, 0.3, 0),
                (1.0, 1.0, 1.0, 23),
                (2.0, 1.0, 1.0, -54)
            ]
        );
    }

    #[test]
    fn onsets_that_round_to_one_hundredth_are_ordered_by_pitch() {
        let note = |pitch| HowlNote {
            pitch,
            ..HowlNote::default()
        };
        // 1.004 and 0.996 both round to 1.00, 1.006 does not.
        let list = vec![
            (1.006, note(-9)),
            (1.004, note(0)),
            (0.996, note(7)),
            (0.0, note(3)),
        ];
        let found = sequence(list);
        let pitches: Vec<i32> = found.iter().map(|n| n.pitch).collect();
        assert_eq!(pitches, [3, 0, 7, -9]);
        let delays: Vec<f32> = found.iter().map(|n| n.delay).collect();
        // No delay is negative, and together they reach the last onset.
        assert_eq!((delays[0], delays[1], delays[2]), (0.0, 1.004, 0.0));
        assert!((delays.iter().sum::<f32>() - 1.006).abs() < 1e-6);
        assert!(sequence(Vec::new()).is_empty());
    }

    #[test]
    fn every_shift_is_drawn_equally_often_and_time_and_volume_fill_their_ranges() {
        let mut state = 1u32;
        let mut uniform = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32
        };
        let drawn: Vec<Augmentation> = (0..23_000)
            .map(|_| Augmentation::draw(&mut uniform))
            .collect();
        for shift in -11..=11 {
            let count = drawn.iter().filter(|a| a.shift == shift).count();
            assert!((850..1150).contains(&count), "{shift}: {count}");
        }
        let mean = |of: fn(&Augmentation) -> f32| {
            drawn.iter().map(of).map(f64::from).sum::<f64>() / drawn.len() as f64
        };
        assert!((mean(|a| a.time) - 1.25).abs() < 0.01);
        assert!((mean(|a| a.volume) - 0.9).abs() < 0.002);
        let inside =
            |a: &Augmentation| (0.5..=2.0).contains(&a.time) && (0.8..=1.0).contains(&a.volume);
        assert!(drawn.iter().all(inside));
    }

    #[test]
    fn a_balanced_change_is_as_often_faster_as_slower_and_howls_is_not() {
        let mut state = 7u32;
        let mut uniform = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32
        };
        let mut faster = |draw: fn(&mut dyn FnMut() -> f32) -> Augmentation| {
            let drawn: Vec<f32> = (0..20_000).map(|_| draw(&mut uniform).time).collect();
            assert!(drawn.iter().all(|time| (0.5..=2.0).contains(time)));
            drawn.iter().filter(|&&time| time < 1.0).count() as f64 / 20_000.0
        };
        let balanced = faster(|uniform| Augmentation::draw_balanced(uniform));
        assert!((balanced - 0.5).abs() < 0.02, "{balanced}");
        let howls = faster(|uniform| Augmentation::draw(uniform));
        assert!((howls - 1.0 / 3.0).abs() < 0.02, "{howls}");
    }

    #[test]
    fn augmentation_reaches_its_ends_and_stays_inside() {
        let ends = |u: f32| Augmentation::draw(|| u);
        let (low, high) = (ends(0.0), ends(1.0 - f32::EPSILON / 2.0));
        assert_eq!((low.time, low.shift, low.volume), (0.5, -11, 0.8));
        assert_eq!(high.shift, 11);
        assert!(high.time <= 2.0 && high.volume <= 1.0);
        let note = HowlNote {
            delay: 1.0,
            duration: 2.0,
            volume: 0.5,
            pitch: 55,
        };
        assert_eq!(Augmentation::NONE.apply(note), note);
        assert_eq!(
            high.apply(note).pitch,
            54,
            "66 is F#9, which moves to octave 8"
        );
    }
}
