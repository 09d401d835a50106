//! The thread that may wait: collects what is heard, asks for notes, hands plans to the audio thread and keeps the
//! view for the editor.

mod kept;

pub(crate) use kept::Kept;

use crate::daemon::Daemon;
use crate::note::Note;
use crate::report::Report;
use crate::shared::Shared;
use crate::view::{Action, Connection};
use rtrb::Consumer;
use std::sync::Arc;
use std::sync::atomic::Ordering::*;
use std::sync::mpsc::Receiver;
use std::thread::park_timeout;
use std::time::Duration;

pub(crate) struct Link {
    pub shared: Arc<Shared>,
    pub kept: Arc<Kept>,
    pub reports: Consumer<Report>,
    pub actions: Receiver<Action>,
}

pub(crate) fn work(mut link: Link) {
    let mut notes: Vec<Note> = vec![];
    let mut open: [Option<(f64, u8, u8)>; 128] = [None; 128];
    let mut daemon: Option<Daemon> = None;
    let mut timeline = (120., crate::transport::Meter::COMMON);
    while !link.shared.is_ending.load(Acquire) {
        let Ok(report) = link.reports.pop() else {
            park_timeout(Duration::from_millis(2));
            continue;
        };
        match report {
            Report::NoteOn {
                at,
                pitch,
                velocity,
                channel,
            } => open[usize::from(pitch)] = Some((at, velocity, channel)),
            Report::NoteOff { at, pitch, .. } => {
                if let Some((start, velocity, channel)) = open[usize::from(pitch)].take()
                    && at > start
                {
                    notes.push(Note {
                        start,
                        end: at,
                        pitch,
                        velocity,
                        channel,
                    });
                }
            }
            Report::Timeline {
                tempo_qpm, meter, ..
            } => timeline = (tempo_qpm, meter),
            Report::Break { .. } => open = [None; 128],
            Report::Due(due) => {
                let heard: Vec<Note> = notes
                    .iter()
                    .copied()
                    .filter(|n| n.start >= due.listened.0 && n.start < due.listened.1)
                    .collect();
                if !heard.is_empty() {
                    let answer = (|| {
                        if daemon.is_none() {
                            daemon = Some(Daemon::connect()?);
                        }
                        daemon.as_mut().ok_or("")?.fill(&due, timeline, &heard)
                    })();
                    match answer {
                        Ok(new) => {
                            link.kept.replace(due.region, new);
                            link.kept
                                .change_view(|view| view.connection = Connection::Connected);
                        }
                        Err(why) => {
                            daemon = None;
                            link.kept
                                .change_view(|view| view.connection = Connection::Unavailable(why));
                        }
                    }
                }
                link.shared.settled.fetch_add(1, AcqRel);
            }
        }
    }
}
