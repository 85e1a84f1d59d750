//! The Lisp library's API, symbol by symbol: `fixtures/usocket-api.toml` against the crate's items,
//! its sources and its documentation.
//!
//! Every check collects what is wrong, so that one run shows all of it.
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use serde::Deserialize;
use usocket::{
    Condition, ConnectOptions, Interest, ListenOptions, Server, TcpStream, UdpSocket, WaitSet,
};

/// Compiles every path, and gives the paths as text.
///
/// What stands under `items` can be imported: types, traits, variants, constants, functions of a
/// module. What stands under `methods` belongs to a type; a generic one says of which types it is
/// taken.
macro_rules! paths {
    (items { $($item:path,)* } methods { $($method:path $(as $signature:ty)?,)* }) => {
        const _: () = {
            $(
                #[allow(unused_imports, reason = "it is there, which is all")]
                use $item as _;
            )*
        };

        #[expect(unused_qualifications, reason = "all of the path is looked at")]
        fn paths() -> Vec<&'static str> {
            $(
                let _ = $method $(as $signature)?;
            )*
            vec![$(stringify!($item),)* $(stringify!($method),)*]
        }
    };
}

type Text = &'static str;
type Set = WaitSet<'static, u8>;
type Handler = fn(&TcpStream, SocketAddr) -> io::Result<()>;

