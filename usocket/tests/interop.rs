//! Into an asynchronous runtime and back: through std's types, in non-blocking mode.
#![cfg(unix)]

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use usocket::{TcpListener, TcpStream};

const PATIENCE: Duration = Duration::from_secs(20);

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn a_stream_goes_to_tokio_and_comes_back() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect_deadline(listener.local_addr().unwrap(), PATIENCE).unwrap();
    let (server, _) = listener.accept_deadline(PATIENCE).unwrap();
    server.send(b"ping").unwrap();

    client.set_nonblocking(true).unwrap();
    let client = runtime().block_on(async {
        let mut client = tokio::net::TcpStream::from_std(client.into_std()).unwrap();
        let mut buffer = [0; 4];
        tokio::time::timeout(PATIENCE, client.read_exact(&mut buffer))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(&buffer, b"ping");
        client.write_all(b"pong").await.unwrap();
        client.into_std().unwrap()
    });

    let client = TcpStream::from(client);
    client.set_nonblocking(false).unwrap();
    client.write_all_deadline(b"!", PATIENCE).unwrap();
    let mut buffer = [0; 5];
    server.read_exact_deadline(&mut buffer, PATIENCE).unwrap();
    assert_eq!(&buffer, b"pong!");
}

#[test]
fn a_listener_goes_to_tokio() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    let client = TcpStream::connect_deadline(address, PATIENCE).unwrap();
    let peer = runtime().block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener.into_std()).unwrap();
        let accepted = tokio::time::timeout(PATIENCE, listener.accept())
            .await
            .unwrap();
        accepted.unwrap().1
    });
    assert_eq!(peer, client.local_addr().unwrap());
}
