//! States in projects: those of every version load, what is not known survives, damaged bytes change nothing.

use continuo_plugin_engine::{Action, Instance, PARAMETERS};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Never edited: projects hold such states.
const FIRST: &str = include_str!("states/1.json");

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn a_state_of_version_1_is_saved_as_it_was_loaded() {
    let instance = Instance::new();
    instance.load(FIRST.as_bytes()).unwrap();
    assert_eq!(json(&instance.save()), floats(json(FIRST.as_bytes())));
    assert_eq!(instance.generated().len(), 3);
    assert_eq!(instance.view().region, Some((8., 16.)));
}

/// Parameters are saved as floats.
fn floats(mut state: Value) -> Value {
    for parameter in PARAMETERS {
        if let Some(value) = state["parameters"].get_mut(parameter.symbol) {
            *value = value.as_f64().unwrap().into();
        }
    }
    state
}

#[test]
fn clear_takes_the_last_answer_alone_after_a_project_was_opened() {
    let instance = Instance::new();
    instance.load(FIRST.as_bytes()).unwrap();
    instance.act(Action::Clear { everything: false });
    let until = Instant::now() + Duration::from_secs(5);
    while instance.generated().len() == 3 {
        assert!(Instant::now() < until, "nothing was cleared");
        std::thread::sleep(Duration::from_millis(2));
    }
    let left: Vec<f64> = instance.generated().iter().map(|note| note.start).collect();
    assert_eq!(left, [-4.]);
}

#[test]
fn damaged_states_are_refused_and_change_nothing() {
    let instance = Instance::new();
    instance.load(FIRST.as_bytes()).unwrap();
    let before = instance.save();
    for end in 0..FIRST.trim_end().len() {
        assert!(instance.load(&FIRST.as_bytes()[..end]).is_err(), "{end}");
    }
    for bad in [
        r#"{"version":1}"#,
        r#"{"version":1,"notes":[[0,1e300,60,90,0]]}"#,
        r#"{"version":1,"notes":[[1,0,60,90,0]]}"#,
        r#"{"version":1,"notes":[[0,1,200,90,0]]}"#,
        r#"{"version":2,"notes":[]}"#,
        r#"{"version":-1,"notes":[]}"#,
    ] {
        assert!(instance.load(bad.as_bytes()).is_err(), "{bad}");
    }
    assert_eq!(instance.save(), before);
    let mut chance = ChaCha8Rng::seed_from_u64(1);
    for _ in 0..20_000 {
        let mut bytes = FIRST.as_bytes().to_vec();
        for _ in 0..=chance.next_u32() % 4 {
            let at = chance.next_u32() as usize % bytes.len();
            bytes[at] = chance.next_u32() as u8;
        }
        // Some damage is a state still; it must never end the host.
        let before = instance.save();
        if instance.load(&bytes).is_err() {
            assert_eq!(instance.save(), before);
        }
    }
}

#[test]
fn five_thousand_notes_fit_into_200_kb() {
    let notes: Vec<String> = (0..5_000)
        .map(|i| {
            let start = 400. + f64::from(i) * 0.3333;
            format!(
                "[{start:.4},{:.4},{},{},0]",
                start + 0.2917,
                48 + i % 40,
                60 + i % 60
            )
        })
        .collect();
    let state = format!(r#"{{"version":1,"notes":[{}]}}"#, notes.join(","));
    let instance = Instance::new();
    instance.load(state.as_bytes()).unwrap();
    let bytes = instance.save().len();
    assert!(bytes <= 200_000, "{bytes} bytes");
}
