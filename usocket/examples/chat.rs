//! A chat over TCP: one thread serves everyone, by a wait set.
//!
//! ```text
//! cargo run --example chat -- server 127.0.0.1:7777
//! cargo run --example chat -- client 127.0.0.1:7777 ann
//! cargo run --example chat -- client 127.0.0.1:7777 bob
//! ```

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::net::Shutdown;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use clap::{Parser, Subcommand};
use usocket::{
    Condition, Deadline, Disposition, Endpoint, Error, Interest, TcpListener, TcpStream, WaitSet,
};

/// Lets people talk to each other: a server that hands on what each says to all others, and a
/// client that hands on what is typed.
#[derive(Parser)]
#[command(after_help = "Example, each in a terminal of its own:\n  \
                        chat server 127.0.0.1:7777\n  \
                        chat client 127.0.0.1:7777 ann\n  \
                        chat client 127.0.0.1:7777 bob")]
struct Options {
    #[command(subcommand)]
    end: End,
}

#[derive(Subcommand)]
enum End {
    /// Hands on what each client says, until enough have come and all have left
    Server {
        /// Where to listen; port 0 lets the system choose
        #[arg(value_name = "HOST:PORT", default_value = "127.0.0.1:0")]
        endpoint: Endpoint,

        /// After how many clients to end, once the last of them has left
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
        clients: Option<u64>,

        /// After how long to end
        #[arg(long = "for", value_name = "SECONDS", default_value = "3600", value_parser = seconds)]
        lifetime: Duration,
    },

    /// Sends the lines of standard input, and prints what others say
    Client {
        /// The server, by name or address
        #[arg(value_name = "HOST:PORT")]
        endpoint: Endpoint,

        /// What the others call you
        #[arg(value_parser = name)]
        name: String,

        /// How long to try to connect, and how long the server may take to take a line
        #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
        timeout: Duration,

        /// After how long to leave
        #[arg(long = "for", value_name = "SECONDS", default_value = "3600", value_parser = seconds)]
        lifetime: Duration,
    },
}

