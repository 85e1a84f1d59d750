//! Looks for open TCP ports of this machine, with progress.
//!
//! ```text
//! cargo run --example scan -- 127.0.0.1 --ports 1-1024
//! ```

use std::io::{self, IsTerminal};
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use clap::Parser;
use usocket::{Condition, Error, TcpStream};

/// Looks for open TCP ports of this machine, and prints them; progress goes to standard error.
///
/// It takes loopback addresses only: to scan the machines of others is for those to allow.
#[derive(Parser)]
#[command(after_help = "Example:\n  scan 127.0.0.1 --ports 8000-8999 --timeout 0.1")]
struct Options {
    /// Which address of this machine, such as 127.0.0.1
    #[arg(default_value = "127.0.0.1", value_parser = loopback)]
    address: IpAddr,

    /// Which ports: one, or first-last
    #[arg(long, value_name = "FIRST-LAST", default_value = "1-65535", value_parser = ports)]
    ports: RangeInclusive<u16>,

    /// How long each port gets to answer
    #[arg(long, value_name = "SECONDS", default_value = "0.5", value_parser = seconds)]
    timeout: Duration,

    /// How many ports are tried at a time
    #[arg(long, value_name = "N", default_value = "32")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=256))]
    parallel: u32,
}

fn main() -> ExitCode {
    match scan(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

enum Port {
    Open,
    Closed,
    /// Nothing came back in time.
    Silent,
}

/// Fails only with what is wrong with this machine, too few descriptors for one.
fn scan(options: &Options) -> Result<(), Error> {
    let ports = Mutex::new(options.ports.clone());
    let next = || ports.lock().ok()?.next();
    let count = options.ports.len();
    let (mut open, mut closed, mut silent) = (Vec::new(), 0, 0);

    thread::scope(|scope| {
        let (sender, results) = channel();
        for _ in 0..options.parallel {
            let sender = sender.clone();
            scope.spawn(move || {
                while let Some(port) = next() {
                    let result = look((options.address, port).into(), options.timeout);
                    if sender.send((port, result)).is_err() {
                        break;
                    }
                }
            });
        }
        // Only the threads send: the results end when they do.
        drop(sender);
        for (done, (port, result)) in results.iter().enumerate() {
            match result? {
                Port::Open => open.push(port),
                Port::Closed => closed += 1,
                Port::Silent => silent += 1,
            }
            show_progress(done + 1, count, open.len());
        }
        Ok(())
    })?;

    open.sort_unstable();
    for port in &open {
        println!("{port}");
    }
    println!("open: {}, closed: {closed}, silent: {silent}", open.len());
    Ok(())
}

fn look(address: SocketAddr, timeout: Duration) -> Result<Port, Error> {
    match TcpStream::connect_deadline(address, timeout) {
        Ok(stream) => {
            // By a reset, which leaves nothing behind that keeps a port of ours busy. That the other
            // side was quicker is no harm.
            let _ = stream.abort();
            Ok(Port::Open)
        }
        Err(error) => match error.condition() {
            Condition::ConnectionRefused | Condition::ConnectionReset => Ok(Port::Closed),
            Condition::Timeout => Ok(Port::Silent),
            _ => Err(error),
        },
    }
}

/// On a terminal, one line that changes with each hundredth of the way; elsewhere, a line for each
/// tenth.
fn show_progress(done: usize, count: usize, open: usize) {
    let terminal = io::stderr().is_terminal();
    let steps = if terminal { 100 } else { 10 };
    if done * steps / count == (done - 1) * steps / count {
        return;
    }
    let (before, after) = if terminal { ("\r", "") } else { ("", "\n") };
    eprint!("{before}{done} of {count} ports, {open} open{after}");
    if terminal && done == count {
        eprintln!();
    }
}

fn loopback(text: &str) -> Result<IpAddr, &'static str> {
    let address: Option<IpAddr> = text.parse().ok();
    address
        .filter(IpAddr::is_loopback)
        .ok_or("expected an address of this machine's loopback, such as 127.0.0.1 or ::1")
}

fn ports(text: &str) -> Result<RangeInclusive<u16>, &'static str> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.parse(), last.parse()) {
        (Ok(first), Ok(last)) if 1 <= first && first <= last => Ok(first..=last),
        _ => Err("expected a port from 1 to 65535, or two with a dash, the smaller one first"),
    }
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let number = text.parse().ok();
    number
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .ok_or("expected a number of seconds, such as 5 or 0.2")
}
