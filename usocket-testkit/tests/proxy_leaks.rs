//! A proxy leaves nothing. Counting is for the whole process: this file has one test only.
#![cfg(all(feature = "proxy", target_os = "linux"))]

mod counts;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use counts::counts;
use usocket_testkit::proxy::{Plan, Proxy};

const WATCHDOG: Duration = Duration::from_secs(60);

/// Connections in every state, which the end of the proxy finds as they are.
fn everything() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = Proxy::tcp(server.local_addr().unwrap()).unwrap();
    let plans = [
        Plan::new(),
        Plan::new().silent(),
        Plan::new().stall_after(1),
        Plan::new().reset_after(1),
        Plan::new().close_after(1),
        Plan::new().latency(Duration::from_secs(1000)),
        Plan::new().bandwidth(1),
    ];
    let mut ends = Vec::new();
    for plan in plans {
        proxy.next(plan.clone()).unwrap();
        let mut client = TcpStream::connect_timeout(&proxy.addr(), WATCHDOG).unwrap();
        client.write_all(b"some bytes").unwrap();
        ends.push(client);
    }
    proxy.ended(2, WATCHDOG).unwrap();
    proxy.now(Plan::refuse()).unwrap();
    proxy.now(Plan::new()).unwrap();
    drop(proxy);
    for mut end in ends {
        end.set_read_timeout(Some(WATCHDOG)).unwrap();
        let _ = end.read(&mut [0]);
    }

    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    let proxy = Proxy::udp(server.local_addr().unwrap()).unwrap();
    let proxy = proxy
        .plan(Plan::new().latency(Duration::from_secs(1000)))
        .unwrap();
    for _ in 0..3 {
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        client.send_to(b"x", proxy.addr()).unwrap();
    }
    proxy.now(Plan::refuse()).unwrap();
}

#[test]
fn descriptors_and_threads_are_as_many_after_as_before() {
    everything(); // whatever a library opens once and keeps
    let before = counts();
    for _ in 0..30 {
        everything();
    }
    // Everything is joined: there is nothing to wait for.
    assert_eq!(counts(), before);
}