fn main() -> ExitCode {
    let ended = match Options::parse().end {
        End::Server {
            endpoint,
            clients,
            lifetime,
        } => serve(endpoint, clients, lifetime.into()),
        End::Client {
            endpoint,
            name,
            timeout,
            lifetime,
        } => talk(&endpoint, &name, timeout, lifetime.into()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
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

/// Who is ready: whoever wants to come in, or the guest of this number.
#[derive(Clone, Copy)]
enum Key {
    Door,
    Guest(u64),
}

fn serve(endpoint: Endpoint, clients: Option<u64>, end: Deadline) -> Result<(), Error> {
    let listener = TcpListener::bind(endpoint)?;
    let set = WaitSet::new()?;
    set.add(&listener, Key::Door, Interest::READABLE)?;
    println!("listening on {}", listener.local_addr()?);

    let mut guests = BTreeMap::new();
    let mut came = 0;
    while !(guests.is_empty() && clients.is_some_and(|clients| came >= clients)) {
        let ready = set.wait(end)?;
        if ready.is_empty() && end.has_passed() {
            break;
        }
        for (key, _readiness) in ready {
            match key {
                Key::Door => {
                    if let Some(stream) = open_door(&listener)? {
                        let stream = Arc::new(stream);
                        set.add(Arc::clone(&stream), Key::Guest(came), Interest::READABLE)?;
                        guests.insert(came, Guest::new(stream));
                        came += 1;
                    }
                }
                Key::Guest(number) => {
                    let Some(mut guest) = guests.remove(&number) else {
                        continue;
                    };
                    // Without the one who speaks, these are the ones who hear.
                    let stays = guest.speak(&guests);
                    if stays {
                        guests.insert(number, guest);
                    } else {
                        set.remove(&guest.stream)?;
                        guest.leave(&guests);
                    }
                }
            }
        }
    }
    println!("guests: {came}");
    Ok(())
}

/// Accepts whoever is still there.
fn open_door(listener: &TcpListener) -> Result<Option<TcpStream>, Error> {
    match listener.try_accept() {
        Ok(accepted) => Ok(accepted.map(|(stream, _peer)| stream)),
        Err(error) if error.disposition() == Disposition::Fatal => Err(error),
        Err(error) => {
            eprintln!("{error}");
            // If descriptors are short, the set says at once that somebody waits; this gives
            // others time to leave.
            thread::sleep(Duration::from_millis(50));
            Ok(None)
        }
    }
}

/// What the server knows of a client.
struct Guest {
    stream: Arc<TcpStream>,
    /// The first line that it sends.
    name: Option<String>,
    /// What it sent of a line that has not ended.
    begun: Vec<u8>,
}

/// Whoever sends a longer line has to leave, lest it fills the memory.
const LONGEST_LINE: usize = 4096;

impl Guest {
    fn new(stream: Arc<TcpStream>) -> Self {
        Self {
            stream,
            name: None,
            begun: Vec::new(),
        }
    }

    /// Receives what is there, and tells it to the others. Whether the guest stays.
    fn speak(&mut self, others: &BTreeMap<u64, Self>) -> bool {
        let mut buffer = [0; LONGEST_LINE];
        match self.stream.try_recv(&mut buffer) {
            Ok(None) => return true,
            Ok(Some(0)) => return false,
            Ok(Some(length)) => self.begun.extend_from_slice(&buffer[..length]),
            Err(error) => {
                eprintln!("{error}");
                return false;
            }
        }
        while let Some(end) = self.begun.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.begun.drain(..=end).collect();
            let mut line = String::from_utf8_lossy(&line).into_owned();
            // What moves the cursor about is not for the others' terminals.
            line.retain(|character| !character.is_control());
            let text = if let Some(name) = &self.name {
                format!("{name}: {line}\n")
            } else {
                self.hear(&format!("* welcome, {line}\n"));
                let text = format!("* {line} has come\n");
                self.name = Some(line);
                text
            };
            tell(others, &text);
        }
        self.begun.len() <= LONGEST_LINE
    }

    /// Sends a text. Whoever does not take it at once has its connection ended, so that nobody waits
    /// for it; the set then says that there is an end to receive.
    fn hear(&self, text: &str) {
        match self.stream.try_send(text.as_bytes()) {
            Ok(Some(length)) if length == text.len() => {}
            _ => drop(self.stream.shutdown(Shutdown::Both)),
        }
    }

    fn leave(self, others: &BTreeMap<u64, Self>) {
        if let Some(name) = self.name {
            tell(others, &format!("* {name} has left\n"));
        }
    }
}

fn tell(guests: &BTreeMap<u64, Guest>, text: &str) {
    for guest in guests.values() {
        guest.hear(text);
    }
}

fn talk(endpoint: &Endpoint, name: &str, timeout: Duration, end: Deadline) -> Result<(), Error> {
    let stream = Arc::new(TcpStream::connect_deadline(endpoint, timeout)?);
    stream.write_all_deadline(format!("{name}\n").as_bytes(), timeout)?;

    // Not every system can wait for standard input, so it has a thread. Nobody waits for that: it
    // may be reading for ever.
    let speaking = Arc::clone(&stream);
    thread::spawn(move || send_input(&speaking, timeout));

    let mut buffer = [0; 4096];
    loop {
        match stream.recv_deadline(&mut buffer, end) {
            Ok(0) => return Ok(()),
            Ok(length) => {
                let mut output = io::stdout();
                let written = output.write_all(&buffer[..length]);
                if written.and_then(|()| output.flush()).is_err() {
                    // Nobody reads any more.
                    return Ok(());
                }
            }
            Err(error) if error.condition() == Condition::Timeout => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// Sends standard input, and at its end the end of our side: the server then ends the other.
fn send_input(stream: &TcpStream, timeout: Duration) {
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else {
            eprintln!("expected text on standard input");
            break;
        };
        let sent = stream.write_all_deadline(format!("{line}\n").as_bytes(), timeout);
        if let Err(error) = sent {
            eprintln!("{error}");
            break;
        }
    }
    // Where the server has left already, there is nothing to end.
    let _ = stream.shutdown(Shutdown::Write);
}

fn name(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.chars().count() > 32 || text.chars().any(char::is_control) {
        return Err("expected a name of 1 to 32 characters");
    }
    Ok(text.to_owned())
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let number = text.parse().ok();
    number
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .ok_or("expected a number of seconds, such as 5 or 0.2")
}
