//! What a wait makes of the system's calls, of those that are interrupted and of those that fail.
#![cfg(unix)]

mod wait_support;

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use rstest::rstest;
use usocket::{Cancel, Condition, Interest, Operation, UnixStream, WaitSet, seam, wait_for};
use wait_support::{Kind, NOW, PATIENCE, SOON};

/// Counts the calls that wait while `call` is made.
fn calls(call: impl FnOnce()) -> u32 {
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    let _guard = seam::install(move |call| {
        assert_eq!(call.operation(), Operation::Wait);
        counted.set(counted.get() + 1);
        None
    });
    call();
    count.get()
}

/// Interrupts each call before it is made, a few times.
fn interrupted<T>(call: impl FnOnce() -> T) -> T {
    let left = Rc::new(Cell::new(5));
    let count = Rc::clone(&left);
    let _guard = seam::install(move |_| {
        (count.get() > 0).then(|| {
            count.set(count.get() - 1);
            io::ErrorKind::Interrupted.into()
        })
    });
    let result = call();
    assert_eq!(left.get(), 0, "it was not even tried");
    result
}

/// Makes each call fail.
fn failing<T>(call: impl FnOnce() -> T) -> T {
    let _guard = seam::install(|_| Some(io::ErrorKind::OutOfMemory.into()));
    call()
}

#[rstest]
fn a_wait_that_finds_something_is_one_call(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let pairs: Vec<_> = (0..50).map(|_| UnixStream::pair().unwrap()).collect();
    let sources: Vec<&dyn usocket::Source> = pairs.iter().map(|(one, _)| one as _).collect();
    let set = kind.set();
    for (key, (one, two)) in pairs.iter().enumerate() {
        set.add(one, key, Interest::READABLE).unwrap();
        two.send(b"x").unwrap();
    }
    let cancel = Cancel::new().unwrap();
    assert_eq!(
        calls(|| assert_eq!(wait_for(&sources, PATIENCE).unwrap().len(), 50)),
        1
    );
    assert_eq!(calls(|| drop(wait_for(&sources, cancel.or(PATIENCE)))), 1);
    assert_eq!(
        calls(|| assert_eq!(set.wait(PATIENCE).unwrap().len(), 50)),
        1
    );
    assert_eq!(calls(|| drop(set.wait(cancel.or(PATIENCE)))), 1);
    set.clear().unwrap();
    assert_eq!(calls(|| assert!(set.wait(NOW).unwrap().is_empty())), 1);
    assert_eq!(calls(|| assert!(wait_for(&[], NOW).unwrap().is_empty())), 1);
}

/// A change ends the wait of another thread, which waits again. That must be all it does.
#[rstest]
fn a_wait_that_finds_nothing_does_not_go_round_in_circles(
    #[values(Kind::Native, Kind::Poll)] kind: Kind,
    #[values(false, true)] with_cancel: bool,
) {
    let (one, two) = UnixStream::pair().unwrap();
    let (three, _four) = UnixStream::pair().unwrap();
    let cancel = Cancel::new().unwrap();
    let set = kind.set();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| set.wait(PATIENCE).unwrap());
        for _ in 0..100 {
            set.add(&three, 3, Interest::READABLE).unwrap();
            set.remove(&three).unwrap();
        }
        set.add(&one, 1, Interest::READABLE).unwrap();
        two.send(b"x").unwrap();
        assert_eq!(waiting.join().unwrap().len(), 1);
    });
    one.recv(&mut [0; 1]).unwrap();
    let made = calls(|| {
        let until = if with_cancel {
            cancel.or(SOON)
        } else {
            SOON.into()
        };
        assert!(set.wait(until).unwrap().is_empty());
    });
    // To look, to wait, to look; and again where the clock was early.
    assert!(made <= 6, "{made} calls");
}

