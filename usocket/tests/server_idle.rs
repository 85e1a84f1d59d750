//! What idle servers cost: no time of the processor, and of a pool no thread for a connection.
//!
//! In a process of its own, whose time and threads it counts.
#![cfg(target_os = "linux")]

mod server_support;

use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use server_support::{connect, echoes};
use usocket::{Condition, DatagramServer, Error, Next, Server, TcpStream};

/// What this process has used so far.
fn processor_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).unwrap();
    let time = usage.user_time() + usage.system_time();
    Duration::from_micros(u64::try_from(time.num_microseconds()).unwrap())
}

/// How many of the threads are there to serve.
fn serving() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names = tasks.filter_map(|task| {
        // One that has ended by now has no name.
        std::fs::read_to_string(task.ok()?.path().join("comm")).ok()
    });
    names.filter(|name| name.trim() == "usocket-serve").count()
}

/// There: an idle echo burns all of a processor.
#[test]
fn who_is_idle_costs_nothing() {
    let bind = || Server::bind("127.0.0.1:0").unwrap();
    let pool = bind().spawn_pool(2, |_| {
        |stream: &TcpStream| -> Result<Next, Error> {
            let mut piece = [0; 64];
            match stream.recv(&mut piece)? {
                0 => Ok(Next::Close),
                length => stream.send(&piece[..length]).map(|_| Next::Wait),
            }
        }
    });
    let pool = pool.unwrap();
    let idle: Vec<_> = (0..100).map(|_| connect(pool.local_addr())).collect();
    for client in &idle {
        echoes(client, "x");
    }
    assert_eq!((pool.connections(), serving()), (100, 2));

    let threads = bind().spawn(Server::echo).unwrap();
    // One that is at its limit waits for something else.
    let full = bind().max_connections(1).spawn(Server::echo).unwrap();
    let clients = [connect(threads.local_addr()), connect(full.local_addr())];
    for client in &clients {
        echoes(client, "x");
    }
    assert_eq!(serving(), 4);
    let datagrams = DatagramServer::bind("127.0.0.1:0").unwrap();
    let _datagrams = datagrams.threads(2).spawn(DatagramServer::echo).unwrap();
    let _waiting = connect(full.local_addr());

    let before = processor_time();
    let time = Duration::from_secs(1);
    for _ in 0..3 {
        // Nothing comes, so all of this is spent waiting.
        let error = clients[0].recv_deadline(&mut [0; 1], time).unwrap_err();
        assert_eq!(error.condition(), Condition::Timeout);
    }
    let used = processor_time().saturating_sub(before);
    // One thread that spins takes all of the time that it can get.
    assert!(used < Duration::from_millis(150), "{used:?}");
}
