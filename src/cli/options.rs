//! What every command can be told.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::{Exit, bad_configuration};
use super::words::one_of;
use crate::config::{self, Config, GatewaySettings};
use totatsu_base::messages::Tongue;

// No doc comment: clap would take it for what the program is about.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// Directory of totatsu.toml, partners/ and links/
    #[arg(long, global = true, value_name = "DIR", env = "TOTATSU_CONFIG", hide_env_values = true)]
    #[arg(default_value = config::DEFAULT_DIRECTORY)]
    pub(super) config: PathBuf,
    /// Ask the gateway at this socket, and read neither its configuration nor its files; who may not read the configuration in
    /// /etc/totatsu asks at /run/totatsu/control.sock by itself
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) socket: Option<PathBuf>,
    /// Answer in JSON, for machines; an error that leaves no answer is still told as text on standard error
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Language of what is told; otherwise as LC_ALL, LC_MESSAGES or LANG say
    #[arg(long, global = true, value_parser = one_of::<Tongue>())]
    pub(super) lang: Option<Tongue>,
}

impl Common {
    /// What `totatsu.toml` says, or every problem in it on standard error.
    pub(super) fn gateway(&self) -> Result<GatewaySettings, Exit> {
        config::read_gateway(&self.config).map_err(|problems| bad_configuration(&problems))
    }

    /// What `totatsu.toml` says, unless the gateway alone is to be asked: as `--socket` says, or because this user may not read the
    /// file and it lies where a package puts it.
    pub(super) fn settings(&self) -> Result<Option<GatewaySettings>, Exit> {
        let opened = File::open(self.config.join(config::GATEWAY_FILE));
        let closed = opened.is_err_and(|error| error.kind() == ErrorKind::PermissionDenied);
        if self.socket.is_some() || (closed && usual_socket(&self.config).is_some()) {
            return Ok(None);
        }
        self.gateway().map(Some)
    }

    /// The socket at which the gateway is asked where its configuration isn't read.
    pub(super) fn socket_to_ask(&self) -> PathBuf {
        self.socket.clone().or_else(|| usual_socket(&self.config)).unwrap_or_default()
    }

    /// The whole configuration, or every problem in it on standard error.
    pub(super) fn configured(&self) -> Result<Config, Exit> {
        let (configured, problems) = config::read(&self.config);
        configured.ok_or_else(|| bad_configuration(&problems))
    }
}

/// The socket of a gateway whose configuration lies where the units look for it: `/etc/totatsu`, or `/etc/totatsu-NAME`.
fn usual_socket(configuration: &Path) -> Option<PathBuf> {
    let name = configuration.strip_prefix("/etc").ok()?.to_str()?;
    let usual = name == "totatsu" || (name.starts_with("totatsu-") && !name.contains('/'));
    usual.then(|| Path::new("/run").join(name).join("control.sock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_not_read_the_configuration_finds_the_socket_where_the_units_put_it() {
        let usual = |configuration: &str| usual_socket(Path::new(configuration));
        assert_eq!(usual("/etc/totatsu"), Some("/run/totatsu/control.sock".into()));
        assert_eq!(usual("/etc/totatsu/"), Some("/run/totatsu/control.sock".into()));
        assert_eq!(usual("/etc/totatsu-kita"), Some("/run/totatsu-kita/control.sock".into()));
        for other in
            ["/etc", "/etc/other", "/etc/totatsu/links", "/etc/totatsu-kita/links", "/srv/totatsu", "totatsu"]
        {
            assert_eq!(usual(other), None, "{other}");
        }
    }
}
