//! A TCP server that sends back what it gets.
//!
//! ```text
//! cargo run --example tcp_echo_server -- 127.0.0.1:7777
//! cargo run --example tcp_echo_client -- 127.0.0.1:7777 hello
//! ```

use std::process::ExitCode;
use std::sync::mpsc::channel;
use std::time::Duration;

use clap::Parser;
use usocket::{Deadline, Endpoint, Error, Server, ServerEvent, TcpStream};

/// Sends back what it gets, to any number of clients at a time.
///
/// Prints the address that it listens on, and on standard error what happens. Ends when it has
/// served the given number of connections, or when its time is over.
#[derive(Parser)]
#[command(after_help = "Example:\n  tcp_echo_server 127.0.0.1:7777 --connections 3 --for 600")]
struct Options {
    /// Where to listen; port 0 lets the system choose
    #[arg(value_name = "HOST:PORT", default_value = "127.0.0.1:0")]
    endpoint: Endpoint,

    /// After how many connections to end
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    connections: Option<u64>,

    /// After how long to end
    #[arg(long = "for", value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    lifetime: Duration,

    /// How long a client may take to send something, or to take what is sent to it
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    idle: Duration,
}

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), Error> {
    let end = Deadline::from(options.lifetime);
    let (sender, closed) = channel();
    let server = Server::bind(options.endpoint)?
        .on_event(move |event| {
            eprintln!("{event}");
            if let ServerEvent::Closed { .. } = event {
                // Nobody listens any more once the server is about to stop.
                let _ = sender.send(());
            }
        })
        .spawn(move |stream, _peer| echo(stream, options.idle))?;
    println!("listening on {}", server.local_addr());

    let mut served = 0;
    while options.connections != Some(served) {
        match closed.recv_timeout(end.remaining().unwrap_or(Duration::MAX)) {
            Ok(()) => served += 1,
            Err(_) => break,
        }
    }

    // Who is connected still gets two seconds to finish.
    let report = server.stop(Duration::from_secs(2));
    for peer in report.cut {
        println!("cut: {peer}");
    }
    println!("served: {served}");
    Ok(())
}

fn echo(stream: &TcpStream, idle: Duration) -> Result<(), Error> {
    let mut buffer = [0; 16 * 1024];
    loop {
        match stream.recv_deadline(&mut buffer, idle)? {
            0 => return Ok(()),
            length => stream.write_all_deadline(&buffer[..length], idle)?,
        }
    }
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let number = text.parse().ok();
    number
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .ok_or("expected a number of seconds, such as 5 or 0.2")
}
