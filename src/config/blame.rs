//! Who is to blame for a configuration that cannot work: the file, variables, or both.
//!
//! A value that is wrong by itself is found where it stands, but values that cannot work together may
//! come from anywhere. So each source is left out in turn: one that makes a difference is to blame.

use std::path::Path;

use super::environment::names;
use super::{Config, ConfigError};

/// Puts the names of those to blame in front of the error that `text` and the variables gave.
pub fn name(
    ConfigError(what): ConfigError,
    path: Option<&Path>,
    text: &str,
    variable: &impl Fn(&str) -> Option<String>,
) -> ConfigError {
    let differs = |result: Result<Config, ConfigError>| match result {
        Ok(_) => true,
        Err(ConfigError(other)) => other != what,
    };
    let file = path.filter(|_| differs(Config::parse("", variable)));
    let variables = names().into_iter().filter(|name| {
        let others = |other: &str| (other != name).then(|| variable(other)).flatten();
        variable(name).is_some() && differs(Config::parse(text, others))
    });
    let named = file
        .map(|path| path.display().to_string())
        .into_iter()
        .chain(variables.filter(|name| !what.contains(name.as_str())))
        .collect::<Vec<_>>();
    ConfigError(match named.is_empty() {
        true => what,
        false => format!("{}: {what}", named.join(", ")),
    })
}
