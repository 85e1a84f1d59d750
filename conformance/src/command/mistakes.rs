//! Wrong arguments: a tip that names the right ones, where clap has none of its own.

use std::env;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Error, Parser};

use super::CommandLine;

impl CommandLine {
    /// Of this process; the process ends where there is nothing to perform.
    pub(crate) fn of_this_process() -> Self {
        Self::try_parse().unwrap_or_else(|error| with_tip(error).exit())
    }
}

fn with_tip(mut error: Error) -> Error {
    let command = env::args().nth(1).unwrap_or_default();
    if let Some(tip) = tip(&command, &error) {
        let tips = ContextValue::StyledStrs(vec![tip.into()]);
        error.insert(ContextKind::Suggested, tips);
    }
    error
}

fn tip(command: &str, error: &Error) -> Option<String> {
    let word = |kind| match error.get(kind) {
        Some(ContextValue::String(word)) => Some(word.as_str()),
        _ => None,
    };
    let only = |word: &str| {
        format!("`conformance --only '{word}'` runs the cells that have it in their name")
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand if word(ContextKind::SuggestedSubcommand).is_none() => {
            let word = word(ContextKind::InvalidSubcommand)?;
            let commands = "the commands are run, list, show, doctor, diff and merge";
            Some(format!("{}; {commands}", only(word)))
        }
        ErrorKind::UnknownArgument if error.get(ContextKind::SuggestedArg).is_none() => {
            let word = word(ContextKind::InvalidArg)?;
            match command {
                "run" if !word.starts_with('-') => Some(only(word)),
                "list" => Some("`conformance list TEXT` lists the cells that have TEXT in their name".into()),
                "show" => Some("it shows one cell; `conformance --only TEXT` runs several".into()),
                "doctor" => Some("it takes no arguments".into()),
                "diff" => Some("it compares two reports, OLD and NEW; `conformance merge` makes one of several".into()),
                _ => None,
            }
        }
        ErrorKind::MissingRequiredArgument => match command {
            "show" => Some("`conformance list` shows the names of the cells".into()),
            "diff" | "merge" => {
                Some("a report is the file report.json that `conformance run` writes".into())
            }
            _ => None,
        },
        _ => None,
    }
}
