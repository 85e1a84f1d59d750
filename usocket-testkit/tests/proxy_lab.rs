//! A proxy in a lab stands in the lab's network.
#![cfg(all(target_os = "linux", feature = "lab", feature = "proxy"))]

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use usocket_testkit::Lab;
use usocket_testkit::proxy::{Ended, Plan, Proxy};

usocket_testkit::lab_main!();

const WATCHDOG: Duration = Duration::from_secs(60);

#[test]
fn what_the_lab_cannot_do_to_its_hosts_a_proxy_before_them_can() {
    let lab = Lab::new().unwrap();
    let host = lab.host("10.77.1.9").echo();
    let proxy = Proxy::tcp(host.addr(7)).unwrap();
    proxy
        .next(Plan::new().to_client().corrupt(1, 0x20).reset_after(3))
        .unwrap();
    let mut client = TcpStream::connect_timeout(&proxy.addr(), WATCHDOG).unwrap();
    client.set_read_timeout(Some(WATCHDOG)).unwrap();
    client.write_all(b"abcdef").unwrap();
    let mut answer = [0; 3];
    client.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"aBc");
    assert_eq!(
        client.read(&mut answer).unwrap_err().kind(),
        ErrorKind::ConnectionReset
    );

    // A host that refuses is a server that is not there.
    host.refuse();
    // The reset may be told by the connect.
    let _ = TcpStream::connect_timeout(&proxy.addr(), WATCHDOG);
    let connections = proxy.ended(2, WATCHDOG).unwrap();
    assert_eq!(connections[1].ended(), Some(Ended::NoServer));
}
