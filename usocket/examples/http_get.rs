//! Fetches a page by HTTP/1.0 (RFC 1945) from a host that is given by name.
//!
//! ```text
//! cargo run --example http_get -- http://example.org/
//! ```

use std::error::Error as StdError;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use clap::Parser;
use usocket::{Deadline, Endpoint, EndpointErrorKind, Error, TcpStream};

/// Fetches a page by HTTP/1.0, and prints the status, the headers, and how long the body is.
///
/// Follows nothing: what a server says about other places is printed as it is.
#[derive(Parser)]
#[command(after_help = "Example:\n  http_get http://example.org/index.html --timeout 5")]
struct Options {
    /// What to fetch, without encryption; http:// may be left out
    #[arg(value_name = "http://HOST[:PORT]/PATH")]
    url: Url,

    /// How long all of it may take: look-up, every address of the host, request and answer
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    timeout: Duration,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match get(&options.url, options.timeout.into()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            // Each address of the host that was tried, with what became of it.
            let attempts = error.downcast_ref().map_or(&[][..], Error::attempts);
            for attempt in attempts {
                eprintln!("  {attempt}");
            }
            ExitCode::FAILURE
        }
    }
}

fn get(url: &Url, deadline: Deadline) -> Result<(), Box<dyn StdError>> {
    let stream = TcpStream::connect_deadline(&url.endpoint, deadline)?;
    let request = format!("GET {} HTTP/1.0\r\nHost: {}\r\n\r\n", url.path, url.host);
    stream.write_all_deadline(request.as_bytes(), deadline)?;

    let mut answer = Vec::new();
    let head = loop {
        if let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if answer.len() > MAX_HEAD {
            return Err(format!("no end of the headers within {MAX_HEAD} bytes").into());
        }
        let mut buffer = [0; 4096];
        match stream.recv_deadline(&mut buffer, deadline)? {
            0 => return Err("the answer ended before its headers did".into()),
            length => answer.extend_from_slice(&buffer[..length]),
        }
    };
    let head_text = String::from_utf8_lossy(&answer[..head]);
    if !head_text.starts_with("HTTP/") {
        return Err("this is no answer of a web server".into());
    }
    print!("{}", head_text.replace('\r', ""));

    // The end of the stream is the end of the body; it is counted, not kept.
    let mut size = answer.len() - head;
    let mut buffer = [0; 16 * 1024];
    loop {
        match stream.recv_deadline(&mut buffer, deadline)? {
            0 => break,
            length => size += length,
        }
    }
    println!("body: {size} bytes");
    Ok(())
}

/// No server has reason to send more, and one that sends for ever must not fill the memory.
const MAX_HEAD: usize = 64 * 1024;

/// Where a page is.
#[derive(Clone)]
struct Url {
    endpoint: Endpoint,
    /// As it was given: with the port only if there was one.
    host: String,
    path: String,
}

impl FromStr for Url {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rest = match text.split_once("://") {
            None => text,
            Some(("http", rest)) => rest,
            Some((scheme, _)) => return Err(format!("expected http, not {scheme}")),
        };
        let (host, path) = match rest.find('/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, "/"),
        };
        // What ends a line would begin another header.
        if !path.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("expected a path of visible ASCII characters".into());
        }
        let endpoint = match host.parse::<Endpoint>() {
            Err(error) if *error.kind() == EndpointErrorKind::MissingPort => {
                format!("{host}:80").parse()
            }
            parsed => parsed,
        };
        Ok(Self {
            endpoint: endpoint.map_err(|error| error.to_string())?,
            host: host.to_owned(),
            path: path.to_owned(),
        })
    }
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let number = text.parse().ok();
    number
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .ok_or("expected a number of seconds, such as 5 or 0.2")
}
