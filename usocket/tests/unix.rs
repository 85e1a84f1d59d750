//! Sockets of the Unix domain: the calls of the others, and what paths can do wrong.
#![cfg(unix)]

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rstest::{fixture, rstest};
use tempfile::TempDir;
use usocket::{
    Cancel, Condition, Datagram, Deadline, Operation, UnixDatagram, UnixListenOptions,
    UnixListener, UnixStream,
};

const SOON: Duration = Duration::from_millis(30);

/// Only ever reached if the call under test hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether whoever connects or sends to one that is full waits for it.
const WAITS: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// A directory for one test, and paths in it.
struct Place(TempDir);

impl Place {
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

#[fixture]
fn place() -> Place {
    Place(tempfile::tempdir().unwrap())
}

/// A listener whose queue is full, its path, and who fills it.
fn full(place: &Place) -> (UnixListener, PathBuf, UnixStream) {
    let path = place.path("full");
    let listener = UnixListenOptions::new().backlog(0).bind(&path).unwrap();
    let first = UnixStream::connect_deadline(&path, PATIENCE).unwrap();
    (listener, path, first)
}

/// A bound socket whose queue is full, and its path.
fn full_receiver(place: &Place) -> (UnixDatagram, PathBuf, UnixDatagram) {
    let path = place.path("full");
    let receiver = UnixDatagram::bind(&path).unwrap();
    let sender = UnixDatagram::unbound().unwrap();
    while sender.try_send_to(b"x", &path).unwrap().is_some() {}
    (receiver, path, sender)
}

#[rstest]
fn a_connection_carries_bytes_and_both_ends_know_its_path(place: Place) {
    let path = place.path("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let mut client = UnixStream::connect(&path).unwrap();
    let (mut server, peer) = listener.accept_deadline(PATIENCE).unwrap();
    assert!(peer.is_unnamed());
    assert_eq!(client.peer_addr().unwrap().as_pathname(), Some(&*path));
    assert_eq!(server.local_addr().unwrap().as_pathname(), Some(&*path));
    client.write_all(b"question").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut question = String::new();
    server.read_to_string(&mut question).unwrap();
    assert_eq!(question, "question");
    server.write_all_deadline(b"answer", PATIENCE).unwrap();
    client.read_exact_deadline(&mut [0; 6], PATIENCE).unwrap();
    for (one, word) in [(&client, "from"), (&server, "from")] {
        let error = one
            .try_clone()
            .unwrap()
            .recv_deadline(&mut [0; 1], Duration::ZERO);
        if let Err(error) = error {
            assert_eq!(error.condition(), Condition::Timeout);
            assert_eq!(
                error.to_string(),
                format!("receive {word} {}: timed out", path.display())
            );
            assert_eq!(error.host(), path.to_str());
        }
    }
    let (std_listener, std_client): (
        std::os::unix::net::UnixListener,
        std::os::unix::net::UnixStream,
    ) = (listener.into(), client.into());
    // Ours was not blocking underneath; std's is as it was asked for.
    assert!(
        UnixListener::from(std_listener)
            .try_accept()
            .unwrap()
            .is_none()
    );
    assert_eq!(
        UnixStream::from(std_client)
            .peer_addr()
            .unwrap()
            .as_pathname(),
        Some(&*path)
    );
}

type Spoil = fn(&Place) -> PathBuf;

#[rstest]
#[case::missing(Condition::NotFound, |place: &Place| place.path("missing"))]
#[case::directory_missing(Condition::NotFound, |place: &Place| place.path("missing/socket"))]
#[case::through_a_device(Condition::Unknown, |_: &Place| "/dev/null/socket".into())]
#[case::too_long(Condition::NameTooLong, |place: &Place| place.path(&"x".repeat(300)))]
#[case::null_inside(Condition::InvalidArgument, |place: &Place| place.path("a\0b"))]
#[case::null_first(Condition::InvalidArgument, |_: &Place| "\0abstract?".into())]
#[case::empty(Condition::InvalidArgument, |_: &Place| "".into())]
#[case::nobody_listens(Condition::ConnectionRefused, |place: &Place| {
    let path = place.path("left");
    drop(UnixListener::bind(&path).unwrap());
    path
})]
#[case::no_socket(Condition::ConnectionRefused, |place: &Place| {
    let path = place.path("file");
    std::fs::write(&path, "").unwrap();
    path
})]
fn a_path_that_cannot_be_connected_to_is_named(
    place: Place,
    #[case] condition: Condition,
    #[case] spoil: Spoil,
) {
    let path = spoil(&place);
    let datagram = UnixDatagram::unbound().unwrap();
    let errors = [
        (Operation::Connect, UnixStream::connect(&path).unwrap_err()),
        (
            Operation::Connect,
            UnixStream::connect_deadline(&path, PATIENCE).unwrap_err(),
        ),
        (
            Operation::Connect,
            UnixStream::connect_deadline(&path, Duration::ZERO).unwrap_err(),
        ),
        (Operation::Connect, datagram.connect(&path).unwrap_err()),
        (
            Operation::SendTo,
            datagram.send_to(b"x", &path).unwrap_err(),
        ),
        (
            Operation::SendTo,
            datagram
                .send_to_deadline(b"x", &path, PATIENCE)
                .unwrap_err(),
        ),
        (
            Operation::SendTo,
            datagram.try_send_to(b"x", &path).unwrap_err(),
        ),
    ];
    for (operation, error) in errors {
        assert_eq!(error.condition(), condition, "{error:?}");
        assert_eq!(error.operation(), operation);
        assert_eq!(error.host(), path.to_str());
        assert_eq!(error.local(), None);
    }
    let error = UnixStream::connect(&path).unwrap_err();
    let named = path.to_string_lossy().escape_debug().to_string();
    assert_eq!(
        error.to_string(),
        format!("connect to {named}: {condition}")
    );
}

