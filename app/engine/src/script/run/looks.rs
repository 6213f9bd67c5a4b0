//! What is waited for and expected: whether it is so, and what is seen instead.

use std::time::Duration;

use super::super::expression::{Expression, Template};
use super::super::scenario::{Comparison, Condition, Standing, Step, Who, Wish};
use super::super::terms::{Form, Term};
use super::{Halt, Run};
use crate::script::Hand;

impl Run<'_> {
    pub(super) fn wait(&mut self, condition: &Condition, within: Duration, step: &Step) -> Result<(), Halt> {
        self.settle();
        let whom = self.concerned(condition)?;
        self.until(within, step, &whom, |run| run.holds(condition))
    }

    /// Whether it is so at this moment.
    pub(super) fn expect(&mut self, condition: &Condition) -> Result<(), Halt> {
        self.settle();
        self.holds(condition).map_err(Halt::Failed)
    }

    /// What was done just now shows in the status only then.
    fn settle(&mut self) {
        let here = self.clients.iter().filter(|client| client.here);
        let numbers: Vec<usize> = here.map(|client| client.number).collect();
        self.crew.settle(&numbers);
        self.crew.catch_up();
    }

    /// Those in the crew of whom the condition speaks. Who comes and goes meanwhile is nobody, so whoever isn't here isn't waited for.
    fn concerned(&self, condition: &Condition) -> Result<Vec<usize>, Halt> {
        let who = match condition {
            Condition::Agree(who)
            | Condition::There(who, ..)
            | Condition::Property { who, .. }
            | Condition::Count(who, ..)
            | Condition::Standing(who, _) => who,
            Condition::Took(..) => return Ok(Vec::new()),
        };
        Ok(self.numbers(&self.whom(who)?))
    }

    /// Whether it is so.
    ///
    /// # Errors
    /// What is seen instead.
    pub(super) fn holds(&mut self, condition: &Condition) -> Result<(), String> {
        match condition {
            Condition::Agree(who) => {
                let clients = self.those(who)?;
                let numbers = self.numbers(&clients);
                let names = &self.names;
                let called = |id: &str| names.get(id).cloned().unwrap_or_else(|| format!("@{id}"));
                self.crew.agree(&numbers, &called)
            }
            Condition::There(who, name, there) => {
                let id = self.id(name).map_err(why)?;
                let called = name.value(&self.variables);
                self.each(who, |hand| match (hand.element(&id).is_some(), there) {
                    (true, false) => Err(format!("{} sees {called}", hand.name())),
                    (false, true) => Err(format!("{} doesn't see {called}", hand.name())),
                    _ => Ok(()),
                })
            }
            Condition::Property {
                who,
                element,
                term,
                how,
                wish,
            } => self.property(who, element, term, *how, wish),
            Condition::Count(who, how, count) => self.count(who, *how, count),
            Condition::Standing(who, standing) => self.standing(who, *standing),
            Condition::Took(name, how, time) => {
                let measured = self.measured.iter().find(|held| held.name == *name);
                let Some(took) = measured.map(|measured| measured.spread()[2]) else {
                    return Err(format!("{name} has not been measured yet"));
                };
                let (took, time) = (took.as_secs_f64(), time.as_secs_f64());
                if how.holds(took, time) {
                    Ok(())
                } else {
                    Err(format!("{name} took {took:.3} s"))
                }
            }
        }
    }

    /// What a property is compared with.
    fn wanted(&self, wish: &Wish) -> Result<Wanted, String> {
        Ok(match wish {
            Wish::Number(number) => {
                let value = number.value(&self.variables);
                if !value.is_finite() {
                    return Err(format!("nothing can be compared with {value}"));
                }
                Wanted::Number(value)
            }
            Wish::Text(text) => Wanted::Other(text.value(&self.variables).into()),
            Wish::Flag(flag) => Wanted::Other((*flag).into()),
        })
    }

    fn those(&self, who: &Who) -> Result<Vec<usize>, String> {
        self.whom(who).map_err(why)
    }

    /// Looks over the shoulder of each of these.
    fn each(&self, who: &Who, look: impl Fn(&Hand) -> Result<(), String>) -> Result<(), String> {
        let numbers = self.numbers(&self.those(who)?);
        let mut hands = numbers.iter().filter_map(|number| self.crew.hand(*number));
        hands.try_for_each(look)
    }

    fn property(
        &self,
        who: &Who,
        element: &Template,
        term: &Term,
        how: Comparison,
        wish: &Wish,
    ) -> Result<(), String> {
        let id = self.id(element).map_err(why)?;
        let called = element.value(&self.variables);
        let wanted = self.wanted(wish)?;
        self.each(who, |hand| {
            let Some(element) = hand.element(&id) else {
                return Err(format!("{} doesn't see {called}", hand.name()));
            };
            let seen = term.of(&element);
            let holds = match (&wanted, term.number(&element)) {
                (Wanted::Number(wanted), Some(seen)) => how.holds(seen, *wanted),
                (Wanted::Number(_), None) => false,
                (Wanted::Other(wanted), _) => (seen == *wanted) == (how == Comparison::Equal),
            };
            if holds {
                return Ok(());
            }
            let shown = match (term.form, seen.as_str()) {
                (Form::Text, _) | (_, None) => seen.to_string(),
                (_, Some(word)) => word.to_owned(),
            };
            Err(format!("{} sees {called}.{} = {shown}", hand.name(), term.name))
        })
    }

    fn count(&self, who: &Who, how: Comparison, count: &Expression) -> Result<(), String> {
        let wanted = f64::from(count.count(&self.variables, u32::MAX)?);
        self.each(who, |hand| {
            let seen = hand.count();
            if how.holds(seen as f64, wanted) {
                Ok(())
            } else {
                Err(format!("{} sees {seen} elements", hand.name()))
            }
        })
    }

    pub(super) fn standing(&self, who: &Who, standing: Standing) -> Result<(), String> {
        self.each(who, |hand| {
            let name = hand.name();
            match standing {
                Standing::Online if hand.is_online() => Ok(()),
                Standing::Offline if hand.is_offline() => Ok(()),
                Standing::Offline if hand.is_online() => Err(format!("{name} is online")),
                Standing::Offline => Err(format!("{name} is under way to the relay")),
                Standing::Online | Standing::InStep => hand.in_step().map_err(|why| format!("{name}: {why}")),
            }
        })
    }
}

/// What a property is compared with, reckoned. Numbers as they are, not as they are shown.
enum Wanted {
    Number(f64),
    Other(serde_json::Value),
}

/// What stands against it.
fn why(halt: Halt) -> String {
    match halt {
        Halt::Failed(why) | Halt::CouldNot(why) => why,
    }
}
