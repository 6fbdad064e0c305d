//! Arguments, then configuration, then one command. Nothing else.

#![deny(clippy::print_stdout, clippy::print_stderr)]

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

use firstword::command::{self, chunk::Options, demo::Demo, top};
use firstword::config::{Config, ConfigError, Environment, Server};
use firstword::output;
use firstword::speech::{First, Forms, Markup, Mode, Style, Voice};
use firstword::telemetry::panics;

/// A low-latency edge server for phone voice agents.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve {
        /// The configuration; else ./firstword.toml, if it is there. The environment goes over it.
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// See it work: the server, a built-in model and simulated callers. No account, no key.
    Demo {
        /// End by itself after this long, as in 20s, and print one line of JSON.
        #[arg(long = "for", value_parser = seconds)]
        lasts: Option<Duration>,
        /// Picks what callers and model say and do.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(..=10_000))]
        callers: u64,
        /// Write full journals into this folder.
        #[arg(long)]
        journal_dir: Option<PathBuf>,
        /// Kill the model for a while: from when, and until when, as in 5s-10s.
        #[arg(long, value_parser = span)]
        outage: Option<(Duration, Duration)>,
    },
    /// Be the caller, in a terminal: a line is a prompt, /help tells the rest.
    Call {
        /// The server's socket, as in ws://127.0.0.1:8080/relay.
        url: String,
    },
    /// Show how replies are cut: JSON lines in, JSON lines out.
    #[command(after_help = CHUNK_HELP)]
    Chunk {
        /// Where to read; standard input if it is left out or is `-`.
        file: Option<PathBuf>,
        /// When the first chunk leaves; `safe` gives the same chunks for every split of a text.
        #[arg(long, value_enum, default_value_t = FirstArgument::Safe)]
        first: FirstArgument,
        /// How large chunks are; the clock stands still. Sentence ends are the same in all of them.
        #[arg(long, value_enum, default_value_t = ModeArgument::Adaptive)]
        mode: ModeArgument,
        /// The language of replies that name none ("lang" in the input), as in de or pt-BR; English
        /// if it is not known, and what the letters tell in other scripts.
        #[arg(long)]
        lang: Option<String>,
        /// Say of each chunk why it ends where it does.
        #[arg(long)]
        explain: bool,
        /// The input is the plain text of one reply, cut as if it streamed.
        #[arg(long)]
        text: bool,
        /// Take markdown, tags and emoji out first, as a call does by default.
        #[arg(long)]
        plain: bool,
        /// Put numbers, addresses and acronyms into words, all forms of `speech.spoken`.
        #[arg(long)]
        spoken: bool,
    },
    /// The live page's figures in a terminal, from the private port of any running server.
    Top {
        /// Its private address; else that of the server's own variables.
        #[arg(long)]
        admin: Option<SocketAddr>,
        /// Print once and end.
        #[arg(long)]
        once: bool,
    },
    /// Run a journalled call again and compare every line; exit 1 at a difference, 2 if refused.
    Replay {
        /// A journal with `content = "full"`.
        file: PathBuf,
        /// Print the call as a timeline too.
        #[arg(long)]
        show: bool,
    },
    /// Ask a running server on this machine whether it is well.
    Healthcheck {
        /// Its public address; else that of the server's own variables.
        #[arg(long)]
        listen: Option<SocketAddr>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum FirstArgument {
    Eager,
    Safe,
}

#[derive(Clone, Copy, ValueEnum)]
enum ModeArgument {
    Adaptive,
    Post,
    Token,
    Sentence,
}

/// The configuration or the arguments are wrong (`EX_USAGE` of sysexits.h).
const EX_USAGE: u8 = 64;

fn main() -> ExitCode {
    panics::report();
    let status = run(Arguments::parse().command);
    output::flush();
    status
}

fn run(command: Command) -> ExitCode {
    match command {
        Command::Serve { config } => {
            let config = Environment::of(std::env::vars_os()).and_then(|environment| {
                Config::read(config.as_deref(), |name| environment.get(name))
            });
            match config {
                Ok(config) => outcome(command::serve::run(&config)),
                Err(error) => failed(EX_USAGE, &error),
            }
        }
        Command::Demo {
            lasts,
            seed,
            callers,
            journal_dir,
            outage,
        } => outcome(command::demo::run(&Demo {
            lasts,
            seed,
            callers,
            journal_dir,
            outage,
        })),
        Command::Call { url } => outcome(call(&url)),
        Command::Chunk {
            file,
            first,
            mode,
            lang,
            explain,
            text,
            plain,
            spoken,
        } => {
            let options = Options {
                style: style(first, mode),
                voice: Rc::new(voice(plain, spoken)),
                lang,
                text,
                explain,
            };
            chunk(file.as_deref(), &options)
        }
        Command::Top { admin, once } => {
            let mode = if once {
                top::Mode::Once
            } else {
                top::Mode::Live
            };
            match admin.map_or_else(|| addresses().map(|server| server.admin_listen), Ok) {
                Ok(admin) => outcome(top::run(admin, mode, io::stdout())),
                Err(error) => failed(EX_USAGE, &error),
            }
        }
        Command::Replay { file, show } => {
            match command::replay::run(&file, show, &mut io::stdout().lock()) {
                Ok(verdict) => ExitCode::from(verdict.exit_status()),
                Err(error) => failed(1, &error),
            }
        }
        Command::Healthcheck { listen } => {
            match listen.map_or_else(|| addresses().map(|server| server.listen), Ok) {
                Ok(listen) => outcome(command::healthcheck::run(listen)),
                Err(error) => failed(EX_USAGE, &error),
            }
        }
    }
}

/// Where a server of the same environment listens.
fn addresses() -> Result<Server, ConfigError> {
    // What is no UTF-8 is no address either, and the error shows it.
    let text = |value: OsString| value.to_string_lossy().into_owned();
    Config::addresses(|name| std::env::var_os(name).map(text))
}

/// A time as in `20s` or `20`.
fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.strip_suffix('s').unwrap_or(text).parse();
    number
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|time| *time <= TIME_MAX)
        .ok_or_else(|| format!("`{text}` is no time of a week or less; write it as in 20s"))
}