#[rstest]
#[case::taken(Condition::AddressInUse, |place: &Place| {
    let path = place.path("left");
    drop(UnixDatagram::bind(&path).unwrap());
    path
})]
#[case::file(Condition::AddressInUse, |place: &Place| {
    let path = place.path("file");
    std::fs::write(&path, "precious").unwrap();
    path
})]
#[case::directory_missing(Condition::NotFound, |place: &Place| place.path("missing/socket"))]
#[case::too_long(Condition::NameTooLong, |place: &Place| place.path(&"x".repeat(300)))]
#[case::null_inside(Condition::InvalidArgument, |place: &Place| place.path("a\0b"))]
#[case::empty(Condition::InvalidArgument, |_: &Place| "".into())]
fn a_path_that_cannot_be_bound_to_is_named_and_left_alone(
    place: Place,
    #[case] condition: Condition,
    #[case] spoil: Spoil,
) {
    let path = spoil(&place);
    let before = std::fs::symlink_metadata(&path).map(|data| data.len()).ok();
    for error in [
        UnixListener::bind(&path).unwrap_err(),
        UnixDatagram::bind(&path).unwrap_err(),
    ] {
        assert_eq!(error.condition(), condition, "{error:?}");
        assert_eq!(error.operation(), Operation::Bind);
        assert_eq!(error.host(), path.to_str());
        let named = path.to_string_lossy().escape_debug().to_string();
        assert_eq!(error.to_string(), format!("bind to {named}: {condition}"));
    }
    let after = std::fs::symlink_metadata(&path).map(|data| data.len()).ok();
    assert_eq!(before, after);
}

