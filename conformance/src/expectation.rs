//! What is known of the subjects: where a library loses or misnames a condition, and why.
//!
//! The files in `fixtures/expectations/` say it, for one subject or for several that fail alike. A cell that comes out as they say is *known*. One
//! that comes out right all the same is an *unexpected pass*, and fails the run until they are corrected, so that they
//! stay true. None is about usocket, so there is nothing that it may get wrong.
//!
//! But for those of a platform (`--platform`): a system that promises to be like another one and
//! [answers](Known::answer) otherwise in a few places. There no library can name the condition, for it was told another
//! one; which one, and why, is said for all of them.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::cell::Cell;

/// One thing that a subject is known to get wrong.
///
/// ```
/// use usocket_conformance::expectation;
///
/// for known in expectation::all() {
///     println!("{}: {}: {}", known.subjects.join(", "), known.condition, known.reason);
/// }
/// let of_libraries = || expectation::all().iter().filter(|known| known.platforms.is_empty());
/// assert!(of_libraries().all(|known| known.subjects.iter().all(|one| !one.starts_with("usocket"))));
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Known {
    /// The subjects.
    #[serde(skip)]
    pub subjects: Vec<String>,
    /// The condition that is provoked.
    pub condition: String,
    /// In these operations only; in all of them where there are none.
    #[serde(default)]
    pub operations: Vec<String>,
    /// By these recipes only; by all of them where there are none.
    #[serde(default)]
    pub recipes: Vec<String>,
    /// Over these protocols only; over all of them where there are none.
    #[serde(default)]
    pub protocols: Vec<String>,
    /// On these systems only, as `std::env::consts::OS` names them; on all of them where there are none.
    #[serde(default)]
    pub systems: Vec<String>,
    /// On these platforms only, as `--platform` names them: then it is about the system's [answer](Self::answer), not
    /// about the subjects.
    #[serde(default)]
    pub platforms: Vec<String>,
    /// What the platform's system answers in place of what the recipe promises: the POSIX name of an error, `no error`,
    /// or `nothing` where the call does not end.
    pub answer: Option<String>,
    /// What the subject calls it; nothing where it has no name for it, or reports no error.
    pub named: Option<String>,
    /// Why.
    pub reason: String,
    /// The public issue that says so, where there is one.
    pub issue: Option<String>,
}

impl Known {
    /// Whether that is what the subject is known to call it.
    pub(crate) fn names(&self, named: Option<&str>) -> bool {
        self.named.as_deref() == named
    }

    pub(crate) fn is_about(&self, cell: &Cell) -> bool {
        let among = |list: &[String], one: &str| {
            list.is_empty() || list.iter().any(|listed| listed.eq_ignore_ascii_case(one))
        };
        let recipe = cell.recipe;
        self.subjects.iter().any(|one| one == cell.subject.name())
            && self.condition == recipe.condition().name()
            && among(&self.operations, recipe.operation().name())
            && among(&self.recipes, recipe.id())
            && among(&self.protocols, cell.protocol.name())
            && self.is_of_this_system()
    }

    /// Whether it is about the system that this program was built for.
    pub(crate) fn is_of_this_system(&self) -> bool {
        self.systems.is_empty() || self.systems.iter().any(|one| one == std::env::consts::OS)
    }
}

/// A file is about one subject, or about several that fail alike.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    subjects: Vec<String>,
    known: Vec<Known>,
}

macro_rules! files {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../fixtures/expectations/", $name)))),*]
    };
}

const FILES: &[(&str, &str)] = files! { "gvisor-time-limits.toml" "gvisor.toml" "io-error.toml" "look-ups.toml" "musl.toml" "time-limits.toml" "windows.toml" "wine.toml" };

/// All that is known, file by file.
///
/// # Panics
///
/// Where a file of this package is no such file, which a test of the package finds.
pub fn all() -> &'static [Known] {
    static ALL: LazyLock<Vec<Known>> = LazyLock::new(|| {
        let mut all = Vec::new();
        for (name, text) in FILES {
            let file: File = toml::from_str(text)
                .unwrap_or_else(|error| panic!("fixtures/expectations/{name}: {error}"));
            for mut known in file.known {
                known.subjects.clone_from(&file.subjects);
                all.push(known);
            }
        }
        all
    });
    &ALL
}

/// What is known of the cell on any platform: of several rows about it, the one that has the name which the subject gave.
pub(crate) fn of(cell: &Cell, named: Option<&str>) -> Option<&'static Known> {
    let anywhere = |known: &&Known| known.platforms.is_empty() && known.is_about(cell);
    let about = || all().iter().filter(anywhere);
    about()
        .find(|known| known.names(named))
        .or_else(|| about().next())
}

/// What that platform's system is known to answer instead in the cell's call.
pub(crate) fn on(platform: &str, cell: &Cell) -> Option<&'static Known> {
    let there = |known: &&Known| known.platforms.iter().any(|one| one == platform);
    all()
        .iter()
        .filter(there)
        .find(|known| known.is_about(cell))
}
