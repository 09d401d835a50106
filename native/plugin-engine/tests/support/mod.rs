//! A strict host: runs blocks, keeps what comes out by song position, and refuses what no host should get.
#![allow(dead_code, reason = "each test file uses a part of it")]

use continuo_plugin_engine::{Instance, Meter, MidiEvent, ParameterId, Processor, Transport};

pub struct Host {
    pub instance: Instance,
    pub processor: Box<Processor>,
    pub rate: f64,
    pub tempo_qpm: f64,
    pub meter: Meter,
    pub position: f64,
    pub is_playing: bool,
    pub cycle: Option<(f64, f64)>,
    /// Does it cut its blocks at the loop's end?
    pub cuts_blocks: bool,
    /// Position in quarters (as the host counts), and the event.
    pub received: Vec<(f64, MidiEvent)>,
    sounding: [u128; 16],
}

impl Host {
    pub fn new(instance: Instance) -> Self {
        let processor = instance.take_processor(48_000.).expect("it is not out");
        Self {
            instance,
            processor,
            rate: 48_000.,
            tempo_qpm: 120.,
            meter: Meter::COMMON,
            position: 0.,
            is_playing: true,
            cycle: None,
            cuts_blocks: false,
            received: vec![],
            sounding: [0; 16],
        }
    }

    /// With the notes of a state: `(start, end, pitch)`; the mode is Play, thru is off.
    pub fn with_notes(notes: &[(f64, f64, u8)]) -> Self {
        let instance = Instance::new();
        instance.load(&state(notes)).expect("a state");
        Self::new(instance)
    }

    pub fn set(&self, id: ParameterId, value: f64) {
        self.instance.shared.set_value(id, value);
    }

    pub fn transport(&self) -> Transport {
        let bar = self.meter.quarters_per_bar();
        Transport {
            is_playing: self.is_playing,
            position: self.position,
            tempo_qpm: self.tempo_qpm,
            meter: self.meter,
            bar_start: Some((self.position / bar).floor() * bar),
            cycle: self.cycle,
        }
    }

    /// One block; `input` at samples of it.
    pub fn block(&mut self, frames: u32, input: &[(u32, MidiEvent)]) {
        let per_sample = self.tempo_qpm / 60. / self.rate;
        let transport = self.transport();
        self.processor
            .process(Some(transport), frames, input.iter().copied());
        let (start, cycle) = (self.position, self.cycle.filter(|_| self.is_playing));
        let wrapped = |position: f64| match cycle {
            Some((from, to)) if start < to && position >= to - 1e-9 => {
                from + (position - to).rem_euclid(to - from)
            }
            _ => position,
        };
        let mut last = 0;
        for (at, event) in self.processor.output().to_vec() {
            assert!(at < frames.max(1), "an event at sample {at} of {frames}");
            assert!(at >= last, "events out of order");
            last = at;
            self.check(event);
            let position = if self.is_playing {
                start + f64::from(at) * per_sample
            } else {
                start
            };
            self.received.push((wrapped(position), event));
        }
        if self.is_playing {
            self.position = wrapped(start + f64::from(frames) * per_sample);
        }
    }

    /// Runs to a position, or through so many quarters of a loop.
    pub fn run(&mut self, quarters: f64, frames: u32) {
        let mut left = quarters / (self.tempo_qpm / 60. / self.rate);
        while left >= 0.5 {
            let mut now = f64::from(frames).min(left.round()) as u32;
            if let (true, Some((_, end))) = (self.cuts_blocks, self.cycle) {
                let to_end = ((end - self.position) / (self.tempo_qpm / 60. / self.rate)).round();
                if to_end >= 1. {
                    now = now.min(to_end as u32);
                }
            }
            self.block(now, &[]);
            left -= f64::from(now);
        }
    }

    pub fn stop(&mut self) {
        self.is_playing = false;
        self.block(64, &[]);
    }

    /// No note has begun that does not end.
    pub fn assert_silent(&self) {
        assert_eq!(self.sounding, [0; 16], "notes hang");
    }

    pub fn starts(&self) -> Vec<(f64, u8)> {
        let starts = self.received.iter().filter_map(|(at, event)| match event {
            MidiEvent::On { pitch, .. } => Some(((at * 1e3).round() / 1e3, *pitch)),
            MidiEvent::Off { .. } => None,
        });
        starts.collect()
    }

    fn check(&mut self, event: MidiEvent) {
        let (MidiEvent::On { pitch, channel, .. } | MidiEvent::Off { pitch, channel }) = event;
        let bit = 1u128 << pitch;
        let sounding = &mut self.sounding[usize::from(channel)];
        match event {
            MidiEvent::On { velocity, .. } => {
                assert!((1..=127).contains(&velocity));
                assert_eq!(
                    *sounding & bit,
                    0,
                    "pitch {pitch} begins while it sounds, near {}",
                    self.position
                );
                *sounding |= bit;
            }
            MidiEvent::Off { .. } => {
                assert_ne!(
                    *sounding & bit,
                    0,
                    "pitch {pitch} ends without sounding, near {}",
                    self.position
                );
                *sounding &= !bit;
            }
        }
    }
}

pub fn state(notes: &[(f64, f64, u8)]) -> Vec<u8> {
    let notes: Vec<String> = notes
        .iter()
        .map(|(start, end, pitch)| format!("[{start},{end},{pitch},90,0]"))
        .collect();
    format!(
        r#"{{"version":1,"parameters":{{"mode":0,"thru":0}},"notes":[{}],"answers":[]}}"#,
        notes.join(",")
    )
    .into_bytes()
}
