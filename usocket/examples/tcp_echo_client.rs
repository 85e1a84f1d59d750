//! Sends lines to an echo server, and checks that they come back.
//!
//! ```text
//! cargo run --example tcp_echo_client -- localhost:7777 hello "and goodbye"
//! ```

use std::net::Shutdown;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use usocket::{ConnectOptions, Endpoint, Error};

/// Sends each text as a line to an echo server, prints what comes back, and fails if it differs.
#[derive(Parser)]
#[command(after_help = "Example:\n  tcp_echo_client localhost:7777 hello 'and goodbye'")]
struct Options {
    /// The server, by name or address
    #[arg(value_name = "HOST:PORT")]
    endpoint: Endpoint,

    /// What to send
    #[arg(required = true)]
    text: Vec<String>,

    /// How long to try to connect, and to wait for each answer
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    timeout: Duration,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("this is not what was sent");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            // Each address of the host that was tried, with what became of it.
            for attempt in error.attempts() {
                eprintln!("  {attempt}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Whether all came back as it was sent.
fn run(options: &Options) -> Result<bool, Error> {
    // Lines are small, and each is waited for: nothing is gained by collecting them.
    let stream = ConnectOptions::new()
        .nodelay(true)
        .connect(&options.endpoint, options.timeout)?;
    for text in &options.text {
        let line = format!("{text}\n");
        stream.write_all_deadline(line.as_bytes(), options.timeout)?;
        let mut answer = vec![0; line.len()];
        stream.read_exact_deadline(&mut answer, options.timeout)?;
        print!("{}", String::from_utf8_lossy(&answer));
        if answer != line.as_bytes() {
            return Ok(false);
        }
    }
    // The server ends its side when it has seen the end of ours: nothing was added.
    stream.shutdown(Shutdown::Write)?;
    Ok(stream.recv_deadline(&mut [0], options.timeout)? == 0)
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let number = text.parse().ok();
    number
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .ok_or("expected a number of seconds, such as 5 or 0.2")
}
