//! An SFTP server that plays a quirk: whatever the quirk doesn't answer itself, it does honestly in a directory.
//!
//! Owns a listener on 127.0.0.1, the directory that it serves, and the list of requests that came. Speaks SSH properly and
//! SFTP by hand, so that an answer may have any bytes.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::net::Ipv4Addr;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use russh::keys::PrivateKey;
use russh::keys::ssh_key::Algorithm;
use russh::server::{Auth, ChannelOpenHandle, Handler, Msg, Session};
use russh::{Channel, ChannelId};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use totatsu_transport::Secret;
use totatsu_transport::sftp::{Authentication, SftpSettings};

pub const LSTAT: u8 = 7;
pub const FSTAT: u8 = 8;
pub const OPEN: u8 = 3;
pub const CLOSE: u8 = 4;
pub const READ: u8 = 5;
pub const WRITE: u8 = 6;
pub const OPENDIR: u8 = 11;
pub const READDIR: u8 = 12;
pub const REMOVE: u8 = 13;
pub const RENAME: u8 = 18;
pub const EXTENDED: u8 = 200;

/// What a quirk makes of a request: the packet, without its length, instead of the honest answer.
pub type Quirk = fn(&Asked<'_>) -> Option<Vec<u8>>;

/// How the server behaves.
#[derive(Clone, Copy)]
pub struct Script {
    /// Sent before anything else on the connection.
    pub preamble: &'static str,
    /// Its SSH version.
    pub software: &'static str,
    /// Sent on the channel before SFTP begins.
    pub login_script: &'static str,
    pub extensions: &'static [&'static str],
    /// The plain rename replaces.
    pub rename_replaces: bool,
    /// The status, and its words, by which every file is refused.
    pub refusal: Option<(u32, &'static str)>,
    pub quirk: Quirk,
}

/// No quirk at all, and no extension.
pub const PLAIN: Script = Script {
    preamble: "",
    software: "SSH-2.0-scripted",
    login_script: "",
    extensions: &[],
    rename_replaces: false,
    refusal: None,
    quirk: |_| None,
};

/// A request, as it came.
pub struct Asked<'a> {
    pub kind: u8,
    pub number: u32,
    /// The fields that have a length: paths, handles, names of extensions.
    pub fields: &'a [Vec<u8>],
    pub root: &'a Path,
    /// Requests of this kind before it.
    pub before: usize,
}

impl Asked<'_> {
    /// Whether it is this request of an extension.
    pub fn is_extension(&self, name: &str) -> bool {
        self.kind == EXTENDED && self.fields.first().is_some_and(|field| field == name.as_bytes())
    }

    /// The path in a field, in the directory that is served.
    pub fn path(&self, field: usize) -> PathBuf {
        at(self.root, &self.fields[field])
    }

    pub fn status(&self, code: u32, words: &str) -> Vec<u8> {
        status(self.number, code, words)
    }
}

/// A running server; its directory goes with it.
pub struct Scripted {
    pub settings: SftpSettings,
    folder: TempDir,
    asked: Arc<Mutex<Vec<u8>>>,
}

impl Scripted {
    /// A server that behaves like this.
    pub async fn start(script: Script) -> Scripted {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("root")).unwrap();
        let root = folder.path().join("root");
        let key = PrivateKey::random(&mut russh::keys::key::safe_rng(), Algorithm::Ed25519).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let mut settings = SftpSettings::new("127.0.0.1", listener.local_addr().unwrap().port(), "basho");
        settings.host_keys = vec![key.public_key().to_openssh().unwrap().parse().unwrap()];
        settings.authentication = vec![Authentication::Password(Secret::new("an old pond"))];
        let config = Arc::new(russh::server::Config {
            server_id: russh::SshId::Standard(script.software.into()),
            keys: vec![key],
            auth_rejection_time: Duration::from_millis(1),
            maximum_packet_size: 65_535,
            nodelay: true,
            ..russh::server::Config::default()
        });
        let asked = Arc::new(Mutex::new(Vec::new()));
        let served = Served { script, root, asked: asked.clone() };
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(greet(socket, config.clone(), served.clone()));
            }
        });
        Scripted { settings, folder, asked }
    }

    /// The directory that is served.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// A file of ours with these bytes.
    pub fn source(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("source");
        fs::write(&path, bytes).unwrap();
        path
    }

    /// How many requests of this kind came.
    pub fn count(&self, kind: u8) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| **asked == kind).count()
    }
}