#[rstest]
fn a_socket_of_another_type_says_so(place: Place) {
    let (streams, datagrams) = (place.path("streams"), place.path("datagrams"));
    let _listener = UnixListener::bind(&streams).unwrap();
    let _socket = UnixDatagram::bind(&datagrams).unwrap();
    let datagram = UnixDatagram::unbound().unwrap();
    let errors = [
        UnixStream::connect(&datagrams).unwrap_err(),
        datagram.connect(&streams).unwrap_err(),
        datagram.send_to(b"x", &streams).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(
            error.condition(),
            Condition::SocketTypeNotSupported,
            "{error:?}"
        );
    }
}

#[rstest]
fn what_is_forbidden_says_so(place: Place) {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    // A datagram socket that has a peer hears nobody else.
    let (one, two) = (place.path("one"), place.path("two"));
    let first = UnixDatagram::bind(&one).unwrap();
    let _second = UnixDatagram::bind(&two).unwrap();
    first.connect(&two).unwrap();
    let third = UnixDatagram::unbound().unwrap();
    if cfg!(target_os = "linux") {
        for error in [
            third.connect(&one).unwrap_err(),
            third.send_to(b"x", &one).unwrap_err(),
        ] {
            assert_eq!(
                error.condition(),
                Condition::OperationNotPermitted,
                "{error:?}"
            );
            assert_eq!(error.host(), one.to_str());
        }
    }

    let closed = place.path("closed");
    std::fs::create_dir(&closed).unwrap();
    let path = closed.join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    set_permissions(&closed, Permissions::from_mode(0o0)).unwrap();
    // Whoever may do everything cannot be shown what is forbidden.
    let privileged = std::fs::read_dir(&closed).is_ok();
    let connected = UnixStream::connect(&path);
    set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
    if !privileged {
        assert_eq!(
            connected.unwrap_err().condition(),
            Condition::OperationNotPermitted
        );
    }
    drop(listener);
}

#[rstest]
fn a_listeners_file_stays(place: Place) {
    let path = place.path("socket");
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    std::fs::remove_file(&path).unwrap();
    UnixListener::bind(&path).unwrap();
}

#[rstest]
fn a_full_listener_ends_a_connect_by_its_deadline(place: Place) {
    let (listener, path, _first) = full(&place);
    let begin = Instant::now();
    let error = UnixStream::connect_deadline(&path, SOON).unwrap_err();
    if !WAITS {
        assert_eq!(error.condition(), Condition::ConnectionRefused);
        return;
    }
    assert!(begin.elapsed() >= SOON, "gave up too early");
    assert_eq!(error.condition(), Condition::Timeout);
    assert!(error.is_timeout());
    assert_eq!(
        error.to_string(),
        format!("connect to {}: timed out", path.display())
    );
    for passed in [Deadline::from(Duration::ZERO), Instant::now().into()] {
        let error = UnixStream::connect_deadline(&path, passed).unwrap_err();
        assert_eq!(error.condition(), Condition::Timeout);
    }
    // None of those who gave up waits there any more.
    listener.accept_deadline(PATIENCE).unwrap();
    assert!(listener.try_accept().unwrap().is_none());
}

#[rstest]
fn a_full_listener_lets_a_connect_be_called_off(place: Place) {
    let (_listener, path, _first) = full(&place);
    let cancel = Cancel::new().unwrap();
    let error = thread::scope(|scope| {
        let waiting =
            scope.spawn(|| UnixStream::connect_deadline(&path, cancel.or(PATIENCE)).unwrap_err());
        cancel.cancel();
        waiting.join().unwrap()
    });
    let condition = if WAITS {
        Condition::Cancelled
    } else {
        Condition::ConnectionRefused
    };
    assert_eq!(error.condition(), condition);
    assert_eq!(error.host(), path.to_str());
    let error = UnixStream::connect_deadline(&path, &cancel).unwrap_err();
    assert_eq!(error.condition(), condition);
}

