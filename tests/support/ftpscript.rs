//! A small FTP server that follows a script, for what real servers say and this machine's don't.
//!
//! Owns a listener on loopback and files in memory. Without a script it is a plain server without TLS; a script says what
//! is answered otherwise. Every request is kept. Ends with the test's process.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use totatsu_transport::ftps::{FtpsSettings, Protection};
use totatsu_transport::{Secret, Session};

/// The account of every script.
const USER: &str = "u";
/// The greeting of a plain server.
pub const READY: &[u8] = b"220 ready\r\n";

/// What is answered otherwise than by a plain server.
#[derive(Debug, Clone, Default)]
pub struct FtpScript {
    /// What is said first; a plain greeting if empty.
    pub greeting: &'static [u8],
    /// The lines of `FEAT`; refused if empty.
    pub features: &'static [&'static str],
    /// Requests by their beginning, and what is said to them: the first that fits counts.
    pub answers: Vec<(&'static str, Says)>,
    /// Files that are there: path and contents.
    pub files: Vec<(&'static [u8], &'static [u8])>,
}

/// What is said to a request.
#[derive(Debug, Clone, Copy)]
pub enum Says {
    /// These bytes, one reply or several.
    Reply(&'static [u8]),
    /// A listing, and the reply that ends it.
    Listing(&'static [u8], &'static [u8]),
    /// Opens a data connection and names its port in these words, of which `P1` and `P2` are the port's halves and `PP` the
    /// port.
    Passive(&'static str),
}

/// A running server.
pub struct ScriptedFtp {
    pub port: u16,
    state: Arc<Mutex<ServerState>>,
}

struct ServerState {
    script: FtpScript,
    files: BTreeMap<Vec<u8>, Vec<u8>>,
    heard: Vec<Vec<u8>>,
}

impl ScriptedFtp {
    /// Starts it.
    pub fn start(script: FtpScript) -> ScriptedFtp {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let files = script.files.iter().map(|(path, bytes)| (path.to_vec(), bytes.to_vec())).collect();
        let state = Arc::new(Mutex::new(ServerState { script, files, heard: Vec::new() }));
        let shared = state.clone();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let state = shared.clone();
                // A client that leaves in the middle is no failure of the server's.
                std::thread::spawn(move || Conversation::new(client.unwrap(), state).hold());
            }
        });
        ScriptedFtp { port, state }
    }

    /// Settings to reach it, without TLS.
    pub fn settings(&self) -> FtpsSettings {
        let mut settings = FtpsSettings::new("127.0.0.1", USER, Protection::Cleartext);
        settings.port = self.port;
        settings.password = Secret::new("secret");
        settings
    }

    /// A session with it.
    pub async fn opened(&self) -> Box<dyn Session> {
        totatsu_transport::ftps::connect(&self.settings()).await.unwrap()
    }

    /// What was asked so far, one request a line.
    pub fn heard(&self) -> String {
        let state = self.state.lock().unwrap();
        state.heard.iter().map(|request| String::from_utf8_lossy(request) + "\n").collect()
    }

    /// The bytes of every request.
    pub fn heard_bytes(&self) -> Vec<Vec<u8>> {
        self.state.lock().unwrap().heard.clone()
    }

    /// What lies under this path.
    pub fn file(&self, path: &[u8]) -> Option<Vec<u8>> {
        self.state.lock().unwrap().files.get(path).cloned()
    }
}

struct Conversation {
    control: TcpStream,
    data: Option<TcpListener>,
    renaming: Vec<u8>,
    state: Arc<Mutex<ServerState>>,
}

impl Conversation {
    fn new(control: TcpStream, state: Arc<Mutex<ServerState>>) -> Conversation {
        Conversation { control, data: None, renaming: Vec::new(), state }
    }

    fn hold(mut self) {
        let greeting = self.state.lock().unwrap().script.greeting;
        if self.say(if greeting.is_empty() { READY } else { greeting }).is_none() {
            return;
        }
        let mut lines = BufReader::new(self.control.try_clone().unwrap());
        loop {
            let mut line = Vec::new();
            if !matches!(lines.read_until(b'\n', &mut line), Ok(1..)) {
                return;
            }
            line.truncate(line.trim_ascii_end().len().max(line.len().saturating_sub(2)));
            let answer = {
                let mut state = self.state.lock().unwrap();
                state.heard.push(line.clone());
                let fits = |(begin, _): &&(&str, Says)| line.starts_with(begin.as_bytes());
                state.script.answers.iter().find(fits).map(|(_, says)| *says)
            };
            let said = match answer {
                Some(Says::Reply(bytes)) => self.say(bytes),
                Some(Says::Listing(listing, end)) => self.send(listing, end),
                Some(Says::Passive(words)) => self.listen(words),
                None => self.plainly(&line),
            };
            if said.is_none() || line.starts_with(b"QUIT") {
                return;
            }
        }
    }

