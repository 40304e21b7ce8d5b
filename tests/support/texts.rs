//! Reads the files of messages, and what the sources say, for the tests of both.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The messages of one language.
#[derive(Default)]
pub struct Language {
    pub messages: BTreeMap<String, Said>,
    pub twice: Vec<String>,
    pub junk: Vec<String>,
}

/// One message as its file has it.
#[derive(Debug, Default)]
pub struct Said {
    pub file: String,
    pub text: String,
    /// The text as a manual shows it: with `…` for each argument, and the last of several variants.
    pub shown: String,
    pub arguments: BTreeSet<String>,
    pub attributes: BTreeMap<String, String>,
}

impl Said {
    /// What has to be the same in every language.
    pub fn shape(&self) -> (&BTreeSet<String>, Vec<&String>, Option<&String>) {
        (&self.arguments, self.attributes.keys().collect(), self.attributes.get("code"))
    }
}

impl Language {
    pub fn read(language: &str) -> Language {
        let mut read = Language::default();
        for entry in fs::read_dir(format!("i18n/{language}")).unwrap() {
            let path = entry.unwrap().path();
            let file = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let parsed = fluent_syntax::parser::parse(text.as_str()).unwrap_or_else(|(parsed, _)| parsed);
            for entry in parsed.body {
                read.add(&file, entry);
            }
        }
        read
    }

    fn add(&mut self, file: &str, entry: Entry<&str>) {
        match entry {
            Entry::Message(message) => {
                let mut said = Said { file: file.to_owned(), ..Said::default() };
                message.value.iter().for_each(|value| said.walk(value));
                for attribute in &message.attributes {
                    let mut inner = Said::default();
                    inner.walk(&attribute.value);
                    said.attributes.insert(attribute.id.name.to_owned(), inner.text);
                }
                let id = message.id.name.to_owned();
                if self.messages.insert(id.clone(), said).is_some() {
                    self.twice.push(id);
                }
            }
            Entry::Junk { content } => self.junk.push(format!("{file}.ftl: {content}")),
            _ => {}
        }
    }
}

impl Said {
    fn walk(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => {
                    self.text.push_str(value);
                    self.shown.push_str(value);
                }
                PatternElement::Placeable { expression } => self.walk_expression(expression),
            }
        }
    }

    fn walk_expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.walk_inline(inline),
            Expression::Select { selector, variants } => {
                let before = self.shown.len();
                self.walk_inline(selector);
                for variant in variants {
                    self.shown.truncate(before);
                    self.walk(&variant.value);
                }
            }
        }
    }

    fn walk_inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.arguments.insert(id.name.to_owned());
                self.shown.push('…');
            }
            InlineExpression::StringLiteral { value } => self.shown.push_str(value),
            InlineExpression::FunctionReference { arguments, .. } => {
                arguments.positional.iter().for_each(|argument| self.walk_inline(argument));
            }
            InlineExpression::Placeable { expression } => self.walk_expression(expression),
            _ => {}
        }
    }
}

/// What one source file says to people.
#[derive(Default)]
pub struct Source {
    pub path: String,
    /// Texts that stand in the source itself, with their lines.
    pub texts: Vec<(usize, String)>,
    /// Uses of `say!`.
    pub said: Vec<Use>,
    /// Literals that may name a message, for ids that are data.
    pub literals_that_look_like_ids: BTreeSet<String>,
    /// Lines that carry a text which nobody reads, and say so.
    exempt: BTreeSet<usize>,
}

/// One use of `say!`.
pub struct Use {
    pub id: String,
    pub line: usize,
    pub arguments: BTreeSet<String>,
}

/// What is read by whoever works on the code, not by those who work with the program.
const FOR_DEVELOPERS: [&str; 11] = [
    "expect",
    "expect_err",
    "panic",
    "unreachable",
    "debug",
    "trace",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "concat",
];

impl Source {
    /// Every source of the workspace.
    pub fn all() -> Vec<Source> {
        let mut found = Vec::new();
        for root in
            ["src", "crates/base/src", "crates/records/src", "crates/transport/src", "crates/ledger/src"]
        {
            collect(Path::new(root), &mut found);
        }
        assert!(found.len() > 100, "sources were read");
        found
    }

    pub fn of(path: &str, text: &str) -> Source {
        let mut source = Source { path: path.to_owned(), exempt: exempt(text), ..Source::default() };
        source.walk(text.parse::<TokenStream>().unwrap(), true);
        source
    }

