//! Asks the system for the addresses of a name, the name of an address, or the port of a service.
//!
//! ```text
//! cargo run --example lookup -- name localhost
//! ```

use std::net::IpAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use usocket::Error;
use usocket::resolve::{self, Family, Query, Transport};

/// Asks the system for the addresses of a name, the name of an address, or the port of a service.
///
/// If there is no answer, the last line says which of the conditions it was.
#[derive(Parser)]
#[command(
    after_help = "Examples:\n  lookup name localhost -4\n  lookup address ::1\n  \
                        lookup service domain --udp --timeout 0.5"
)]
struct Options {
    #[command(subcommand)]
    question: Question,

    /// How long to wait for an answer
    #[arg(long, global = true, value_name = "SECONDS", default_value = "5")]
    #[arg(value_parser = seconds)]
    timeout: Duration,
}

#[derive(Subcommand)]
enum Question {
    /// Which addresses does a name have? One a line, the best to connect to first
    Name {
        /// The name, such as example.org
        name: Query,

        /// IPv4 addresses only
        #[arg(short = '4', conflicts_with = "v6")]
        v4: bool,

        /// IPv6 addresses only
        #[arg(short = '6')]
        v6: bool,

        /// Print the host's canonical name before its addresses
        #[arg(long)]
        canonical: bool,
    },

    /// Which name does an address have?
    Address {
        /// The address, such as 127.0.0.1
        address: IpAddr,
    },

    /// Which port does a service have?
    Service {
        /// The name of the service, such as https
        name: String,

        /// The port for UDP instead of TCP
        #[arg(long)]
        udp: bool,
    },
}

fn main() -> ExitCode {
    let options = Options::parse();
    match answer(&options.question, options.timeout) {
        Ok(lines) => {
            println!("{}", lines.join("\n"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            eprintln!("condition: {}", error.condition().name());
            ExitCode::FAILURE
        }
    }
}

fn answer(question: &Question, timeout: Duration) -> Result<Vec<String>, Error> {
    match question {
        Question::Name {
            name,
            v4,
            v6,
            canonical,
        } => {
            let family = match (v4, v6) {
                (true, _) => Family::V4,
                (_, true) => Family::V6,
                _ => Family::Any,
            };
            let query = name.clone().family(family).canonical_name(*canonical);
            let lookup = resolve::lookup(query, timeout)?;
            let canonical = lookup.canonical_name().map(str::to_owned);
            let addresses = lookup.iter().map(|address| address.ip().to_string());
            Ok(canonical.into_iter().chain(addresses).collect())
        }
        Question::Address { address } => Ok(vec![resolve::reverse(*address, timeout)?]),
        Question::Service { name, udp } => {
            let transport = if *udp { Transport::Udp } else { Transport::Tcp };
            Ok(vec![
                resolve::service(name, transport, timeout)?.to_string(),
            ])
        }
    }
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let number = text.parse().ok();
    number
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .ok_or("expected a number of seconds, such as 5 or 0.2")
}
