//! Which execution provider runs the trunk, and why.
//!
//! The choice is made here from the outcome of opening each provider; how to open one is passed
//! in, so that every branch can be tested on a machine without a GPU.

use crate::ModelError;
use crate::device::Device;
use std::str::FromStr;
use std::time::Duration;

/// What the user asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DeviceChoice {
    /// The first accelerator that loads, gives the known answer and is faster than the CPU.
    #[default]
    Auto,
    Only(Device),
}

impl FromStr for DeviceChoice {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<DeviceChoice, ModelError> {
        if name == "auto" {
            return Ok(DeviceChoice::Auto);
        }
        Device::ALL
            .into_iter()
            .find(|device| device.name() == name)
            .map(DeviceChoice::Only)
            .ok_or_else(|| ModelError::DeviceUnknown {
                name: name.to_owned(),
            })
    }
}

/// A provider that loaded and gave the known answer.
pub struct Opened<T> {
    pub session: T,
    /// Time of one decode step, best of a few.
    pub step_time: Duration,
}

/// What happened to one device on the way to the choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceReport {
    pub device: Device,
    pub is_chosen: bool,
    /// "chosen", or why not.
    pub reason: String,
}

/// The outcome of [`choose`]: a session, where it runs, and one report per device that was tried.
pub struct Chosen<T> {
    pub session: T,
    pub device: Device,
    pub reports: Vec<DeviceReport>,
}

/// Choose a device.
///
/// `open` loads a provider and checks its known answer. `Auto` takes the first accelerator that
/// opens and is faster than the CPU, else the CPU; `Only` takes that device or fails.
/// Errors: `DeviceUnavailable` for a device that was asked for by name, the CPU's own error else.
pub fn choose<T>(
    choice: DeviceChoice,
    mut open: impl FnMut(Device) -> Result<Opened<T>, ModelError>,
) -> Result<Chosen<T>, ModelError> {
    if let DeviceChoice::Only(device) = choice {
        let opened = open(device).map_err(|error| match error {
            ModelError::DeviceUnavailable { .. } => error,
            _ if device == Device::Cpu => error,
            _ => ModelError::DeviceUnavailable {
                device,
                reason: error.to_string(),
            },
        })?;
        let reports = vec![report(device, None)];
        return Ok(Chosen {
            session: opened.session,
            device,
            reports,
        });
    }
    let mut reports = Vec::new();
    let mut accelerators = Vec::new();
    for device in Device::BY_ITSELF {
        match open(device) {
            Ok(opened) => {
                accelerators.push((device, opened));
                break;
            }
            Err(ModelError::DeviceUnavailable { reason, .. }) => {
                reports.push(report(device, Some(reason)));
            }
            Err(error) => reports.push(report(device, Some(error.to_string()))),
        }
    }
    let cpu = open(Device::Cpu);
    if let Some((device, opened)) = accelerators.pop() {
        match &cpu {
            Ok(cpu) if cpu.step_time <= opened.step_time => {
                let reason = format!(
                    "{:.2} ms a step, the CPU takes {:.2} ms",
                    opened.step_time.as_secs_f64() * 1e3,
                    cpu.step_time.as_secs_f64() * 1e3
                );
                reports.push(report(device, Some(reason)));
            }
            _ => {
                reports.push(report(device, None));
                return Ok(Chosen {
                    session: opened.session,
                    device,
                    reports,
                });
            }
        }
    }
    reports.push(report(Device::Cpu, None));
    Ok(Chosen {
        session: cpu?.session,
        device: Device::Cpu,
        reports,
    })
}

fn report(device: Device, rejected: Option<String>) -> DeviceReport {
    DeviceReport {
        device,
        is_chosen: rejected.is_none(),
        reason: rejected.unwrap_or_else(|| "chosen".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Providers faked at the border: (device, milliseconds a step); what is absent does not load.
    fn fake(list: &[(Device, u64)]) -> impl FnMut(Device) -> Result<Opened<Device>, ModelError> {
        move |device| match list.iter().find(|(d, _)| *d == device) {
            Some(&(session, ms)) => Ok(Opened {
                session,
                step_time: Duration::from_millis(ms),
            }),
            None => Err(ModelError::DeviceUnavailable {
                device,
                reason: "not there".into(),
            }),
        }
    }

    #[test]
    fn auto_takes_the_first_accelerator_that_opens() {
        let all = [(Device::WebGpu, 1), (Device::CoreMl, 1), (Device::Cpu, 2)];
        let chosen = choose(DeviceChoice::Auto, fake(&all)).expect("a device");
        assert_eq!(
            (chosen.device, chosen.session),
            (Device::CoreMl, Device::CoreMl)
        );
        assert_eq!(chosen.reports.len(), 3);
        assert_eq!(chosen.reports[0].reason, "not there");
    }

    #[test]
    fn auto_takes_the_cpu_where_it_is_faster_or_alone() {
        let chosen = choose(
            DeviceChoice::Auto,
            fake(&[(Device::Cuda, 3), (Device::Cpu, 1)]),
        );
        let chosen = chosen.expect("a device");
        assert_eq!(chosen.device, Device::Cpu);
        assert!(chosen.reports[0].reason.contains("3.00 ms a step"));
        let chosen = choose(DeviceChoice::Auto, fake(&[(Device::Cpu, 1)])).expect("a device");
        assert_eq!(chosen.device, Device::Cpu);
        assert_eq!(chosen.reports.len(), 4);
    }

    #[test]
    fn a_named_device_is_taken_however_slow_or_refused() {
        let list = [(Device::Cuda, 9), (Device::Cpu, 1)];
        let chosen = choose(DeviceChoice::Only(Device::Cuda), fake(&list)).expect("a device");
        assert_eq!(chosen.device, Device::Cuda);
        let error = choose(DeviceChoice::Only(Device::WebGpu), fake(&list)).err();
        assert_eq!(error.map(|e| e.code()), Some("DEVICE_UNAVAILABLE"));
    }

    #[test]
    fn names_are_read_back() {
        assert_eq!(
            "auto".parse::<DeviceChoice>().ok(),
            Some(DeviceChoice::Auto)
        );
        assert_eq!(
            "coreml".parse::<DeviceChoice>().ok(),
            Some(DeviceChoice::Only(Device::CoreMl))
        );
        assert_eq!(
            "gpu".parse::<DeviceChoice>().map_err(|e| e.code()),
            Err("DEVICE_UNKNOWN")
        );
    }
}
