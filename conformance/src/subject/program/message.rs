//! What the two sides say to each other: lines `key value`, and a last line of one word.

use std::fmt::{self, Display, Write};
use std::str::FromStr;

/// One message of either side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) verb: String,
    fields: Vec<(String, String)>,
}

impl Message {
    pub(super) fn new(verb: &str) -> Self {
        Self {
            verb: verb.to_owned(),
            fields: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, key: &str, value: impl Display) {
        self.fields.push((key.to_owned(), value.to_string()));
    }

    /// Of lines, the last of which is the first of one word; none as long as there is no such line.
    pub(super) fn of(lines: &[String]) -> Option<Self> {
        let (verb, lines) = lines.split_last().filter(|(last, _)| !last.contains(' '))?;
        let field = |line: &String| {
            let (key, value) = line.split_once(' ').unwrap_or((line, ""));
            (key.to_owned(), value.to_owned())
        };
        Some(Self {
            verb: verb.clone(),
            fields: lines.iter().map(field).collect(),
        })
    }

    /// The value of that key.
    pub(super) fn field(&self, key: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(known, _)| known == key);
        field.map(|(_, value)| value.as_str())
    }

    /// The same as a number, or as whatever else has a text.
    ///
    /// # Errors
    ///
    /// The line, if it is no such thing.
    pub(super) fn number<T: FromStr>(&self, key: &str) -> Result<Option<T>, String> {
        let parse = |value: &str| {
            value
                .parse()
                .map_err(|_| format!("{:?}", format!("{key} {value}")))
        };
        self.field(key).map(parse).transpose()
    }

    /// The words of that key.
    ///
    /// # Errors
    ///
    /// The word, if one is no such thing.
    pub(super) fn words<T: FromStr>(&self, key: &str) -> Result<Vec<T>, String> {
        let words = self.field(key).unwrap_or_default().split_whitespace();
        words
            .map(|word| word.parse().map_err(|_| format!("{word:?} in {key}")))
            .collect()
    }

    /// Whether that key says yes; left out, it says no.
    ///
    /// # Errors
    ///
    /// The line, if it says neither.
    pub(super) fn yes(&self, key: &str) -> Result<bool, String> {
        match self.field(key) {
            Some("yes") => Ok(true),
            Some("no") | None => Ok(false),
            Some(other) => Err(format!("{:?}", format!("{key} {other}"))),
        }
    }

    /// Whether it has no other keys.
    ///
    /// # Errors
    ///
    /// The first line that has another.
    pub(super) fn only(&self, keys: &[&str]) -> Result<(), String> {
        match self
            .fields
            .iter()
            .find(|(key, _)| !keys.contains(&key.as_str()))
        {
            Some((key, value)) => Err(format!("{:?}", format!("{key} {value}"))),
            None => Ok(()),
        }
    }

    /// Its last line, in quotes.
    pub(super) fn quoted(&self) -> String {
        format!("{:?}", self.verb)
    }
}

impl Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (key, value) in &self.fields {
            writeln!(f, "{key} {value}")?;
        }
        f.write_str(&self.verb)?;
        f.write_char('\n')
    }
}

#[cfg(test)]
mod tests {
    use super::Message;

    #[test]
    fn what_is_written_is_what_is_read() {
        let mut message = Message::new("failed");
        message.add("errno", 111);
        message.add("text", "two words");
        message.add("reason", "");
        let text = message.to_string();
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        assert_eq!(text.lines().count(), 4);
        assert_eq!(Message::of(&lines), Some(message));
        assert_eq!(Message::of(&lines[..3]), None);
    }

    #[test]
    fn what_is_wrong_is_said_in_its_own_words() {
        let mut message = Message::new("done");
        message.add("bytes", "many");
        assert_eq!(
            message.number::<usize>("bytes"),
            Err("\"bytes many\"".to_owned())
        );
        assert_eq!(message.yes("bytes"), Err("\"bytes many\"".to_owned()));
        assert_eq!(message.only(&["text"]), Err("\"bytes many\"".to_owned()));
        assert_eq!(message.only(&["bytes"]), Ok(()));
        assert_eq!(
            message.words::<u8>("bytes"),
            Err("\"many\" in bytes".to_owned())
        );
        assert_eq!(message.words::<u8>("other"), Ok(Vec::new()));
        assert_eq!(message.number::<u8>("other"), Ok(None));
        assert_eq!(message.yes("other"), Ok(false));
    }
}
