//! The real binary as a process of its own, for what a server inside of the test cannot show: signals,
//! and standard output that nobody reads.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

/// `firstword serve`, which has told its addresses.
pub struct Process {
    child: Child,
    output: Option<BufReader<ChildStdout>>,
    pub public: SocketAddr,
    pub private: SocketAddr,
}

/// Something that has no room left.
pub fn full() -> Stdio {
    let full = std::fs::File::options().write(true).open("/dev/full");
    Stdio::from(full.expect("Linux has one"))
}

impl Process {
    /// Starts it with these variables, and `errors` as its standard error.
    pub fn serve(variables: &[(&str, &str)], errors: Stdio) -> Self {
        Self::serve_in_shell("exec \"$0\" \"$@\"", variables, errors)
    }

    /// The same by a line of shell, which has the command in `$0` and `$@`.
    pub fn serve_in_shell(shell: &str, variables: &[(&str, &str)], errors: Stdio) -> Self {
        let mut child = command(shell, variables)
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .expect("the binary was built for this test");
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut address = |name: &str| {
            let mut line = String::new();
            output.read_line(&mut line).expect("a pipe can be read");
            let told = line.strip_prefix(name).and_then(|line| {
                let (_, address) = line.split_once("http://")?;
                address.split_whitespace().next()?.parse().ok()
            });
            told.unwrap_or_else(|| panic!("{line:?} is no line for `{name}`"))
        };
        let (public, private) = (address("public"), address("private"));
        Self {
            child,
            output: Some(output),
            public,
            private,
        }
    }

    /// Whoever read its standard output is gone.
    pub fn close_output(&mut self) {
        self.output = None;
    }

    pub fn terminate(&self) {
        self.signal("TERM");
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status();
        assert!(sent.expect("there is a `kill`").success());
    }

    /// Lets it have so many open descriptors, also if it has more; then it can open nothing.
    pub fn limit_descriptors(&self, max: usize) {
        let limited = Command::new("prlimit")
            .args(["--pid", &self.child.id().to_string()])
            .arg(format!("--nofile={max}:"))
            .status();
        assert!(limited.expect("there is a `prlimit`").success());
    }

    /// How it ended. Blocks until then.
    pub fn wait(mut self) -> ExitStatus {
        self.child.wait().expect("it is ours")
    }

    /// The same without blocking.
    pub async fn ended(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.child.try_wait().expect("it is ours") {
                return status;
            }
            tokio::time::sleep(super::ms(5)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `firstword serve` on loopback, with a model that nobody reaches.
pub fn command(shell: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", shell, env!("CARGO_BIN_EXE_firstword"), "serve"])
        .env("FIRSTWORD_LISTEN", "127.0.0.1:0")
        .env("FIRSTWORD_ADMIN_LISTEN", "127.0.0.1:0")
        .env("FIRSTWORD_SERVER_THREADS", "1")
        .env("FIRSTWORD_JOURNAL_CONTENT", "off")
        .env("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
        .envs(variables.iter().copied());
    command
}