paths! {
    items {
        usocket::Class::NameError,
        usocket::Class::SocketCondition,
        usocket::Class::SocketError,
        usocket::Condition::AddressInUse,
        usocket::Condition::AddressNotAvailable,
        usocket::Condition::BadFileDescriptor,
        usocket::Condition::ConnectionAborted,
        usocket::Condition::ConnectionRefused,
        usocket::Condition::ConnectionReset,
        usocket::Condition::HostDown,
        usocket::Condition::HostNotFound,
        usocket::Condition::HostUnreachable,
        usocket::Condition::Interrupted,
        usocket::Condition::InvalidArgument,
        usocket::Condition::NetworkDown,
        usocket::Condition::NetworkReset,
        usocket::Condition::NetworkUnreachable,
        usocket::Condition::NoBuffers,
        usocket::Condition::NoRecovery,
        usocket::Condition::OperationNotPermitted,
        usocket::Condition::OperationNotSupported,
        usocket::Condition::OutOfMemory,
        usocket::Condition::ProtocolNotSupported,
        usocket::Condition::ResolverUnknown,
        usocket::Condition::Shutdown,
        usocket::Condition::SocketTypeNotSupported,
        usocket::Condition::Timeout,
        usocket::Condition::TryAgain,
        usocket::Condition::Unknown,
        usocket::Condition::Unsupported,
        usocket::Datagram,
        usocket::DatagramServer,
        usocket::Disposition,
        usocket::Ipv6Mode,
        usocket::MAX_DATAGRAM,
        usocket::Readiness,
        usocket::Server,
        usocket::TcpListener,
        usocket::TcpStream,
        usocket::UdpSocket,
        usocket::WaitSet,
        usocket::address::AUTO_PORT,
        usocket::address::ToIpAddr,
        usocket::address::WILDCARD_V4,
        usocket::address::WILDCARD_V6,
        usocket::address::get_integer,
        usocket::address::get_ipv4,
        usocket::address::get_ipv6,
        usocket::address::get_port,
        usocket::address::octets,
        usocket::address::put_integer,
        usocket::address::put_ip,
        usocket::address::put_port,
        usocket::address::same_ip,
        usocket::resolve::Family,
        usocket::resolve::host_name,
        usocket::resolve::lookup,
        usocket::wait_for,
    }
    methods {
        std::net::Ipv4Addr::from_bits,
        std::net::Ipv4Addr::to_bits,
        usocket::Condition::of,
        usocket::ConnectOptions::connect as fn(&ConnectOptions, Text, Duration) -> _,
        usocket::DatagramServer::echo,
        usocket::Error::disposition,
        usocket::Error::from_io,
        usocket::Error::host,
        usocket::Error::peer,
        usocket::ListenOptions::bind as fn(&ListenOptions, Text) -> _,
        usocket::ListenOptions::reuse_address,
        usocket::Server::echo,
        usocket::Server::spawn as fn(Server, Handler) -> _,
        usocket::TcpListener::accept,
        usocket::TcpListener::accept_deadline as fn(&_, Duration) -> _,
        usocket::TcpListener::bind as fn(Text) -> _,
        usocket::TcpListener::into_std,
        usocket::TcpListener::local_addr,
        usocket::TcpStream::close as fn(_, Duration) -> _,
        usocket::TcpStream::connect as fn(Text) -> _,
        usocket::TcpStream::connect_deadline as fn(Text, Duration) -> _,
        usocket::TcpStream::into_std,
        usocket::TcpStream::local_addr,
        usocket::TcpStream::peer_addr,
        usocket::TcpStream::set_keepalive,
        usocket::TcpStream::set_nodelay,
        usocket::TcpStream::set_read_timeout,
        usocket::TcpStream::set_write_timeout,
        usocket::TcpStream::shutdown,
        usocket::UdpSocket::connect as fn(&UdpSocket, Text) -> _,
        usocket::UdpSocket::into_std,
        usocket::UdpSocket::local_addr,
        usocket::UdpSocket::peer_addr,
        usocket::UdpSocket::recv,
        usocket::UdpSocket::recv_from,
        usocket::UdpSocket::send,
        usocket::UdpSocket::send_to as fn(&UdpSocket, &[u8], Text) -> _,
        usocket::UdpSocket::set_broadcast,
        usocket::UnixListener::bind as fn(Text) -> _,
        usocket::UnixStream::connect as fn(Text) -> _,
        usocket::WaitSet::add as fn(&Set, &'static UdpSocket, u8, Interest) -> _,
        usocket::WaitSet::clear as fn(&Set) -> _,
        usocket::WaitSet::remove as fn(&Set, &UdpSocket) -> _,
        usocket::WaitSet::wait as fn(&Set, Duration) -> _,
        usocket::resolve::Lookup::addresses,
        usocket::resolve::Lookup::first_v4,
        usocket::resolve::Lookup::random,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    symbol: Vec<Symbol>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Symbol {
    name: String,
    kind: String,
    #[serde(default)]
    ours: Vec<String>,
    #[serde(default)]
    std: Vec<String>,
    none: Option<String>,
}

impl Symbol {
    fn is_condition(&self) -> bool {
        ["condition", "macro + condition"].contains(&self.kind.as_str())
    }

    /// Everything that takes its place, by its path as it is written in code.
    fn paths(&self) -> impl Iterator<Item = String> {
        let ours = self.ours.iter().map(|path| format!("usocket::{path}"));
        ours.chain(self.std.iter().cloned())
    }
}

/// The folder of the crate. Asked when it runs: an archive of tests runs elsewhere than it was built.
fn crate_folder() -> PathBuf {
    std::env::var("CARGO_MANIFEST_DIR").unwrap().into()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn symbols() -> Vec<Symbol> {
    let path = crate_folder().join("../fixtures/usocket-api.toml");
    let fixture: Fixture =
        toml::from_str(&read(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    fixture.symbol
}

/// Every source of the crate.
fn sources() -> Vec<String> {
    fn collect(folder: &Path, sources: &mut Vec<String>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                collect(&path, sources)?;
            } else {
                sources.push(read(&path));
            }
        }
        Ok(())
    }
    let mut sources = Vec::new();
    collect(&crate_folder().join("src"), &mut sources).unwrap();
    sources
}

/// A name by which the documentation's search finds an item beside its own.
struct Alias {
    name: String,
    /// The type whose method, variant or field it is, or `None`. What begins with `$` stands in a
    /// macro and is any.
    owner: Option<String>,
    item: String,
}

/// Every attribute `#[doc(alias = "…")]` of the crate, with the item that follows it.
fn aliases() -> Vec<Alias> {
    let mut found = Vec::new();
    for source in sources() {
        let mut owner: Option<(usize, String)> = None;
        let mut pending = Vec::new();
        for line in source.lines() {
            let code = line.trim_start();
            let depth = line.len() - code.len();
            if let Some(alias) = code.strip_prefix("#[doc(alias = \"") {
                pending.push(alias.split('"').next().unwrap().to_owned());
            } else if code.starts_with('}') && owner.as_ref().is_some_and(|(at, _)| *at == depth) {
                owner = None;
            } else if let Some(name) = code.strip_prefix("impl").and_then(type_name) {
                owner = Some((depth, name));
            } else if let Some(item) = item_name(code) {
                let of_type = owner.as_ref().map(|(_, name)| name.clone());
                found.extend(pending.drain(..).map(|alias| Alias {
                    name: alias,
                    owner: of_type.clone(),
                    item: item.clone(),
                }));
                let has_parts = ["pub enum ", "pub struct ", "pub trait "];
                if has_parts.iter().any(|keyword| code.starts_with(keyword)) && code.ends_with('{')
                {
                    owner = Some((depth, item));
                }
            }
        }
    }
    found
}

/// The type in `<T> Type<T> {`, which follows `impl`, but for the implementation of a trait.
fn type_name(code: &str) -> Option<String> {
    let (code, _) = code
        .split_once(" {")
        .filter(|(code, _)| !code.contains(" for "))?;
    let name = if code.starts_with('<') {
        code.split_once("> ")?.1
    } else {
        code.trim_start()
    };
    Some(identifier(name))
}

/// What a line declares, if it declares something that can have an alias.
fn item_name(code: &str) -> Option<String> {
    let mut rest = code.strip_prefix("pub ").unwrap_or(code);
    if rest.len() == code.len() {
        // A variant, or a name of a macro's.
        let first = rest.chars().next()?;
        return (first.is_ascii_uppercase() || first == '$' && !rest.starts_with("$("))
            .then(|| identifier(rest));
    }
    for keyword in ["const ", "fn ", "struct ", "enum ", "trait ", "mod "] {
        rest = rest.strip_prefix(keyword).unwrap_or(rest);
    }
    Some(identifier(rest))
}

fn identifier(code: &str) -> String {
    let is_part = |c: &char| c.is_ascii_alphanumeric() || ['_', '$'].contains(c);
    code.chars().take_while(is_part).collect()
}

/// The literals in the lists from which two macros make aliases: `["a", "b"]`.
///
/// Other lists of text are among them; nothing in those is the name of anything.
fn listed() -> BTreeSet<String> {
    let passes_on = |source: &String| {
        let attribute = |literal| format!("$(#[doc(alias = {literal})])*\n");
        source.contains(&attribute("$alias")) || source.contains(&attribute("$lisp"))
    };
    let sources = sources();
    let lines = sources
        .iter()
        .filter(|source| passes_on(source))
        .flat_map(|source| source.lines());
    lines
        .filter(|line| line.contains("[\"") && !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned))
        .collect()
}

/// The names of the crate's functions.
fn functions() -> BTreeSet<String> {
    let sources = sources();
    let after = sources
        .iter()
        .flat_map(|source| source.split("pub fn ").skip(1));
    after.map(identifier).collect()
}

/// The rows of the table on the crate's page: the Lisp names, and what is linked for them.
fn table() -> Vec<(BTreeSet<String>, BTreeSet<String>)> {
    let source = read(&crate_folder().join("src/lib.rs"));
    let rows = source
        .lines()
        .filter_map(|line| line.strip_prefix("//! | "))
        .skip_while(|row| !row.starts_with("Common Lisp |"))
        .skip(2)
        .filter_map(|row| row.strip_suffix(" |"))
        .filter(|row| row.starts_with('`'));
    rows.map(|row| {
        let (names, ours) = row.split_once(" | ").unwrap();
        let names = names.split('`').skip(1).step_by(2).map(str::to_owned);
        let links = ours.split("[`").skip(1).map(|link| {
            let path = link.split('`').next().unwrap();
            if path.starts_with("std::") {
                path.to_owned()
            } else {
                format!("usocket::{path}")
            }
        });
        (names.collect(), links.collect())
    })
    .collect()
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_fixture_has_all_113_symbols_once() {
    let symbols = symbols();
    let mut kinds = BTreeMap::new();
    let mut names = BTreeSet::new();
    for symbol in &symbols {
        assert!(names.insert(symbol.name.as_str()), "{} twice", symbol.name);
        *kinds.entry(symbol.kind.as_str()).or_insert(0) += 1;
    }
    assert_eq!(symbols.len(), 113);
    let counted = [
        ("class", 4),
        ("condition", 38),
        ("function", 34),
        ("generic", 13),
        ("generic +setf", 4),
        ("macro", 5),
        ("macro + condition", 2),
        ("restart name", 3),
        ("special-unbound", 2),
        ("symbol-macro", 1),
        ("undefined symbol", 2),
        ("variable", 5),
    ];
    assert_eq!(kinds, BTreeMap::from(counted));
    let conditions = symbols.iter().filter(|symbol| symbol.is_condition());
    assert_eq!(conditions.count(), 40);
}

/// That the fixture has the right 113 names, and not only as many.
#[test]
fn the_names_of_the_fixture_are_those_that_are_exported() {
    let exported = "
        *auto-port* *backend* *default-event-base* *ipv6-only-p* *remote-host*
        *remote-port* *version* *wildcard-host* +max-datagram-packet-size+ add-waiter
        address-in-use-error address-not-available-error already-shutdown-error
        bad-file-descriptor-error connection-aborted-error connection-refused-error
        connection-reset-error datagram-usocket datagram-usocket-p
        deadline-timeout-error default-tcp-handler default-udp-handler
        dotted-quad-to-vector-quad echo-tcp-handler get-host-by-name get-host-name
        get-hosts-by-name get-local-address get-local-name get-local-port
        get-peer-address get-peer-name get-peer-port get-random-host-by-name
        hbo-to-dotted-quad hbo-to-vector-quad host-byte-order host-down-error host-or-ip
        host-to-hostname host-unreachable-error insufficient-implementation
        integer-to-octet-buffer interrupted-condition invalid-argument-error
        invalid-socket-error invalid-socket-stream-error ip-from-octet-buffer
        ip-to-octet-buffer ip/= ip= ipv6-host-to-vector make-wait-list
        network-down-error network-reset-error network-unreachable-error
        no-buffers-error ns-condition ns-error ns-host-not-found-error
        ns-no-recovery-error ns-try-again-condition ns-try-again-error
        ns-unknown-condition ns-unknown-error octet-buffer-to-integer
        operation-not-permitted-error operation-not-supported-error out-of-memory-error
        port-from-octet-buffer port-to-octet-buffer protocol-not-supported-error
        remove-all-waiters remove-waiter retry shutdown-error socket socket-accept
        socket-close socket-condition socket-connect socket-error socket-listen
        socket-option socket-receive socket-send socket-server socket-shutdown
        socket-state socket-stream socket-type-not-supported-error socket-warning
        stream-server-usocket stream-server-usocket-p stream-usocket stream-usocket-p
        timeout-error unimplemented unknown-condition unknown-error unsupported
        use-other-host use-other-port usocket usocket-p vector-quad-to-dotted-quad
        vector-to-ipv6-host wait-for-input with-client-socket with-connected-socket
        with-mapped-conditions with-server-socket with-socket-listener";
    let symbols = symbols();
    let names: BTreeSet<_> = symbols.iter().map(|symbol| symbol.name.as_str()).collect();
    let exported: BTreeSet<_> = exported.split_whitespace().collect();
    assert_eq!(exported.len(), 113);
    let wrong: Vec<_> = names
        .symmetric_difference(&exported)
        .map(|name| {
            if exported.contains(name) {
                format!("{name} is not in the fixture")
            } else {
                format!("{name} is not exported")
            }
        })
        .collect();
    none(&wrong);
}

#[test]
fn every_symbol_has_an_item_or_a_reason() {
    let symbols = symbols();
    let wrong: Vec<_> = symbols
        .iter()
        .filter(|symbol| {
            let reason = symbol.none.as_deref();
            let sentence = reason.is_none_or(|reason| reason.len() > 20 && reason.ends_with('.'));
            (symbol.paths().count() == 0) != reason.is_some() || !sentence
        })
        .map(|symbol| format!("{}: neither or both, or no sentence", symbol.name))
        .collect();
    none(&wrong);
}

#[test]
fn every_path_compiles_and_every_compiled_path_is_a_symbols() {
    let compiled: BTreeSet<_> = paths().into_iter().map(str::to_owned).collect();
    assert_eq!(compiled.len(), paths().len(), "a path stands twice");
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for symbol in symbols() {
        for path in symbol.paths() {
            if !compiled.contains(&path) {
                wrong.push(format!("{}: {path} is not compiled", symbol.name));
            }
            used.insert(path);
        }
    }
    let unused = compiled.difference(&used);
    wrong.extend(unused.map(|path| format!("{path} is compiled for no symbol")));
    none(&wrong);
}

#[test]
fn every_condition_is_what_the_crate_says_that_it_is() {
    let mut wrong = Vec::new();
    let mut of_fixture = BTreeSet::new();
    for symbol in symbols().iter().filter(|symbol| symbol.is_condition()) {
        for path in &symbol.ours {
            // The super-classes are no conditions of their own.
            if !path.starts_with("Class::") {
                of_fixture.insert((symbol.name.clone(), path.clone()));
            }
        }
    }
    let of_crate: BTreeSet<_> = Condition::ALL
        .iter()
        .flat_map(|condition| {
            let names = condition.usocket_names().iter();
            names.map(move |name| ((*name).to_owned(), format!("Condition::{condition:?}")))
        })
        .collect();
    for (name, path) in of_fixture.symmetric_difference(&of_crate) {
        let whose = if of_crate.contains(&(name.clone(), path.clone())) {
            "the crate's alone"
        } else {
            "the fixture's alone"
        };
        wrong.push(format!("{name}: {path} is {whose}"));
    }
    // All but the four super-classes.
    assert_eq!(of_crate.len(), 36);
    none(&wrong);
}

#[test]
fn the_documentation_finds_by_every_symbol_each_of_its_items() {
    let (aliases, listed) = (aliases(), listed());
    let is = |there: &str, wanted: &str| there == wanted || there.starts_with('$');
    let mut wrong = Vec::new();
    for symbol in symbols() {
        for path in &symbol.ours {
            let mut segments = path.rsplit("::");
            let item = segments.next().unwrap();
            // Of a module, and not of a type.
            let owner = segments
                .next()
                .filter(|owner| owner.starts_with(char::is_uppercase));
            let found = aliases.iter().any(|alias| {
                let of_type = match (&alias.owner, owner) {
                    (Some(there), Some(wanted)) => is(there, wanted),
                    (there, wanted) => there.is_none() && wanted.is_none(),
                };
                alias.name == symbol.name && of_type && is(&alias.item, item)
            });
            // The names of the conditions are in the list that the macro makes aliases of.
            let by_list = symbol.is_condition() && listed.contains(&symbol.name);
            if !found && !by_list {
                wrong.push(format!("{}: {path} is not found by this name", symbol.name));
            }
        }
    }
    none(&wrong);
}

#[test]
fn the_documentation_finds_the_names_of_c() {
    let aliases = aliases().into_iter().map(|alias| alias.name);
    let findable: BTreeSet<_> = aliases.chain(listed()).chain(functions()).collect();
    let names = "
        accept accept4 bind close connect dup getaddrinfo gethostbyaddr gethostbyname
        gethostname getnameinfo getpeername getservbyname getsockname getsockopt htonl htons
        inet_addr inet_aton inet_ntoa inet_ntop inet_pton listen ntohl ntohs poll recv recvfrom
        recvmsg select send sendmsg sendto setsockopt shutdown socketpair
        AF_INET AF_INET6 AF_UNIX AF_UNSPEC SOCK_DGRAM SOCK_STREAM
        AI_ADDRCONFIG AI_CANONNAME NI_NAMEREQD INADDR_ANY IN6ADDR_ANY_INIT
        FIONBIO O_NONBLOCK MSG_DONTWAIT MSG_PEEK MSG_TRUNC MSG_WAITALL
        SHUT_RD SHUT_RDWR SHUT_WR
        SO_BINDTODEVICE SO_BROADCAST SO_ERROR SO_EXCLUSIVEADDRUSE SO_KEEPALIVE SO_LINGER
        SO_OOBINLINE SO_RCVBUF SO_RCVTIMEO SO_REUSEADDR SO_REUSEPORT SO_SNDBUF SO_SNDTIMEO
        TCP_CONGESTION TCP_KEEPALIVE TCP_KEEPCNT TCP_KEEPIDLE TCP_KEEPINTVL TCP_MAXSEG TCP_NODELAY
        TCP_USER_TIMEOUT
        IP_ADD_MEMBERSHIP IP_ADD_SOURCE_MEMBERSHIP IP_DROP_MEMBERSHIP IP_DROP_SOURCE_MEMBERSHIP
        IP_MULTICAST_IF IP_MULTICAST_LOOP IP_MULTICAST_TTL IP_TOS IP_TTL
        IPV6_JOIN_GROUP IPV6_LEAVE_GROUP IPV6_MULTICAST_HOPS IPV6_MULTICAST_IF IPV6_MULTICAST_LOOP
        IPV6_TCLASS IPV6_UNICAST_HOPS IPV6_V6ONLY
        EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF ECANCELED ECONNABORTED
        ECONNREFUSED ECONNRESET EDESTADDRREQ EHOSTDOWN EHOSTUNREACH EINPROGRESS EINTR EINVAL
        EISCONN EMFILE EMSGSIZE ENAMETOOLONG ENETDOWN ENETRESET ENETUNREACH ENFILE ENOBUFS ENOENT
        ENOMEM ENOPROTOOPT ENOSYS ENOTCONN ENOTSOCK ENOTSUP EOPNOTSUPP EPERM EPIPE EPROTONOSUPPORT
        EPROTOTYPE ESHUTDOWN ESOCKTNOSUPPORT ETIMEDOUT EWOULDBLOCK
        EAI_AGAIN EAI_FAIL EAI_NODATA EAI_NONAME EAI_SERVICE";
    let wrong: Vec<_> = names
        .split_whitespace()
        .filter(|name| !findable.contains(*name))
        .map(|name| format!("{name}: nothing is found by this name"))
        .collect();
    none(&wrong);
}

#[test]
fn the_table_of_the_crates_page_is_the_fixture() {
    let symbols = symbols();
    let by_name: BTreeMap<_, _> = symbols
        .iter()
        .map(|symbol| (symbol.name.as_str(), symbol))
        .collect();
    let mut wrong = Vec::new();
    let mut named = BTreeSet::new();
    for (names, links) in table() {
        let mut paths = BTreeSet::new();
        for name in &names {
            match by_name.get(name.as_str()) {
                Some(symbol) => paths.extend(symbol.paths()),
                None => wrong.push(format!("{name} is in the table and no symbol")),
            }
            if !named.insert(name.clone()) {
                wrong.push(format!("{name} is in the table twice"));
            }
        }
        for path in paths.symmetric_difference(&links) {
            let whose = if links.contains(path) {
                "the table's alone"
            } else {
                "the fixture's alone"
            };
            wrong.push(format!("{names:?}: {path} is {whose}"));
        }
    }
    let missing = by_name.keys().filter(|name| !named.contains(**name));
    wrong.extend(missing.map(|name| format!("{name} is not in the table")));
    none(&wrong);
}
