//! Systems that are neither Unix nor Windows: their recipes are not written yet.

use super::recipe::Recipe;

pub(super) fn catalogue() -> &'static [Recipe] {
    &[]
}

/// Why there is nothing.
pub(super) const NOT_HERE: Option<&str> =
    Some("the recipes are those of Linux; this system has none yet");
