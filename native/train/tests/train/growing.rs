//! Runs whose data grows, whose second dataset is remembered, and whose files are damaged.

use crate::common::{song, tiny};
use continuo_midi::write_new;
use continuo_train::TrainError;
use continuo_train::checkpoint::{BEST, LATEST, START};
use continuo_train::config::AnyArchitecture;
use continuo_train::dataset::{BuildRequest, Dataset, build};
use continuo_train::event::RunEvent;
use continuo_train::training::{TrainAnswer, TrainRequest, train};
use std::path::{Path, PathBuf};

/// A folder of made-up songs, the dataset of it, and runs.
struct Studio {
    folder: tempfile::TempDir,
}

impl Studio {
    fn new(songs: u64) -> Studio {
        let studio = Studio {
            folder: tempfile::tempdir().expect("temporary folder"),
        };
        studio.write("music", 0..songs);
        studio.build("music", "data");
        studio
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, folder: &str, seeds: std::ops::Range<u64>) {
        std::fs::create_dir_all(self.path(folder)).expect("a folder");
        for seed in seeds {
            let bytes = write_new(&song(seed)).expect("a song");
            std::fs::write(self.path(folder).join(format!("{seed:03}.mid")), bytes)
                .expect("a file");
        }
    }

    fn build(&self, music: &str, data: &str) {
        let request = BuildRequest::new(vec![self.path(music)], self.path(data));
        build(&request, &mut |_| true).expect("a dataset");
    }

    fn request(&self) -> TrainRequest {
        TrainRequest {
            data: self.path("data"),
            run: self.path("run"),
            model_id: "tiny".to_owned(),
            architecture: Some(AnyArchitecture::Infill(tiny())),
            updates: Some(3),
            batch: Some(240),
            ..TrainRequest::default()
        }
    }

    fn resumption(&self, updates: u64) -> TrainRequest {
        TrainRequest {
            resume: true,
            architecture: None,
            batch: None,
            updates: Some(updates),
            ..self.request()
        }
    }

    fn train(&self, request: &TrainRequest) -> Result<(TrainAnswer, Vec<RunEvent>), TrainError> {
        let mut events = Vec::new();
        let answer = train(request, &|| false, &mut |event| events.push(event.clone()))?;
        Ok((answer, events))
    }

    fn code(&self, request: &TrainRequest) -> Option<&'static str> {
        self.train(request).err().map(|error| error.code())
    }
}

/// Pieces in all, held out, and before the data grew.
fn start(events: &[RunEvent]) -> (usize, usize, Option<usize>) {
    let start = events.iter().find_map(|event| match event {
        RunEvent::Start {
            pieces,
            held_out_pieces,
            grown_from,
            ..
        } => Some((*pieces, *held_out_pieces, *grown_from)),
        _ => None,
    });
    start.expect("it says where it begins")
}

#[test]
fn a_run_goes_on_with_more_songs_and_never_measures_what_it_has_learnt() {
    let studio = Studio::new(10);
    let (_, events) = studio.train(&studio.request()).expect("it trains");
    assert_eq!(start(&events), (10, 2, None));
    let before = Dataset::open(&studio.path("data")).expect("a dataset");
    studio.write("music", 10..40);
    // Another split of the same pieces: those of the run keep their sides.
    let after = (2..50).find_map(|seed| {
        let request = BuildRequest {
            seed,
            ..BuildRequest::new(vec![studio.path("music")], studio.path("data"))
        };
        build(&request, &mut |_| true).expect("a dataset");
        let after = Dataset::open(&studio.path("data")).expect("a dataset");
        let moved = |i| before.is_held_out(i) && !after.is_held_out(i);
        (0..10).any(moved).then_some(after)
    });
    let after = after.expect("some seed moves some");
    let (answer, events) = studio.train(&studio.resumption(5)).expect("it goes on");
    let (pieces, held_out, grown_from) = start(&events);
    assert_eq!((pieces, grown_from), (40, Some(10)));
    let new = (10..40).filter(|&i| after.is_held_out(i)).count();
    assert_eq!(held_out, 2 + new);
    assert_eq!(answer.updates, 5);
    let gain = answer.held_out_gain.expect("it is measured again");
    assert_eq!(gain.pieces, held_out);
    // Gone on with once more, it has not grown again.
    let (_, events) = studio.train(&studio.resumption(6)).expect("it goes on");
    assert_eq!(start(&events), (40, held_out, None));
}

#[test]
fn a_run_does_not_go_on_without_its_songs() {
    let studio = Studio::new(6);
    studio.train(&studio.request()).expect("it trains");
    std::fs::remove_file(studio.path("music").join("003.mid")).expect("removed");
    studio.write("music", 20..24);
    studio.build("music", "data");
    let error = studio.train(&studio.resumption(5)).expect_err("other data");
    assert_eq!(error.code(), "DATA_CHANGED");
    assert!(error.to_string().contains("--from RUN/model"), "{error}");
}