async fn greet(mut socket: TcpStream, config: Arc<russh::server::Config>, served: Served) {
    let _ = socket.set_nodelay(true);
    if socket.write_all(served.script.preamble.as_bytes()).await.is_err() {
        return;
    }
    let service = Service { served, channels: HashMap::new() };
    if let Ok(session) = russh::server::run_stream(config, socket, service).await {
        let _ = session.await;
    }
}

/// What every connection shares.
#[derive(Clone)]
struct Served {
    script: Script,
    root: PathBuf,
    asked: Arc<Mutex<Vec<u8>>>,
}

struct Service {
    served: Served,
    channels: HashMap<ChannelId, Channel<Msg>>,
}

impl Handler for Service {
    type Error = russh::Error;

    async fn auth_password(&mut self, _: &str, _: &str) -> Result<Auth, russh::Error> {
        Ok(Auth::Accept)
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), russh::Error> {
        self.channels.insert(channel.id(), channel);
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        channel: ChannelId,
        _name: &str,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        let opened = self.channels.remove(&channel).unwrap();
        session.channel_success(channel)?;
        tokio::spawn(Files { served: self.served.clone(), open: HashMap::new() }.talk(opened));
        Ok(())
    }
}

/// The talk on one channel.
struct Files {
    served: Served,
    open: HashMap<Vec<u8>, Opened>,
}

enum Opened {
    File(File),
    Directory(Vec<PathBuf>),
}

