//! No wait leaves a descriptor behind, be it successful or not: in a process of its own,
//! whose descriptors it counts.
#![cfg(target_os = "linux")]

#[path = "../../usocket-testkit/tests/counts/mod.rs"]
mod counts;

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use counts::counts;
use usocket::{Cancel, Interest, UdpSocket, UnixStream, WaitSet, wait_for};

const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn nothing_is_left_behind() {
    let round = || {
        for set in [WaitSet::new().unwrap(), WaitSet::with_poll().unwrap()] {
            let (one, two) = UnixStream::pair().unwrap();
            let (one, idle) = (Arc::new(one), UdpSocket::bind("127.0.0.1:0").unwrap());
            set.add(Arc::clone(&one), 1, Interest::READABLE).unwrap();
            set.add(Arc::new(idle), 2, Interest::READABLE).unwrap();
            set.add(Arc::clone(&one), 3, Interest::READABLE)
                .unwrap_err();
            let cancel = Cancel::new().unwrap();
            let waker = set.waker();
            thread::scope(|scope| {
                let waiting = [(); 3].map(|()| scope.spawn(|| set.wait(PATIENCE).unwrap()));
                two.send(b"x").unwrap();
                for thread in waiting {
                    assert_eq!(thread.join().unwrap()[0].0, 1);
                }
            });
            cancel.cancel();
            set.remove(&one).unwrap();
            set.wait(&cancel).unwrap_err();
            wait_for(&[&one], &cancel).unwrap();
            set.add(one, 4, Interest::READABLE).unwrap();
            // Two are members when it ends.
            drop(set);
            waker.wake();
        }
    };
    // Whatever the first round makes for all.
    round();
    let before = counts().0;
    (0..10).for_each(|_| round());
    assert_eq!(counts().0, before);

    // A set takes as many as it says, and none for a member.
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let before = counts().0;
    let set = WaitSet::new().unwrap();
    set.add(&socket, (), Interest::READABLE).unwrap();
    set.wait(Duration::ZERO).unwrap();
    assert_eq!(counts().0, before + 2);
}