    fn say(&mut self, bytes: &[u8]) -> Option<()> {
        self.control.write_all(bytes).ok()
    }

    fn listen(&mut self, words: &str) -> Option<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        self.data = Some(listener);
        let [high, low] = port.to_be_bytes();
        let words = words.replace("P1", &high.to_string()).replace("P2", &low.to_string());
        self.say(words.replace("PP", &port.to_string()).as_bytes())
    }

    fn send(&mut self, bytes: &[u8], end: &[u8]) -> Option<()> {
        let listener = self.data.take()?;
        self.say(b"150 here it comes\r\n")?;
        let (mut data, _) = listener.accept().ok()?;
        data.write_all(bytes).ok()?;
        drop(data);
        self.say(end)
    }

    fn plainly(&mut self, line: &[u8]) -> Option<()> {
        let end = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
        let (verb, path) = (&line[..end], line.get(end + 1..).unwrap_or_default().to_vec());
        let there = self.state.lock().unwrap().files.get(&path).cloned();
        match verb {
            b"USER" => self.say(b"331 password\r\n"),
            b"PASS" => self.say(b"230 in\r\n"),
            b"TYPE" | b"OPTS" => self.say(b"200 ok\r\n"),
            b"PWD" => self.say(b"257 \"/\"\r\n"),
            b"QUIT" => self.say(b"221 bye\r\n"),
            b"REST" => self.say(b"350 go on\r\n"),
            b"FEAT" => self.features(),
            b"PASV" => self.listen("227 Entering Passive Mode (127,0,0,1,P1,P2)\r\n"),
            b"EPSV" => self.listen("229 Entering Extended Passive Mode (|||PP|)\r\n"),
            b"LIST" => self.list(&path),
            b"SIZE" => match there {
                Some(bytes) => self.say(format!("213 {}\r\n", bytes.len()).as_bytes()),
                None => self.say(b"550 No such file\r\n"),
            },
            b"RETR" => match there {
                Some(bytes) => self.send(&bytes, b"226 done\r\n"),
                None => self.say(b"550 No such file\r\n"),
            },
            b"STOR" => self.store(path),
            b"DELE" => {
                let gone = self.state.lock().unwrap().files.remove(&path);
                self.say(if gone.is_some() { b"250 gone\r\n" } else { b"550 No such file\r\n" })
            }
            b"RNFR" => {
                self.renaming = path;
                self.say(if there.is_some() { b"350 and to?\r\n" } else { b"550 No such file\r\n" })
            }
            b"RNTO" => {
                let mut state = self.state.lock().unwrap();
                let bytes = state.files.remove(&self.renaming)?;
                state.files.insert(path, bytes);
                drop(state);
                self.say(b"250 renamed\r\n")
            }
            _ => self.say(b"500 unknown\r\n"),
        }
    }

    fn features(&mut self) -> Option<()> {
        let features = self.state.lock().unwrap().script.features;
        if features.is_empty() {
            return self.say(b"500 unknown\r\n");
        }
        let lines: String = features.iter().map(|line| format!(" {line}\r\n")).collect();
        self.say(format!("211-Features:\r\n{lines}211 End\r\n").as_bytes())
    }

    /// As `ls` does: the files of a directory, whose own names begin with it.
    fn list(&mut self, path: &[u8]) -> Option<()> {
        let directory = path.strip_prefix(b"-a").unwrap_or(path).trim_ascii_start();
        let begin = if directory.is_empty() { Vec::new() } else { [directory, b"/"].concat() };
        let mut lines = Vec::new();
        for (path, bytes) in &self.state.lock().unwrap().files {
            if let Some(name) = path.strip_prefix(begin.as_slice()).filter(|name| !name.contains(&b'/')) {
                lines.extend_from_slice(format!("-rw-r--r-- 1 u g {} Nov 22 09:30 ", bytes.len()).as_bytes());
                lines.extend_from_slice(name);
                lines.extend_from_slice(b"\r\n");
            }
        }
        self.send(&lines, b"226 done\r\n")
    }

    fn store(&mut self, path: Vec<u8>) -> Option<()> {
        let listener = self.data.take()?;
        self.say(b"150 send it\r\n")?;
        let (mut data, _) = listener.accept().ok()?;
        let mut bytes = Vec::new();
        data.read_to_end(&mut bytes).ok()?;
        drop(data);
        self.state.lock().unwrap().files.insert(path, bytes);
        self.say(b"226 stored\r\n")
    }
}
