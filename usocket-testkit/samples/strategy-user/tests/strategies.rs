//! What a user of the testkit writes: what comes from a network, in all its forms.

use std::io::{self, ErrorKind, Read};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use strategy_user::{read_frame, server, write_frame};
use usocket_testkit::strategies::*;
use usocket_testkit::{Errno, Operation, Protocol};

/// Frames, and a way in which their bytes may come.
fn frames() -> impl Strategy<Value = (Vec<Vec<u8>>, ByteSchedule)> {
    vec(bytes(0..=40), 0..=4).prop_flat_map(|frames| {
        let mut wire = Vec::new();
        for frame in &frames {
            write_frame(&mut wire, frame).unwrap();
        }
        (Just(frames), byte_schedule(wire))
    })
}

/// A stream whose reads fail where a schedule says so.
struct Failing<R> {
    stream: R,
    schedule: Vec<FaultRule>,
    calls: u32,
}

impl<R: Read> Read for Failing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let call = self.calls;
        self.calls += 1;
        match self.schedule.iter().find(|rule| rule.fails(call)) {
            Some(rule) => Err(rule.errno.into()),
            None => self.stream.read(buffer),
        }
    }
}

proptest! {
    #[test]
    fn every_server_is_read(text in endpoint_text()) {
        let server = server(&text).unwrap();
        prop_assert!(text.contains(&server.host) && text.ends_with(&server.port));
    }

    #[test]
    fn nothing_else_is_one(text in broken_endpoint_text()) {
        prop_assert_eq!(server(&text), None);
    }

    #[test]
    fn an_address_is_a_server(addr in socket_addr()) {
        let server = server(&addr.to_string()).unwrap();
        prop_assert_eq!(server.port, addr.port().to_string());
    }

    #[test]
    fn the_cuts_make_no_difference((frames, schedule) in frames()) {
        let mut stream = schedule.reader();
        for frame in frames {
            prop_assert_eq!(read_frame(&mut stream).unwrap(), Some(frame));
        }
        match read_frame(&mut stream) {
            Ok(end) => prop_assert!(schedule.half_closes() && end.is_none()),
            Err(error) => prop_assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
    }

    /// Interrupted calls are made again; every other error comes out as it is, and no frame before it is lost.
    #[test]
    fn an_error_comes_after_whole_frames(
        (frames, schedule) in frames(),
        faults in fault_schedule_on(&[Operation::Receive]),
    ) {
        let expected: Vec<_> = faults.iter().map(|rule| rule.errno).collect();
        let mut stream = Failing { stream: schedule.reader(), schedule: faults, calls: 0 };
        let mut read = Vec::new();
        let end = loop {
            match read_frame(&mut stream) {
                Ok(Some(frame)) => read.push(frame),
                end => break end,
            }
        };
        prop_assert_eq!(&frames[..read.len()], &read[..]);
        match end {
            Ok(_) => prop_assert_eq!(read, frames),
            Err(error) => match Errno::of(&error) {
                Some(errno) => {
                    prop_assert!(expected.contains(&errno), "{}", errno);
                    prop_assert_ne!(errno, Errno::EINTR);
                }
                // The stream says nothing more.
                None => prop_assert_eq!(error.kind(), ErrorKind::WouldBlock),
            },
        }
    }

    #[test]
    fn a_socket_makes_no_difference_whatever_its_options(
        (frames, schedule) in frames(),
        options in socket_options(Protocol::Tcp4),
    ) {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let server = TcpStream::connect(listener.local_addr()?)?;
        let (mut client, _) = listener.accept()?;
        for option in options {
            option.set(&client)?;
        }
        // Its own timeout may be a millisecond.
        client.set_read_timeout(Some(Duration::from_secs(30)))?;
        schedule.send(&server)?;
        for frame in frames {
            prop_assert_eq!(read_frame(&mut client).unwrap(), Some(frame));
        }
    }
}
