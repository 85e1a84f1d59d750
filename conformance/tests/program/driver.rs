//! A driver, well behaved or not.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::process::{PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

type Fields = BTreeMap<String, String>;

/// The next message, or none at the end of the input.
fn hear() -> Option<(String, Fields)> {
    let mut fields = Fields::new();
    for line in io::stdin().lines() {
        let line = line.ok()?;
        match line.split_once(' ') {
            None => return Some((line, fields)),
            Some((key, value)) => fields.insert(key.to_owned(), value.to_owned()),
        };
    }
    None
}

/// Answers one message, that way; what it was asked is added to the log.
pub(crate) fn drive(way: &str, log: Option<&Path>) {
    let Some((verb, request)) = hear() else {
        return;
    };
    if let Some(log) = log {
        let mut log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .unwrap();
        writeln!(log, "{verb}").unwrap();
        if way == "hangs" && verb == "perform" {
            writeln!(log, "hangs in {}", std::process::id()).unwrap();
        }
    }
    if verb == "capabilities" {
        let operations = if way == "boasts" {
            "connect fly"
        } else {
            "connect accept send receive"
        };
        let given = if way == "dithers" { "perhaps" } else { "yes" };
        if way != "mute" {
            println!(
                "operations {operations}\nprotocols tcp4\ngiven {given}\nlimit yes\ncapabilities"
            );
        }
        return;
    }
    match way {
        "garbles" => println!("well, that did not work\nfailed"),
        "misnames" => println!("named no-luck\nfailed"),
        "adds" => println!("mood good\ndone"),
        "asks" => println!("what?"),
        "declines" => println!("reason not in this life\ncannot"),
        "dies" => eprintln!("last words"),
        "hangs" => loop {
            thread::park();
        },
        _ => match perform(&request) {
            Ok(Some(bytes)) => println!("bytes {bytes}\ndone"),
            Ok(None) => println!("done"),
            Err(error) => fail(&error),
        },
    }
}

fn fail(error: &io::Error) {
    let named = match error.kind() {
        ErrorKind::BrokenPipe => Some("shutdown"),
        ErrorKind::ConnectionRefused => Some("connection-refused"),
        ErrorKind::ConnectionReset => Some("connection-reset"),
        ErrorKind::HostUnreachable => Some("host-unreachable"),
        ErrorKind::InvalidInput => Some("invalid-argument"),
        ErrorKind::TimedOut => Some("timeout"),
        ErrorKind::WouldBlock => Some("would-block"),
        _ => None,
    };
    if let Some(named) = named {
        println!("named {named}");
    }
    if let Some(errno) = error.raw_os_error() {
        println!("errno {errno}");
    }
    println!("text {error}\nfailed");
}

fn perform(request: &Fields) -> io::Result<Option<usize>> {
    match request["operation"].as_str() {
        "connect" => TcpStream::connect(address(request)).map(|_| None),
        "accept" => TcpListener::from(given(request)?).accept().map(|_| None),
        "send" => {
            let payload = vec![0; request["payload"].parse().unwrap()];
            peer(request)?.write(&payload).map(Some)
        }
        _ => match peer(request)?.read(&mut [0; 16]) {
            // The end of a socket's own limit, which std calls otherwise.
            Err(error) if error.kind() == ErrorKind::WouldBlock => Err(ErrorKind::TimedOut.into()),
            other => other.map(Some),
        },
    }
}

fn address(request: &Fields) -> String {
    format!("{}:{}", request["address"], request["port"])
}

/// The descriptor that this process has inherited, as one that it owns.
fn given(request: &Fields) -> io::Result<OwnedFd> {
    let this = pidfd_open(rustix::process::getpid(), PidfdFlags::empty())?;
    let number = request["descriptor"].parse().unwrap();
    Ok(pidfd_getfd(this, number, PidfdGetfdFlags::empty())?)
}

fn peer(request: &Fields) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address(request))?;
    if let Some(limit) = request.get("limit") {
        let limit = Duration::from_secs_f64(limit.parse().unwrap());
        stream.set_read_timeout(Some(limit))?;
    }
    println!("descriptor {}\nready", stream.as_raw_fd());
    let (verb, _) = hear().ok_or(ErrorKind::UnexpectedEof)?;
    assert_eq!(verb, "go");
    Ok(stream)
}
