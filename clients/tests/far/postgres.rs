//! What speaks as much of the protocol of `PostgreSQL` (version 3.0) as a client needs to log in and to ask simple
//! queries.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use usocket::TcpStream;

use super::Far;

/// The bytes of what it says to a client that logs in.
pub(crate) const GREETING: usize = 115;
/// The bytes of what it answers to a query.
pub(crate) const ANSWER: usize = 63;

/// Lets everyone in without a password, and answers each simple query with one row of one column: `hello`.
pub(crate) fn server() -> Far {
    Far::start(serve)
}

fn serve(mut stream: &TcpStream, requests: &AtomicU64) -> io::Result<()> {
    // StartupMessage has no type.
    message(stream)?;
    let mut greeting = Vec::new();
    add(&mut greeting, b'R', &0_u32.to_be_bytes()); // AuthenticationOk
    for parameter in [
        "server_version\x0016.0\0",
        "client_encoding\0UTF8\0",
        "standard_conforming_strings\0on\0",
    ] {
        add(&mut greeting, b'S', parameter.as_bytes()); // ParameterStatus
    }
    add(&mut greeting, b'K', &[0; 8]); // BackendKeyData
    add(&mut greeting, b'Z', b"I"); // ReadyForQuery, idle
    assert_eq!(greeting.len(), GREETING);
    stream.write_all(&greeting)?;
    loop {
        let mut kind = [0];
        stream.read_exact(&mut kind)?;
        message(stream)?;
        match kind[0] {
            b'Q' => {
                requests.fetch_add(1, Ordering::AcqRel);
                stream.write_all(&answer())?;
            }
            // Terminate.
            b'X' => return Ok(()),
            kind => panic!("a message {:?}", char::from(kind)),
        }
    }
}

fn answer() -> Vec<u8> {
    let mut answer = Vec::new();
    // RowDescription: one column `?`, of no table, text of any length.
    add(
        &mut answer,
        b'T',
        b"\0\x01?\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0",
    );
    add(&mut answer, b'D', b"\0\x01\0\0\0\x05hello"); // DataRow
    add(&mut answer, b'C', b"SELECT 1\0"); // CommandComplete
    add(&mut answer, b'Z', b"I"); // ReadyForQuery
    assert_eq!(answer.len(), ANSWER);
    answer
}

/// The body of the next message. Its length counts its own four bytes.
fn message(mut stream: &TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
    stream.read_exact(&mut body)?;
    Ok(body)
}

fn add(to: &mut Vec<u8>, kind: u8, body: &[u8]) {
    to.push(kind);
    let length = u32::try_from(body.len() + 4).unwrap();
    to.extend_from_slice(&length.to_be_bytes());
    to.extend_from_slice(body);
}
