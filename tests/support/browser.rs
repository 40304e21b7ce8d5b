//! A real browser without a window: Chromium, spoken to through its debugging pipe, as an auditor's would show a page.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// What a page came to.
#[derive(Debug)]
pub struct Seen {
    /// `sound`, `unsound` or `unable`.
    pub verdict: String,
    /// What it tells of that.
    pub text: String,
}

pub struct Browser {
    _home: TempDir,
    child: Child,
    to: File,
    from: BufReader<File>,
    session: String,
    last: u64,
}

impl Browser {
    pub fn start() -> Browser {
        let home = tempfile::tempdir().unwrap();
        let (to, from) = (home.path().join("to"), home.path().join("from"));
        for pipe in [&to, &from] {
            assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
        }
        // The browser takes its questions from descriptor 3 and answers on 4.
        let script = "exec chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
             --user-data-dir=\"$1\" --remote-debugging-pipe about:blank 3<\"$2\" 4>\"$3\"";
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh"]).arg(home.path().join("profile")).args([&to, &from]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        let to = OpenOptions::new().write(true).open(&to).unwrap();
        let from = BufReader::new(File::open(&from).unwrap());
        let mut browser = Browser { _home: home, child, to, from, session: String::new(), last: 0 };
        let target = browser.ask("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        browser.session =
            browser.ask("Target.attachToTarget", attach)["sessionId"].as_str().unwrap().to_owned();
        browser.ask("Page.enable", json!({}));
        browser
    }

    /// Runs this before anything of each page that is opened from now on.
    pub fn before_each_page(&mut self, script: &str) {
        self.ask("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }));
    }

    /// Opens a page from the disk, as a double click does, and waits for what it comes to by itself.
    pub fn opens(&mut self, page: &Path) -> Seen {
        self.navigate(page);
        self.seen()
    }

    /// Opens a page, chooses files on it, and waits for what it comes to.
    pub fn shows(&mut self, page: &Path, chosen: &[&Path]) -> Seen {
        self.navigate(page);
        let input = self.evaluate("document.getElementById('files')", false);
        let files: Vec<_> = chosen.iter().map(|path| path.to_str().unwrap()).collect();
        self.ask("DOM.setFileInputFiles", json!({ "files": files, "objectId": input["objectId"] }));
        self.seen()
    }

    /// How many pages a printer makes of a file.
    pub fn printed_pages(&mut self, page: &Path) -> usize {
        self.navigate(page);
        let pdf = self.ask("Page.printToPDF", json!({ "preferCSSPageSize": true }));
        use base64::Engine as _;
        let pdf = base64::engine::general_purpose::STANDARD.decode(pdf["data"].as_str().unwrap()).unwrap();
        let text = String::from_utf8_lossy(&pdf);
        text.matches("/Type /Page\n").count() + text.matches("/Type /Page ").count()
    }

    fn navigate(&mut self, page: &Path) {
        let done = self.ask("Page.navigate", json!({ "url": format!("file://{}", page.display()) }));
        assert!(done["errorText"].is_null(), "{done}");
        let loaded = "new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', () => done()))";
        self.evaluate(loaded, true);
    }

    fn seen(&mut self) -> Seen {
        let script = "new Promise(done => { const look = () => { const word = document.body && document.body.dataset.verdict; \
             word ? done([word, document.getElementById('answer').innerText]) : setTimeout(look, 20); }; look(); })";
        let value = self.evaluate(script, true)["value"].clone();
        let word = |at: usize| value[at].as_str().unwrap().to_owned();
        Seen { verdict: word(0), text: word(1) }
    }

    fn evaluate(&mut self, script: &str, by_value: bool) -> Value {
        let asked = json!({ "expression": script, "awaitPromise": true, "returnByValue": by_value });
        let answer = self.ask("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{answer}");
        answer["result"].clone()
    }

    fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let mut asked = json!({ "id": self.last, "method": method, "params": parameters });
        if !self.session.is_empty() {
            asked["sessionId"] = self.session.clone().into();
        }
        self.to.write_all(format!("{asked}\0").as_bytes()).unwrap();
        loop {
            let mut answer = Vec::new();
            assert!(self.from.read_until(0, &mut answer).unwrap() > 0, "the browser has ended at {method}");
            answer.pop();
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            if answer["id"] == self.last {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