impl Files {
    async fn talk(mut self, channel: Channel<Msg>) -> Option<()> {
        let mut stream = channel.into_stream();
        stream.write_all(self.served.script.login_script.as_bytes()).await.ok()?;
        loop {
            let length = stream.read_u32().await.ok()?;
            let mut packet = vec![0; usize::try_from(length).ok()?];
            stream.read_exact(&mut packet).await.ok()?;
            let answer = self.answer(&packet);
            let answer = [u32::try_from(answer.len()).unwrap().to_be_bytes().as_slice(), &answer].concat();
            stream.write_all(&answer).await.ok()?;
            stream.flush().await.ok()?;
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "every other error is a failure in this version of the protocol"
    )]
    fn answer(&mut self, packet: &[u8]) -> Vec<u8> {
        let (kind, rest) = packet.split_first().unwrap();
        if *kind == 1 {
            let extensions =
                self.served.script.extensions.iter().flat_map(|name| [string(name.as_bytes()), string(b"1")]);
            return [vec![2, 0, 0, 0, 3], extensions.flatten().collect()].concat();
        }
        let number = u32::from_be_bytes(rest[..4].try_into().unwrap());
        let (fields, numbers) = fields(*kind, &rest[4..]);
        let before = {
            let mut asked = self.served.asked.lock().unwrap();
            asked.push(*kind);
            asked.iter().filter(|asked| *asked == kind).count() - 1
        };
        let asked = Asked { kind: *kind, number, fields: &fields, root: &self.served.root, before };
        if let Some(answer) = (self.served.script.quirk)(&asked) {
            return answer;
        }
        if let (OPEN, Some((code, words))) = (*kind, self.served.script.refusal) {
            return status(number, code, words);
        }
        self.honestly(&fields, *kind, number, numbers).unwrap_or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => status(number, 2, "No such file"),
            io::ErrorKind::Unsupported => status(number, 8, "Operation unsupported"),
            _ => status(number, 4, "Failure"),
        })
    }

    fn honestly(&mut self, fields: &[Vec<u8>], kind: u8, number: u32, numbers: &[u8]) -> io::Result<Vec<u8>> {
        let done = |()| status(number, 0, "Success");
        let path = |field: usize| at(&self.served.root, &fields[field]);
        match kind {
            OPEN => {
                let flags = u32::from_be_bytes(numbers[..4].try_into().unwrap());
                let mut how = OpenOptions::new();
                how.read(flags & 1 != 0).write(flags & 2 != 0);
                // Create, and exclusively.
                match flags & 0x28 {
                    0x28 => how.create_new(true),
                    0x08 => how.create(true),
                    _ => &mut how,
                };
                let file = how.open(path(0))?;
                Ok(self.keep(number, Opened::File(file)))
            }
            CLOSE => {
                let closed = self.open.remove(&fields[0]).map(drop);
                closed.map(done).ok_or_else(|| io::ErrorKind::Other.into())
            }
            READ => {
                let offset = u64::from_be_bytes(numbers[..8].try_into().unwrap());
                let length = u32::from_be_bytes(numbers[8..12].try_into().unwrap());
                let mut bytes = vec![0; length as usize];
                let read = self.file(&fields[0])?.read_at(&mut bytes, offset)?;
                match read {
                    0 => Ok(status(number, 1, "End of file")),
                    read => Ok(answer(103, number, &[&string(&bytes[..read])])),
                }
            }
            WRITE => {
                let offset = u64::from_be_bytes(numbers[..8].try_into().unwrap());
                self.file(&fields[0])?.write_all_at(&numbers[12..], offset).map(done)
            }
            LSTAT => Ok(answer(105, number, &[&attributes(&fs::symlink_metadata(path(0))?)])),
            FSTAT => Ok(answer(105, number, &[&attributes(&self.file(&fields[0])?.metadata()?)])),
            OPENDIR => {
                let entries = fs::read_dir(path(0))?.map(|entry| entry.unwrap().path()).collect();
                Ok(self.keep(number, Opened::Directory(entries)))
            }
            READDIR => match self.open.get_mut(&fields[0]) {
                Some(Opened::Directory(entries)) if entries.is_empty() => Ok(status(number, 1, "")),
                Some(Opened::Directory(entries)) => Ok(names(number, &std::mem::take(entries))),
                _ => Err(io::ErrorKind::Other.into()),
            },
            REMOVE => fs::remove_file(path(0)).map(done),
            RENAME => {
                if !self.served.script.rename_replaces && path(1).exists() {
                    return Err(io::ErrorKind::AlreadyExists.into());
                }
                fs::rename(path(0), path(1)).map(done)
            }
            EXTENDED if fields[0] == b"hardlink@openssh.com" => fs::hard_link(path(1), path(2)).map(done),
            EXTENDED if fields[0] == b"fsync@openssh.com" => Ok(done(())),
            EXTENDED if fields[0] == b"limits@openssh.com" => {
                Ok(answer(201, number, &[&[0_u64, 0, 0, 0].map(u64::to_be_bytes).concat()]))
            }
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    fn keep(&mut self, number: u32, opened: Opened) -> Vec<u8> {
        // No text in any encoding.
        let handle = [&[0xff, 0x00, 0xfe], number.to_be_bytes().as_slice()].concat();
        self.open.insert(handle.clone(), opened);
        answer(102, number, &[&string(&handle)])
    }

    fn file(&self, handle: &[u8]) -> io::Result<&File> {
        match self.open.get(handle) {
            Some(Opened::File(file)) => Ok(file),
            _ => Err(io::ErrorKind::Other.into()),
        }
    }
}

/// The fields of a request that have a length, and what follows them.
fn fields(kind: u8, mut rest: &[u8]) -> (Vec<Vec<u8>>, &[u8]) {
    let count = match kind {
        RENAME => 2,
        EXTENDED => usize::MAX,
        _ => 1,
    };
    let mut fields = Vec::new();
    while fields.len() < count
        && let Some((length, after)) = rest.split_first_chunk::<4>()
        && let Some((field, after)) = after.split_at_checked(u32::from_be_bytes(*length) as usize)
    {
        fields.push(field.to_vec());
        rest = after;
    }
    (fields, rest)
}

fn at(root: &Path, path: &[u8]) -> PathBuf {
    root.join(std::str::from_utf8(path).unwrap().trim_start_matches('/'))
}

pub fn string(bytes: &[u8]) -> Vec<u8> {
    [u32::try_from(bytes.len()).unwrap().to_be_bytes().as_slice(), bytes].concat()
}

pub fn answer(kind: u8, number: u32, fields: &[&[u8]]) -> Vec<u8> {
    [&[kind], number.to_be_bytes().as_slice(), &fields.concat()].concat()
}

pub fn status(number: u32, code: u32, words: &str) -> Vec<u8> {
    answer(101, number, &[&code.to_be_bytes(), &string(words.as_bytes()), &string(b"en")])
}

fn attributes(about: &fs::Metadata) -> Vec<u8> {
    let times = u32::try_from(about.mtime()).unwrap().to_be_bytes();
    [&13_u32.to_be_bytes()[..], &about.len().to_be_bytes(), &about.mode().to_be_bytes(), &times, &times]
        .concat()
}

fn names(number: u32, entries: &[PathBuf]) -> Vec<u8> {
    let entry = |path: &PathBuf| {
        let name = path.file_name().unwrap().as_encoded_bytes();
        [string(name), string(b""), attributes(&fs::symlink_metadata(path).unwrap())].concat()
    };
    let count = u32::try_from(entries.len()).unwrap().to_be_bytes();
    answer(104, number, &[&count, &entries.iter().flat_map(entry).collect::<Vec<u8>>()])
}
