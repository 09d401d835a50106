//! The network learns, and what it learns with is what generation will see.

use continuo_tokenizer::{Composer, Head, HeadInputs};
use continuo_train::batch::Batch;
use continuo_train::draw::{DrawConfig, Drawer};
use continuo_train::network::Network;
use continuo_train::optimizer::{AdamW, Update};
use continuo_train::parameters::Layout;
use continuo_train::random::Random;

#[test]
fn a_tiny_network_overfits_one_batch() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = crate::common::dataset(folder.path(), 2);
    let drawer = Drawer::new(&dataset, DrawConfig::default(), |_| true).expect("enough notes");
    let mut batch = Batch::new();
    batch.draw(&drawer, &mut Random::new(1, 0), 200);
    let layout = Layout::new(&crate::common::tiny());
    let mut weights = layout.initialise(1);
    let mut optimizer = AdamW::new(layout.len);
    let mut network = Network::new(&layout);
    let before = network.losses(&layout, &weights, &batch).nats_per_note();
    for _ in 0..200 {
        let mut gradient = vec![0.0; layout.len];
        let losses = network.train(&layout, &weights, &batch, &mut gradient);
        let scale = 1.0 / losses.notes as f32;
        let update = Update {
            scale,
            rate: 3e-3,
            weight_decay: 0.0,
            clip: 1.0,
        };
        optimizer.update(&layout.tensors, &mut weights, &gradient, update);
    }
    let after = network.losses(&layout, &weights, &batch).nats_per_note();
    assert!(
        before > 3.0 && after < 0.2,
        "from {before} to {after} nats a note"
    );
}

#[test]
fn what_a_head_is_told_does_not_depend_on_notes_to_come() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = crate::common::dataset(folder.path(), 4);
    let drawer = Drawer::new(&dataset, DrawConfig::default(), |_| true).expect("enough notes");
    let mut random = Random::new(11, 0);
    let (mut with, mut without) = (HeadInputs::default(), HeadInputs::default());
    for _ in 0..40 {
        let (scene, _) = drawer.scene(&mut random);
        let mut blank = scene.clone();
        for target in &mut blank.targets {
            target.notes.clear();
        }
        let mut trained = Composer::new(&scene, 0, &[]);
        let mut generating = Composer::new(&blank, 0, &[]);
        for note in &scene.targets[0].notes {
            let fields = trained.fields(note);
            for head in Head::ALL {
                trained.head_inputs(head, &fields, &mut with);
                generating.head_inputs(head, &fields, &mut without);
                assert_eq!(with, without);
                let classes = head.classes();
                assert!(
                    with.features
                        .iter()
                        .all(|f| usize::from(f.0) < head.features())
                );
                assert!(with.experts.iter().all(|e| usize::from(e.1) < classes));
                for expert in 0..head.experts() {
                    let mine = with.experts.iter().filter(|e| usize::from(e.0) == expert);
                    let mass: f32 = mine.map(|e| e.2).sum();
                    assert!(mass <= 1.0001, "{head:?} expert {expert} has mass {mass}");
                }
            }
            // The fields mean the note that they were taken from, up to its duration class.
            let again = generating.note(&fields);
            assert_eq!(
                (again.onset, again.bar, again.pitch),
                (note.onset, note.bar, note.pitch)
            );
            trained.push(note);
            generating.push(note);
        }
    }
}
