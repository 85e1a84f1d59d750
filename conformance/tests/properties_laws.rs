//! Laws that need no model: what is done over IPv4 and over IPv6, with a deadline or by waiting first, and by usocket, std
//! or tokio, has the same answers.
#![cfg(target_os = "linux")]

mod model;
mod properties_support;
#[path = "properties_laws/speakers.rs"]
mod speakers;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use model::system::{Settled, refusing};
use properties_support::config;
use proptest::collection::vec;
use proptest::prelude::*;
use rstest::rstest;
use speakers::{Said, Speaker};
use usocket_testkit::Protocol;

/// An end of a connection: the client's or the server's.
#[derive(Clone, Copy, Debug)]
enum End {
    Client,
    Server,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Send(End, usize),
    Receive(End, usize),
    ShutWrite(End),
    ShutRead(End),
    Close(End),
    Abort(End),
}

fn step() -> impl Strategy<Value = Step> {
    let end = || prop_oneof![Just(End::Client), Just(End::Server)];
    prop_oneof![
        6 => (end(), 1..3000_usize).prop_map(|(end, length)| Step::Send(end, length)),
        6 => (end(), 1..3000_usize).prop_map(|(end, length)| Step::Receive(end, length)),
        1 => end().prop_map(Step::ShutWrite),
        1 => end().prop_map(Step::ShutRead),
        1 => end().prop_map(Step::Close),
        1 => end().prop_map(Step::Abort),
    ]
}

const FAMILIES: [SocketAddr; 2] = [
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
    SocketAddr::new(std::net::IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
];

/// Does it all, and says what was answered. What is closed says nothing more.
fn story(
    any: SocketAddr,
    speaker: &dyn Speaker,
    steps: &[Step],
    settled: &Settled,
) -> Vec<Option<Said>> {
    let listener = std::net::TcpListener::bind(any).unwrap();
    let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    let mut ends = [Some(speaker.adopt(client)), Some(speaker.adopt(server))];
    let said = steps
        .iter()
        .map(|step| {
            let (Step::Send(end, _)
            | Step::Receive(end, _)
            | Step::ShutWrite(end)
            | Step::ShutRead(end)
            | Step::Close(end)
            | Step::Abort(end)) = *step;
            let place = &mut ends[end as usize];
            let stream = place.as_mut()?;
            let said = match *step {
                Step::Send(_, length) => stream.send(&vec![7; length]),
                Step::Receive(_, length) => stream.receive(&mut vec![0; length]),
                Step::ShutWrite(_) => stream.shutdown(std::net::Shutdown::Write),
                Step::ShutRead(_) => stream.shutdown(std::net::Shutdown::Read),
                Step::Close(_) | Step::Abort(_) => {
                    if matches!(step, Step::Abort(_)) {
                        stream.reset_on_close();
                    }
                    *place = None;
                    Said::Done(0)
                }
            };
            settled.wait();
            Some(said)
        })
        .collect();
    // So that no port stays in TIME_WAIT for a minute.
    ends.iter_mut()
        .flatten()
        .for_each(|end| end.reset_on_close());
    said
}

proptest! {
    #![proptest_config(config(120))]

    #[test]
    fn streams_answer_the_same_over_both_families_and_by_whoever_asks(steps in vec(step(), 1..30)) {
        let settled = Settled::new();
        let expected = story(FAMILIES[0], speakers::ALL[0], &steps, &settled);
        for any in FAMILIES {
            for speaker in speakers::ALL {
                let said = story(any, *speaker, &steps, &settled);
                prop_assert_eq!(&said, &expected, "{} at {}", speaker.name(), any);
            }
        }
    }
}

/// Where to.
#[derive(Clone, Copy, Debug)]
enum To {
    Listener,
    Nowhere,
    NoPort,
}

#[rstest]
#[case::listener(To::Listener)]
#[case::nowhere(To::Nowhere)]
#[case::no_port(To::NoPort)]
fn connects_answer_the_same_over_both_families_and_by_whoever_asks(#[case] to: To) {
    let mut first = None;
    for (any, over) in FAMILIES.into_iter().zip([Protocol::Tcp4, Protocol::Tcp6]) {
        for speaker in speakers::ALL {
            let listener = std::net::TcpListener::bind(any).unwrap();
            let nowhere = refusing(over);
            let addr = match to {
                To::Listener => listener.local_addr().unwrap(),
                To::Nowhere => nowhere.addr(),
                To::NoPort => any,
            };
            let said = speaker.connect(addr);
            let expected = *first.get_or_insert(said);
            assert_eq!(said, expected, "{} to {addr}", speaker.name());
        }
    }
    let succeeded = first == Some(Said::Done(0));
    assert_eq!(succeeded, matches!(to, To::Listener), "{first:?}");
}
