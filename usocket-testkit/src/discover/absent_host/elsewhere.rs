//! Where the table of neighbours is not read yet, nothing is sent.

use std::time::Duration;

use super::{AbsentHost, NoAbsentHost, NoAbsentHostKind};

pub(super) fn probe(_patience: Duration) -> Result<AbsentHost, NoAbsentHost> {
    Err(NoAbsentHost::new(
        NoAbsentHostKind::OtherSystem,
        "the table of neighbours can be read on Linux only",
    ))
}
