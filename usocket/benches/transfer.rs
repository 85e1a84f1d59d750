//! What the library adds to std: one byte there and back over loopback, and a connection, each as a
//! ratio to std in the same run. `cargo bench -p usocket`.

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use usocket::{Deadline, TcpListener, TcpStream};

/// How often each way is measured, in turn with std.
const ROUNDS: usize = 31;

/// How many times a round repeats a transfer.
const TRANSFERS: u32 = 2000;

/// How many times a round repeats a connection: each keeps a port busy for a minute.
const CONNECTIONS: u32 = 50;

fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let address = listener.local_addr().expect("a name");
    let std = std_pair(address, &listener);
    let mut one = std_pair(address, &listener);
    let plain = pair(address, &listener);
    let mut read_write = pair(address, &listener);
    let deadline = pair(address, &listener);
    let timed = pair(address, &listener);
    timed
        .1
        .set_read_timeout(Some(Duration::from_secs(60)))
        .expect("a timeout");
    let idle = pair(address, &listener);
    let late = Deadline::from(Duration::from_secs(600));

    println!(
        "{:<42} {:>10} {:>10} {:>7}",
        "one byte there and back", "std, ns", "ours, ns", "ratio"
    );
    let mut std_trip = || {
        (&std.0).write_all(b"x").expect("room");
        (&std.1).read_exact(&mut [0]).expect("a byte");
    };
    report("Read and Write", &mut std_trip, &mut || {
        read_write.0.write_all(b"x").expect("room");
        read_write.1.read_exact(&mut [0]).expect("a byte");
    });
    report("send and recv", &mut std_trip, &mut || {
        plain.0.send(b"x").expect("room");
        plain.1.recv(&mut [0]).expect("a byte");
    });
    report(
        "send and recv with a read timeout set",
        &mut std_trip,
        &mut || {
            timed.0.send(b"x").expect("room");
            timed.1.recv(&mut [0]).expect("a byte");
        },
    );
    report(
        "send_deadline and recv_deadline",
        &mut std_trip,
        &mut || {
            deadline.0.send_deadline(b"x", late).expect("room");
            deadline.1.recv_deadline(&mut [0], late).expect("a byte");
        },
    );

    one.1.set_nonblocking(true).expect("a mode");
    let mut std_nothing = || drop(black_box(one.1.read(&mut [0])));
    report("nothing there: try_recv", &mut std_nothing, &mut || {
        assert!(idle.1.try_recv(&mut [0]).expect("nothing").is_none());
    });

    let mut std_connect = || {
        drop(std::net::TcpStream::connect(address).expect("a listener"));
        drop(listener.accept().expect("a connection"));
    };
    report_times(
        CONNECTIONS,
        "connect, accept, close",
        &mut std_connect,
        &mut || {
            drop(TcpStream::connect(address).expect("a listener"));
            drop(listener.accept().expect("a connection"));
        },
    );
    report_times(
        CONNECTIONS,
        "connect_deadline, accept, close",
        &mut std_connect,
        &mut || {
            drop(TcpStream::connect_deadline(address, late).expect("a listener"));
            drop(listener.accept().expect("a connection"));
        },
    );
}

fn pair(address: SocketAddr, listener: &TcpListener) -> (TcpStream, TcpStream) {
    let client = TcpStream::connect(address).expect("a listener");
    (client, listener.accept().expect("a connection").0)
}

fn std_pair(
    address: SocketAddr,
    listener: &TcpListener,
) -> (std::net::TcpStream, std::net::TcpStream) {
    let (client, server) = pair(address, listener);
    (client.into_std(), server.into_std())
}

fn report(name: &str, std: &mut dyn FnMut(), ours: &mut dyn FnMut()) {
    report_times(TRANSFERS, name, std, ours);
}

/// The median of the rounds, each of which measures one right after the other.
fn report_times(repeats: u32, name: &str, std: &mut dyn FnMut(), ours: &mut dyn FnMut()) {
    let (mut theirs_ns, mut ours_ns, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let (one, two) = (nanoseconds(repeats, std), nanoseconds(repeats, ours));
        // The first round warms up.
        if round > 0 {
            theirs_ns.push(one);
            ours_ns.push(two);
            ratios.push(two / one);
        }
    }
    let [one, two, ratio] = [theirs_ns, ours_ns, ratios].map(median);
    println!("{name:<42} {one:>10.0} {two:>10.0} {ratio:>7.3}");
}

fn nanoseconds(repeats: u32, call: &mut dyn FnMut()) -> f64 {
    let begin = Instant::now();
    for _ in 0..repeats {
        call();
    }
    begin.elapsed().as_secs_f64() * 1e9 / f64::from(repeats)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
