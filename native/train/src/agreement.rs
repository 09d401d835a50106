//! Compares another device's losses and gradient with those of the CPU.

use crate::compute::{Compute, CpuCompute};
use crate::error::TrainError;
use crate::network::Losses;
use crate::parameters::Tensor;
use crate::random::Random;
use crate::recurrent::{Recurrent, RecurrentBatch, RecurrentLayout};
use continuo_model::recurrent::{RecurrentArchitecture, RecurrentModel};
use continuo_tokenizer::howl::{Augmentation, HowlNote};

const SEED: u64 = 1;
const LANES: usize = 3;
const STEPS: usize = 12;
/// So short that it ends inside its lane, and another piece begins.
const SHORT: usize = 5;

/// Largest relative differences; 0 for equal values, 1 for a difference as large as the value itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Of the losses by part.
    pub loss: f64,
    /// Of the gradient by tensor: the length of the difference by the length of the CPU's.
    pub gradient: f64,
}

/// Compare on random weights and made-up notes, without dropout, which every device draws for itself.
///
/// Errors: those of the device.
pub fn agreement(
    architecture: &RecurrentArchitecture,
    compute: &mut dyn Compute<RecurrentBatch>,
) -> Result<Agreement, TrainError> {
    let family = Recurrent {
        layout: RecurrentLayout::new(architecture),
    };
    let weights = RecurrentModel::random(architecture.clone(), SEED);
    let batches = [batch(1), batch(2)];
    let mut ours = vec![0.0; family.layout.len];
    let mut theirs = ours.clone();
    let mut cpu = CpuCompute::new(&family, batches.len());
    let expected = cpu.gradient(weights.flat(), &batches, &mut ours)?;
    let found = compute.gradient(weights.flat(), &batches, &mut theirs)?;
    let tensors = &family.layout.tensors;
    Ok(Agreement::between(
        tensors,
        (&expected, &ours),
        (&found, &theirs),
    ))
}

impl Agreement {
    /// Of what some device found with what the CPU did: losses, and the flat gradient of `tensors`.
    pub fn between(
        tensors: &[Tensor],
        (expected, ours): (&Losses, &[f32]),
        (found, theirs): (&Losses, &[f32]),
    ) -> Agreement {
        Agreement {
            loss: of_losses(expected, found),
            gradient: of_gradients(tensors, ours, theirs),
        }
    }
}

fn of_losses(expected: &Losses, found: &Losses) -> f64 {
    if expected.notes != found.notes || expected.misses != found.misses {
        return 1.0;
    }
    let pairs = expected.nats.into_iter().zip(found.nats);
    let off = pairs.map(|(ours, theirs)| relative((ours - theirs).abs(), ours.abs()));
    off.fold(0.0, worse)
}

fn of_gradients(tensors: &[Tensor], ours: &[f32], theirs: &[f32]) -> f64 {
    let off = tensors.iter().map(|tensor| {
        let (ours, theirs) = (&ours[tensor.range.clone()], &theirs[tensor.range.clone()]);
        let apart = length(ours.iter().zip(theirs).map(|(a, b)| a - b));
        relative(apart, length(ours.iter().copied()))
    });
    off.fold(0.0, worse)
}

/// `f64::max` would pass over what is not a number.
fn worse(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else {
        a.max(b)
    }
}

fn relative(apart: f64, size: f64) -> f64 {
    if apart == 0.0 { 0.0 } else { apart / size }
}

fn length(values: impl Iterator<Item = f32>) -> f64 {
    values
        .map(|v| f64::from(v) * f64::from(v))
        .sum::<f64>()
        .sqrt()
}

/// Sequences in which pieces end and begin, and rests are longer than the network reaches.
fn batch(stream: u64) -> RecurrentBatch {
    let mut random = Random::new(SEED, stream);
    let mut notes = |count: usize| -> Vec<HowlNote> {
        let note = |_| HowlNote {
            delay: 6.0 * random.uniform(),
            duration: 0.1 + random.uniform(),
            volume: random.uniform(),
            pitch: random.below(60) as i32 - 30,
        };
        (0..count).map(note).collect()
    };
    let mut batch = RecurrentBatch::default();
    batch.reset(LANES, STEPS);
    for lane in 0..LANES {
        let first = if lane == 1 { SHORT } else { STEPS + 1 };
        let at = batch.write(lane, 0, &notes(first), Augmentation::NONE);
        batch.write(lane, at, &notes(STEPS), Augmentation::NONE);
    }
    batch
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_model::recurrent::Cell;

    /// The CPU with one weight's gradient changed.
    struct Wrong<'a>(CpuCompute<'a, Recurrent>, f32);

    impl Compute<RecurrentBatch> for Wrong<'_> {
        fn gradient(
            &mut self,
            weights: &[f32],
            batches: &[RecurrentBatch],
            gradient: &mut [f32],
        ) -> Result<Losses, TrainError> {
            let losses = self.0.gradient(weights, batches, gradient)?;
            gradient[0] += self.1;
            Ok(losses)
        }
    }

    #[test]
    fn the_cpu_agrees_with_itself_and_one_wrong_value_is_found() {
        let architecture = RecurrentArchitecture::new(Cell::Gru, 8, 2);
        let family = Recurrent {
            layout: RecurrentLayout::new(&architecture),
        };
        let off = |by: f32| {
            let mut compute = Wrong(CpuCompute::new(&family, 2), by);
            agreement(&architecture, &mut compute).expect("the CPU does not fail")
        };
        assert_eq!(
            off(0.0),
            Agreement {
                loss: 0.0,
                gradient: 0.0
            }
        );
        assert!(off(1.0).gradient > 1e-3);
        assert!(off(f32::NAN).gradient.is_nan());
    }
}
