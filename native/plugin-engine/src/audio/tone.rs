//! A plain tone of what goes out: hosts that only take sound show and record something, and a musician hears it.

use crate::note::MidiEvent;
use std::f32::consts::TAU;

/// Seconds from nothing to full, and back: short, and no click.
const RAMP: f32 = 0.005;
const LOUDEST: f32 = 0.12;

#[derive(Clone, Copy, Default)]
struct Voice {
    phase: f32,
    step: f32,
    level: f32,
    target: f32,
}

pub(super) struct Tone {
    rate: f32,
    voices: [Voice; 128],
    active: u32,
}

impl Tone {
    pub fn new(rate: f64) -> Self {
        Self {
            rate: rate as f32,
            voices: [Voice::default(); 128],
            active: 0,
        }
    }

    pub fn silence(&mut self) {
        self.voices = [Voice::default(); 128];
        self.active = 0;
    }

    /// `out`: one channel of the block, overwritten.
    pub fn render(&mut self, volume: f32, events: &[(u32, MidiEvent)], out: &mut [f32]) {
        out.fill(0.);
        let mut at = 0;
        for (frame, event) in events {
            let frame = (*frame as usize).min(out.len());
            self.add(volume, &mut out[at.min(frame)..frame]);
            at = frame;
            self.take(*event);
        }
        self.add(volume, &mut out[at..]);
    }

    fn take(&mut self, event: MidiEvent) {
        match event {
            MidiEvent::On {
                pitch, velocity, ..
            } => {
                let voice = &mut self.voices[usize::from(pitch & 127)];
                voice.step = 440. * 2f32.powf((f32::from(pitch) - 69.) / 12.) / self.rate;
                voice.target = LOUDEST * f32::from(velocity) / 127.;
                self.active += 1;
            }
            MidiEvent::Off { pitch, .. } => self.voices[usize::from(pitch & 127)].target = 0.,
        }
    }

    fn add(&mut self, volume: f32, out: &mut [f32]) {
        if self.active == 0 || out.is_empty() {
            return;
        }
        let ramp = LOUDEST / (RAMP * self.rate);
        self.active = 0;
        for voice in self
            .voices
            .iter_mut()
            .filter(|voice| voice.level > 0. || voice.target > 0.)
        {
            self.active += 1;
            // Above a fifth of the sampling rate nothing but noise would be left.
            let audible = if voice.step < 0.2 { volume } else { 0. };
            for sample in out.iter_mut() {
                voice.level += (voice.target - voice.level).clamp(-ramp, ramp);
                voice.phase = (voice.phase + voice.step).fract();
                *sample += audible * voice.level * (voice.phase * TAU).sin();
            }
        }
    }
}
