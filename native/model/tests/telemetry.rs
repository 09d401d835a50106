//! ONNX Runtime's telemetry stays off, whatever the environment says. A program of its own, because a process loads the
//! library once.

use continuo_model::runtime::{Runtime, bundled_library};
use continuo_model::{Architecture, DeviceChoice, Model, Trunk};
use std::env;
use std::path::Path;

/// Any of these, when set, makes the library silent by itself, which would hide what is tested.
const CI_VARIABLES: &[&str] = &[
    "CI",
    "TF_BUILD",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "CIRCLECI",
    "TRAVIS",
    "JENKINS_URL",
    "CODEBUILD_BUILD_ID",
    "BUILDKITE",
    "TEAMCITY_VERSION",
    "APPVEYOR",
    "BITBUCKET_BUILD_NUMBER",
    "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI",
    "ORT_RUNNING_UNIT_TESTS",
];

#[test]
fn no_identifier_and_no_events_are_kept() {
    let home = tempfile::tempdir().expect("a folder");
    // SAFETY: the only test of this program, and nothing has started a thread that reads the environment.
    unsafe {
        for name in CI_VARIABLES {
            env::remove_var(name);
        }
        for name in ["HOME", "XDG_CACHE_HOME", "TMPDIR"] {
            env::set_var(name, home.path());
        }
        env::set_var("ORT_DISABLE_TELEMETRY", "0");
    }
    let mut small = Architecture::infill_s();
    (small.layers, small.ff_size, small.head_size) = (1, 8, 8);
    let model = Model::random(small, 3);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let runtime =
        Runtime::load(bundled_library(&root).as_deref()).expect("run `npm install` first");
    Trunk::open(&model, &runtime, DeviceChoice::Auto, 1).expect("opens");
    let left: Vec<_> = home.path().read_dir().expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(env::var("ORT_DISABLE_TELEMETRY").as_deref(), Ok("1"));
}