#[rstest]
fn whatever_is_interrupted_goes_on(
    #[values(Kind::Native, Kind::Poll)] kind: Kind,
    #[values(false, true)] with_cancel: bool,
) {
    let (one, two) = UnixStream::pair().unwrap();
    let cancel = Cancel::new().unwrap();
    let set = kind.set();
    let wait = |time: Duration| {
        if with_cancel {
            set.wait(cancel.or(time)).unwrap()
        } else {
            set.wait(time).unwrap()
        }
    };
    set.add(&one, (), Interest::READABLE).unwrap();
    for ready in [false, true] {
        if ready {
            two.send(b"x").unwrap();
        }
        for time in [NOW, SOON] {
            let begin = Instant::now();
            assert_eq!(interrupted(|| wait(time)).len(), usize::from(ready));
            assert!(ready || begin.elapsed() >= time, "it waited no less");
            let begin = Instant::now();
            let found = interrupted(|| wait_for(&[&one], time).unwrap());
            assert_eq!(found.len(), usize::from(ready));
            assert!(ready || begin.elapsed() >= time, "it waited no less");
        }
    }
    if kind == Kind::Native {
        interrupted(|| set.modify(&one, Interest::WRITABLE)).unwrap();
        interrupted(|| set.remove(&one)).unwrap();
    } else {
        set.remove(&one).unwrap();
    }
    interrupted(|| set.add(&one, (), Interest::WRITABLE)).unwrap();
    assert!(wait(PATIENCE)[0].1.is_writable());
}

#[cfg(target_os = "linux")]
mod interruptions {
    use std::process::{Child, Command};

    /// Stops this process and lets it go on, again and again, by a process of its own.
    pub(super) struct Interruptions(Child);

    impl Interruptions {
        pub(super) fn begin() -> Self {
            // Bounded, in case nobody ends it.
            let script = "for _ in $(seq 2000); do kill -STOP $0; kill -CONT $0; sleep 0.005; done";
            let process = std::process::id().to_string();
            let command = Command::new("sh").args(["-c", script, &process]).spawn();
            Self(command.unwrap())
        }

        pub(super) fn go_on(&mut self) -> bool {
            self.0.try_wait().unwrap().is_none()
        }
    }

    impl Drop for Interruptions {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

/// On Linux, a process that was stopped finds its `epoll_wait` interrupted, though it has no handler
/// for any signal: signal(7).
#[cfg(target_os = "linux")]
#[test]
fn an_interruption_does_not_put_the_deadline_off() {
    let set = Kind::Native.set::<()>();
    let begin = Instant::now();
    let mut interruptions = interruptions::Interruptions::begin();
    let mut time = Duration::from_millis(100);
    loop {
        let began = Instant::now();
        let made = calls(|| assert!(set.wait(time).unwrap().is_empty()));
        assert!(began.elapsed() >= time);
        assert!(interruptions.go_on(), "a wait took as long as all of them");
        // Two of them at least, so that they come faster than the time passes.
        if made > 3 {
            break;
        }
        assert!(begin.elapsed() < PATIENCE, "nothing was interrupted");
        time = (2 * time).min(Duration::from_secs(2));
    }
}

#[rstest]
fn what_fails_changes_nothing(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let (one, two) = UnixStream::pair().unwrap();
    let (three, four) = UnixStream::pair().unwrap();
    let set = kind.set();
    let failed = |error: usocket::Error| {
        assert_eq!(error.condition(), Condition::OutOfMemory);
        assert_eq!(error.operation(), Operation::Wait);
    };
    set.add(&one, 1, Interest::READABLE).unwrap();
    two.send(b"x").unwrap();
    four.send(b"x").unwrap();
    let mut ready = set.wait(PATIENCE).unwrap();
    assert_eq!(ready.len(), 1);

    failed(failing(|| set.wait_into(&mut ready, PATIENCE)).unwrap_err());
    assert!(ready.is_empty());
    failed(failing(|| set.wait(PATIENCE)).unwrap_err());
    failed(failing(|| wait_for(&[&one], PATIENCE)).unwrap_err());
    failed(failing(|| set.add(&three, 3, Interest::READABLE)).unwrap_err());
    assert_eq!(set.len(), 1);
    if kind == Kind::Native {
        // The other makes no call for these.
        failed(failing(|| set.remove(&one)).unwrap_err());
        failed(failing(|| set.clear()).unwrap_err());
        failed(failing(|| set.modify(&one, Interest::WRITABLE)).unwrap_err());
        failed(failing(WaitSet::<()>::new).unwrap_err());
    }
    let ready = set.wait(PATIENCE).unwrap();
    assert_eq!((ready.len(), ready[0].0), (1, 1));
    assert!(ready[0].1.is_readable());
    set.add(&three, 3, Interest::READABLE).unwrap();
    set.remove(&one).unwrap();
    assert_eq!(set.wait(PATIENCE).unwrap()[0].0, 3);
}
