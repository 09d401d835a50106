//! One shape for every failure that JavaScript sees.

/// `code` is stable, `message` is for people, `data` is JSON for programs.
#[derive(Debug)]
pub struct Failure {
    pub code: &'static str,
    pub message: String,
    pub data: String,
    pub retryable: bool,
}

impl Failure {
    pub fn panic(what: &str) -> Self {
        Self {
            code: "INTERNAL_PANIC",
            message: format!(
                "a bug in continuo ({what}); nothing was written, please report it with the command you gave"
            ),
            data: "{}".to_owned(),
            retryable: false,
        }
    }

    /// The request did not have the shape that the bridge promised.
    pub fn request(reason: &serde_json::Error) -> Self {
        Self {
            code: "INTERNAL_REQUEST",
            message: format!(
                "the addon was asked in a shape it does not know ({reason}); bridge and addon are of different versions, run npm run build"
            ),
            data: "{}".to_owned(),
            retryable: false,
        }
    }
}
