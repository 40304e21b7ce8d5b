//! Who was at the other end, and what was agreed about names there.

use serde::{Deserialize, Serialize};

/// Who answered, and how it was proven; goes into the receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// What carries the bytes: `sftp`, `ftps`, `ftp (cleartext)` or `medium`.
    pub transport: String,
    /// Host and port that we connected to, as configured, and `through` which jump host; of a medium, where it is mounted.
    pub address: String,
    /// What the server calls itself: `SSH-2.0-OpenSSH_9.2p1`, or the greeting of an FTP server; a medium's file system.
    pub software: String,
    /// Fingerprint of what it proved to hold, its host key or its certificate: `SHA256:` and base64; `none` in cleartext.
    /// Of a medium, its id or label.
    pub host_key: String,
    /// The account we used.
    pub user: String,
    /// How we proved to be that account: `publickey SHA256:...`, `password`, `keyboard-interactive`, or `client
    /// certificate and password`.
    pub authenticated_by: String,
    /// Cipher agreed for this session, for TLS with its version; `none` in cleartext.
    pub cipher: String,
    /// Key exchange agreed for this session; `none` in cleartext.
    pub key_exchange: String,
    /// Protocol extensions that the server offers, sorted: of SFTP, or the lines of an FTP server's `FEAT`.
    pub extensions: Vec<String>,
}

impl Peer {
    /// The transport of a medium.
    pub const MEDIUM: &'static str = "medium";
}

/// What is to happen where the new name is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overwrite {
    /// The rename fails with "already exists"; what is there stays.
    Refuse,
    /// What is there is replaced in one instant; an error where the partner can't.
    Atomic,
}
