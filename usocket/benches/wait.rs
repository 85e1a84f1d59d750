//! What waiting costs when one socket of many is ready, beside the system's own calls and `polling`.
//! `cargo bench -p usocket --bench wait`.

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("what it is compared with is Linux's");
}

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(target_os = "linux")]
mod linux {
    use std::mem::MaybeUninit;
    use std::os::fd::AsFd;
    use std::time::{Duration, Instant};

    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    use polling::{Event, Events, PollMode, Poller};
    use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
    use rustix::event::{PollFd, PollFlags, poll};
    use usocket::{Deadline, Interest, Source, UdpSocket, WaitSet, wait_for};

    /// How often each way is measured, in turn with the others.
    const ROUNDS: usize = 21;

    /// How long one way is measured in a round, and how often at least.
    const ROUND: Duration = Duration::from_millis(4);
    const LEAST: u32 = 16;

    const IDLE: [usize; 5] = [1, 8, 64, 512, 4096];

    const WAYS: [&str; 7] = [
        "wait_for", "poll", "WaitSet", "with end", "epoll", "by array", "polling",
    ];

    pub(super) fn main() {
        let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("a limit");
        setrlimit(Resource::RLIMIT_NOFILE, hard, hard).expect("up to the hard one");
        println!("one socket is ready, the others are idle; ns for one wait");
        println!("with end: a WaitSet and a deadline; by array: a WaitSet without epoll");
        print!("{:>6}", "idle");
        for way in WAYS {
            print!("{way:>10}");
        }
        println!();
        for idle in IDLE {
            if idle as u64 + 64 > hard {
                println!("{idle:>6}  is more than {hard} descriptors allow");
                continue;
            }
            print!("{idle:>6}");
            for time in measure(idle) {
                print!("{time:>10.0}");
            }
            println!();
        }
    }

    fn measure(idle: usize) -> [f64; WAYS.len()] {
        let sockets: Vec<_> = (0..=idle)
            .map(|_| UdpSocket::bind("127.0.0.1:0").expect("loopback"))
            .collect();
        // In the middle, where no order favours it.
        let ready = &sockets[idle / 2];
        let own = ready.local_addr().expect("a name");
        ready.send_to(b"x", own).expect("room");
        let never = Deadline::NEVER;

        let sources: Vec<&dyn Source> = sockets.iter().map(|socket| socket as _).collect();
        let mut by_list = || assert_eq!(wait_for(&sources, never).expect("one").len(), 1);

        let mut fds: Vec<_> = sockets
            .iter()
            .map(|socket| PollFd::new(socket, PollFlags::IN))
            .collect();
        let mut raw_poll = || assert_eq!(poll(&mut fds, None).expect("one"), 1);

        let set = WaitSet::new().expect("a set");
        let array = WaitSet::with_poll().expect("a set");
        let raw = epoll::create(CreateFlags::CLOEXEC).expect("a set");
        let poller = Poller::new().expect("a set");
        for (key, socket) in (0_u64..).zip(&sockets) {
            set.add(socket, key, Interest::READABLE).expect("new");
            array.add(socket, key, Interest::READABLE).expect("new");
            let data = EventData::new_u64(key);
            epoll::add(&raw, socket, data, EventFlags::IN).expect("new");
            let event = Event::readable(usize::try_from(key).expect("small"));
            // SAFETY: it is taken away before the socket is closed, at the end of this function.
            unsafe { poller.add_with_mode(socket, event, PollMode::Level) }.expect("new");
        }
        let late = Deadline::from(Duration::from_secs(600));
        let (mut one, mut two, mut three) = (Vec::new(), Vec::new(), Vec::new());
        let mut by_set = || {
            set.wait_into(&mut one, never).expect("one");
            assert_eq!(one.len(), 1);
        };
        let mut with_end = || {
            set.wait_into(&mut two, late).expect("one");
            assert_eq!(two.len(), 1);
        };
        let mut by_array = || {
            array.wait_into(&mut three, never).expect("one");
            assert_eq!(three.len(), 1);
        };
        let mut raw_epoll = || {
            let mut batch = [const { MaybeUninit::uninit() }; 256];
            let (events, _) = epoll::wait(&raw, &mut batch, None).expect("one");
            assert_eq!(events.len(), 1);
        };
        let mut events = Events::new();
        let mut by_polling = || {
            events.clear();
            assert_eq!(poller.wait(&mut events, None).expect("one"), 1);
        };

        let mut ways: [&mut dyn FnMut(); WAYS.len()] = [
            &mut by_list,
            &mut raw_poll,
            &mut by_set,
            &mut with_end,
            &mut raw_epoll,
            &mut by_array,
            &mut by_polling,
        ];
        let mut times = [const { Vec::new() }; WAYS.len()];
        for round in 0..=ROUNDS {
            for (way, times) in ways.iter_mut().zip(&mut times) {
                let time = nanoseconds(way);
                // The first round warms up.
                if round > 0 {
                    times.push(time);
                }
            }
        }
        for socket in &sockets {
            poller.delete(socket.as_fd()).expect("a member");
        }
        times.map(median)
    }

    fn nanoseconds(call: &mut dyn FnMut()) -> f64 {
        let begin = Instant::now();
        let mut calls = 0;
        // The clock is asked so seldom that it does not count.
        while calls == 0 || begin.elapsed() < ROUND {
            for _ in 0..LEAST {
                call();
            }
            calls += LEAST;
        }
        begin.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
    }

    fn median(mut values: Vec<f64>) -> f64 {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    }
}
