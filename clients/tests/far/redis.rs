//! What speaks as much of Redis' protocol (RESP2) as the client needs to ask for a key.

use std::io::{self, BufRead, BufReader, Write};
use std::sync::atomic::Ordering;

use super::Far;

/// Knows the commands `GET` and `INCR`, and says `OK` to all others, as to those of the client's hand-shake. The value
/// of a key is its name; there is one counter.
pub(crate) fn server() -> Far {
    Far::start(|stream, requests| {
        let (mut reader, mut writer) = (BufReader::new(stream), stream);
        while let Some(command) = command(&mut reader)? {
            let answer = match command[0].as_str() {
                "GET" => format!("${}\r\n{}\r\n", command[1].len(), command[1]),
                "INCR" => format!(":{}\r\n", requests.fetch_add(1, Ordering::AcqRel) + 1),
                _ => "+OK\r\n".into(),
            };
            writer.write_all(answer.as_bytes())?;
        }
        Ok(())
    })
}

/// The words of the next command: an array of bulk strings. None when the client has gone.
fn command(reader: &mut impl BufRead) -> io::Result<Option<Vec<String>>> {
    let Some(words) = number(reader, b'*')? else {
        return Ok(None);
    };
    let mut command = Vec::new();
    for _ in 0..words {
        let length = number(reader, b'$')?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut word = vec![0; length + 2];
        reader.read_exact(&mut word)?;
        word.truncate(length);
        command.push(String::from_utf8(word).map_err(io::Error::other)?);
    }
    Ok(Some(command))
}

fn number(reader: &mut impl BufRead, sign: u8) -> io::Result<Option<usize>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    assert_eq!(line.as_bytes()[0], sign, "{line:?}");
    let number = line[1..].trim_end().parse().map_err(io::Error::other)?;
    Ok(Some(number))
}
