//! The words of the table `[ftps]`: an FTP server, how we know it and how it knows us.

use std::path::PathBuf;

use serde::Deserialize;

use super::reading::Reading;
use totatsu_base::document::resolve;
use totatsu_base::say;
use totatsu_transport::Secret;
use totatsu_transport::ftps::{
    ClientCertificate, FtpsSettings, Pin, Protection, TlsMode, TlsSettings, TlsVersion,
};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FtpsTable {
    host: Option<String>,
    port: Option<u16>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    password_credential: Option<String>,
    mode: Option<TlsMode>,
    tls: Option<TlsVersion>,
    ca_file: Option<PathBuf>,
    server_name: Option<String>,
    pins: Option<Vec<String>>,
    client_certificate_file: Option<PathBuf>,
    client_key_file: Option<PathBuf>,
    nat_workaround: Option<bool>,
    epsv: Option<bool>,
}

impl Reading<'_, '_> {
    pub(super) fn ftps(&mut self, table: FtpsTable, is_encrypted: bool) -> Option<FtpsSettings> {
        let protection = if is_encrypted {
            Protection::Tls(Box::new(self.tls(&table)))
        } else {
            self.no_tls(&table);
            Protection::Cleartext
        };
        let place = self.place(
            "ftps",
            "password",
            table.password_file.as_deref(),
            table.password_credential.as_deref(),
        );
        if place.is_none() && table.client_certificate_file.is_none() {
            self.wrong("ftps", say!("config-no-proof-ftps"));
        }
        let password = place.and_then(|(path, key)| self.secret(&path, &key));
        let host = self.host("ftps", table.host);
        let user = self.user("ftps", table.user);
        let mut settings = FtpsSettings::new(host?, user?, protection);
        settings.port = table.port.unwrap_or(settings.port);
        settings.password = password.unwrap_or_else(|| Secret::new(""));
        settings.passive.extended = table.epsv;
        settings.passive.same_host = table.nat_workaround.unwrap_or(settings.passive.same_host);
        Some(settings)
    }

    fn no_tls(&mut self, table: &FtpsTable) {
        let given = [
            ("mode", table.mode.is_some()),
            ("tls", table.tls.is_some()),
            ("ca_file", table.ca_file.is_some()),
            ("server_name", table.server_name.is_some()),
            ("pins", table.pins.is_some()),
            ("client_certificate_file", table.client_certificate_file.is_some()),
            ("client_key_file", table.client_key_file.is_some()),
        ];
        for (key, _) in given.into_iter().filter(|(_, given)| *given) {
            self.wrong(&format!("ftps.{key}"), say!("config-no-tls"));
        }
    }

    fn tls(&mut self, table: &FtpsTable) -> TlsSettings {
        let mut tls = TlsSettings {
            ca_file: table.ca_file.as_deref().map(|file| resolve(self.directory, file)),
            server_name: table.server_name.clone(),
            client: self.client_certificate(table),
            ..TlsSettings::default()
        };
        tls.mode = table.mode.unwrap_or(tls.mode);
        tls.version = table.tls.unwrap_or(tls.version);
        for text in table.pins.iter().flatten() {
            match text.parse::<Pin>() {
                Ok(pin) => tls.pins.push(pin),
                Err(error) => self.wrong("ftps.pins", format!("{text:?}: {error}")),
            }
        }
        if table.pins.as_ref().is_some_and(Vec::is_empty) {
            self.wrong("ftps.pins", say!("config-empty-pins"));
        }
        tls
    }

    fn client_certificate(&mut self, table: &FtpsTable) -> Option<ClientCertificate> {
        let key = self.place("ftps", "client_key", table.client_key_file.as_deref(), None);
        match (&table.client_certificate_file, key) {
            (Some(certificate), Some((key_file, _))) => {
                Some(ClientCertificate { certificate_file: resolve(self.directory, certificate), key_file })
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                self.wrong("ftps", say!("config-certificate-and-key"));
                None
            }
        }
    }
}
