//! A file that `init` would write.

/// A file that `init` would write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MadeFile {
    /// Its path below the configuration's directory.
    pub(super) path: String,
    /// What it holds.
    pub(super) content: MadeContent,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum MadeContent {
    /// Text that follows from the answers.
    Text(String),
    /// A new key pair, its public part beside it: made once, and never again.
    KeyPair(String),
    /// Nothing: a place for a secret, which others may not read.
    Secret,
}

/// A configuration file that grows line by line.
#[derive(Debug, Default)]
pub(super) struct Lines(pub(super) String);

impl Lines {
    /// A comment; text that is too long for a line is broken at spaces.
    pub(super) fn comment(&mut self, text: &str) {
        let mut line = "#".to_owned();
        for word in text.split(' ') {
            if line.len() > 1 && line.chars().count() + word.chars().count() > 118 {
                self.raw(&line);
                line = "#".to_owned();
            }
            line.push(' ');
            line += word;
        }
        self.raw(&line);
    }

    /// A key with a text.
    pub(super) fn text(&mut self, key: &str, value: &str) {
        self.raw(&format!("{key} = {}", toml::Value::String(value.to_owned())));
    }

    /// A key with several texts; nothing where there are none.
    pub(super) fn texts<S: AsRef<str>>(&mut self, key: &str, values: &[S]) {
        if !values.is_empty() {
            let values = values.iter().map(|value| toml::Value::String(value.as_ref().to_owned()));
            self.raw(&format!("{key} = {}", toml::Value::Array(values.collect())));
        }
    }

    /// A line as it is.
    pub(super) fn raw(&mut self, line: &str) {
        self.0 += line;
        self.0.push('\n');
    }
}