#[rstest]
#[case::deadline(false)]
#[case::cancel(true)]
fn a_connect_goes_on_as_soon_as_a_full_listener_has_room(place: Place, #[case] cancelled: bool) {
    let (listener, path, _first) = full(&place);
    if !WAITS {
        return;
    }
    let cancel = Cancel::new().unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            if cancelled {
                UnixStream::connect_deadline(&path, cancel.or(PATIENCE))
            } else {
                UnixStream::connect_deadline(&path, PATIENCE)
            }
        });
        listener.accept_deadline(PATIENCE).unwrap();
        let stream = waiting.join().unwrap().unwrap();
        let (server, _) = listener.accept_deadline(PATIENCE).unwrap();
        server.send(b"x").unwrap();
        assert_eq!(stream.recv_deadline(&mut [0; 1], PATIENCE).unwrap(), 1);
        // Nothing of the waiting is left on it: it blocks, for ever.
        let stream = stream.into_std();
        assert_eq!(stream.write_timeout().unwrap(), None);
        let blocking = UnixStream::from(stream);
        let waiting = scope.spawn(move || blocking.recv(&mut [0; 1]));
        server.send(b"x").unwrap();
        assert_eq!(waiting.join().unwrap().unwrap(), 1);
    });
}

/// Linux tells a nonblocking accept to wait, and a wait that there is something to accept.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[rstest]
#[case::both(Shutdown::Both)]
#[case::read(Shutdown::Read)]
fn an_accept_ends_when_the_listener_is_shut_down(place: Place, #[case] how: Shutdown) {
    let listener = UnixListener::bind(place.path("socket")).unwrap();
    let error = thread::scope(|scope| {
        let waiting = scope.spawn(|| listener.accept_deadline(PATIENCE).unwrap_err());
        socket2::SockRef::from(&listener).shutdown(how).unwrap();
        waiting.join().unwrap()
    });
    let again = listener.accept_deadline(PATIENCE).unwrap_err();
    let tried = listener.try_accept().unwrap_err();
    let plain = listener.accept().unwrap_err();
    for error in [error, again, tried, plain] {
        assert_eq!(error.condition(), Condition::InvalidArgument, "{error}");
    }
}

