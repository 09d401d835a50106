//! The daemon's TCP entry: frames of JSON-RPC.

use crate::note::Note;
use crate::report::Due;
use crate::transport::Meter;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::{fs, net::TcpStream, path::PathBuf, time::Duration};

const PPQ: f64 = 480.;

pub(crate) struct Daemon {
    stream: TcpStream,
    id: u64,
}

fn home() -> Option<PathBuf> {
    let var = |name| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    var("CONTINUO_HOME").or_else(|| {
        let config = var("XDG_CONFIG_HOME").or_else(|| Some(var("HOME")?.join(".config")));
        Some(
            (if cfg!(windows) {
                var("APPDATA")
            } else {
                config
            })?
            .join("continuo"),
        )
    })
}

impl Daemon {
    pub fn connect() -> Result<Self, String> {
        let home = home().ok_or("no home")?;
        let found = fs::read(home.join("daemon.json")).map_err(|e| format!("no daemon: {e}"))?;
        let found: Value = serde_json::from_slice(&found).map_err(|e| e.to_string())?;
        let token = fs::read_to_string(home.join("token")).map_err(|e| e.to_string())?;
        let port = found["tcpPort"].as_u64().ok_or("no tcpPort")? as u16;
        let stream = TcpStream::connect(("127.0.0.1", port)).map_err(|e| e.to_string())?;
        stream.set_nodelay(true).ok();
        stream.set_read_timeout(Some(Duration::from_secs(10))).ok();
        let mut this = Self { stream, id: 0 };
        let client = json!({ "name": "continuo-plugin" });
        this.call(
            "initialize",
            json!({ "protocolVersion": 1, "client": client, "token": token.trim() }),
        )?;
        Ok(this)
    }

    fn call(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.id += 1;
        let body = json!({ "jsonrpc": "2.0", "id": self.id, "method": method, "params": params })
            .to_string();
        let mut frame = (body.len() as u32).to_be_bytes().to_vec();
        frame.extend(body.as_bytes());
        self.stream.write_all(&frame).map_err(|e| e.to_string())?;
        loop {
            let mut length = [0; 4];
            self.stream
                .read_exact(&mut length)
                .map_err(|e| e.to_string())?;
            let mut body = vec![0; u32::from_be_bytes(length) as usize];
            self.stream
                .read_exact(&mut body)
                .map_err(|e| e.to_string())?;
            let mut message: Value = serde_json::from_slice(&body).map_err(|e| e.to_string())?;
            if message["id"].as_u64() != Some(self.id) {
                continue;
            }
            if let Some(error) = message.get("error") {
                return Err(error["message"].as_str().unwrap_or("?").into());
            }
            return Ok(message["result"].take());
        }
    }

    /// Ticks count from the first note that matters: a host's pre-roll and long songs do no harm.
    pub fn fill(
        &mut self,
        due: &Due,
        (tempo, meter): (f64, Meter),
        heard: &[Note],
    ) -> Result<Vec<Note>, String> {
        let origin = due.listened.0;
        let tick = |position: f64| ((position - origin) * PPQ).round().max(0.) as u64;
        let notes: Vec<Value> = heard
            .iter()
            .map(|n| {
                let (start, end) = (tick(n.start), tick(n.end));
                json!({ "startTick": start, "durationTicks": (end - start).max(1), "pitch": n.pitch, "velocity": n.velocity })
            })
            .collect();
        let result = self.call(
            "fill/run",
            json!({
                "ppq": PPQ, "tempoMap": [{ "tick": 0, "qpm": tempo }],
                "timeSignatures": [{ "tick": 0, "numerator": meter.numerator, "denominator": meter.denominator }],
                "tracks": [{ "id": "1", "notes": notes }],
                "region": { "trackId": "1", "startTick": tick(due.region.0), "endTick": tick(due.region.1) },
                "mode": "continue", "controls": { "scale": "auto" },
            }),
        )?;
        let notes = result["candidates"][0]["notes"]
            .as_array()
            .ok_or("no candidate")?;
        Ok(notes
            .iter()
            .map(|n| {
                let number = |name: &str| n[name].as_f64().unwrap_or(0.);
                let start = origin + number("startTick") / PPQ;
                let end = start + number("durationTicks") / PPQ;
                Note {
                    start,
                    end,
                    pitch: number("pitch") as u8,
                    velocity: number("velocity") as u8,
                    channel: 0,
                }
            })
            .collect())
    }
}