/// No demo lasts longer, and far beyond it the clock could not add it.
const TIME_MAX: Duration = Duration::from_secs(7 * 24 * 3600);

fn span(text: &str) -> Result<(Duration, Duration), String> {
    let (from, to) = text.split_once('-').ok_or("write it as in 5s-10s")?;
    Ok((seconds(from)?, seconds(to)?))
}

fn call(url: &str) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let lines = tokio::io::BufReader::new(tokio::io::stdin());
    let result = runtime.block_on(command::call::run(url, lines, io::stdout()));
    // Standard input is read on a thread of its own that nothing can interrupt.
    runtime.shutdown_background();
    result
}

fn style(first: FirstArgument, mode: ModeArgument) -> Style {
    Style {
        first: match first {
            FirstArgument::Eager => First::Eager,
            FirstArgument::Safe => First::Safe,
        },
        mode: match mode {
            ModeArgument::Adaptive => Mode::Adaptive,
            ModeArgument::Post => Mode::Post,
            ModeArgument::Token => Mode::Token,
            ModeArgument::Sentence => Mode::Sentence,
        },
        ..Style::DEFAULT
    }
}

fn voice(plain: bool, spoken: bool) -> Voice {
    let verbatim = Voice::VERBATIM;
    Voice {
        markup: if plain {
            Markup::Stripped
        } else {
            verbatim.markup
        },
        forms: if spoken { Forms::ALL } else { verbatim.forms },
        ..verbatim
    }
}

fn chunk(file: Option<&Path>, options: &Options) -> ExitCode {
    let mut output = io::BufWriter::new(io::stdout().lock());
    let report = command::chunk::open(file)
        .and_then(|input| command::chunk::run(input, &mut output, options));
    match report {
        Ok(report) => ExitCode::from(report.exit_status()),
        // Whoever reads has seen enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => failed(1, &error),
    }
}

fn outcome<E: std::fmt::Display>(result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(1, &error),
    }
}

fn failed(status: u8, error: &dyn std::fmt::Display) -> ExitCode {
    output::error(format_args!("firstword: {error}"));
    ExitCode::from(status)
}

const CHUNK_HELP: &str = r#"Input, a reply a line; `id` (any value) and `lang` may be left out:
  {"id": "a", "lang": "en", "pieces": ["Hi", " there", ".", " Ask", " Dr", ".", " Lee", "."]}
Output, a line for each, in the same order:
  {"id": "a", "chunks": [{"text": "Hi there.", "end": "sentence", "after_piece": 3}, ..], "end_call": false}

text         the chunks, joined, are the reply less its markers and outer white space
end          what closed the chunk: words, clause, sentence, or reply (the last chunk);
             the sentence ends inside a reply are the chunks with `sentence`
after_piece  the piece, counted from 0, that released the chunk
end_call     a marker such as [END_CALL] was in it, and taken out

A line that is no reply is named on standard error and skipped, and the exit status is then 1."#;
