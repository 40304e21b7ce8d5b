//! How a partner is reached: the one place that knows every transport.

use crate::error::Result;
use crate::limits::Deadlines;
use crate::pace::MinimumThroughput;
use crate::session::Session;
use crate::{ftps, medium, sftp};

/// How one partner is reached: what carries the bytes, and all that it has to know.
#[derive(Debug, Clone)]
pub enum Reach {
    /// SFTP over SSH.
    Sftp(sftp::SftpSettings),
    /// FTP over TLS, or plain FTP.
    Ftps(ftps::FtpsSettings),
    /// A medium that is carried there.
    Medium(medium::MediumSettings),
}

impl Reach {
    /// Opens a session.
    ///
    /// # Errors
    /// The partner can't be reached, or is not who it should be, or refuses us.
    pub async fn connect(&self) -> Result<Box<dyn Session>> {
        match self {
            Reach::Sftp(settings) => sftp::connect(settings).await,
            Reach::Ftps(settings) => ftps::connect(settings).await,
            Reach::Medium(settings) => medium::connect(settings).await,
        }
    }

    /// How long each phase may wait for its answer.
    pub fn deadlines_mut(&mut self) -> &mut Deadlines {
        match self {
            Reach::Sftp(settings) => &mut settings.deadlines,
            Reach::Ftps(settings) => &mut settings.deadlines,
            Reach::Medium(settings) => &mut settings.deadlines,
        }
    }

    /// The slowest transfer that is still let through; a medium is waited for as long as it isn't silent.
    pub fn minimum_throughput_mut(&mut self) -> Option<&mut MinimumThroughput> {
        match self {
            Reach::Sftp(settings) => Some(&mut settings.minimum_throughput),
            Reach::Ftps(settings) => Some(&mut settings.minimum_throughput),
            Reach::Medium(_) => None,
        }
    }
}
