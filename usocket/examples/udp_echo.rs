//! Echo over UDP, both ends.
//!
//! ```text
//! cargo run --example udp_echo -- server 127.0.0.1:7777
//! cargo run --example udp_echo -- client 127.0.0.1:7777 hello
//! ```

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::mpsc::channel;
use std::time::Duration;

use clap::{Parser, Subcommand};
use usocket::{
    Condition, DatagramServer, Deadline, Endpoint, Error, MAX_DATAGRAM, UdpSocket, resolve,
};

/// Sends datagrams back, or sends one and waits for it to come back.
#[derive(Parser)]
#[command(
    after_help = "Example:\n  udp_echo server 127.0.0.1:7777 --datagrams 2 &\n  \
                        udp_echo client 127.0.0.1:7777 hello 'and goodbye'"
)]
struct Options {
    #[command(subcommand)]
    end: End,
}

#[derive(Subcommand)]
enum End {
    /// Sends back each datagram, until it has answered enough or its time is over
    Server {
        /// Where to listen; port 0 lets the system choose
        #[arg(value_name = "HOST:PORT", default_value = "127.0.0.1:0")]
        endpoint: Endpoint,

        /// After how many datagrams to end
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
        datagrams: Option<u64>,

        /// After how long to end
        #[arg(long = "for", value_name = "SECONDS", default_value = "60", value_parser = seconds)]
        lifetime: Duration,
    },

    /// Sends each text as a datagram and prints what comes back
    Client {
        /// The server, by name or address
        #[arg(value_name = "HOST:PORT")]
        endpoint: Endpoint,

        /// What to send
        #[arg(required = true)]
        text: Vec<String>,

        /// How long to wait for an answer before the datagram is sent again
        #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
        timeout: Duration,

        /// How many times each datagram is sent before giving up
        #[arg(long, value_name = "N", default_value = "3")]
        #[arg(value_parser = clap::value_parser!(u32).range(1..))]
        tries: u32,
    },
}

fn main() -> ExitCode {
    let ended = match Options::parse().end {
        End::Server {
            endpoint,
            datagrams,
            lifetime,
        } => serve(&endpoint, datagrams, lifetime.into()),
        End::Client {
            endpoint,
            text,
            timeout,
            tries,
        } => ask(&endpoint, &text, timeout, tries),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(endpoint: &Endpoint, datagrams: Option<u64>, end: Deadline) -> Result<(), Error> {
    let (sender, arrived) = channel();
    let server = DatagramServer::bind(endpoint)?
        .on_event(|event| eprintln!("{event}"))
        .spawn(move |bytes, _peer| sender.send(()).map(|()| Some(bytes.to_vec())))?;
    println!("listening on {}", server.local_addr());

    let mut answered = 0;
    while datagrams != Some(answered) {
        match arrived.recv_timeout(end.remaining().unwrap_or(Duration::MAX)) {
            Ok(()) => answered += 1,
            Err(_) => break,
        }
    }

    // The last one may still be on its way out.
    server.stop(Duration::from_secs(2));
    println!("answered: {answered}");
    Ok(())
}

fn ask(endpoint: &Endpoint, texts: &[String], wait: Duration, tries: u32) -> Result<(), Error> {
    let mut failure = None;
    // A name can have addresses at which nobody listens, ::1 for localhost most often.
    for server in &resolve::lookup(endpoint, wait)? {
        match ask_at(server, texts, wait, tries) {
            Err(error) if error.condition() == Condition::ConnectionRefused => {
                failure = Some(error);
            }
            ended => return ended,
        }
    }
    failure.map_or(Ok(()), Err)
}

fn ask_at(server: SocketAddr, texts: &[String], wait: Duration, tries: u32) -> Result<(), Error> {
    let any_port = if server.is_ipv4() {
        "0.0.0.0:0"
    } else {
        "[::]:0"
    };
    let socket = UdpSocket::bind(any_port)?;
    // Now it hears of nobody else, and learns at once if nobody listens there.
    socket.connect(server)?;
    for text in texts {
        let answer = exchange(&socket, text.as_bytes(), wait, tries)?;
        println!("{}", String::from_utf8_lossy(&answer));
    }
    Ok(())
}

/// Sends a datagram until it comes back: on its way either can be lost.
fn exchange(socket: &UdpSocket, sent: &[u8], wait: Duration, tries: u32) -> Result<Vec<u8>, Error> {
    let mut buffer = vec![0; MAX_DATAGRAM];
    let mut tried = 0;
    loop {
        tried += 1;
        let end = Deadline::from(wait);
        socket.send_deadline(sent, end)?;
        loop {
            match socket.recv_deadline(&mut buffer, end) {
                Ok(got) if buffer[..got.len] == *sent => {
                    buffer.truncate(got.len);
                    return Ok(buffer);
                }
                // What was sent twice is answered twice: this belongs to a text before.
                Ok(_) => {}
                Err(error) if error.is_timeout() && tried < tries => break,
                Err(error) => return Err(error),
            }
        }
    }
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let number = text.parse().ok();
    number
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .ok_or("expected a number of seconds, such as 5 or 0.2")
}