#[rstest]
fn an_accept_ends_by_its_deadline_and_by_a_cancel(place: Place) {
    let path = place.path("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let begin = Instant::now();
    let error = listener.accept_deadline(SOON).unwrap_err();
    assert!(begin.elapsed() >= SOON);
    assert_eq!(error.condition(), Condition::Timeout);
    assert_eq!(
        error.to_string(),
        format!("accept on {}: timed out", path.display())
    );
    assert!(listener.try_accept().unwrap().is_none());
    let cancel = Cancel::new().unwrap();
    let error = thread::scope(|scope| {
        let waiting = scope.spawn(|| listener.accept_deadline(cancel.or(PATIENCE)).unwrap_err());
        cancel.cancel();
        waiting.join().unwrap()
    });
    assert_eq!(error.condition(), Condition::Cancelled);

    // What waits is taken, whatever the end says.
    let _client = UnixStream::connect(&path).unwrap();
    listener.accept_deadline(&cancel).unwrap();
    let _client = UnixStream::connect(&path).unwrap();
    listener.accept_deadline(Instant::now()).unwrap();
    let _client = UnixStream::connect(&path).unwrap();
    listener.incoming().next().unwrap().unwrap();
    // And one that nobody has made yet is waited for.
    thread::scope(|scope| {
        let waiting = scope.spawn(|| listener.accept());
        let client = UnixStream::connect_deadline(&path, PATIENCE).unwrap();
        waiting.join().unwrap().unwrap();
        drop(client);
    });
}

#[cfg(target_os = "linux")]
#[test]
fn abstract_names_need_no_file_and_are_named_with_an_at_sign() {
    use std::os::linux::net::SocketAddrExt;

    let id = format!(
        "usocket test {} {:?}",
        std::process::id(),
        thread::current().id()
    );
    let address = SocketAddr::from_abstract_name(&id).unwrap();
    let error = UnixStream::connect(&address).unwrap_err();
    assert_eq!(error.condition(), Condition::ConnectionRefused);
    assert_eq!(
        error.to_string(),
        format!("connect to @{id}: connection refused")
    );
    let listener = UnixListener::bind(&address).unwrap();
    assert_eq!(
        UnixListener::bind(&address).unwrap_err().to_string(),
        format!("bind to @{id}: address in use")
    );
    let client = UnixStream::connect(&address).unwrap();
    let (server, _) = listener.accept_deadline(PATIENCE).unwrap();
    assert_eq!(
        server.local_addr().unwrap().as_abstract_name(),
        Some(id.as_bytes())
    );
    assert_eq!(
        client.peer_addr().unwrap().as_abstract_name(),
        Some(id.as_bytes())
    );

    // A stream's name and a datagram's are two.
    let (one, two) = (
        UnixDatagram::bind(&address).unwrap(),
        UnixDatagram::unbound().unwrap(),
    );
    two.send_to(b"x", &address).unwrap();
    assert!(one.recv(&mut [0; 8]).unwrap().peer.is_unnamed());
    one.send_to(b"self", &address).unwrap();
    let got = one.recv_from_deadline(&mut [0; 8], PATIENCE).unwrap();
    assert_eq!(got.peer.as_abstract_name(), Some(id.as_bytes()));
}

fn check(got: &Datagram<SocketAddr>, buffer: &[u8], sent: &[u8], from: Option<&Path>) {
    let truncated = sent.len() > buffer.len();
    assert_eq!(got.len, sent.len().min(buffer.len()));
    assert_eq!(got.truncated, truncated);
    let full = (!truncated || cfg!(target_os = "linux")).then_some(sent.len());
    assert_eq!(got.full_len, full);
    assert_eq!(got.peer.as_pathname(), from);
    assert!(buffer[..got.len] == sent[..got.len], "the bytes differ");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.min(64)))]

    #[test]
    fn what_is_sent_is_what_comes(
        sent in proptest::collection::vec(any::<u8>(), 0..4096),
        space in 0_usize..4096,
        peek: bool,
    ) {
        let place = place();
        let (from, to) = (place.path("from"), place.path("to"));
        let (one, two) = (UnixDatagram::bind(&from).unwrap(), UnixDatagram::bind(&to).unwrap());
        prop_assert_eq!(one.send_to_deadline(&sent, &to, PATIENCE).unwrap(), sent.len());
        let mut buffer = vec![0; space];
        if peek {
            check(&two.peek_from(&mut buffer).unwrap(), &buffer, &sent, Some(&from));
            buffer.fill(0);
        }
        check(&two.recv_from(&mut buffer).unwrap(), &buffer, &sent, Some(&from));
        prop_assert!(two.try_recv_from(&mut buffer).unwrap().is_none());

        let (one, two) = UnixDatagram::pair().unwrap();
        prop_assert_eq!(one.send(&sent).unwrap(), sent.len());
        if peek {
            check(&two.peek_deadline(&mut buffer, PATIENCE).unwrap(), &buffer, &sent, None);
            buffer.fill(0);
        }
        check(&two.recv(&mut buffer).unwrap(), &buffer, &sent, None);
    }
}

#[test]
fn datagrams_end_by_deadlines_and_cancels() {
    let (one, two) = UnixDatagram::pair().unwrap();
    let begin = Instant::now();
    let error = two.recv_deadline(&mut [0; 8], SOON).unwrap_err();
    assert!(begin.elapsed() >= SOON);
    assert_eq!(error.condition(), Condition::Timeout);
    one.send(b"").unwrap();
    assert_eq!(
        two.recv_from_deadline(&mut [0; 8], Duration::ZERO)
            .unwrap()
            .len,
        0
    );
    let cancel = Cancel::new().unwrap();
    let error = thread::scope(|scope| {
        let waiting = scope.spawn(|| two.recv_from_deadline(&mut [0; 8], &cancel).unwrap_err());
        cancel.cancel();
        waiting.join().unwrap()
    });
    assert_eq!(error.condition(), Condition::Cancelled);
}