#[test]
fn the_second_dataset_of_a_run_is_remembered() {
    let studio = Studio::new(6);
    studio.write("base", 30..36);
    studio.build("base", "base-data");
    let request = TrainRequest {
        replay: Some(studio.path("base-data")),
        ..studio.request()
    };
    studio.train(&request).expect("it trains");
    let (answer, _) = studio.train(&studio.resumption(5)).expect("it goes on");
    assert!(answer.replay_loss.is_some());
    let elsewhere = studio.path("elsewhere");
    std::fs::rename(studio.path("base-data"), &elsewhere).expect("moved");
    let error = studio.train(&studio.resumption(6)).expect_err("it is gone");
    assert_eq!(error.code(), "TRAIN_CONFIG");
    assert!(error.to_string().contains("--replay"), "{error}");
    let named = |updates| TrainRequest {
        replay: Some(elsewhere.clone()),
        ..studio.resumption(updates)
    };
    studio.train(&named(6)).expect("it is named");
    studio
        .train(&studio.resumption(7))
        .expect("and remembered there");
}

#[test]
fn a_run_that_is_there_is_not_written_over() {
    let studio = Studio::new(6);
    std::fs::create_dir_all(studio.path("run/model")).expect("a folder");
    // As learning by --watch leaves it.
    std::fs::write(studio.path("run/model/model.json"), "{}").expect("a model");
    assert_eq!(studio.code(&studio.request()), Some("RUN_EXISTS"));
    let text = std::fs::read(studio.path("run/model/model.json")).expect("it is as it was");
    assert_eq!(text, b"{}");
}

#[test]
fn adapters_of_no_rank_are_refused() {
    let studio = Studio::new(6);
    let request = TrainRequest {
        lora: Some(0),
        ..studio.request()
    };
    assert_eq!(studio.code(&request), Some("TRAIN_CONFIG"));
    assert!(!studio.path("run").exists());
}

/// Flips bits all over a file; each has to be found.
fn assert_flips_are_found(path: &Path, mut code: impl FnMut() -> Option<&'static str>) {
    let whole = std::fs::read(path).expect("reads");
    for at in (0..whole.len()).step_by((whole.len() / 60).max(1)) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        std::fs::write(path, &flipped).expect("writes");
        assert_eq!(
            code(),
            Some("CHECKPOINT_DAMAGED"),
            "byte {at} of {}",
            path.display()
        );
    }
    std::fs::write(path, &whole).expect("writes");
}

#[test]
fn a_bit_that_flips_in_a_checkpoint_is_found_when_the_run_goes_on() {
    let studio = Studio::new(6);
    studio.train(&studio.request()).expect("it trains");
    for name in [LATEST, BEST] {
        let path = studio.path("run").join(name);
        assert_flips_are_found(&path, || studio.code(&studio.resumption(3)));
    }
    let best = studio.path("run").join(BEST);
    std::fs::write(&best, "damage").expect("writes");
    let error = studio.train(&studio.resumption(4)).expect_err("damaged");
    assert!(error.to_string().contains("delete it"), "{error}");
    std::fs::remove_file(&best).expect("removed, as the message says");
    studio.train(&studio.resumption(4)).expect("it goes on");
}

#[test]
fn a_bit_that_flips_beside_adapters_is_found() {
    let studio = Studio::new(6);
    let base = TrainRequest {
        run: studio.path("base-run"),
        architecture: AnyArchitecture::by_name("gru-8"),
        batch: Some(4),
        sequence: Some(32),
        ..studio.request()
    };
    studio.train(&base).expect("a base");
    let model = studio.path("base-run/model");
    let request = TrainRequest {
        from: Some(model.clone()),
        lora: Some(2),
        architecture: None,
        run: studio.path("run"),
        ..base.clone()
    };
    studio.train(&request).expect("adapters");
    let start = studio.path("run").join(START);
    assert_flips_are_found(&start, || studio.code(&studio.resumption(3)));
    let adapter = studio.path("run/adapter.safetensors");
    let apply = continuo_train::export::ApplyAdapterRequest {
        adapter: adapter.clone(),
        base: model,
        output: studio.path("applied"),
        model_id: "applied".to_owned(),
    };
    let code = || {
        continuo_train::export::apply_adapter(&apply)
            .err()
            .map(|e| e.code())
    };
    assert_eq!(code(), None);
    assert_flips_are_found(&adapter, || match code() {
        // The hash of the base may be what changed.
        Some("ADAPTER_BASE") => Some("CHECKPOINT_DAMAGED"),
        other => other,
    });
}
