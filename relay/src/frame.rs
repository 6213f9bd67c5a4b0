//! A text message as it travels, header included: made once, and sent to everybody as it is.

use tokio_tungstenite::tungstenite::Bytes;

/// The first byte: the end of a message, which is text.
const TEXT: u8 = 0x81;

/// A whole frame. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame(Bytes);

impl Frame {
    /// A frame around a message. The relay's frames are not masked (RFC 6455, section 5.1).
    pub(crate) fn new(text: &str) -> Self {
        let mut frame = Vec::with_capacity(text.len() + 10);
        frame.push(TEXT);
        match (u8::try_from(text.len()), u16::try_from(text.len())) {
            (Ok(short @ 0..126), _) => frame.push(short),
            (_, Ok(len)) => {
                frame.push(126);
                frame.extend(len.to_be_bytes());
            }
            _ => {
                frame.push(127);
                frame.extend((text.len() as u64).to_be_bytes());
            }
        }
        frame.extend(text.as_bytes());
        Self(frame.into())
    }

    /// All of it.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn head(&self) -> usize {
        match self.0[1] {
            126 => 4,
            127 => 10,
            _ => 2,
        }
    }

    /// The message in it.
    pub(crate) fn payload(&self) -> &[u8] {
        &self.0[self.head()..]
    }

    /// The message.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn message(&self) -> Bytes {
        self.0.slice(self.head()..)
    }
}

impl From<String> for Frame {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use tokio_tungstenite::tungstenite::protocol::frame::FrameSocket;

    use super::*;

    #[test]
    fn w3_a_frame_of_any_size_reads_as_one_unmasked_text() {
        for len in [0, 1, 125, 126, 127, 65_535, 65_536, 1 << 20] {
            let text = "x".repeat(len);
            let frame = Frame::new(&text);
            assert_eq!(frame.message(), text.as_bytes());
            let mut socket = FrameSocket::new(Cursor::new(frame.bytes().to_vec()));
            let read = socket.read(None).expect("a frame").expect("a whole one");
            assert_eq!((read.header().mask, read.header().is_final), (None, true));
            assert_eq!(read.into_text().expect("text").as_str(), text, "{len}");
            assert!(socket.read(None).expect("no more").is_none());
        }
    }
}
