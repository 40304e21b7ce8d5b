//! The SFTP side of the embedded partner: names and bytes under one directory.
//!
//! Requests are answered one after another, in the order they came. They run in the partner's own thread, which may wait
//! for the disk. Every path goes through `confined`; a symbolic link is never followed.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::PathBuf;

use russh_sftp::extensions::{self, LimitsExtension, Statvfs};
use russh_sftp::protocol::{
    Attrs, Data, ExtendedReply, File as Entry, FileAttributes, Handle, Name, OpenFlags, Packet, Status,
    StatusCode, Version,
};
use russh_sftp::server::{Handler, StatusReply};
use rustix::fs::OFlags;

use super::confined::confined;

/// Bytes in one read or write, as OpenSSH has it.
const CHUNK: u64 = 255 * 1024;
/// Files and directories that may be open at once.
const HANDLES: usize = 64;
const POSIX_RENAME: &str = "posix-rename@openssh.com";

/// How the partner behaves; the default is OpenSSH's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manners {
    /// Offers limits, fsync, posix-rename, hardlink and statvfs.
    pub extensions: bool,
    /// The plain rename replaces an existing file, as many servers do.
    pub rename_replaces: bool,
}

impl Default for Manners {
    fn default() -> Manners {
        Manners { extensions: true, rename_replaces: false }
    }
}

/// One SFTP channel.
pub(super) struct Files {
    root: PathBuf,
    manners: Manners,
    open: HashMap<String, Opened>,
    opened_so_far: u64,
}

enum Opened {
    File(File),
    Directory(Vec<Entry>),
}

type Answer<T> = Result<T, StatusReply>;

impl Files {
    pub(super) fn new(root: PathBuf, manners: Manners) -> Files {
        Files { root, manners, open: HashMap::new(), opened_so_far: 0 }
    }

    fn at(&self, path: &str) -> Answer<PathBuf> {
        confined(&self.root, path).ok_or_else(|| StatusCode::PermissionDenied.into())
    }

    fn keep(&mut self, id: u32, opened: Opened) -> Answer<Handle> {
        if self.open.len() >= HANDLES {
            return Err(StatusCode::Failure.with_message("too many open files")); // not for people
        }
        self.opened_so_far += 1;
        let handle = self.opened_so_far.to_string();
        self.open.insert(handle.clone(), opened);
        Ok(Handle { id, handle })
    }

    fn file(&self, handle: &str) -> Answer<&File> {
        match self.open.get(handle) {
            Some(Opened::File(file)) => Ok(file),
            Some(Opened::Directory(_)) | None => Err(StatusCode::Failure.with_message("no such handle")), // not for people: a server\'s answer
        }
    }

    /// Renames a file without replacing one: makes a hard link, then removes the old name.
    fn rename_new(&self, from: &str, to: &str) -> Answer<()> {
        let (from, to) = (self.at(from)?, self.at(to)?);
        if self.manners.rename_replaces {
            return fs::rename(from, to).map_err(told);
        }
        if fs::symlink_metadata(&from).map_err(told)?.is_dir() {
            return Err(StatusCode::OpUnsupported.into());
        }
        fs::hard_link(&from, &to).and_then(|()| fs::remove_file(&from)).map_err(told)
    }

    fn asked(&self, id: u32, request: &str, mut fields: Fields<'_>) -> Answer<Packet> {
        let carried_out = match request {
            extensions::LIMITS => {
                let limits = LimitsExtension {
                    max_packet_len: 256 * 1024,
                    max_read_len: CHUNK,
                    max_write_len: CHUNK,
                    max_open_handles: HANDLES as u64,
                };
                return reply(id, &limits);
            }
            extensions::STATVFS => return reply(id, &self.space(fields.text()?)?),
            extensions::FSYNC => self.file(fields.text()?)?.sync_all(),
            POSIX_RENAME => fs::rename(self.at(fields.text()?)?, self.at(fields.text()?)?),
            extensions::HARDLINK => fs::hard_link(self.at(fields.text()?)?, self.at(fields.text()?)?),
            _ => return Err(StatusCode::OpUnsupported.into()),
        };
        carried_out.map_err(told).map(|()| done(id).into())
    }

