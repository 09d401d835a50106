//! Falls back to the CPU once, when an accelerator fails in the middle of a fill.

use crate::error::SamplerError;
use crate::result::Warning;
use continuo_model::{Device, ModelError};

/// Run, and if an accelerator's run fails, call `retreat` and run once more on the CPU.
///
/// The second result is the warning about it. Errors: those of `run` and `retreat`.
pub(crate) fn with_fallback<C, T>(
    context: &mut C,
    mut run: impl FnMut(&mut C) -> Result<T, SamplerError>,
    retreat: impl FnOnce(&mut C) -> Result<(), SamplerError>,
) -> Result<(T, Option<Warning>), SamplerError> {
    match run(context) {
        Err(SamplerError::Model(ModelError::RunFailed { device, reason }))
            if device != Device::Cpu =>
        {
            retreat(context)?;
            let message = format!("{device} failed ({reason}), so the CPU did this fill");
            Ok((
                run(context)?,
                Some(Warning {
                    code: "DEVICE_FELL_BACK",
                    message,
                }),
            ))
        }
        result => result.map(|value| (value, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing_on(device: Device) -> impl FnMut(&mut Device) -> Result<Device, SamplerError> {
        move |now| {
            if *now == device {
                let reason = "lost".to_owned();
                return Err(ModelError::RunFailed { device, reason }.into());
            }
            Ok(*now)
        }
    }

    fn to_cpu(device: &mut Device) -> Result<(), SamplerError> {
        *device = Device::Cpu;
        Ok(())
    }

    #[test]
    fn a_failing_accelerator_is_left_once_with_a_warning() {
        let mut device = Device::Cuda;
        let result = with_fallback(&mut device, failing_on(Device::Cuda), to_cpu);
        let (ran_on, warning) = result.expect("the CPU works");
        assert_eq!((ran_on, device), (Device::Cpu, Device::Cpu));
        assert_eq!(warning.map(|w| w.code), Some("DEVICE_FELL_BACK"));
    }

    #[test]
    fn a_failing_cpu_and_other_errors_are_not_tried_again() {
        let result = with_fallback(&mut Device::Cpu, failing_on(Device::Cpu), to_cpu);
        assert_eq!(result.err().map(|e| e.code()), Some("MODEL_RUN_FAILED"));
        let cancelled = |_: &mut Device| Err::<(), _>(SamplerError::Cancelled);
        let result = with_fallback(&mut Device::Cuda, cancelled, to_cpu);
        assert_eq!(result.err().map(|e| e.code()), Some("CANCELLED"));
    }

    #[test]
    fn without_a_failure_there_is_no_warning() {
        let result = with_fallback(&mut Device::Cuda, failing_on(Device::WebGpu), to_cpu);
        assert!(matches!(result, Ok((Device::Cuda, None))));
    }
}
