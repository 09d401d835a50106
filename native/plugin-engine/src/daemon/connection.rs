//! A WebSocket to the daemon that is polled: the worker goes on listening while an answer is under way.

use super::{Home, Trouble};
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, Ordering::Acquire};
use std::time::{Duration, Instant};
use tungstenite::client::IntoClientRequest;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Error, HandshakeError, Message as Frame, WebSocket};

const PROTOCOL: u32 = 1;
const CONNECT: Duration = Duration::from_secs(2);
/// How often a wait looks whether it is still wanted.
const STEP: Duration = Duration::from_millis(20);
const SILENT: &str = "What listens at the daemon's address does not answer as it should: \"continuo doctor\" says more.";
/// The largest answer that is taken; the daemon's own limit for messages.
const MOST_BYTES: usize = 64 << 20;

pub(crate) struct Connection {
    socket: WebSocket<TcpStream>,
    last_id: u64,
}

#[derive(Debug)]
pub(crate) enum Message {
    /// Of the request with this id; an error as the daemon says it.
    Answer {
        id: u64,
        result: Result<Value, String>,
    },
    Notification {
        method: String,
        params: Value,
    },
}

impl Connection {
    /// `client`: a name with a number of its own, so that the queue is fair among instances. Whoever listens there is
    /// waited for, but not where the plugin is being removed.
    pub fn open(home: &Home, client: &str, is_ending: &AtomicBool) -> Result<Self, Trouble> {
        let patience = Patience {
            until: Instant::now() + CONNECT,
            is_ending,
        };
        let address = home.address()?;
        let stream = connect(&address.authority).ok_or(Trouble::NotRunning)?;
        let quiet = |error: std::io::Error| {
            Trouble::Refused(format!("The daemon cannot be reached ({error})."))
        };
        stream.set_nodelay(true).map_err(quiet)?;
        stream.set_read_timeout(Some(STEP)).map_err(quiet)?;
        stream.set_write_timeout(Some(CONNECT)).map_err(quiet)?;
        let refused = |error: &dyn std::fmt::Display| {
            Trouble::Refused(format!("The daemon refuses the plugin ({error})."))
        };
        let mut request = format!("ws://{}/v1/ws", address.authority)
            .into_client_request()
            .map_err(|error| refused(&error))?;
        let bearer = format!("Bearer {}", address.token)
            .parse()
            .map_err(|error| refused(&error))?;
        request.headers_mut().insert("Authorization", bearer);
        let config = WebSocketConfig::default()
            .max_message_size(Some(MOST_BYTES))
            .max_frame_size(Some(MOST_BYTES));
        let mut handshake = tungstenite::client::client_with_config(request, stream, Some(config));
        let socket = loop {
            handshake = match handshake {
                Ok((socket, _)) => break socket,
                Err(HandshakeError::Interrupted(begun)) if patience.lasts() => begun.handshake(),
                Err(HandshakeError::Interrupted(_)) => return Err(Trouble::Refused(SILENT.into())),
                Err(HandshakeError::Failure(Error::Http(answer))) => {
                    return Err(of_status(answer.status().as_u16()));
                }
                Err(error) => return Err(refused(&error)),
            };
        };
        let mut this = Self { socket, last_id: 0 };
        let client = json!({ "name": client, "version": env!("CARGO_PKG_VERSION") });
        let id = this.send(
            "initialize",
            json!({ "protocolVersion": PROTOCOL, "client": client }),
        )?;
        let answer = loop {
            match this.receive()? {
                None if patience.lasts() => {}
                answer => break answer,
            }
        };
        match answer {
            Some(Message::Answer {
                id: answered,
                result: Ok(_),
            }) if answered == id => {}
            Some(Message::Answer {
                result: Err(why), ..
            }) => return Err(Trouble::Refused(why)),
            _ => {
                return Err(Trouble::Refused(SILENT.into()));
            }
        }
        this.socket.get_ref().set_nonblocking(true).map_err(quiet)?;
        Ok(this)
    }

    /// @returns the id that the answer will have.
    pub fn send(&mut self, method: &str, params: Value) -> Result<u64, Trouble> {
        self.last_id += 1;
        let text =
            json!({ "jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params })
                .to_string();
        match self.socket.send(Frame::text(text)) {
            Ok(()) => Ok(self.last_id),
            // What did not fit into the socket yet is written by the next polls.
            Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => Ok(self.last_id),
            Err(_) => Err(Trouble::NotRunning),
        }
    }

    /// The next message, if one is there.
    pub fn poll(&mut self) -> Result<Option<Message>, Trouble> {
        match self.socket.flush() {
            Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return Err(Trouble::NotRunning),
            Ok(()) => {}
        }
        self.receive()
    }

    fn receive(&mut self) -> Result<Option<Message>, Trouble> {
        loop {
            let frame = match self.socket.read() {
                Ok(frame) => frame,
                Err(Error::Io(error))
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    return Ok(None);
                }
                Err(_) => return Err(Trouble::NotRunning),
            };
            if let Frame::Text(text) = frame
                && let Some(message) = decode(&text)
            {
                return Ok(Some(message));
            }
        }
    }
}

struct Patience<'a> {
    until: Instant,
    is_ending: &'a AtomicBool,
}

impl Patience<'_> {
    fn lasts(&self) -> bool {
        Instant::now() < self.until && !self.is_ending.load(Acquire)
    }
}

fn connect(authority: &str) -> Option<TcpStream> {
    let mut addresses: Vec<SocketAddr> = authority.to_socket_addrs().ok()?.collect();
    // The daemon is on this machine only; nothing else is ever asked.
    addresses.retain(|address| address.ip().is_loopback());
    addresses
        .iter()
        .find_map(|address| TcpStream::connect_timeout(address, CONNECT).ok())
}

fn of_status(status: u16) -> Trouble {
    Trouble::Refused(match status {
        401 => "The daemon does not take the plugin's token: it is another user's, or was changed."
            .into(),
        429 | 503 => "The daemon is busy: try again.".into(),
        _ => format!("The daemon refuses the plugin (status {status})."),
    })
}

/// `None` for what this client does not know.
fn decode(text: &str) -> Option<Message> {
    let mut message: Value = serde_json::from_str(text).ok()?;
    if let Some(method) = message["method"].as_str() {
        let method = method.to_owned();
        return Some(Message::Notification {
            method,
            params: message["params"].take(),
        });
    }
    let id = message["id"].as_u64()?;
    let result = match message.get("error").filter(|error| !error.is_null()) {
        Some(error) => Err(sentence(error)),
        None => Ok(message["result"].take()),
    };
    Some(Message::Answer { id, result })
}

/// The message with its code, as the host scripts show it.
fn sentence(error: &Value) -> String {
    let text = error["data"]["message"]
        .as_str()
        .or(error["message"].as_str())
        .unwrap_or("The daemon met an error");
    match error["data"]["code"].as_str() {
        Some(code) => format!("{text} ({code})"),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_message_and_code() {
        let text = r#"{"jsonrpc":"2.0","id":3,"error":{"code":-32000,"message":"busy","data":{"code":"BUSY","message":"The queue is full"}}}"#;
        let Some(Message::Answer {
            id: 3,
            result: Err(why),
        }) = decode(text)
        else {
            panic!()
        };
        assert_eq!(why, "The queue is full (BUSY)");
    }

    #[test]
    fn what_is_no_message_is_skipped() {
        for text in ["", "[]", "{}", "null", r#"{"id":"a"}"#, r#"{"method":7}"#] {
            assert!(decode(text).is_none(), "{text}");
        }
    }
}