    fn space(&self, path: &str) -> Answer<Statvfs> {
        let of = rustix::fs::statvfs(self.at(path)?).map_err(|error| told(error.into()))?;
        Ok(Statvfs {
            block_size: of.f_bsize,
            fragment_size: of.f_frsize,
            blocks: of.f_blocks,
            blocks_free: of.f_bfree,
            blocks_avail: of.f_bavail,
            inodes: of.f_files,
            inodes_free: of.f_ffree,
            inodes_avail: of.f_favail,
            fs_id: of.f_fsid,
            flags: 0,
            name_max: of.f_namemax,
        })
    }
}

impl Handler for Files {
    type Error = StatusReply;

    fn unimplemented(&self) -> StatusReply {
        StatusCode::OpUnsupported.into()
    }

    async fn init(&mut self, _version: u32, _extensions: HashMap<String, String>) -> Answer<Version> {
        let mut version = Version::new();
        if self.manners.extensions {
            let offered = [
                (extensions::LIMITS, "1"),
                (extensions::FSYNC, "1"),
                (extensions::HARDLINK, "1"),
                (extensions::STATVFS, "2"),
                (POSIX_RENAME, "1"),
            ];
            version.extensions = offered.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        }
        Ok(version)
    }

    async fn open(
        &mut self,
        id: u32,
        filename: String,
        pflags: OpenFlags,
        _attrs: FileAttributes,
    ) -> Answer<Handle> {
        let mut options = OpenOptions::from(pflags);
        let flags = (OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK).bits();
        options.custom_flags(i32::try_from(flags).expect("open flags fit"));
        let file = options.open(self.at(&filename)?).map_err(told)?;
        self.keep(id, Opened::File(file))
    }

    async fn close(&mut self, id: u32, handle: String) -> Answer<Status> {
        match self.open.remove(&handle) {
            Some(_) => Ok(done(id)),
            None => Err(StatusCode::Failure.with_message("no such handle")), // not for people: a server\'s answer
        }
    }

    async fn read(&mut self, id: u32, handle: String, offset: u64, len: u32) -> Answer<Data> {
        let mut data = vec![0; usize::try_from(u64::from(len).min(CHUNK)).expect("a chunk fits")];
        let read = self.file(&handle)?.read_at(&mut data, offset).map_err(told)?;
        if read == 0 {
            return Err(StatusCode::Eof.into());
        }
        data.truncate(read);
        Ok(Data { id, data })
    }

    async fn write(&mut self, id: u32, handle: String, offset: u64, data: Vec<u8>) -> Answer<Status> {
        self.file(&handle)?.write_all_at(&data, offset).map_err(told)?;
        Ok(done(id))
    }

    async fn lstat(&mut self, id: u32, path: String) -> Answer<Attrs> {
        let metadata = fs::symlink_metadata(self.at(&path)?).map_err(told)?;
        Ok(Attrs { id, attrs: attributes(&metadata) })
    }

    async fn stat(&mut self, id: u32, path: String) -> Answer<Attrs> {
        self.lstat(id, path).await
    }

    async fn fstat(&mut self, id: u32, handle: String) -> Answer<Attrs> {
        let metadata = self.file(&handle)?.metadata().map_err(told)?;
        Ok(Attrs { id, attrs: attributes(&metadata) })
    }

