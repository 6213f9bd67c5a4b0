//! A line's words, with where they stand.

use super::expression::{Expression, Template, number, template};
use super::mistake::{Fault, listed};

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Letters, digits and so on, up to a space.
    Word,
    /// What stands between quotes.
    Text,
    /// `=`, `!=`, `<`, `<=`, `>` or `>=`.
    Sign,
}

/// A word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) sort: Sort,
    /// Of a text without its quotes.
    pub(super) text: String,
    /// Where it begins, in characters.
    pub(super) start: usize,
    pub(super) width: usize,
}

impl Word {
    /// Something is wrong with it.
    pub(super) fn fault(&self, what: impl Into<String>) -> Fault {
        Fault::new(self.start, self.width, what)
    }

    /// How many characters stand before this one, in which nothing is reckoned.
    pub(super) fn cut(&self, between: char) -> Option<usize> {
        let mut depth = 0usize;
        self.text.chars().position(|c| {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            c == between && depth == 0
        })
    }
}

/// Cuts a line into words. What follows a `#` is a remark, at the line's start or with a space behind it: `#ff8800` is a colour.
pub(super) fn words(line: &str) -> Result<Vec<Word>, Fault> {
    let letters: Vec<char> = line.chars().collect();
    let get = |at: usize| letters.get(at).copied();
    let mut words: Vec<Word> = Vec::new();
    let mut at = 0;
    while let Some(letter) = get(at) {
        let (start, first) = (at, words.is_empty());
        let mut push = |sort, text: String, end: usize| {
            let width = end - start;
            words.push(Word {
                sort,
                text,
                start,
                width,
            });
        };
        match letter {
            c if c.is_whitespace() => at += 1,
            '#' if first || get(at + 1).is_none_or(char::is_whitespace) => break,
            '"' => {
                at += 1;
                while get(at).is_some_and(|c| c != '"') {
                    at += if get(at) == Some('\\') { 2 } else { 1 };
                }
                if get(at).is_none() {
                    let width = letters.len() - start;
                    return Err(Fault::new(
                        start,
                        width,
                        "this text has no end; expected a \" behind it",
                    ));
                }
                push(Sort::Text, letters[start + 1..at].iter().collect(), at + 1);
                at += 1;
            }
            '=' | '<' | '>' | '!' => {
                at += 1 + usize::from(get(at + 1) == Some('='));
                let text: String = letters[start..at].iter().collect();
                if text == "!" {
                    return Err(Fault::new(start, 1, "expected != here"));
                }
                push(Sort::Sign, text.replace("==", "="), at);
            }
            _ => {
                let mut depth = 0usize;
                while let Some(c) = get(at) {
                    let ends = c.is_whitespace() || matches!(c, '"' | '=' | '<' | '>' | '!');
                    if ends && depth == 0 {
                        break;
                    }
                    match c {
                        '{' => depth += 1,
                        '}' => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    at += 1;
                }
                let text: String = letters[start..at].iter().collect();
                // As people list names.
                let bare = text.trim_end_matches(',').to_owned();
                let end = start + bare.chars().count().max(1);
                push(Sort::Word, bare, end);
            }
        }
    }
    Ok(words)
}

/// A line that is read from left to right.
pub(super) struct Line<'a> {
    words: &'a [Word],
    at: usize,
    /// Where the line ends.
    end: usize,
    /// The variables that there are.
    pub(super) variables: &'a [String],
}

impl<'a> Line<'a> {
    pub(super) fn new(words: &'a [Word], variables: &'a [String]) -> Self {
        let end = words.last().map_or(0, |word| word.start + word.width);
        Self {
            words,
            at: 0,
            end,
            variables,
        }
    }

    /// Reads on with these variables.
    pub(super) fn with<T>(
        &self,
        variables: &[String],
        read: impl FnOnce(&mut Line<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut line = Line {
            variables,
            words: self.words,
            ..*self
        };
        read(&mut line)
    }

    pub(super) fn peek(&self) -> Option<&'a Word> {
        self.words.get(self.at)
    }

