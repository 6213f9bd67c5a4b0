//! Numbers that are reckoned while a scenario runs, and texts with such numbers in them: `{i*20}`, `box{i}`.

use super::mistake::Fault;

/// So much is reckoned in one pair of braces. What is read and reckoned calls itself for each operation.
const OPERATIONS: usize = 64;

/// A number, or how it is reckoned.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// As it stands there.
    Number(f64),
    /// A variable's.
    Variable(String),
    /// Of two.
    Of(Box<Self>, Operation, Box<Self>),
}

/// What is done to two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Their sum.
    Add,
    /// Their difference.
    Subtract,
    /// Their product.
    Multiply,
}

impl Expression {
    /// The number, with these variables; one that isn't among them counts as 0.
    #[must_use]
    pub fn value(&self, variables: &[(String, f64)]) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Variable(name) => {
                // The innermost of several.
                let held = variables.iter().rev().find(|(held, _)| held == name);
                held.map_or(0.0, |(_, value)| *value)
            }
            Self::Of(a, operation, b) => {
                let (a, b) = (a.value(variables), b.value(variables));
                match operation {
                    Operation::Add => a + b,
                    Operation::Subtract => a - b,
                    Operation::Multiply => a * b,
                }
            }
        }
    }

    /// A whole number from 0 to `most`, with these variables.
    ///
    /// # Errors
    /// In a sentence, what it is instead.
    pub fn count(&self, variables: &[(String, f64)], most: u32) -> Result<u32, String> {
        let value = self.value(variables);
        if value.fract() == 0.0 && (0.0..=f64::from(most)).contains(&value) {
            Ok(value as u32)
        } else {
            Err(format!("expected a whole number from 0 to {most}, not {value}"))
        }
    }
}

/// A text with numbers in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Text(String),
    Number(Expression),
}

impl Template {
    /// A text in which nothing is reckoned.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(vec![Piece::Text(text.to_owned())])
    }

    /// The text, with these variables.
    #[must_use]
    pub fn value(&self, variables: &[(String, f64)]) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Number(number) => number.value(variables).to_string(),
        };
        self.0.iter().map(piece).collect()
    }

    /// The text, if nothing is to be reckoned.
    #[must_use]
    pub fn plain(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }
}

/// Reads a text with `{...}` in it. In it `\n` begins a new line, and a `\` before any other character lets that stand for itself.
/// `start` is where it stands in its line.
pub(super) fn template(text: &str, start: usize, variables: &[String]) -> Result<Template, Fault> {
    let letters: Vec<char> = text.chars().collect();
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut at = 0;
    while let Some(&letter) = letters.get(at) {
        at += 1;
        match letter {
            '\\' => {
                match letters.get(at) {
                    Some('n') => plain.push('\n'),
                    Some(other) => plain.push(*other),
                    None => {}
                }
                at += 1;
            }
            '{' => {
                let rest = &letters[at..];
                let Some(len) = rest.iter().position(|c| *c == '}') else {
                    let what = "this { has no }; write \\{ for the character itself";
                    return Err(Fault::new(start + at - 1, 1, what));
                };
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                let number = Reader {
                    letters: &rest[..len],
                    start: start + at,
                    at: 0,
                    operations: 0,
                    variables,
                };
                pieces.push(Piece::Number(number.all()?));
                at += len + 1;
            }
            other => plain.push(other),
        }
    }
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(Template(pieces))
}

/// Reads a number, or one that is reckoned in braces.
pub(super) fn number(text: &str, start: usize, variables: &[String]) -> Result<Expression, Fault> {
    let width = text.chars().count();
    if let Some(inner) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        let letters: Vec<char> = inner.chars().collect();
        let reader = Reader {
            letters: &letters,
            start: start + 1,
            at: 0,
            operations: 0,
            variables,
        };
        return reader.all();
    }
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    let digits = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    match number.filter(|_| digits) {
        Some(number) => Ok(Expression::Number(number)),
        None => Err(Fault::new(
            start,
            width,
            format!("{text} is no number; expected one such as 20, -1.5 or {{i*20}}"),
        )),
    }
}

/// Reads what stands in braces: numbers and variables, `+`, `-` and `*`.
struct Reader<'a> {
    letters: &'a [char],
    start: usize,
    at: usize,
    operations: usize,
    variables: &'a [String],
}

impl Reader<'_> {
    fn all(mut self) -> Result<Expression, Fault> {
        let sum = self.sum()?;
        self.skip();
        match self.letters.get(self.at) {
            None => Ok(sum),
            Some(other) => Err(Fault::new(
                self.start + self.at,
                1,
                format!("expected +, -, * or }}, not {other}"),
            )),
        }
    }

    fn skip(&mut self) {
        while self.letters.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: char) -> bool {
        self.skip();
        let there = self.letters.get(self.at) == Some(&wanted);
        self.at += usize::from(there);
        there
    }

    fn sum(&mut self) -> Result<Expression, Fault> {
        let mut sum = self.product()?;
        loop {
            let operation = if self.take('+') {
                Operation::Add
            } else if self.take('-') {
                Operation::Subtract
            } else {
                return Ok(sum);
            };
            self.counts()?;
            sum = Expression::Of(Box::new(sum), operation, Box::new(self.product()?));
        }
    }

    /// One operation more.
    fn counts(&mut self) -> Result<(), Fault> {
        self.operations += 1;
        if self.operations <= OPERATIONS {
            return Ok(());
        }
        let what = format!("at most {OPERATIONS} operations can stand in one pair of braces");
        Err(Fault::new(self.start + self.at - 1, 1, what))
    }

    fn product(&mut self) -> Result<Expression, Fault> {
        let mut product = self.one()?;
        while self.take('*') {
            self.counts()?;
            product = Expression::Of(Box::new(product), Operation::Multiply, Box::new(self.one()?));
        }
        Ok(product)
    }

    fn one(&mut self) -> Result<Expression, Fault> {
        self.skip();
        let from = self.at;
        let inside = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '.');
        while self.letters.get(self.at).is_some_and(inside) {
            self.at += 1;
        }
        let text: String = self.letters[from..self.at].iter().collect();
        if text.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return number(&text, self.start + from, self.variables);
        }
        if self.variables.contains(&text) {
            return Ok(Expression::Variable(text));
        }
        let known: Vec<&str> = self.variables.iter().map(String::as_str).collect();
        let what = match (text.is_empty(), known.as_slice()) {
            (true, _) => "expected a number or a variable".to_owned(),
            (false, []) => format!("there is no variable {text} here: repeat N as {text} makes one"),
            (false, known) => format!(
                "there is no variable {text} here; expected {}",
                super::mistake::listed(known)
            ),
        };
        Err(Fault::new(self.start + from, text.chars().count(), what).or(&text, known))
    }
}
