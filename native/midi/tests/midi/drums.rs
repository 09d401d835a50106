//! Recognising drum tracks, and the reason given.

use continuo_midi::{DrumsReason, drums_of_sent_track};

use crate::support::{file, lenient, odd_file};

const GS_RESET: &[u8] = &[
    0, 0xf0, 10, 0x41, 0x10, 0x42, 0x12, 0x40, 0, 0x7f, 0, 0x41, 0xf7,
];
const XG_RESET: &[u8] = &[0, 0xf0, 8, 0x43, 0x10, 0x4c, 0, 0, 0x7e, 0, 0xf7];

/// One note of a channel, from 1.
fn note(channel: u8) -> Vec<u8> {
    vec![0, 0x8f + channel, 60, 80, 10, 0x7f + channel, 60, 64]
}

fn control(channel: u8, number: u8, value: u8) -> Vec<u8> {
    vec![0, 0xaf + channel, number, value]
}

fn gs_part(block: u8, mode: u8) -> Vec<u8> {
    vec![
        0,
        0xf0,
        10,
        0x41,
        0x10,
        0x42,
        0x12,
        0x40,
        0x10 | block,
        0x15,
        mode,
        0,
        0xf7,
    ]
}

fn xg_part(part: u8, mode: u8) -> Vec<u8> {
    vec![0, 0xf0, 8, 0x43, 0x10, 0x4c, 8, part, 7, mode, 0xf7]
}

fn named(name: &str) -> Vec<u8> {
    [&[0, 0xff, 3, name.len() as u8], name.as_bytes()].concat()
}

/// MPE's configuration message: `members` channels of the zone whose master is a channel, from 1.
fn zone(master: u8, members: u8) -> Vec<u8> {
    [
        control(master, 101, 0),
        control(master, 100, 6),
        control(master, 6, members),
    ]
    .concat()
}

/// (channel from 1, whether it is drums, why) of every track.
fn found(bytes: &[u8]) -> Vec<(u8, bool, Option<DrumsReason>)> {
    let parsed = lenient(bytes).expect("read");
    let tracks = parsed.song.tracks.iter().zip(&parsed.drums);
    tracks
        .map(|(track, reason)| (track.channel + 1, track.is_drums, *reason))
        .collect()
}

/// As `found`, of the only track.
fn one(parts: &[&[u8]]) -> (bool, Option<DrumsReason>) {
    let found = found(&file(1, 96, &[&parts.concat()]));
    let [(_, is_drums, reason)] = found[..] else {
        panic!("{found:?}");
    };
    (is_drums, reason)
}

#[test]
fn the_files_of_each_kind_are_told() {
    for (name, channel, is_drums, reason) in [
        ("drums-xg-ch11", 11, true, DrumsReason::XgBank),
        ("drums-gs-ch11", 11, true, DrumsReason::GsPart),
        ("drums-named-ch1", 1, true, DrumsReason::Name),
        ("drums-ch10-control", 10, true, DrumsReason::Channel10),
        ("melodic-ch10-gs", 10, false, DrumsReason::GsPartOff),
    ] {
        let found = found(&odd_file(&format!("{name}.mid")));
        assert!(
            found.contains(&(channel, is_drums, Some(reason))),
            "{name}: {found:?}"
        );
        let others = found.iter().filter(|(of, ..)| *of != channel);
        assert!(
            others.into_iter().all(|(_, is_drums, _)| !is_drums),
            "{name}"
        );
    }
}

#[test]
fn messages_make_any_channel_drums() {
    let yes = |reason| (true, Some(reason));
    assert_eq!(
        one(&[&gs_part(0x0a, 1), &note(11)]),
        yes(DrumsReason::GsPart)
    );
    assert_eq!(one(&[&gs_part(1, 2), &note(1)]), yes(DrumsReason::GsPart));
    assert_eq!(one(&[&gs_part(9, 1), &note(9)]), yes(DrumsReason::GsPart));
    assert_eq!(
        one(&[&gs_part(0x0f, 1), &note(16)]),
        yes(DrumsReason::GsPart)
    );
    assert_eq!(one(&[&xg_part(3, 2), &note(4)]), yes(DrumsReason::XgPart));
    for (bank, reason) in [
        (127, DrumsReason::XgBank),
        (126, DrumsReason::XgBank),
        (120, DrumsReason::Gm2Bank),
    ] {
        let setup = [control(11, 0, bank), control(11, 32, 0), vec![0, 0xca, 0]].concat();
        assert_eq!(one(&[&setup, &note(11)]), yes(reason));
        // Of another channel, and behind the first note.
        assert_eq!(one(&[&setup, &note(12)]), (false, None));
        assert_eq!(one(&[&note(11), &setup]), (false, None));
    }
    for bank in [0, 1, 64, 121, 125] {
        assert_eq!(one(&[&control(11, 0, bank), &note(11)]), (false, None));
    }
}

