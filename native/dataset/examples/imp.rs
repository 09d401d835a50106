use continuo_dataset::{BuildRequest, build};
use std::time::Instant;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    if args[1] == "once" {
        let began = Instant::now();
        let a = build(
            &BuildRequest::new(vec![args[2].clone().into()], args[3].clone().into()),
            &mut |_| true,
        )
        .unwrap();
        println!(
            "{} {} {} {:.3}s",
            a.files,
            a.pieces,
            a.notes,
            began.elapsed().as_secs_f64()
        );
        return;
    }
    let repeats: usize = args[2].parse().unwrap();
    let mut s = vec![];
    for _ in 0..repeats {
        let folder = tempfile::tempdir().unwrap();
        let request = BuildRequest::new(vec![args[1].clone().into()], folder.path().into());
        let began = Instant::now();
        let a = build(&request, &mut |_| true).unwrap();
        s.push(a.files as f64 / began.elapsed().as_secs_f64());
    }
    s.sort_by(f64::total_cmp);
    println!(
        "ours: min {:.0} p50 {:.0} max {:.0}",
        s[0],
        s[s.len() / 2],
        s[s.len() - 1]
    );
}
