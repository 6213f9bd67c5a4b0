//! What is waited for, or expected.

use super::super::line::{Line, Sort};
use super::super::mistake::{Fault, listed};
use super::super::scenario::{Comparison, Condition, Standing, Who};
use super::super::terms::Form;
use super::Reading;
use super::acts::{count, duration};
use super::deeds::wish;

/// What a condition can begin with, beside names.
const RESERVED: [&str; 2] = ["all", "elements"];
const MANY: &str = "how many elements, such as 51";

impl Reading {
    pub(super) fn condition(&mut self, line: &mut Line<'_>) -> Result<Condition, Fault> {
        // What was measured may be called as something else is.
        if let Some(word) = line.peek().filter(|word| self.measures.contains(&word.text))
            && (line.is_then("took") || !self.knows(&word.text) && !RESERVED.contains(&word.text.as_str()))
        {
            line.next("")?;
            line.needs("took")?;
            let how = comparison(line)?;
            return Ok(Condition::Took(word.text.clone(), how, duration(line)?));
        }
        if line.take("elements") {
            let how = comparison(line)?;
            let count = count(line, MANY, u32::MAX)?;
            return Ok(Condition::Count(Who::All(None), how, count));
        }
        let who = self.who(line)?;
        let word = line.one_of(&["agree", "agrees", "sees", "see", "is", "are"])?;
        match word.text.as_str() {
            "agree" | "agrees" => Ok(Condition::Agree(who)),
            "is" | "are" => {
                let word = line.one_of(&["offline", "online", "in"])?;
                let standing = match word.text.as_str() {
                    "offline" => Standing::Offline,
                    "online" => Standing::Online,
                    _ => {
                        line.needs("step")?;
                        Standing::InStep
                    }
                };
                Ok(Condition::Standing(who, standing))
            }
            _ => self.sees(who, line),
        }
    }

    fn sees(&self, who: Who, line: &mut Line<'_>) -> Result<Condition, Fault> {
        if line.take("no") {
            return Ok(Condition::There(who, self.element(line)?, false));
        }
        if line.take("elements") {
            let how = comparison(line)?;
            let count = count(line, MANY, u32::MAX)?;
            return Ok(Condition::Count(who, how, count));
        }
        let plain = |text: &str| !text.contains('.');
        if line
            .peek()
            .is_some_and(|word| word.sort == Sort::Word && plain(&word.text))
        {
            return Ok(Condition::There(who, self.element(line)?, true));
        }
        let (element, term, _) = self.property(line)?;
        let at = line.peek().cloned();
        let how = comparison(line)?;
        let ordered = !matches!(how, Comparison::Equal | Comparison::Unequal);
        if let Some(sign) = at.filter(|_| ordered && !matches!(term.form, Form::Number(..))) {
            let what = format!("{} is no number; expected = or !=", term.name);
            return Err(sign.fault(what));
        }
        let wish = wish(term, line)?;
        Ok(Condition::Property {
            who,
            element,
            term,
            how,
            wish,
        })
    }
}

fn comparison(line: &mut Line<'_>) -> Result<Comparison, Fault> {
    let signs: Vec<&str> = Comparison::ALL.iter().map(|how| how.sign()).collect();
    let expected = listed(&signs);
    let word = line.next(&expected)?;
    let how = Comparison::ALL.into_iter().find(|how| how.sign() == word.text);
    how.filter(|_| word.sort == Sort::Sign)
        .ok_or_else(|| word.fault(format!("expected {expected}")))
}
