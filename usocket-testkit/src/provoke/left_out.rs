//! The rows of the project's recipe table that the catalogue does not have, with the reasons.

/// A way to provoke an error that is known, and why the catalogue does not have it.
///
/// ```
/// use usocket_testkit::provoke;
///
/// for row in provoke::left_out() {
///     println!("{}: {}", row.id(), row.reason());
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LeftOut {
    id: &'static str,
    reason: &'static str,
}

impl LeftOut {
    /// Its name in the recipe table. No [`Recipe`](super::Recipe) has it.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Why it is left out, and what gives the same where something does.
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

/// Every known way that has no recipe.
///
/// Together with the ids of [`catalogue`](super::catalogue) it covers the recipe table of the project.
pub fn left_out() -> &'static [LeftOut] {
    LEFT_OUT
}

macro_rules! left_out {
    ($($id:literal $reason:literal;)*) => {
        const LEFT_OUT: &[LeftOut] = &[$(LeftOut { id: $id, reason: $reason },)*];
    };
}

left_out! {
    "A4" "A1 says the same without a connection to wait for";
    "A5" "A1 says the same; two families in one scene have no protocol of their own";
    "B5" "an address is tentative for a moment only: B1 and B4 say the same for as long as it takes";
    "D5" "a firewall's reset needs nf_tables: D6 has a host that sends it";
    "E3" "another thread must act while the call waits: needs a hook in the subject";
    "E4" "it takes four connections in turn: E1, E2 and E6 say the same to one";
    "E5" "a firewall's reset needs nf_tables: E6 has a host that sends it";
    "F3" "only SO_ERROR says it: F2 has it in the calls";
    "F4" "Linux has no code that says it to TCP in accept: needs a system-call rule";
    "G5" "another thread must act while the call waits: G2 says the same at once";
    "H1" "the limit on locked memory is the whole process's: needs a process of its own";
    "H2" "scenes carry no control messages";
    "H4" "a queueing discipline that drops needs requests that the lab does not make yet";
    "H5" "it needs write access to /dev/net/tun, which many systems do not give";
    "H6" "a netlink socket is none that the protocols here name: H3 says it to UDP";
    "H7" "it needs write access to /dev/fuse, which many systems do not give";
    "I2" "scenes carry no flags for send";
    "I4" "socketpair is no operation of its own; I1 and I5 say the same";
    "J4" "a firewall needs nf_tables: J6 says EACCES, J1 and J3 say EPERM";
    "J5" "a policy of IPsec needs requests that the lab does not make yet: J6 says EACCES in the same calls";
    "J8" "root reads everything: it needs a process without privileges, and J2 has the same for bind";
    "J10" "scenes carry no control messages";
    "J11" "a policy of IPsec needs requests that the lab does not make yet";
    "M5" "dropping segments needs nf_tables; established connections keep such errors as soft ones (RFC 1122 4.2.3.9)";
    "N2" "older kernels may overflow their stack by it: never run";
    "N3" "Linux has no code that says it to TCP: needs a system-call rule";
    "N4" "it needs write access to /dev/fuse, which many systems do not give";
    "O1" "it needs write access to /dev/fuse, which many systems do not give";
    "O2" "Linux has no code that says it to TCP or UDP: needs a system-call rule";
    "P1" "P4 has the same ICMP error from a host of the lab";
    "P2" "P4 has the same ICMP error from a host of the lab";
    "P3" "dropping segments needs nf_tables; established connections keep such errors as soft ones (RFC 1122 4.2.3.9)";
    "Q1" "it needs write access to /dev/fuse, which many systems do not give";
    "R2" "it needs write access to /dev/fuse, which many systems do not give";
    "R3" "Linux has no code that says ESHUTDOWN to TCP: needs a system-call rule";
    "S3" "a far end whose window is closed: S6 says the same sooner";
    "S4" "dropping segments needs nf_tables: S6 has a host that falls silent";
    "S5" "keepalive counts in seconds: S6 says the same sooner";
    "T1" "a signal at a thread of the subject is needed: needs a system-call rule";
    "U3" "the limit is the whole process's: needs a system-call rule, or a process of its own";
    "V1" "a queueing discipline that holds back needs requests that the lab does not make yet: V2 has the same in receive";
    "W4" "families, types and services are arguments that scenes do not carry yet";
    "W5" "names of addresses are no operation here";
    "W6" "no answer of a name server leads there: needs a resolver of our own";
}
