//! The library in an LV2 host of our own: what real ones get wrong is tried here too.

mod support;

use std::ptr::{null, null_mut};
use support::lv2::*;
use support::*;

#[test]
fn notes_of_a_project_are_played_to_the_sample() {
    for index in 0..2 {
        let mut plugin = Lv2::new(index);
        assert_eq!(plugin.load(&state()), 0);
        assert_eq!(plugin.play(), expected());
    }
}

#[test]
fn state_goes_there_and_back_and_damage_is_refused() {
    let plugin = Lv2::new(0);
    assert_eq!(plugin.load(&state()), 0);
    let saved = plugin.save();
    for bad in [&b""[..], b"{}", b"nothing"] {
        assert_ne!(plugin.load(bad), 0);
    }
    assert_eq!(plugin.save(), saved);
}

#[test]
fn all_midi_passes_at_its_frame() {
    let mut plugin = Lv2::new(1);
    let sent: Vec<(i64, Vec<u8>)> = vec![
        (1, vec![0xb3, 64, 127]),
        (2, vec![0x93, 60, 90]),
        (3, vec![0xe3, 0, 65]),
        (4, vec![0xf0, 0x7e, 0x7f, 9, 1, 0xf7]),
        (9, vec![0xd3, 10]),
        (20, vec![0x83, 60, 0]),
    ];
    let events: Vec<_> = sent
        .iter()
        .map(|(frame, data)| midi(*frame, data))
        .collect();
    assert_eq!(plugin.run(64, &events, 8192), sent);
}

#[test]
fn small_buffers_lose_beginnings_before_ends() {
    let mut plugin = Lv2::new(1);
    let ons: Vec<_> = (0..8)
        .map(|pitch| midi(0, &[0x90, 60 + pitch, 90]))
        .collect();
    plugin.run(64, &ons, 8192);
    let events: Vec<_> = (0..8)
        .flat_map(|i| [midi(1, &[0x90, 80 + i, 90]), midi(2, &[0x80, 60 + i, 0])])
        .collect();
    let room = 8 + 9 * 24;
    let received = plugin.run(64, &events, room);
    let offs = received.iter().filter(|(_, data)| data[0] == 0x80).count();
    assert_eq!((received.len(), offs), (9, 8), "{received:?}");
    for room in [0, 7, 8, 9, 31] {
        plugin.run(64, &events, room);
    }
}

#[test]
fn what_a_host_must_not_do_does_no_harm() {
    let mut plugin = Lv2::new(0);
    assert_eq!(plugin.run(0, &[midi(0, &[0x90, 60, 90])], 8192), []);
    let out = plugin.run(
        64,
        &[
            midi(-5, &[0x90, 60, 90]),
            midi(1 << 40, &[0x80, 60, 0]),
            midi(0, &[]),
        ],
        8192,
    );
    assert!(out.iter().all(|(frame, _)| (0..64).contains(frame)));
    assert!(plugin.left[..64].iter().all(|sample| sample.abs() < 1.));
    for port in [0, 1, 2, 3, 99] {
        // SAFETY: LV2 allows unconnected ports of this kind to be null.
        unsafe { ((*plugin.descriptor).connect_port)(plugin.handle, port, null_mut()) };
        // SAFETY: all others are still connected.
        unsafe { ((*plugin.descriptor).run)(plugin.handle, 64) };
    }
    // SAFETY: without features there is no instance, and no crash.
    let nothing =
        unsafe { ((*plugin.descriptor).instantiate)(plugin.descriptor, RATE, null(), null()) };
    assert!(nothing.is_null());
}