#[rstest]
fn a_receiver_without_room_ends_a_send_by_its_deadline(place: Place) {
    if !WAITS {
        return;
    }
    let (_receiver, path, sender) = full_receiver(&place);
    let begin = Instant::now();
    let error = sender.send_to_deadline(b"x", &path, SOON).unwrap_err();
    assert!(begin.elapsed() >= SOON);
    assert_eq!(error.condition(), Condition::Timeout);
    assert_eq!(
        error.to_string(),
        format!("send to {}: timed out", path.display())
    );
    let error = sender
        .send_to_deadline(b"x", &path, Duration::ZERO)
        .unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout);

    sender.connect(&path).unwrap();
    let begin = Instant::now();
    let error = sender.send_deadline(b"x", SOON).unwrap_err();
    assert!(begin.elapsed() >= SOON);
    assert_eq!(error.condition(), Condition::Timeout);
    assert_eq!(
        error.to_string(),
        format!("send to {}: timed out", path.display())
    );
    assert_eq!(sender.try_send(b"x").unwrap(), None);
}

#[rstest]
fn a_receiver_without_room_lets_a_send_be_called_off(place: Place) {
    if !WAITS {
        return;
    }
    let (_receiver, path, sender) = full_receiver(&place);
    let cancel = Cancel::new().unwrap();
    let error = thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            sender
                .send_to_deadline(b"x", &path, cancel.or(PATIENCE))
                .unwrap_err()
        });
        cancel.cancel();
        waiting.join().unwrap()
    });
    assert_eq!(error.condition(), Condition::Cancelled);
    assert_eq!(error.host(), path.to_str());
}

#[rstest]
#[case::without_a_peer(false)]
#[case::with_a_peer(true)]
fn a_send_goes_on_when_the_receiver_has_room(place: Place, #[case] connected: bool) {
    if !WAITS {
        return;
    }
    let (receiver, path, sender) = full_receiver(&place);
    if connected {
        sender.connect(&path).unwrap();
    }
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            if connected {
                sender.send_deadline(b"last", PATIENCE)
            } else {
                sender.send_to_deadline(b"last", &path, PATIENCE)
            }
        });
        while receiver.recv_deadline(&mut [0; 8], PATIENCE).unwrap().len != 4 {}
        assert_eq!(waiting.join().unwrap().unwrap(), 4);
    });
}

#[rstest]
fn a_peer_can_be_changed_and_taken_away(place: Place) {
    let (one, two) = (place.path("one"), place.path("two"));
    let (first, second) = (
        UnixDatagram::bind(&one).unwrap(),
        UnixDatagram::bind(&two).unwrap(),
    );
    let sender = UnixDatagram::unbound().unwrap();
    assert_eq!(
        sender.send(b"x").unwrap_err().condition(),
        Condition::NotConnected
    );
    for (path, receiver) in [(&one, &first), (&two, &second)] {
        sender.connect(path).unwrap();
        assert_eq!(sender.peer_addr().unwrap().as_pathname(), Some(&**path));
        sender.send(b"ping").unwrap();
        assert_eq!(
            receiver.recv_deadline(&mut [0; 8], PATIENCE).unwrap().len,
            4
        );
    }
    // An error about one path does not name another.
    let missing = place.path("missing");
    assert_eq!(
        sender.send_to(b"x", &missing).unwrap_err().host(),
        missing.to_str()
    );
    assert_eq!(
        sender.connect(&missing).unwrap_err().host(),
        missing.to_str()
    );
    drop(second);
    let error = sender.send(b"x").unwrap_err();
    assert_eq!(error.condition(), Condition::ConnectionRefused);
    assert_eq!(
        error.to_string(),
        format!("send to {}: connection refused", two.display())
    );

    sender.connect(&one).unwrap();
    sender.disconnect().unwrap();
    sender.disconnect().unwrap();
    assert_eq!(
        sender.peer_addr().unwrap_err().condition(),
        Condition::NotConnected
    );
    assert_eq!(sender.send(b"x").unwrap_err().host(), None);
}

