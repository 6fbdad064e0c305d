//! A call as a script: its rules, the fault around its core, and what happened when.
//!
//! Every run records one. It is what a failing seed is shrunk to and what `tests/regress/` keeps.

use std::fmt;
use std::fmt::Write;

use firstword::call::time::Micros;

use super::act::Act;
use super::core::Fault;
use super::knobs::Knobs;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    pub knobs: Knobs,
    pub fault: Option<Fault>,
    pub steps: Vec<Step>,
}

/// What happened, so long after the step before.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub wait: Micros,
    pub act: Act,
}

impl Script {
    /// Reads what `Display` wrote, and what people wrote about it behind `#`.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut script = Self::default();
        for line in text.lines().map(str::trim) {
            let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
            match first {
                "" | "#" => {}
                "knobs" => script.knobs = Knobs::read(rest)?,
                "fault" => script.fault = Some(Fault::named(rest)?),
                wait => {
                    let wait = wait.parse().map_err(|why| format!("{line:?}: {why}"))?;
                    script.steps.push(Step {
                        wait: Micros(wait),
                        act: rest.parse()?,
                    });
                }
            }
        }
        Ok(script)
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let knobs = self.knobs.to_string();
        if !knobs.is_empty() {
            writeln!(f, "knobs {knobs}")?;
        }
        if let Some(fault) = self.fault {
            writeln!(f, "fault {fault:?}")?;
        }
        for step in &self.steps {
            writeln!(f, "{} {}", step.wait.0, step.act)?;
        }
        Ok(())
    }
}

/// The remark at the head of a file of `tests/regress/`.
pub fn remark(text: &str) -> String {
    text.lines().fold(String::new(), |mut all, line| {
        writeln!(all, "# {line}").expect("a String takes all");
        all
    })
}
