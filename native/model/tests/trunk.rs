//! The ONNX graph on the real runtime against the reference, and equal ways to run it.

mod support;

use continuo_model::{Architecture, Device, DeviceChoice, Model, Precision, Trunk, reference};
use support::{assert_close, input, runtime};

fn model() -> Model {
    let mut a = Architecture::infill_s();
    (a.layers, a.ff_size, a.head_size) = (3, 128, 16);
    Model::random(a, 11)
}

fn open(model: &Model, threads: usize) -> Trunk {
    let choice = DeviceChoice::Only(Device::Cpu);
    Trunk::open(model, &runtime(), choice, threads)
        .expect("opens")
        .session
}

/// Every way to take decode steps: the graph, our own code on f32, our own code on f16, on two threads.
fn each_way(test: impl Fn(&Model, Trunk)) {
    let model = model();
    let mut graph = open(&model, 1);
    graph.use_graph_for_steps();
    test(&model, graph);
    test(&model, open(&model, 1));
    let folder = tempfile::tempdir().expect("a folder");
    model.save(folder.path(), Precision::F16).expect("saves");
    let half = Model::load(folder.path()).expect("loads");
    test(&half, open(&half, 1));
    test(&half, open(&half, 2));
}

#[test]
fn graph_gives_what_the_formula_gives() {
    let model = model();
    for steps in [1, 2, 7, 90] {
        let (x, times) = input(steps, 3);
        let mut trunk = open(&model, 2);
        let mut cache = trunk.cache(1, steps).expect("cache");
        let h = trunk.prefill(&mut cache, &x, &times).expect("runs");
        assert_close(h, &reference::trunk(&model, &x, &times), 1e-4);
    }
}

#[test]
fn cached_steps_equal_a_full_pass() {
    each_way(|model, mut trunk| {
        let (x, times) = input(80, 5);
        let expected = reference::trunk(model, &x, &times);
        let mut cache = trunk.cache(1, 80).expect("cache");
        let first = 30;
        let h = trunk
            .prefill(&mut cache, &x[..first * 256], &times[..first])
            .expect("runs");
        assert_close(h, &expected[..first * 256], 1e-4);
        for t in first..80 {
            let at = t * 256..(t + 1) * 256;
            let x = &x[at.clone()];
            let h = trunk
                .step(&mut cache, x, &times[t..=t], &[t], &[0])
                .expect("runs");
            assert_close(h, &expected[at], 1e-4);
        }
    });
}

#[test]
fn rows_of_a_batch_share_a_prompt_and_go_on_alone() {
    each_way(|model, mut trunk| {
        let (prompt, prompt_times) = input(20, 9);
        let mut one = trunk.cache(1, 20).expect("cache");
        trunk
            .prefill(&mut one, &prompt, &prompt_times)
            .expect("runs");
        let mut batch = trunk.cache(3, 20).expect("cache");
        batch.fill_from(&one, 20);
        let tails: Vec<(Vec<f32>, Vec<i32>)> = (0..3).map(|row| input(60, 50 + row)).collect();
        let whole: Vec<Vec<f32>> = tails
            .iter()
            .map(|(x, times)| {
                let x = [&prompt[..], x].concat();
                let times = [&prompt_times[..], times].concat();
                reference::trunk(model, &x, &times)
            })
            .collect();
        // Row 1 starts late and row 2 rests in between, as candidates that are drawn again do;
        // half way the cache is full and grows.
        let mut done = [0usize; 3];
        for round in 0..63 {
            let is_active = [
                round < 60,
                round >= 3,
                round < 2 || (4..62).contains(&round),
            ];
            let active: Vec<usize> = (0..3).filter(|&row| is_active[row]).collect();
            let mut x = vec![0.0; 3 * 256];
            let mut times = vec![0; 3];
            let lengths: Vec<usize> = done.iter().map(|done| 20 + done).collect();
            for &row in &active {
                let at = done[row] * 256..(done[row] + 1) * 256;
                x[row * 256..(row + 1) * 256].copy_from_slice(&tails[row].0[at]);
                times[row] = tails[row].1[done[row]];
            }
            if lengths.iter().any(|&length| length == batch.capacity()) {
                let mut grown = trunk.cache(3, 100).expect("cache");
                grown.take_rows(&batch, batch.capacity());
                batch = grown;
            }
            let h = trunk
                .step(&mut batch, &x, &times, &lengths, &active)
                .expect("runs");
            for &row in &active {
                let at = (20 + done[row]) * 256;
                assert_close(
                    &h[row * 256..(row + 1) * 256],
                    &whole[row][at..at + 256],
                    1e-4,
                );
                done[row] += 1;
            }
        }
        assert_eq!(done, [60, 60, 60]);
    });
}

#[test]
fn the_same_run_gives_the_same_bits() {
    let model = model();
    let (x, times) = input(40, 2);
    let run = || {
        let mut trunk = open(&model, 2);
        let mut cache = trunk.cache(1, 41).expect("cache");
        let mut h = trunk
            .prefill(&mut cache, &x, &times)
            .expect("runs")
            .to_vec();
        h.extend_from_slice(
            trunk
                .step(&mut cache, &x[..256], &[7], &[40], &[0])
                .expect("runs"),
        );
        h
    };
    assert_eq!(run(), run());
}

#[test]
fn lengths_past_the_limits_are_refused() {
    let model = model();
    let mut trunk = open(&model, 1);
    let code = trunk.cache(1, 1025).map(drop).map_err(|e| e.code());
    assert_eq!(code, Err("MODEL_STEPS_EXCEEDED"));
    let mut cache = trunk.cache(1, 64).expect("cache");
    let (x, times) = input(65, 1);
    let code = trunk
        .prefill(&mut cache, &x, &times)
        .map(drop)
        .map_err(|e| e.code());
    assert_eq!(code, Err("MODEL_STEPS_EXCEEDED"));
    let code = trunk
        .step(&mut cache, &x[..9], &times[..1], &[0], &[0])
        .map(drop)
        .map_err(|e| e.code());
    assert_eq!(code, Err("MODEL_RUN_FAILED"));
}

#[test]
fn auto_finds_a_device_and_says_why_not_the_others() {
    let model = model();
    let chosen = Trunk::open(&model, &runtime(), DeviceChoice::Auto, 1).expect("opens");
    assert_eq!(chosen.reports.iter().filter(|r| r.is_chosen).count(), 1);
    assert_eq!(chosen.session.device(), chosen.device);
    for report in chosen.reports.iter().filter(|r| !r.is_chosen) {
        assert!(!report.reason.is_empty());
    }
}

#[test]
fn a_trunk_with_other_weights_fails_the_known_answer() {
    let mut trunk = open(&model(), 1);
    assert!(trunk.self_check(&model()).is_ok());
    let mut a = model().config.architecture.clone();
    a.layers = 3;
    let other = Model::random(a, 12);
    assert_eq!(
        trunk.self_check(&other).map_err(|e| e.code()),
        Err("DEVICE_UNAVAILABLE")
    );
}
