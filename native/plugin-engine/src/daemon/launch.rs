//! Starts the daemon as the host scripts do, at most once for all instances of the process in a while.

use super::home::Home;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A daemon that is being started is given this long before another start.
const PATIENCE: Duration = Duration::from_secs(20);

static LAST: Mutex<Option<Instant>> = Mutex::new(None);

/// On a real request only: hosts that scan must not start programs.
/// Errors: a sentence for the musician.
pub(crate) fn launch(home: &Home) -> Result<(), String> {
    let Some(program) = home.program() else {
        return Err("Continuo is not running: start it by \"continuo serve --detach\".".into());
    };
    let mut last = LAST
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if last.is_some_and(|at| at.elapsed() < PATIENCE) {
        return Ok(());
    }
    let mut command = Command::new(&program.node);
    command.arg(&program.script).args(["serve", "--detach"]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // Electron hosts lend their own program as Node.
    command.env("ELECTRON_RUN_AS_NODE", "1");
    detach(&mut command);
    let mut child = command.spawn().map_err(|error| {
        format!("Continuo could not be started ({error}): start it by \"continuo serve --detach\".")
    })?;
    *last = Some(Instant::now());
    // It detaches the daemon and ends; until then a thread waits, so that no zombie stays in the host.
    std::thread::spawn(move || child.wait());
    Ok(())
}

#[cfg(unix)]
fn detach(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    // Out of the host's group: Ctrl-C in the terminal that a host was started from does not reach it.
    command.process_group(0);
}

#[cfg(windows)]
fn detach(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NO_WINDOW);
}

#[cfg(not(any(unix, windows)))]
fn detach(_: &mut Command) {}
