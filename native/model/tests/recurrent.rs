//! One note after the other gives what ONNX Runtime gives for the whole sequence.

#[allow(dead_code)] // shared with the trunk's tests, which need more of it
mod support;

use continuo_model::Precision;
use continuo_model::recurrent::{
    Cell, NoteInput, Prediction, RecurrentArchitecture, RecurrentModel, RecurrentSequence,
    RecurrentStepper,
};
use support::runtime;

fn notes(count: usize) -> Vec<NoteInput> {
    let part = |i: usize, k: usize| ((i * 7919 + k * 104_729) % 1000) as f32 / 500.0;
    (0..count)
        .map(|i| NoteInput {
            values: [part(i, 1), part(i, 2), part(i, 3)],
            class: (i * 37 + 11) % 120,
        })
        .collect()
}

fn compare(architecture: RecurrentArchitecture, tolerance: f32) {
    let model = RecurrentModel::random(architecture, 5);
    let notes = notes(60);
    let mut sequence = RecurrentSequence::open(&model, &runtime()).expect("a session");
    let (pitch, values) = sequence.run(&notes).expect("it runs");
    let mut stepper = RecurrentStepper::new(&model);
    let (mut state, mut prediction) = (stepper.start(), Prediction::default());
    for (i, note) in notes.iter().enumerate() {
        stepper.step(&mut state, note, &mut prediction);
        let expected = pitch[i * 120..(i + 1) * 120]
            .iter()
            .chain(&values[i * 3..(i + 1) * 3]);
        let found = prediction.pitch_logits.iter().chain(&prediction.values);
        for (a, b) in found.zip(expected) {
            assert!((a - b).abs() < tolerance, "note {i}: {a} against {b}");
        }
    }
}

#[test]
fn every_cell_and_depth_equals_onnx_runtime() {
    for cell in [Cell::Lstm, Cell::Gru] {
        compare(RecurrentArchitecture::new(cell, 192, 1), 1e-4);
        compare(RecurrentArchitecture::new(cell, 48, 3), 1e-4);
    }
    // No multiple of a register's width.
    let odd = RecurrentArchitecture {
        block_size: 30,
        ..RecurrentArchitecture::new(Cell::Gru, 21, 2)
    };
    compare(odd, 1e-4);
}

#[test]
fn halves_on_disk_change_nothing_and_a_state_can_be_gone_on_from() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let model = RecurrentModel::random(RecurrentArchitecture::new(Cell::Lstm, 64, 2), 9);
    model
        .save(folder.path(), Precision::F16)
        .expect("it is written");
    let again = RecurrentModel::load(folder.path()).expect("it is read");
    assert_eq!(again.flat(), model.flat());
    let mut stepper = RecurrentStepper::new(&again);
    let (mut state, mut kept) = (stepper.start(), None);
    let (mut all, mut rest) = (Prediction::default(), Prediction::default());
    for (i, note) in notes(30).iter().enumerate() {
        if i == 17 {
            kept = Some(state.clone());
        }
        stepper.step(&mut state, note, &mut all);
    }
    let mut state = kept.expect("a state");
    for note in &notes(30)[17..] {
        stepper.step(&mut state, note, &mut rest);
    }
    assert_eq!(rest, all);
}
