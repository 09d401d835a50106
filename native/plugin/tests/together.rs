//! Several of the library's formats, and several copies of it, in one process.

mod support;

use clack_extensions::state::PluginState;
use clack_host::prelude::*;
use std::io::Cursor;
use support::lv2::Lv2;
use support::*;

struct Shared;

impl SharedHandler<'_> for Shared {
    fn request_restart(&self) {}
    fn request_process(&self) {}
    fn request_callback(&self) {}
}

struct Host;

impl HostHandlers for Host {
    type Shared<'a> = Shared;
    type MainThread<'a> = ();
    type AudioProcessor<'a> = ();
}

fn clap() -> PluginInstance<Host> {
    // SAFETY: it is ours, and keeps CLAP's promises.
    let entry = unsafe { PluginEntry::load(library()) }.unwrap();
    let info = HostInfo::new("tests", "Continuo", "", "1").unwrap();
    PluginInstance::<Host>::new(
        |_| Shared,
        |_| (),
        &entry,
        c"org.continuo.instrument",
        &info,
    )
    .unwrap()
}

/// What CLAP saves of a state, in the host's own wrapping of nothing.
fn through_clap(state: &[u8]) -> Vec<u8> {
    let mut plugin = clap();
    let extension: PluginState = plugin.plugin_handle().get_extension().unwrap();
    extension
        .load(&plugin.plugin_handle(), &mut Cursor::new(state))
        .unwrap();
    let mut bytes = vec![];
    extension.save(&plugin.plugin_handle(), &mut bytes).unwrap();
    bytes
}

fn through_lv2(state: &[u8]) -> Vec<u8> {
    let plugin = Lv2::new(0);
    assert_eq!(plugin.load(state), 0);
    plugin.save()
}

#[test]
fn a_project_moves_from_one_format_to_another() {
    let clap = through_clap(&state());
    let lv2 = through_lv2(&state());
    assert_eq!(
        String::from_utf8_lossy(&clap),
        String::from_utf8_lossy(&lv2)
    );
    assert_eq!(through_lv2(&clap), clap);
    assert_eq!(through_clap(&lv2), lv2);
}

#[test]
fn two_copies_of_the_library_play_beside_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("another-version.so");
    std::fs::copy(library(), &copy).unwrap();
    let mut plugins = [Lv2::of(&library(), 0), Lv2::of(&copy, 0)];
    for plugin in &plugins {
        assert_eq!(plugin.load(&state()), 0);
    }
    assert_eq!(plugins.each_mut().map(Lv2::play), [expected(), expected()]);
    let [first, second] = plugins;
    // One goes, and its library with it; the other plays on.
    drop(first);
    let mut second = second;
    assert_eq!(second.play(), expected());
}
