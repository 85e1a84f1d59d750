//! Unix other than Linux: the rows that every Unix has, and no others yet.

use super::posix;
use super::recipe::Recipe;

pub(super) fn catalogue() -> &'static [Recipe] {
    posix::catalogue::CATALOGUE
}

/// Why there are no others.
pub(super) const NOT_HERE: Option<&str> =
    Some("this system has the recipes that every Unix has; the others are those of Linux");
