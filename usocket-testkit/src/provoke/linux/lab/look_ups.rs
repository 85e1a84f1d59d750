//! Names for which the lab's name server has something to say, or nothing.

use super::lab;
use crate::lab::{Fate, here};
use crate::protocol::Protocol;
use crate::provoke::portable::silence::SHORT;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};

const NAME: &str = "provoked.test";

pub(in crate::provoke::system) fn no_such_name(protocol: Protocol) -> Result<Stage, Hindrance> {
    answered(protocol, Fate::NxDomain)
}

pub(in crate::provoke::system) fn no_addresses(protocol: Protocol) -> Result<Stage, Hindrance> {
    answered(protocol, Fate::NoData)
}

pub(in crate::provoke::system) fn server_failure(protocol: Protocol) -> Result<Stage, Hindrance> {
    answered(protocol, Fate::ServFail)
}

pub(in crate::provoke::system) fn silent_server(protocol: Protocol) -> Result<Stage, Hindrance> {
    answered(protocol, Fate::Silent)
}

pub(in crate::provoke::system) fn silent_server_in_time(
    protocol: Protocol,
) -> Result<Stage, Hindrance> {
    Ok(answered(protocol, Fate::Silent)?.limit(SHORT))
}

fn answered(protocol: Protocol, fate: Fate) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    if here().is_none_or(|here| here.name.is_none()) {
        let text = "the system did not let the process have its own view of the files in /etc that say whom to ask \
                    for names: needs mount namespaces";
        return Err(Hindrance::new(UnavailableKind::NoLab, text));
    }
    lab.names().set(NAME, fate);
    Ok(Stage::name(NAME).holding(lab))
}
