//! Sequences of songs: a random song from a random place, changed anew each time.
//!
//! Howl takes songs in turn; here each is as likely, so that every batch depends on seed and step alone.

use super::batch::RecurrentBatch;
use crate::dataset::Dataset;
use crate::error::TrainError;
use crate::family::Source;
use crate::random::Random;
use continuo_tokenizer::howl::{Augmentation, HowlNote};

/// The smallest number of notes that counts as a song.
const MIN_NOTES: usize = 2;

/// What becomes of a part of a song before it is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SongAugmentation {
    None,
    Howl,
    Balanced,
}

/// Songs in memory, 16 bytes a note.
pub struct Songs {
    songs: Vec<Vec<HowlNote>>,
    lanes: usize,
    steps: usize,
    augmentation: SongAugmentation,
    /// Songs of a base model's data, and the share of lanes that they get.
    replay: Option<(Box<Songs>, f32)>,
}

impl Songs {
    /// The songs of a dataset that `is_used` takes, for batches of `lanes` sequences of `steps`.
    ///
    /// Errors: `DATASET_TOO_SMALL`; `SEQUENCE_TOO_LONG` where all songs together are shorter.
    pub fn new(
        dataset: &Dataset,
        with_drums: bool,
        (lanes, steps): (usize, usize),
        is_used: impl Fn(usize) -> bool,
    ) -> Result<Songs, TrainError> {
        let songs: Vec<Vec<HowlNote>> = (0..dataset.len())
            .filter(|&i| is_used(i))
            .map(|i| dataset.howl_notes(i, with_drums))
            .filter(|notes| notes.len() >= MIN_NOTES)
            .collect();
        let notes: usize = songs.iter().map(Vec::len).sum();
        if songs.is_empty() {
            return Err(TrainError::DatasetTooSmall { notes });
        }
        if notes < steps {
            return Err(TrainError::SequenceTooLong { steps, notes });
        }
        Ok(Songs {
            songs,
            lanes,
            steps,
            augmentation: SongAugmentation::Howl,
            replay: None,
        })
    }

    /// Unchanged: no augmentation.
    pub fn plain(mut self) -> Songs {
        self.augmentation = SongAugmentation::None;
        self
    }

    /// Faster as often as slower.
    pub fn balanced(mut self) -> Songs {
        self.augmentation = SongAugmentation::Balanced;
        self
    }

    /// A share of the lanes goes to other songs.
    pub fn mixed_with(mut self, other: Songs, share: f32) -> Songs {
        self.replay = Some((Box::new(other), share));
        self
    }

    pub fn note_count(&self) -> usize {
        self.songs.iter().map(Vec::len).sum()
    }

    /// Fill a lane: a random part of a random song, then others until it is full.
    fn fill_lane(&self, batch: &mut RecurrentBatch, lane: usize, random: &mut Random) {
        let mut at = 0;
        while at < self.steps {
            let song = &self.songs[random.below(self.songs.len())];
            let last = song.len().saturating_sub(self.steps + 1);
            let start = random.below(last + 1);
            let augmentation = match self.augmentation {
                SongAugmentation::None => Augmentation::NONE,
                SongAugmentation::Howl => Augmentation::draw(|| random.uniform()),
                SongAugmentation::Balanced => Augmentation::draw_balanced(|| random.uniform()),
            };
            at = batch.write(lane, at, &song[start..], augmentation);
        }
    }
}

impl Source<RecurrentBatch> for Songs {
    fn draw(&self, batch: &mut RecurrentBatch, random: &mut Random) {
        batch.reset(self.lanes, self.steps);
        batch.dropout_seed = Some(random.below(usize::MAX) as u64);
        for lane in 0..self.lanes {
            let replay = self
                .replay
                .as_ref()
                .filter(|(_, share)| random.chance(*share));
            replay
                .map_or(self, |(songs, _)| songs)
                .fill_lane(batch, lane, random);
        }
    }
}
