//! Texts such as track names: bytes of an unstated encoding to text that is safe to print.

/// A longer name is no name, and sixteen tracks may share it.
const MAX_CHARS: usize = 256;

/// UTF-8 where it is valid, else Latin-1; control characters become spaces, ends are trimmed.
pub fn decode_name(bytes: &[u8]) -> String {
    let safe = |c: char| if c.is_control() { ' ' } else { c };
    let name: String = match std::str::from_utf8(bytes) {
        Ok(text) => text.chars().map(safe).take(MAX_CHARS).collect(),
        Err(_) => bytes
            .iter()
            .map(|&byte| safe(char::from(byte)))
            .take(MAX_CHARS)
            .collect(),
    };
    name.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::decode_name;

    #[test]
    fn encodings_and_controls() {
        assert_eq!(decode_name("Fl\u{f6}te".as_bytes()), "Flöte");
        assert_eq!(decode_name(b"Fl\xf6te\0"), "Flöte");
        assert_eq!(decode_name(b"\x1b[31mred"), "[31mred");
        assert_eq!(decode_name(&[b'a'; 5000]).len(), 256);
    }
}
