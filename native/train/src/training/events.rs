//! The events of a run on disk, one JSON object a line.

use crate::error::TrainError;
use crate::event::RunEvent;
use serde_json::Value;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

/// File of events in a run folder.
pub const EVENTS: &str = "events.jsonl";

/// Appends events.
pub(super) struct EventLog {
    file: File,
}

impl EventLog {
    /// Begin, or go on after the update `step`: events that a killed run reported of later ones are reported again.
    pub fn open(folder: &Path, step: u64) -> Result<EventLog, TrainError> {
        let path = folder.join(EVENTS);
        let earlier = if step > 0 {
            std::fs::read_to_string(&path).unwrap_or_default()
        } else {
            String::new()
        };
        let is_before = |line: &&str| {
            let event: Option<Value> = serde_json::from_str(line).ok();
            let at = event.as_ref().and_then(|e| e.get("step")?.as_u64());
            at.is_some_and(|at| at <= step)
        };
        let kept = earlier.lines().filter(is_before);
        let text: String = kept.map(|line| format!("{line}\n")).collect();
        crate::checkpoint::write_whole(&path, text.as_bytes())?;
        let file = OpenOptions::new().append(true).open(&path);
        let file = file.map_err(TrainError::io(&path))?;
        Ok(EventLog { file })
    }

    /// A full disk must not end a training here; its next checkpoint says so.
    pub fn add(&mut self, event: &RunEvent) {
        if matches!(event, RunEvent::Evaluating { .. }) {
            return;
        }
        let line = serde_json::to_string(event).unwrap_or_default();
        let _ = writeln!(self.file, "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_goes_on_tells_what_comes_after_its_checkpoint_once() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join(EVENTS);
        let line = |step| format!("{{\"event\":\"step\",\"step\":{step}}}\n");
        let cut = "{\"event\":\"step\",\"st";
        std::fs::write(&path, line(1) + &line(2) + &line(3) + cut).expect("events");
        EventLog::open(folder.path(), 2).expect("it goes on");
        let text = std::fs::read_to_string(&path).expect("events");
        assert_eq!(text, line(1) + &line(2));
        EventLog::open(folder.path(), 0).expect("it begins");
        assert_eq!(std::fs::read(&path).expect("events"), b"");
    }
}
