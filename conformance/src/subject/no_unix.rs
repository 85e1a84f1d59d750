//! Where there is no Unix domain: in the place of the calls on the types of it that each library has elsewhere.

use usocket_testkit::Scene;

use super::{Answer, Inability};

pub(super) fn perform(_: &Scene) -> Result<Answer, Inability> {
    Err(Inability::Inexpressible(
        "there is no Unix domain on this system",
    ))
}

/// The same for libraries whose calls are awaited.
pub(super) mod awaited {
    use std::future::{Ready, ready};

    use usocket_testkit::Scene;

    use super::{Answer, Inability};

    pub(in crate::subject) fn perform(scene: &Scene) -> Ready<Result<Answer, Inability>> {
        ready(super::perform(scene))
    }
}
