//! A web server that greets: HTTP/1.0 (RFC 1945) on a thread for each connection.
//!
//! ```text
//! cargo run --example http_hello -- 127.0.0.1:8080
//! cargo run --example http_get -- localhost:8080/
//! ```

use std::process::ExitCode;
use std::sync::mpsc::channel;
use std::time::Duration;

use clap::Parser;
use usocket::{Deadline, Endpoint, Error, Server, ServerEvent, TcpStream};

/// Greets everyone who asks by HTTP, whatever the path.
///
/// Prints the address that it listens on, and on standard error what happens. Ends when it has
/// served the given number of connections, or when its time is over.
#[derive(Parser)]
#[command(after_help = "Example:\n  http_hello 127.0.0.1:8080 --for 600")]
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

    /// How long a client may take from its first byte to its last
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    timeout: Duration,
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
        .spawn(move |stream, peer| {
            // One deadline over the whole of it: a client that sends a byte now and then is cut off.
            answer(
                stream,
                &format!("Hello, {}!\n", peer.ip()),
                options.timeout.into(),
            )
        })?;
    println!("listening on {}", server.local_addr());

    let mut served = 0;
    while options.connections != Some(served) {
        match closed.recv_timeout(end.remaining().unwrap_or(Duration::MAX)) {
            Ok(()) => served += 1,
            Err(_) => break,
        }
    }

    // Who is connected still gets two seconds to finish.
    server.stop(Duration::from_secs(2));
    println!("served: {served}");
    Ok(())
}

fn answer(stream: &TcpStream, greeting: &str, deadline: Deadline) -> Result<(), Error> {
    let answer = match request(stream, deadline)? {
        Request::Get => format!(
            "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{greeting}",
            greeting.len()
        ),
        Request::Other => "HTTP/1.0 501 Not Implemented\r\n\r\n".into(),
        Request::Bad => "HTTP/1.0 400 Bad Request\r\n\r\n".into(),
    };
    stream.write_all_deadline(answer.as_bytes(), deadline)
}

enum Request {
    Get,
    Other,
    Bad,
}

/// Reads to the empty line that ends a request.
fn request(stream: &TcpStream, deadline: Deadline) -> Result<Request, Error> {
    let mut buffer = [0; 8 * 1024];
    let mut length = 0;
    while !buffer[..length].ends_with(b"\r\n\r\n") {
        match stream.recv_deadline(&mut buffer[length..], deadline)? {
            // The end of the stream, or of the buffer.
            0 => return Ok(Request::Bad),
            more => length += more,
        }
    }
    Ok(if buffer.starts_with(b"GET ") {
        Request::Get
    } else {
        Request::Other
    })
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let number = text.parse().ok();
    number
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .ok_or("expected a number of seconds, such as 5 or 0.2")
}
