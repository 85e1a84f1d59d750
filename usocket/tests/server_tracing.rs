//! What a server tells to `tracing`: in a process of its own, whose subscriber it is.

mod server_support;

use std::fmt::{Debug, Write};
use std::io;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use server_support::{PATIENCE, connect};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use usocket::Server;

/// Writes every event into a line.
struct Lines(Sender<String>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "usocket::server"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.send(line.0).unwrap();
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn every_event_is_told_to_tracing_too() {
    let (sender, lines) = channel();
    tracing::subscriber::set_global_default(Lines(sender)).unwrap();
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .spawn(|stream, _| {
            let mut byte = [0];
            stream.recv(&mut byte)?;
            assert_ne!(&byte, b"p", "on purpose");
            Err::<(), _>(io::Error::other("no such luck"))
        })
        .unwrap();
    let mut begin = Instant::now();
    let mut expect = |expected: String| {
        let left = PATIENCE.saturating_sub(begin.elapsed());
        assert_eq!(lines.recv_timeout(left).unwrap(), expected);
        begin = Instant::now();
    };
    for (byte, line) in [
        (
            b"e",
            "WARN message=handler failed peer={} error=no such luck",
        ),
        (b"p", "ERROR message=handler panicked peer={} panic={panic}"),
    ] {
        let client = connect(server.local_addr());
        let peer = client.local_addr().unwrap().to_string();
        expect(format!("DEBUG message=accepted peer={peer}"));
        client.send(byte).unwrap();
        let panic = "assertion `left != right` failed: on purpose\n  left: [112]\n right: [112]";
        expect(line.replace("{}", &peer).replace("{panic}", panic));
        expect(format!("DEBUG message=closed peer={peer}"));
    }
    assert!(server.stop(Duration::from_secs(5)).is_clean());
    expect("INFO message=stopping open=0".to_owned());
}
