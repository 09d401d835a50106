//! The files of the user's Continuo folder that say where the daemon is (docs/protocol.md, "Access").

use super::Trouble;
use serde::Deserialize;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug)]
pub(crate) struct Home {
    folder: PathBuf,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// Host and port, as in "127.0.0.1:7878".
    pub authority: String,
    pub token: String,
}

/// What starts a daemon.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Program {
    pub node: PathBuf,
    pub script: PathBuf,
}

#[derive(Deserialize)]
struct DaemonFile {
    url: Option<String>,
    pid: Option<u32>,
}

impl Home {
    /// By the daemon's own rule; `None` where the system names no home.
    pub fn find() -> Option<Self> {
        let var = |name| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        if let Some(folder) = var("CONTINUO_HOME") {
            return Some(Self { folder });
        }
        if let (true, Some(roaming)) = (cfg!(windows), var("APPDATA")) {
            return Some(Self {
                folder: roaming.join("continuo"),
            });
        }
        let config = var("XDG_CONFIG_HOME").or_else(|| Some(var("HOME")?.join(".config")))?;
        Some(Self {
            folder: config.join("continuo"),
        })
    }

    #[cfg(test)]
    pub fn at(folder: &Path) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of a model: one that the user trained or replaced, else that of the installation.
    #[cfg(feature = "fallback")]
    pub fn model(&self, id: &str) -> Option<PathBuf> {
        let own = self.folder.join("models").join(id);
        let installed = self.program().and_then(|program| {
            let installation = program.script.parent()?.parent()?;
            Some(installation.join("models").join(id))
        });
        let is_there = |folder: &PathBuf| folder.join("model.json").is_file();
        [Some(own), installed].into_iter().flatten().find(is_there)
    }

    /// Read before each connection: another daemon may have another port, and another token.
    pub(super) fn address(&self) -> Result<Address, Trouble> {
        let Ok(text) = std::fs::read(self.folder.join("daemon.json")) else {
            return Err(Trouble::NotRunning);
        };
        let Ok(DaemonFile { url, pid }) = serde_json::from_slice(&text) else {
            return Err(Trouble::NotRunning);
        };
        // A crash leaves the file behind.
        if pid.is_some_and(is_gone) {
            return Err(Trouble::NotRunning);
        }
        // Written when it begins, without an address.
        let url = url.ok_or(Trouble::Starting)?;
        let Some(authority) = url
            .strip_prefix("http://")
            .map(|rest| rest.trim_end_matches('/'))
        else {
            return Err(Trouble::Refused(format!(
                "The daemon listens at {url}, which the plugin cannot reach."
            )));
        };
        let token = std::fs::read_to_string(self.folder.join("token")).map_err(|error| {
            let path = self.folder.join("token");
            Trouble::Refused(format!(
                "The daemon's token cannot be read: {} ({error}).",
                path.display()
            ))
        })?;
        Ok(Address {
            authority: authority.into(),
            token: token.trim().into(),
        })
    }

    /// As `continuo install` wrote it.
    pub(super) fn program(&self) -> Option<Program> {
        let text = std::fs::read_to_string(self.folder.join("program.txt")).ok()?;
        let mut lines = text.lines().filter(|line| !line.is_empty());
        let (node, script) = (lines.next()?, lines.next()?);
        Some(Program {
            node: node.into(),
            script: script.into(),
        })
    }
}

/// Known on Linux; false where it is not.
fn is_gone(pid: u32) -> bool {
    Path::new("/proc/self/stat").exists() && !Path::new("/proc").join(pid.to_string()).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(files: &[(&str, &str)]) -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let home = Home::at(folder.path());
        (folder, home)
    }

    #[test]
    fn address_and_program_are_read() {
        let daemon = r#"{"url":"http://127.0.0.1:7878","tcpPort":1}"#;
        let (_folder, home) = home(&[
            ("daemon.json", daemon),
            ("token", "ab12\n"),
            ("program.txt", "/usr/bin/node\r\n/a b/ü/cli.js\r\n"),
        ]);
        let expected = Address {
            authority: "127.0.0.1:7878".into(),
            token: "ab12".into(),
        };
        assert_eq!(home.address(), Ok(expected));
        let program = Program {
            node: "/usr/bin/node".into(),
            script: "/a b/ü/cli.js".into(),
        };
        assert_eq!(home.program(), Some(program));
    }

    #[test]
    fn missing_and_damaged_files_are_not_running() {
        for daemon in ["", "{", "[]", r#"{"url":7}"#] {
            let (_folder, home) = home(&[("daemon.json", daemon), ("token", "ab")]);
            assert_eq!(home.address(), Err(Trouble::NotRunning), "{daemon}");
        }
        let this = format!(r#"{{"pid":{}}}"#, std::process::id());
        let (_folder, starting) = home(&[("daemon.json", &this)]);
        assert_eq!(starting.address(), Err(Trouble::Starting));
        // Beyond the largest number that Linux gives.
        let (_folder, gone) = home(&[
            (
                "daemon.json",
                r#"{"url":"http://127.0.0.1:1","pid":4194305}"#,
            ),
            ("token", "ab"),
        ]);
        if cfg!(target_os = "linux") {
            assert_eq!(gone.address(), Err(Trouble::NotRunning));
        }
        let (_folder, home) = home(&[]);
        assert_eq!(home.address(), Err(Trouble::NotRunning));
        assert_eq!(home.program(), None);
    }

    #[test]
    fn a_missing_token_is_told() {
        let (_folder, home) = home(&[("daemon.json", r#"{"url":"http://127.0.0.1:1"}"#)]);
        let Err(Trouble::Refused(why)) = home.address() else {
            panic!("it has no token")
        };
        assert!(why.contains("token cannot be read"), "{why}");
    }
}
