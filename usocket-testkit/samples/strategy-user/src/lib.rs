//! A list of servers and a framing, as somebody might have them who never heard of the testkit.

use std::io::{self, ErrorKind, Read, Write};
use std::net::IpAddr;

/// The longest frame, in bytes.
pub const LONGEST: usize = 1 << 16;

/// A server of a list: a name or an address, and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// A name, or an address without brackets, with its zone if it has one.
    pub host: String,
    /// A number, or a service's name.
    pub port: String,
}

/// Reads a server as configuration files have it: `host:port`, an IPv6 address in brackets.
pub fn server(text: &str) -> Option<Server> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once("]:")?;
            let (digits, zone) = host.split_once('%').unwrap_or((host, "none"));
            let is_ipv6 = matches!(digits.parse(), Ok(IpAddr::V6(_)));
            (is_ipv6 && !zone.is_empty()).then_some((host, port))?
        }
        None => {
            let (host, port) = text.rsplit_once(':')?;
            is_name(host).then_some((host, port))?
        }
    };
    is_port(port).then(|| Server {
        host: host.into(),
        port: port.into(),
    })
}

fn is_name(host: &str) -> bool {
    let is_known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let last = host.trim_end_matches('.').rsplit('.').next();
    let ends_in_number = last.is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    (1..=253).contains(&host.len())
        && host.chars().all(is_known)
        && (!ends_in_number || matches!(host.parse(), Ok(IpAddr::V4(_))))
}

fn is_port(port: &str) -> bool {
    let is_known = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    !port.is_empty() && port.chars().all(is_known) && (!is_number || port.parse::<u16>().is_ok())
}

/// Reads the next frame: four bytes that say its length, and its bytes. None at the end of the stream.
///
/// # Errors
///
/// `UnexpectedEof` within a frame, `InvalidData` for one that is too long, what the stream says otherwise.
pub fn read_frame(stream: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    let mut filled = 0;
    while filled < length.len() {
        match stream.read(&mut length[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > LONGEST {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut frame = vec![0; length];
    stream.read_exact(&mut frame)?;
    Ok(Some(frame))
}

/// Writes a frame.
///
/// # Errors
///
/// `InvalidInput` for one that is too long, what the stream says otherwise.
pub fn write_frame(stream: &mut impl Write, frame: &[u8]) -> io::Result<()> {
    match u32::try_from(frame.len()) {
        Ok(length) if frame.len() <= LONGEST => {
            stream.write_all(&length.to_be_bytes())?;
            stream.write_all(frame)
        }
        _ => Err(ErrorKind::InvalidInput.into()),
    }
}
