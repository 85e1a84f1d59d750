//! Socket errors on demand: from a condition to a place where it happens.
//!
//! [`provoke()`](provoke()) takes a [`Condition`] and gives a [`Scene`]; [`catalogue`] lists every
//! way there is to do it here, and [`missing`] the conditions that have none, each with the reason.
//!
//! Linux has the whole catalogue; other Unix and Windows have what needs nothing but loopback, with the numbers that the
//! system says. Errors come from the kernel where it can be made to say them, without privileges:
//! over loopback and without anything to set up ([`Tier::Plain`]), or in a private network of the
//! scene's own ([`Tier::Lab`]), for which the test file has the line `usocket_testkit::lab_main!();`. For the rest, and
//! wherever labs are forbidden, a rule answers the one call in the kernel's stead ([`Tier::Rules`]).
//!
//! Two kinds of recipe are given only to those who ask for them: what changes the whole process
//! ([`Provoke::process_wide`]), and what may harm an old kernel ([`Provoke::named`]).
//!
//! ```
//! usocket_testkit::lab_main!();
//!
//! # #[cfg(not(target_os = "linux"))]
//! # fn main() {}
//! # #[cfg(target_os = "linux")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::net::TcpStream;
//! use usocket_testkit::{Condition, Errno, Operation, provoke};
//!
//! let scene = provoke(Condition::HostDown).on(Operation::Connect).ready()?;
//! let error = TcpStream::connect(scene.addr()).unwrap_err();
//! assert_eq!(Errno::of(&error), Some(Errno::EHOSTDOWN));
//! # Ok(())
//! # }
//! ```

#[cfg(any(unix, windows))]
#[macro_use]
mod table;

mod consent;
mod given;
mod left_out;
mod missing;
#[cfg(any(unix, windows))]
// A set-up has the type of its column in the catalogue, also where nothing can go wrong.
#[allow(clippy::unnecessary_wraps)]
mod portable;
#[cfg(unix)]
#[allow(clippy::unnecessary_wraps)]
mod posix;
mod recipe;
mod scene;
mod stage;
#[cfg_attr(target_os = "linux", path = "linux/mod.rs")]
#[cfg_attr(all(unix, not(target_os = "linux")), path = "unix.rs")]
#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(not(any(unix, windows)), path = "elsewhere.rs")]
mod system;
mod unavailable;

use usocket::{Condition, Operation};

pub use given::{
    ControlMessage, Given, LookUpArguments, OptionCall, ReverseLookUpArguments, SendArguments,
    SocketArguments,
};
pub use left_out::{LeftOut, left_out};
pub use missing::{Missing, missing};
pub use recipe::{Recipe, Shape, Tier};
pub use scene::Scene;
pub use unavailable::{Unavailable, UnavailableKind};

use crate::protocol::Protocol;
use crate::way::Way;
use consent::Consent;
use unavailable::Hindrance;

/// Asks for a place where this condition happens.
///
/// ```
/// # #[cfg(target_os = "linux")]
/// # {
/// use std::io::ErrorKind;
/// use std::net::TcpStream;
/// use usocket_testkit::{Condition, Operation, provoke};
///
/// let scene = provoke(Condition::ConnectionRefused).on(Operation::Connect).ready()?;
/// let error = TcpStream::connect(scene.addr()).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
/// # }
/// # Ok::<(), usocket_testkit::Unavailable>(())
/// ```
pub fn provoke(condition: Condition) -> Provoke {
    Provoke {
        condition,
        operation: None,
        protocol: None,
        any_shape: false,
        recipe: None,
        consent: Consent::of_this_process(),
    }
}

/// Every recipe that the testkit has on this system.
///
/// Linux has the most. Every other Unix and Windows have those that loopback alone gives; WASI has none yet.
///
/// ```
/// use usocket_testkit::provoke;
///
/// for recipe in provoke::catalogue() {
///     println!("{:4} {:28} {}", recipe.id(), recipe.condition(), recipe.how());
/// }
/// ```
pub fn catalogue() -> &'static [Recipe] {
    system::catalogue()
}

/// A request for a [`Scene`]: the condition, and as much more as matters to the test.
///
/// What is left open is chosen: the first operation of the catalogue, the first protocol that
/// works (see [`over`](Self::over)), and the best way of those that there are: from the kernel
/// itself to the injected answer, and before a lab what needs none. What disturbs others is the last choice.
#[derive(Clone, Copy, Debug)]
#[must_use = "it is a request only; `ready` sets the scene"]
pub struct Provoke {
    condition: Condition,
    operation: Option<Operation>,
    protocol: Option<Protocol>,
    any_shape: bool,
    recipe: Option<&'static Recipe>,
    consent: Consent,
}

impl Provoke {
    /// This recipe and no other.
    fn exactly(recipe: &'static Recipe, protocol: Protocol) -> Self {
        Self {
            operation: Some(recipe.operation),
            protocol: Some(protocol),
            any_shape: true,
            recipe: Some(recipe),
            ..provoke(recipe.condition)
        }
    }