    async fn opendir(&mut self, id: u32, path: String) -> Answer<Handle> {
        let directory = self.at(&path)?;
        if !fs::symlink_metadata(&directory).map_err(told)?.is_dir() {
            return Err(StatusCode::NoSuchFile.into());
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(directory).map_err(told)? {
            let entry = entry.map_err(told)?;
            let metadata = entry.metadata().map_err(told)?;
            entries.push(Entry::new(entry.file_name().to_string_lossy(), attributes(&metadata)));
        }
        self.keep(id, Opened::Directory(entries))
    }

    async fn readdir(&mut self, id: u32, handle: String) -> Answer<Name> {
        match self.open.get_mut(&handle) {
            Some(Opened::Directory(entries)) if entries.is_empty() => Err(StatusCode::Eof.into()),
            Some(Opened::Directory(entries)) => {
                let files = entries.drain(..entries.len().min(100)).collect();
                Ok(Name { id, files })
            }
            Some(Opened::File(_)) | None => Err(StatusCode::Failure.with_message("no such handle")), // not for people: a server\'s answer
        }
    }

    async fn remove(&mut self, id: u32, filename: String) -> Answer<Status> {
        fs::remove_file(self.at(&filename)?).map_err(told)?;
        Ok(done(id))
    }

    async fn mkdir(&mut self, id: u32, path: String, _attrs: FileAttributes) -> Answer<Status> {
        fs::create_dir(self.at(&path)?).map_err(told)?;
        Ok(done(id))
    }

    async fn realpath(&mut self, id: u32, path: String) -> Answer<Name> {
        let inside = self.at(&path)?;
        let shown = inside.strip_prefix(&self.root).unwrap_or(&inside);
        Ok(Name { id, files: vec![Entry::dummy(format!("/{}", shown.display()))] })
    }

    async fn rename(&mut self, id: u32, oldpath: String, newpath: String) -> Answer<Status> {
        self.rename_new(&oldpath, &newpath)?;
        Ok(done(id))
    }

    async fn extended(&mut self, id: u32, request: String, data: Vec<u8>) -> Answer<Packet> {
        if !self.manners.extensions {
            return Err(StatusCode::OpUnsupported.into());
        }
        self.asked(id, &request, Fields(&data))
    }
}

/// The fields of an extended request: each a length and that many bytes.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn text(&mut self) -> Answer<&'a str> {
        let (length, rest) = self.0.split_first_chunk().ok_or(StatusCode::BadMessage)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| StatusCode::BadMessage)?;
        let (text, rest) = rest.split_at_checked(length).ok_or(StatusCode::BadMessage)?;
        self.0 = rest;
        std::str::from_utf8(text).map_err(|_| StatusCode::BadMessage.into())
    }
}

fn reply(id: u32, value: &impl serde::Serialize) -> Answer<Packet> {
    let bytes = russh_sftp::ser::to_bytes(value).map_err(|_| StatusCode::Failure)?;
    Ok(ExtendedReply { id, data: bytes.to_vec() }.into())
}

fn done(id: u32) -> Status {
    Status {
        id,
        status_code: StatusCode::Ok,
        error_message: "Success".to_owned(),
        language_tag: "en".to_owned(),
    }
}

/// The status that OpenSSH answers for an error of the file system; for most of them that is "failure".
fn told(error: io::Error) -> StatusReply {
    let kind = error.kind();
    if matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) {
        StatusCode::NoSuchFile.into()
    } else if kind == io::ErrorKind::PermissionDenied {
        StatusCode::PermissionDenied.into()
    } else {
        StatusCode::Failure.into()
    }
}

/// The attributes of a file. The library's own conversion isn't used: it calls everything but a directory a plain file.
fn attributes(metadata: &fs::Metadata) -> FileAttributes {
    use std::os::unix::fs::MetadataExt as _;
    FileAttributes {
        size: Some(metadata.len()),
        uid: Some(metadata.uid()),
        gid: Some(metadata.gid()),
        permissions: Some(metadata.mode()),
        atime: u32::try_from(metadata.atime()).ok(),
        mtime: u32::try_from(metadata.mtime()).ok(),
        ..FileAttributes::empty()
    }
}