    fn walk(&mut self, tokens: TokenStream, for_people: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at += match &tokens[at..] {
                [TokenTree::Punct(sign), TokenTree::Group(attribute), rest @ ..] if sign.as_char() == '#' => {
                    2 + self.attribute(attribute.stream(), rest)
                }
                [TokenTree::Punct(sign), TokenTree::Punct(bang), TokenTree::Group(_), ..]
                    if (sign.as_char(), bang.as_char()) == ('#', '!') =>
                {
                    3
                }
                [TokenTree::Ident(say), TokenTree::Punct(bang), TokenTree::Group(given), ..]
                    if say == "say" && bang.as_char() == '!' =>
                {
                    self.said(given.stream());
                    3
                }
                [TokenTree::Ident(of), TokenTree::Group(both), ..]
                    if of == "of" && stand_side_by_side(both) =>
                {
                    2
                }
                [TokenTree::Ident(name), rest @ ..] if FOR_DEVELOPERS.iter().any(|known| name == known) => {
                    let bang =
                        usize::from(matches!(rest, [TokenTree::Punct(bang), ..] if bang.as_char() == '!'));
                    match rest.get(bang) {
                        Some(TokenTree::Group(given)) if given.delimiter() == Delimiter::Parenthesis => {
                            self.walk(given.stream(), false);
                            2 + bang
                        }
                        _ => 1,
                    }
                }
                [TokenTree::Group(group), ..] => {
                    self.walk(group.stream(), for_people);
                    1
                }
                [TokenTree::Literal(literal), ..] => {
                    self.literal(literal, for_people);
                    1
                }
                _ => 1,
            };
        }
    }

    /// An attribute, of which only an error's text is told to people; says how many tokens after it belong to a test.
    fn attribute(&mut self, attribute: TokenStream, rest: &[TokenTree]) -> usize {
        let text = attribute.to_string().replace(' ', "");
        if text.starts_with("error(") {
            self.walk(attribute, true);
        }
        if !text.starts_with("cfg(test)") {
            return 0;
        }
        let body = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        let end = |token: &TokenTree| {
            body(token) || matches!(token, TokenTree::Punct(sign) if sign.as_char() == ';')
        };
        rest.iter().position(end).map_or(0, |end| end + 1)
    }

    fn said(&mut self, given: TokenStream) {
        let tokens: Vec<TokenTree> = given.into_iter().collect();
        let Some(TokenTree::Literal(id)) = tokens.first() else { return };
        let line = id.span().start().line;
        let id = id.to_string().trim_matches('"').to_owned();
        let mut arguments = BTreeSet::new();
        for window in tokens.windows(3) {
            if let [TokenTree::Punct(comma), TokenTree::Ident(name), TokenTree::Punct(equals)] = window
                && (comma.as_char(), equals.as_char()) == (',', '=')
            {
                arguments.insert(name.to_string());
            }
        }
        self.literals_that_look_like_ids.insert(id.clone());
        self.said.push(Use { id, line, arguments });
        self.walk(tokens.into_iter().skip(1).collect(), true);
    }

    fn literal(&mut self, literal: &proc_macro2::Literal, for_people: bool) {
        let text = literal.to_string();
        let Some(inner) = text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')) else { return };
        if inner.contains('-') && inner.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
            self.literals_that_look_like_ids.insert(inner.to_owned());
        }
        let line = literal.span().start().line;
        if for_people && !self.exempt.contains(&line) && has_words(inner) {
            self.texts.push((line, inner.to_owned()));
        }
    }
}

/// Lines whose texts nobody reads: one that says so; where a line says nothing else, all up to the next empty one.
fn exempt(text: &str) -> BTreeSet<usize> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let says = |index: &usize| lines[*index].contains("// not for people");
    let block = |index: usize| {
        let alone = lines[index].starts_with("//");
        let length = lines[index..].iter().position(|line| line.is_empty()).unwrap_or(lines.len() - index);
        index + 1..=index + if alone { length.max(1) } else { 1 }
    };
    // A file of templates says so in its heading, and is exempt as a whole.
    if lines.iter().any(|line| line.starts_with("//!") && line.contains("not for people")) {
        return (1..=lines.len()).collect();
    }
    (0..lines.len()).filter(says).flat_map(block).collect()
}

/// Whether a call gets one text in both languages, as the comments of the files that `init` writes.
fn stand_side_by_side(given: &proc_macro2::Group) -> bool {
    let literals: Vec<String> = given
        .stream()
        .into_iter()
        .filter(|token| matches!(token, TokenTree::Literal(_)))
        .map(|token| token.to_string())
        .collect();
    literals.len() == 2 && !literals[0].is_ascii()
}

/// Two words, one after the other.
fn has_words(text: &str) -> bool {
    let pieces: Vec<&str> = text.split([' ', '\n']).collect();
    let word = |piece: &str| {
        let piece = piece.trim_matches(|c: char| ".,;:()".contains(c));
        piece.len() > 1 && piece.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'\'')
    };
    pieces.windows(2).any(|pair| pair.iter().all(|piece| word(piece)))
}

fn collect(directory: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && path.file_stem().is_none_or(|stem| stem != "tests")
        {
            found.push(Source::of(path.to_str().unwrap(), &fs::read_to_string(&path).unwrap()));
        }
    }
}