    /// In this operation. Left out, in whichever the catalogue has first.
    pub fn on(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Over this protocol. Left out, over the first of tcp4, tcp6, udp4 and udp6 that works, for
    /// [`Operation::Connect`] of tcp4 and tcp6; with [`any_shape`](Self::any_shape), of all that
    /// there are.
    pub fn over(mut self, protocol: Protocol) -> Self {
        self.protocol = Some(protocol);
        self
    }

    /// Also takes scenes that come with a descriptor or with arguments.
    ///
    /// Without it, only scenes are given that a program can use which makes its own sockets and is
    /// told an address or a name: [`Shape::Target`] and [`Shape::Peer`].
    ///
    /// ```
    /// # #[cfg(target_os = "linux")]
    /// # {
    /// use std::net::TcpListener;
    /// use usocket_testkit::provoke::UnavailableKind;
    /// use usocket_testkit::{Condition, Operation, provoke};
    ///
    /// let accept = provoke(Condition::InvalidArgument).on(Operation::Accept);
    /// assert_eq!(accept.ready().unwrap_err().kind(), UnavailableKind::GivenOnly);
    ///
    /// let scene = accept.any_shape().ready()?;
    /// let not_listening = TcpListener::from(scene.given().descriptor()?);
    /// assert!(not_listening.accept().is_err());
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn any_shape(mut self) -> Self {
        self.any_shape = true;
        self
    }

    /// Also takes recipes that change the whole process until their scene is dropped, such as a limit
    /// ([`Recipe::is_process_wide`]).
    ///
    /// For a process in which nothing else runs meanwhile: other threads meet the same. Not needed under
    /// `cargo nextest run`, where a process has one test.
    ///
    /// ```no_run
    /// use std::net::TcpListener;
    /// use usocket_testkit::{Condition, Operation, provoke};
    ///
    /// let scene = provoke(Condition::TooManyOpenFiles)
    ///     .on(Operation::Accept)
    ///     .any_shape()
    ///     .process_wide()
    ///     .ready()?;
    /// let listener = TcpListener::from(scene.given().descriptor()?);
    /// scene.strike(&listener)?;
    /// assert!(listener.accept().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn process_wide(mut self) -> Self {
        self.consent.process_wide = true;
        self
    }

    /// Only the recipe of this name, such as `"N2"`, and also one that is given in no other way because it may harm an
    /// old kernel ([`Recipe::is_by_name_only`]).
    pub fn named(mut self, id: &'static str) -> Self {
        self.consent.name = Some(id);
        self
    }

    /// Sets the scene.
    ///
    /// # Errors
    ///
    /// [`Unavailable`], with the reason and what would help.
    pub fn ready(self) -> Result<Scene, Unavailable> {
        let mut fitting: Vec<&'static Recipe> = catalogue()
            .iter()
            .filter(|recipe| self.is_met_by(recipe))
            .collect();
        fitting.sort_by_key(|recipe| (choice(recipe), recipe.way, recipe.tier, recipe.shape));
        let (usable, withheld): (Vec<_>, Vec<_>) = fitting
            .into_iter()
            .partition(|recipe| self.any_shape || recipe.shape != Shape::Given);

        let mut first_hindrance = None;
        // All protocols by the better choice, before the first one by a lesser.
        for alike in usable.chunk_by(|one, other| choice(one) == choice(other)) {
            for protocol in self.protocols() {
                for recipe in alike {
                    if !recipe.protocols.contains(protocol) {
                        continue;
                    }
                    match recipe.ready_with(*protocol, self.consent) {
                        Ok(scene) => return Ok(scene),
                        Err(unavailable) => first_hindrance = first_hindrance.or(Some(unavailable)),
                    }
                }
            }
        }
        Err(first_hindrance.unwrap_or_else(|| {
            let hindrance = withheld
                .first()
                .map_or_else(|| self.no_recipe(), |recipe| given_only(recipe));
            Unavailable::new(self.condition, self.operation, self.protocol, hindrance)
        }))
    }

    /// Whether the recipe gives what was asked for, whatever its shape.
    fn is_met_by(self, recipe: &Recipe) -> bool {
        self.recipe.is_none_or(|one| one.is_row(recipe))
            && self.consent.name.is_none_or(|name| name == recipe.id)
            && recipe.condition == self.condition
            && self.operation.is_none_or(|one| one == recipe.operation)
            && self
                .protocols()
                .iter()
                .any(|one| recipe.protocols.contains(one))
    }

    fn protocols(&self) -> &[Protocol] {
        match (&self.protocol, self.operation) {
            (Some(protocol), _) => std::slice::from_ref(protocol),
            (None, _) if self.any_shape => Protocol::ALL,
            // A program that connects to an address it is told means a stream, and a stream meets
            // another error where only a datagram socket meets this one.
            (None, Some(Operation::Connect)) => &[Protocol::Tcp4, Protocol::Tcp6],
            (None, _) => &Protocol::INTERNET,
        }
    }

    /// Why the catalogue has no row for the request.
    fn no_recipe(self) -> Hindrance {
        if let Some(row) = missing()
            .iter()
            .find(|row| row.condition() == self.condition)
        {
            let kind = if system::NOT_HERE == Some(row.reason()) {
                UnavailableKind::OtherSystem
            } else {
                UnavailableKind::NoRecipe
            };
            return Hindrance::new(kind, row.reason());
        }
        let mut elsewhere: Vec<String> = Vec::new();
        for recipe in catalogue() {
            if recipe.condition == self.condition {
                let protocols: Vec<_> = recipe.protocols.iter().map(|one| one.name()).collect();
                let place = format!("{} ({})", recipe.operation.name(), protocols.join(", "));
                if !elsewhere.contains(&place) {
                    elsewhere.push(place);
                }
            }
        }
        let text = format!(
            "no recipe makes it happen there; it is to be had in {}",
            elsewhere.join(", ")
        );
        Hindrance::new(UnavailableKind::NoRecipe, text)
    }
}

/// The system itself, then a rule in its stead; and last what disturbs others.
fn choice(recipe: &Recipe) -> (bool, bool) {
    let disturbs = recipe.by_name_only || recipe.process_wide;
    (disturbs, recipe.way >= Way::SystemCallRule)
}

fn given_only(recipe: &Recipe) -> Hindrance {
    let text = format!(
        "no address leads there, it takes a prepared descriptor or arguments ({}): ask with any_shape()",
        recipe.how
    );
    Hindrance::new(UnavailableKind::GivenOnly, text)
}