#[test]
fn a_datagram_too_long_says_so() {
    let (one, two) = UnixDatagram::pair().unwrap();
    let error = one.send(&vec![0; 1 << 24]).unwrap_err();
    assert_eq!(error.condition(), Condition::MessageTooLong);
    assert!(two.try_recv(&mut [0; 1]).unwrap().is_none());
}

#[test]
fn shutting_down_is_no_error_and_has_its_effect() {
    let (one, two) = UnixDatagram::pair().unwrap();
    one.shutdown(Shutdown::Write).unwrap();
    one.shutdown(Shutdown::Write).unwrap();
    assert_eq!(one.send(b"x").unwrap_err().condition(), Condition::Shutdown);
    two.send(b"x").unwrap();
    assert_eq!(one.recv_deadline(&mut [0; 8], PATIENCE).unwrap().len, 1);
    UnixDatagram::unbound()
        .unwrap()
        .shutdown(Shutdown::Both)
        .unwrap();
}

/// Linux takes a path that fills its field to the last byte, and then says that it is longer.
#[cfg(target_os = "linux")]
#[test]
fn a_peer_with_the_longest_path_is_heard() {
    use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, bind, connect, sendto, socket};

    // The temporary directory's own path must leave room.
    let place = Place(tempfile::tempdir_in("/tmp").unwrap());
    let (path, streams) = (place.path("to"), place.path("streams"));
    let receiver = UnixDatagram::bind(&path).unwrap();
    let listener = UnixListener::bind(&streams).unwrap();
    for kind in [SocketType::DGRAM, SocketType::STREAM] {
        let directory = place.path(if kind == SocketType::DGRAM { "d" } else { "s" });
        std::fs::create_dir(&directory).unwrap();
        let rest = 108 - directory.as_os_str().len() - 1;
        let long = directory.join("x".repeat(rest));
        let sender = socket(AddressFamily::UNIX, kind, None).unwrap();
        bind(&sender, &SocketAddrUnix::new(&*long).unwrap()).unwrap();
        if kind == SocketType::DGRAM {
            let to = SocketAddrUnix::new(&*path).unwrap();
            sendto(&sender, b"x", rustix::net::SendFlags::empty(), &to).unwrap();
            let got = receiver.recv_from_deadline(&mut [0; 8], PATIENCE).unwrap();
            assert_eq!(got.len, 1);
            assert!(got.peer.is_unnamed());
        } else {
            connect(&sender, &SocketAddrUnix::new(&*streams).unwrap()).unwrap();
            let (stream, peer) = listener.accept_deadline(PATIENCE).unwrap();
            assert!(peer.is_unnamed());
            assert_eq!(stream.peer_addr().unwrap().as_pathname(), Some(&*long));
        }
    }
}

#[test]
fn sockets_of_std_keep_their_mode_and_their_timeout() {
    let (one, two) = std::os::unix::net::UnixDatagram::pair().unwrap();
    two.set_nonblocking(true).unwrap();
    let two = UnixDatagram::from(two);
    assert_eq!(
        two.recv(&mut [0; 8]).unwrap_err().condition(),
        Condition::WouldBlock
    );
    thread::scope(|scope| {
        let waiting = scope.spawn(|| two.recv_deadline(&mut [0; 8], Deadline::NEVER));
        one.send(b"ping").unwrap();
        assert_eq!(waiting.join().unwrap().unwrap().len, 4);
    });
    let two = two.into_std();
    two.set_nonblocking(false).unwrap();
    two.set_read_timeout(Some(SOON)).unwrap();
    let two = UnixDatagram::from(two);
    assert_eq!(
        two.recv(&mut [0; 8]).unwrap_err().condition(),
        Condition::Timeout
    );

    let (_one, two) = std::os::unix::net::UnixStream::pair().unwrap();
    two.set_read_timeout(Some(SOON)).unwrap();
    let two = UnixStream::from(two);
    assert_eq!(
        two.recv(&mut [0; 8]).unwrap_err().condition(),
        Condition::Timeout
    );
}

