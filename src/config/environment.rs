//! The variables of the process, as far as they are ours.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use super::ConfigError;
use super::knobs::{KNOBS, nearest};

/// All variables by which knobs can be set.
#[derive(Debug, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Takes the variables of knobs and leaves those of other programs alone.
    ///
    /// # Errors
    /// When a variable with our prefix is none of ours: a misspelt one would be a knob that was
    /// never set. When one of ours is no text.
    pub fn of(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let mut ours = BTreeMap::new();
        let names = names();
        for (name, value) in variables {
            let Ok(name) = name.into_string() else {
                continue;
            };
            if !names.contains(&name) {
                check_foreign(&name, &value, &names)?;
                continue;
            }
            let value = value
                .into_string()
                .map_err(|_| ConfigError(format!("{name}: this is not UTF-8 text")))?;
            ours.insert(name, value);
        }
        Ok(Self(ours))
    }

    pub fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

/// Every variable that sets a knob.
pub(super) fn names() -> Vec<String> {
    let names = |knob: &super::Knob| [knob.alias.map(str::to_owned), knob.variable()];
    KNOBS.iter().flat_map(names).flatten().collect()
}

fn check_foreign(name: &str, value: &OsStr, names: &[String]) -> Result<(), ConfigError> {
    let is_foreign =
        FOREIGN.iter().any(|prefix| name.starts_with(prefix)) || is_of_a_service(name, value);
    if !name.starts_with("FIRSTWORD_") || is_foreign {
        return Ok(());
    }
    let nested = KNOBS.iter().find(|knob| {
        let variable = format!("FIRSTWORD_{}_{}", knob.section, knob.key);
        knob.variable().is_none() && variable.eq_ignore_ascii_case(name)
    });
    Err(ConfigError(match nested {
        Some(knob) => format!(
            "{name}: {}.{} is a list or a table, so it can be set in the file only",
            knob.section, knob.key
        ),
        None => format!(
            "unknown variable: `{name}`; did you mean `{}`?",
            nearest(name, names.iter().map(String::as_str)).unwrap_or("?")
        ),
    }))
}

/// What Kubernetes tells every container of each service of its namespace, under that service's name:
/// `.._SERVICE_HOST`, `.._SERVICE_PORT`, `.._SERVICE_PORT_name`, `.._PORT`, `.._PORT_number_TCP`,
/// `.._PORT_number_TCP_ADDR` and so on. No knob's name looks like that, but a `.._PORT` with a mere number is
/// meant as a knob.
fn is_of_a_service(name: &str, value: &OsStr) -> bool {
    let is_of_a_port = || {
        let (_, port) = name.rsplit_once("_PORT_")?;
        let mut words = port.split('_');
        let number = words.next()?;
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        Some(is_number && matches!(words.next(), Some("TCP" | "UDP" | "SCTP")))
    };
    let is_link = || value.to_str().is_some_and(|value| value.contains("://"));
    name.ends_with("_SERVICE_HOST")
        || name.ends_with("_SERVICE_PORT")
        || name.ends_with("_PORT") && is_link()
        || name.contains("_SERVICE_PORT_")
        || is_of_a_port().unwrap_or(false)
}

/// Variables with our prefix that are not the server's: the proxy's host in `deploy/`, what the build reads,
/// and the tests' own.
const FOREIGN: [&str; 4] = [
    "FIRSTWORD_HOST",
    "FIRSTWORD_COMMIT",
    "FIRSTWORD_SIM_",
    "FIRSTWORD_FUZZ_",
];
