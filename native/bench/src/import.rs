//! Datasets: files found, and files imported a second.

use crate::Failure;
use crate::options::Options;
use crate::samples::{milliseconds, print};
use continuo_train::dataset::{BuildRequest, build, find_midi_files};
use serde_json::json;

pub fn run(options: &Options) -> Result<(), Failure> {
    let data = options.path("data")?;
    let repeats: usize = options.number("repeats", 3)?;
    let mut samples = Vec::new();
    let mut facts = json!({});
    for _ in 0..repeats {
        let folder = tempfile::tempdir()?;
        let request = BuildRequest::new(vec![data.clone()], folder.path().to_path_buf());
        let (answer, ms) = milliseconds(|| build(&request, &mut |_| true));
        let answer = answer?;
        samples.push(answer.files as f64 / ms * 1e3);
        facts = json!({"files": answer.files, "notes": answer.notes, "pieces": answer.pieces});
    }
    print("import", "files/s", &samples, facts)?;
    find(options.number("many", 200_000)?)
}

/// Time to find many files in folders of a thousand.
fn find(many: usize) -> Result<(), Failure> {
    const EACH: usize = 1000;
    let folder = tempfile::tempdir()?;
    for at in 0..many.div_ceil(EACH) {
        let inner = folder.path().join(format!("{at:04}"));
        std::fs::create_dir(&inner)?;
        for file in 0..EACH.min(many - at * EACH) {
            std::fs::File::create(inner.join(format!("{file:04}.mid")))?;
        }
    }
    let (found, ms) = milliseconds(|| find_midi_files(folder.path()));
    let found = found?.len();
    if found != many {
        return Err(format!("found {found} of {many} files").into());
    }
    print("find", "s", &[ms / 1e3], json!({"files": many}))
}