#[test]
fn messages_make_channel_10_melodic() {
    let no = |reason| (false, Some(reason));
    let drums = (true, Some(DrumsReason::Channel10));
    assert_eq!(
        one(&[&gs_part(0, 0), &note(10)]),
        no(DrumsReason::GsPartOff)
    );
    assert_eq!(
        one(&[&xg_part(9, 0), &note(10)]),
        no(DrumsReason::XgPartOff)
    );
    assert_eq!(
        one(&[&control(10, 0, 121), &note(10)]),
        no(DrumsReason::Gm2BankOff)
    );
    assert_eq!(
        one(&[XG_RESET, &control(10, 0, 0), &note(10)]),
        no(DrumsReason::XgBankOff)
    );
    assert_eq!(one(&[&control(10, 0, 0), &note(10)]), drums);
    assert_eq!(
        one(&[&gs_part(9, 0), &note(10)]),
        drums,
        "part 9 has channel 9"
    );
    // A reset gives channel 10 its drums back.
    assert_eq!(one(&[&gs_part(0, 0), GS_RESET, &note(10)]), drums);
}

#[test]
fn banks_of_gs_are_variations_of_sounds() {
    assert_eq!(
        one(&[GS_RESET, &control(3, 0, 127), &note(3)]),
        (false, None)
    );
    assert_eq!(
        one(&[GS_RESET, XG_RESET, &control(3, 0, 127), &note(3)]),
        (true, Some(DrumsReason::XgBank))
    );
}

#[test]
fn channel_10_in_an_mpe_zone_is_melodic() {
    let member = (false, Some(DrumsReason::MpeMember));
    let drums = (true, Some(DrumsReason::Channel10));
    assert_eq!(one(&[&zone(1, 15), &note(10)]), member);
    assert_eq!(one(&[&zone(1, 9), &note(10)]), member);
    assert_eq!(one(&[&zone(1, 8), &note(10)]), drums);
    assert_eq!(one(&[&zone(16, 6), &note(10)]), member);
    assert_eq!(one(&[&zone(16, 5), &note(10)]), drums);
    assert_eq!(
        one(&[&zone(1, 15), &zone(1, 0), &note(10)]),
        drums,
        "off again"
    );
    assert_eq!(one(&[&zone(1, 9), &zone(16, 10), &note(10)]), member);
    assert_eq!(
        one(&[&zone(2, 15), &note(10)]),
        drums,
        "only 1 and 16 are masters"
    );
    let other_parameter = [control(1, 101, 0), control(1, 100, 0), control(1, 6, 12)].concat();
    assert_eq!(one(&[&other_parameter, &note(10)]), drums);
    // A track of an MPE instrument that is named drums is drums.
    assert_eq!(
        one(&[&named("Drums"), &zone(1, 15), &note(10)]),
        (true, Some(DrumsReason::Name))
    );
}

#[test]
fn a_name_counts_for_a_chunk_of_one_channel() {
    let name = named("Batterie");
    assert_eq!(one(&[&name, &note(3)]), (true, Some(DrumsReason::Name)));
    assert_eq!(one(&[&named("Steel Drums"), &note(3)]), (false, None));
    assert_eq!(one(&[&name, &[0, 0xc2, 114], &note(3)]), (false, None));
    assert_eq!(
        one(&[&name, &[0, 0xc2, 24], &note(3)]),
        (true, Some(DrumsReason::Name))
    );
    let song = [&name[..], &note(1), &note(2), &note(10)].concat();
    assert_eq!(
        found(&file(0, 96, &[&song])),
        [
            (1, false, None),
            (2, false, None),
            (10, true, Some(DrumsReason::Channel10))
        ]
    );
}

#[test]
fn a_message_says_more_than_a_name() {
    assert_eq!(
        one(&[&named("Drums"), &gs_part(0, 0), &note(10)]),
        (false, Some(DrumsReason::GsPartOff))
    );
    assert_eq!(
        one(&[&named("Piano"), &gs_part(1, 1), &note(1)]),
        (true, Some(DrumsReason::GsPart))
    );
}

#[test]
fn messages_of_other_chunks_count_and_those_of_other_patterns_do_not() {
    let setup = gs_part(0x0a, 1);
    let alone = |format| found(&file(format, 96, &[&setup, &note(11)]));
    assert_eq!(alone(1), [(11, true, Some(DrumsReason::GsPart))]);
    assert_eq!(alone(2), [(11, false, None)]);
    // The tick decides, not the order of chunks.
    let late = [&[100, 0xff, 1, 0][..], &setup].concat();
    assert_eq!(
        found(&file(1, 96, &[&note(11), &late])),
        [(11, false, None)]
    );
}

#[test]
fn a_track_that_is_sent_has_its_name_and_its_channel() {
    let of = |name, channels: &[u8]| drums_of_sent_track(name, 0, channels.iter().copied());
    assert_eq!(of("Schlagzeug", &[0]), Some(DrumsReason::Name));
    assert_eq!(of("", &[9, 9, 0]), Some(DrumsReason::Channel10));
    assert_eq!(of("", &[9, 0]), None);
    assert_eq!(of("", &[]), None);
    assert_eq!(of("Kit", &[]), Some(DrumsReason::Name));
    assert_eq!(of("Kalimba kit", &[0]), None);
}
