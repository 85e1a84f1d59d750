//! Systems without network namespaces: there is never a lab, and the reason is always the same.
//!
//! The types are there all the same, so that tests compile; nobody can have a value of them.

use std::convert::Infallible;
use std::ffi::OsStr;
use std::io;
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::process::Command;
use std::time::Duration;

use super::address::IntoIp;
use super::answer::{After, Ending};
use super::names::{QueryType, Response};
use super::obstacle::{Packets, Queue, Verdict};
use super::refusal::{Refusal, RefusalKind};
use super::route::Route;
use crate::descriptor::AsDescriptor;

/// A private network for one test; there are none on this system.
#[derive(Debug)]
pub struct Lab(Infallible);

/// An imaginary host of a lab.
#[derive(Clone, Copy, Debug)]
pub struct Host<'lab>(Infallible, PhantomData<&'lab Lab>);

/// The names that there are in a lab.
#[derive(Clone, Copy, Debug)]
pub struct Names<'lab>(Infallible, PhantomData<&'lab Lab>);

/// A second network beside the test's, for real servers.
#[derive(Debug)]
pub struct RealHost(Infallible);

/// Something in the way of packets of a lab.
#[derive(Debug)]
pub struct Obstacle(Infallible);

/// Writes methods that nobody can call, since nobody has the value.
macro_rules! never {
    ($($name:ident($self:ty $(, $arg:ident: $type:ty)*) -> $result:ty;)*) => {
        $(#[doc = concat!("Never called here: there is no value to call it on. On Linux: `", stringify!($name), "`.")]
        pub fn $name(self: $self $(, $arg: $type)*) -> $result {
            $(let _ = $arg;)*
            match self.0 {}
        })*
    };
}

impl Lab {
    /// Always the refusal that there are labs on Linux only.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn new() -> Result<Self, Refusal> {
        Err(refusal())
    }

    /// Always the refusal that there are labs on Linux only.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn available() -> Result<(), Refusal> {
        Err(refusal())
    }

    never! {
        is_whole_process(&Self) -> bool;
        ipv4(&Self) -> Ipv4Addr;
        ipv6(&Self) -> Option<Ipv6Addr>;
        host(&Self, ip: impl IntoIp) -> Host<'_>;
        real_host(&Self, ip: impl IntoIp) -> io::Result<RealHost>;
        names(&Self) -> Names<'_>;
        command(&Self, program: impl AsRef<OsStr>) -> Command;
        add_route(&Self, to: &str, route: Route) -> io::Result<()>;
        remove_route(&Self, to: &str, route: Route) -> io::Result<()>;
        link_down(&Self) -> io::Result<()>;
        link_up(&Self) -> io::Result<()>;
        set_mtu(&Self, bytes: u32) -> io::Result<()>;
        add_address(&Self, ip: impl IntoIp, bits: u8) -> io::Result<()>;
        remove_address(&Self, ip: impl IntoIp) -> io::Result<()>;
        sysctl(&Self, name: &str) -> io::Result<String>;
        set_sysctl(&Self, name: &str, value: &str) -> io::Result<()>;
        set_port_range(&Self, ports: RangeInclusive<u16>) -> io::Result<()>;
        destroy(&Self, socket: &impl AsDescriptor) -> io::Result<()>;
        firewall(&Self, packets: Packets, verdict: Verdict) -> Result<Obstacle, Refusal>;
        queue(&Self, queue: Queue) -> Result<Obstacle, Refusal>;
        policy(&Self, to: &str) -> Result<Obstacle, Refusal>;
        log(&Self) -> String;
    }

    /// Never called here: there is no value to call it on.
    ///
    /// # Errors
    ///
    /// None.
    pub fn run<T: Send>(&self, f: impl FnOnce() -> T + Send) -> io::Result<T> {
        let _ = f;
        match self.0 {}
    }
}

impl Host<'_> {
    never! {
        ip(Self) -> IpAddr;
        addr(Self, port: u16) -> SocketAddr;
        refuse(Self) -> Self;
        silent(Self) -> Self;
        absent(Self) -> Self;
        echo(Self) -> Self;
        icmp(Self, kind: u8, code: u8) -> Self;
        accept_then(Self, ending: Ending, after: After) -> Self;
        mtu(Self, bytes: u16) -> Self;
        delay(Self, delay: Duration) -> Self;
        lose(Self, packets: u32) -> Self;
        reset_connections(Self) -> ();
        close_connections(Self) -> ();
    }
}

impl Names<'_> {
    never! {
        add(Self, name: &str, addrs: impl IntoIterator<Item = IpAddr>) -> Self;
        set(Self, name: &str, response: impl Into<Response>) -> Self;
        set_for(Self, name: &str, kind: QueryType, response: impl Into<Response>) -> Self;
        add_reverse(Self, addr: IpAddr, name: &str) -> Self;
    }
}

impl RealHost {
    never! {
        ip(&Self) -> IpAddr;
        addr(&Self, port: u16) -> SocketAddr;
        command(&Self, program: impl AsRef<OsStr>) -> Command;
    }

    /// Never called here: there is no value to call it on.
    ///
    /// # Errors
    ///
    /// None.
    pub fn run<T: Send>(&self, f: impl FnOnce() -> T + Send) -> io::Result<T> {
        let _ = f;
        match self.0 {}
    }
}

fn refusal() -> Refusal {
    Refusal::new(
        RefusalKind::NotLinux,
        "labs are made of Linux's network namespaces, and this system has none; \
         run these tests on Linux, or leave them out with cfg(target_os = \"linux\")",
    )
}
