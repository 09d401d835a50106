//! What the instances of one process hear and play, for each other: a bass hears the drums.
//!
//! Workers alone come here; the audio threads know nothing of each other.

use crate::note::Note;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// What one instance has to say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sounding {
    pub name: String,
    pub heard: Arc<[Note]>,
    pub generated: Arc<[Note]>,
}

type Place = Mutex<Sounding>;

static PLACES: Mutex<Vec<(u64, Weak<Place>)>> = Mutex::new(Vec::new());

/// An instance's place among its neighbours; given up when dropped.
pub(crate) struct Neighbour {
    pub number: u64,
    place: Arc<Place>,
}

impl Neighbour {
    pub fn new() -> Self {
        let place = Arc::new(Place::default());
        let mut places = lock(&PLACES);
        places.retain(|(_, other)| other.strong_count() > 0);
        // The lowest number that is free, so that names stay small.
        let number = (1..)
            .find(|number| places.iter().all(|(taken, _)| taken != number))
            .unwrap_or(0);
        places.push((number, Arc::downgrade(&place)));
        Self { number, place }
    }

    pub fn publish(&self, sounding: Sounding) {
        *lock(&self.place) = sounding;
    }

    /// The others that have something, in the order of their numbers.
    pub fn others(&self) -> Vec<(u64, Sounding)> {
        let places = lock(&PLACES);
        let others = places.iter().filter(|(number, _)| *number != self.number);
        let mut others: Vec<_> = others
            .filter_map(|(number, place)| Some((*number, lock(&*place.upgrade()?).clone())))
            .filter(|(_, sounding)| !sounding.heard.is_empty() || !sounding.generated.is_empty())
            .collect();
        others.sort_by_key(|(number, _)| *number);
        others
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_heard_until_they_are_dropped() {
        let (bass, drums) = (Neighbour::new(), Neighbour::new());
        assert_ne!(bass.number, drums.number);
        let note = Note {
            start: 0.,
            end: 1.,
            pitch: 36,
            velocity: 100,
            channel: 9,
        };
        drums.publish(Sounding {
            name: "Drums".into(),
            heard: Arc::new([note]),
            generated: Arc::new([]),
        });
        let numbers = |others: Vec<(u64, Sounding)>| {
            others.iter().map(|(number, _)| *number).collect::<Vec<_>>()
        };
        assert!(numbers(bass.others()).contains(&drums.number));
        assert!(
            !numbers(drums.others()).contains(&bass.number),
            "it has nothing to say"
        );
        let number = drums.number;
        drop(drums);
        assert!(!numbers(bass.others()).contains(&number));
    }
}
