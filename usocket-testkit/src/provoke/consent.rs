//! What a recipe may do only if somebody has said so.

use std::env;

use super::recipe::Recipe;
use super::unavailable::{Hindrance, UnavailableKind};

/// What was allowed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Consent {
    /// To change what belongs to the whole process.
    pub(super) process_wide: bool,
    /// The recipe that was asked for by its name.
    pub(super) name: Option<&'static str>,
}

impl Consent {
    /// What nobody needs to say: a process that has one test has nobody else to disturb.
    pub(super) fn of_this_process() -> Self {
        Self {
            process_wide: one_test_per_process(),
            name: None,
        }
    }

    /// Whether it is enough for that recipe.
    pub(super) fn covers(self, recipe: &Recipe) -> Result<(), Hindrance> {
        if recipe.by_name_only && self.name != Some(recipe.id) {
            let text = format!(
                "recipe {id} may harm an old kernel: ask for it with named({id:?})",
                id = recipe.id
            );
            return Err(Hindrance::new(UnavailableKind::ByNameOnly, text));
        }
        if recipe.process_wide && !self.process_wide {
            let text = format!(
                "recipe {} changes the whole process: ask with process_wide() where nothing else runs in it, or run \
                 the tests under cargo nextest",
                recipe.id
            );
            return Err(Hindrance::new(UnavailableKind::ProcessWide, text));
        }
        Ok(())
    }
}

/// Whether nextest runs this one test in a process of its own (nextest's environment variables).
fn one_test_per_process() -> bool {
    env::var_os("NEXTEST_EXECUTION_MODE").is_some_and(|mode| mode == "process-per-test")
}