#[cfg(target_os = "linux")]
#[rstest]
#[case::names_a_file(true, Condition::BadFileDescriptor)]
#[case::no_socket(false, Condition::NotASocket)]
fn what_is_no_socket_is_found_out_by_every_call(
    place: Place,
    #[case] path_only: bool,
    #[case] condition: Condition,
) {
    use nix::fcntl::OFlag;
    use nix::sys::stat::Mode;

    let path = place.path("socket");
    let _there = UnixDatagram::bind(&path).unwrap();
    let flags = if path_only {
        OFlag::O_PATH
    } else {
        OFlag::empty()
    };
    let open = || nix::fcntl::open("/dev/null", flags, Mode::empty()).unwrap();
    let (stream, datagram) = (UnixStream::from(open()), UnixDatagram::from(open()));
    let listener = UnixListener::from(open());
    let buffer = &mut [0; 8];
    let errors: Vec<usocket::Error> = vec![
        stream.local_addr().unwrap_err(),
        stream.peer_addr().unwrap_err(),
        stream.recv(buffer).unwrap_err(),
        stream.send(b"x").unwrap_err(),
        stream.shutdown(Shutdown::Both).unwrap_err(),
        listener.local_addr().unwrap_err(),
        listener.accept().unwrap_err(),
        datagram.local_addr().unwrap_err(),
        datagram.connect(&path).unwrap_err(),
        datagram.send(b"x").unwrap_err(),
        datagram.send_to(b"x", &path).unwrap_err(),
        datagram
            .send_to_deadline(b"x", &path, PATIENCE)
            .unwrap_err(),
        datagram.recv(buffer).unwrap_err(),
        datagram.recv_from_deadline(buffer, PATIENCE).unwrap_err(),
        datagram.try_recv_from(buffer).unwrap_err(),
        datagram.shutdown(Shutdown::Both).unwrap_err(),
        datagram.disconnect().unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.condition(), condition, "{error:?}");
    }
}

#[rstest]
fn success_and_nothing_to_do_allocate_nothing(place: Place) {
    let path = place.path("to");
    let (to, from) = (
        UnixDatagram::bind(&path).unwrap(),
        UnixDatagram::unbound().unwrap(),
    );
    let (one, two) = UnixDatagram::pair().unwrap();
    let (stream, other) = UnixStream::pair().unwrap();
    let address = to.local_addr().unwrap();
    let buffer = &mut [0; 16];
    let late = Deadline::from(PATIENCE);
    let counted = allocation_counter::measure(|| {
        for _ in 0..2 {
            assert!(two.try_recv(buffer).unwrap().is_none());
            one.send(b"x").unwrap();
            two.recv_deadline(buffer, late).unwrap();
            from.send_to(b"x", &path).unwrap();
            to.recv_from(buffer).unwrap();
            from.send_to_deadline(b"x", &address, late).unwrap();
            to.recv_from_deadline(buffer, late).unwrap();
            assert!(
                from.try_send_to(b"too long for the buffer", &address)
                    .unwrap()
                    .is_some()
            );
            assert!(to.recv(buffer).unwrap().truncated);
            assert!(other.try_recv(buffer).unwrap().is_none());
            stream.send(b"x").unwrap();
            other.recv(buffer).unwrap();
        }
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");
}

#[test]
fn all_can_be_sent_to_other_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<UnixStream>();
    shared::<UnixListener>();
    shared::<UnixDatagram>();
    shared::<Datagram<SocketAddr>>();
    assert_eq!(
        UnixListenOptions::default(),
        UnixListenOptions::new().backlog(128)
    );
}
