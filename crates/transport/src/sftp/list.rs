//! Reads what a directory of the partner holds.
//!
//! Promises that the directory is read to the partner's "end", or to the limit of a listing, and that its handle is given
//! back. A server that answers with no entries again and again is ended by the limit too.

use russh_sftp::protocol::StatusCode;

use super::{SftpSession, remote_file, usable_handle};
use crate::{Listing, Phase, TransportError, listing};

/// What the directory holds; empty for the one that the session starts in.
pub(super) async fn list(session: &SftpSession, directory: &str) -> Result<Listing, TransportError> {
    let directory = if directory.is_empty() { "." } else { directory };
    let opened = session.ask(Phase::List, directory, session.raw.opendir(directory)).await?;
    let handle = usable_handle(opened.handle)?;
    let listed = read(session, directory, &handle).await;
    if !listed.as_ref().err().is_some_and(TransportError::ends_session) {
        // The entries are known by now: what a server says to closing a directory changes nothing.
        match session.ask(Phase::List, directory, session.raw.close(handle)).await {
            Err(error) if error.ends_session() && listed.is_err() => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
    listed
}

async fn read(session: &SftpSession, directory: &str, handle: &str) -> Result<Listing, TransportError> {
    let mut listing = Listing::default();
    for _ in 0..=listing::AT_MOST {
        let asked = async {
            match session.raw.readdir(handle).await {
                Err(russh_sftp::client::error::Error::Status(status))
                    if status.status_code == StatusCode::Eof =>
                {
                    Ok(None)
                }
                answer => answer.map(Some),
            }
        };
        let Some(answer) = session.ask(Phase::List, directory, asked).await? else {
            listing.complete = true;
            return Ok(listing);
        };
        for file in answer.files {
            if !listing.take(&file.filename, remote_file(&file.attrs)) {
                return Ok(listing);
            }
        }
    }
    Ok(listing)
}