    /// The word that is there, if it is this one.
    pub(super) fn is(&self, text: &str) -> bool {
        self.peek()
            .is_some_and(|word| word.sort == Sort::Word && word.text == text)
    }

    /// Whether this one follows that.
    pub(super) fn is_then(&self, text: &str) -> bool {
        let next = self.words.get(self.at + 1);
        next.is_some_and(|word| word.sort == Sort::Word && word.text == text)
    }

    /// The word behind this one, wherever that stands in the line.
    pub(super) fn behind(&self, text: &str) -> Option<&'a Word> {
        let is = |word: &Word| word.sort == Sort::Word && word.text == text;
        let at = self.words.iter().position(is)?;
        self.words.get(at + 1).filter(|word| word.sort == Sort::Word)
    }

    /// Takes it if it is this one.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let there = self.is(text);
        self.at += usize::from(there);
        there
    }

    /// Takes the next word, whatever it is; `expected` says what belongs there.
    pub(super) fn next(&mut self, expected: &str) -> Result<&'a Word, Fault> {
        let word = self
            .peek()
            .ok_or_else(|| Fault::new(self.end, 1, format!("the line ends here; expected {expected}")))?;
        self.at += 1;
        Ok(word)
    }

    /// Takes a word that is no text and no sign.
    pub(super) fn word(&mut self, expected: &str) -> Result<&'a Word, Fault> {
        let word = self.next(expected)?;
        if word.sort == Sort::Word {
            Ok(word)
        } else {
            Err(word.fault(format!("expected {expected}")))
        }
    }

    /// Takes one of these words.
    pub(super) fn one_of(&mut self, known: &[&str]) -> Result<&'a Word, Fault> {
        let expected = listed(known);
        let word = self.next(&expected)?;
        if word.sort == Sort::Word && known.contains(&word.text.as_str()) {
            return Ok(word);
        }
        let fault = word.fault(format!("expected {expected}"));
        Err(fault.or(&word.text, known.iter().copied()))
    }

    /// Takes this word.
    pub(super) fn needs(&mut self, text: &str) -> Result<(), Fault> {
        self.one_of(&[text]).map(|_| ())
    }

    /// Nothing may follow.
    pub(super) fn ends(&self, expected: &str) -> Result<(), Fault> {
        match self.peek() {
            None => Ok(()),
            Some(word) if expected.is_empty() => Err(word.fault("expected the end of the line here")),
            Some(word) => {
                let fault = word.fault(format!("expected {expected}, or the end of the line"));
                Err(fault.or(&word.text, expected.split([',', ' ']).filter(|w| w.len() > 1)))
            }
        }
    }

    /// Takes a text in quotes.
    pub(super) fn text(&mut self, expected: &str) -> Result<Template, Fault> {
        let word = self.next(expected)?;
        if word.sort == Sort::Text {
            template(&word.text, word.start + 1, self.variables)
        } else {
            Err(word.fault(format!("expected {expected}, in quotes")))
        }
    }

    /// Takes a number.
    pub(super) fn number(&mut self, expected: &str) -> Result<Expression, Fault> {
        let word = self.word(expected)?;
        number(&word.text, word.start, self.variables)
    }

    /// Takes two numbers with a character between them, such as `10,20` or `100x50`.
    pub(super) fn pair(&mut self, between: char, expected: &str) -> Result<[Expression; 2], Fault> {
        let word = self.word(expected)?;
        let Some(cut) = word.cut(between) else {
            return Err(word.fault(format!("expected {expected}")));
        };
        let first: String = word.text.chars().take(cut).collect();
        let second: String = word.text.chars().skip(cut + 1).collect();
        Ok([
            number(&first, word.start, self.variables)?,
            number(&second, word.start + cut + 1, self.variables)?,
        ])
    }
}
