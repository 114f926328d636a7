//! How a PostgreSQL server is spoken to: in the clear on this machine, encrypted and with a checked certificate elsewhere.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use guanxi_model::Result;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::pool::bad_url;

/// Where systems keep the certificates of the authorities they trust.
const BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Reads a URL; see [`crate::PgPool::new`].
pub(crate) fn configure(url: &str) -> Result<(Config, Option<MakeRustlsConnect>)> {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let (mut mode, mut roots, mut rest) = (None, None, Vec::new());
    for pair in query.split('&').filter(|p| !p.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value.to_owned()),
            Some(("sslrootcert", value)) => roots = Some(value.replace("%2F", "/").replace("%2f", "/")),
            _ => rest.push(pair),
        }
    }
    let mark = if rest.is_empty() { "" } else { "?" };
    let mut config: Config = format!("{base}{mark}{}", rest.join("&")).parse().map_err(bad_url)?;
    let encrypt = match mode.as_deref() {
        None => !config.get_hosts().iter().all(is_here),
        Some("disable") => false,
        Some("require" | "verify-ca" | "verify-full") => true,
        Some(other) => return Err(bad_url(format!("sslmode={other}"))),
    };
    if !encrypt {
        config.ssl_mode(SslMode::Disable);
        return Ok((config, None));
    }
    config.ssl_mode(SslMode::Require);
    Ok((config, Some(verifying(roots.as_deref())?)))
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
    }
}

fn verifying(roots: Option<&str>) -> Result<MakeRustlsConnect> {
    let file = match roots {
        Some(file) => file,
        None => {
            BUNDLES.into_iter().find(|f| Path::new(f).exists()).ok_or_else(|| bad_url("sslrootcert: no certificate authorities found"))?
        }
    };
    let mut store = rustls::RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(file).map_err(|e| bad_url(format!("sslrootcert {file}: {e}")))?;
    store.add_parsable_certificates(certificates.flatten());
    if store.is_empty() {
        return Err(bad_url(format!("sslrootcert {file}: no certificate in it")));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(bad_url)?;
    Ok(MakeRustlsConnect::new(config.with_root_certificates(store).with_no_client_auth()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encrypted(url: &str) -> Option<bool> {
        configure(url).ok().map(|(_, tls)| tls.is_some())
    }

    #[test]
    fn other_machines_are_spoken_to_encrypted() {
        assert_eq!(encrypted("postgres://u@127.0.0.1/db"), Some(false));
        assert_eq!(encrypted("postgres://u@localhost:5433/db?application_name=x"), Some(false));
        assert_eq!(encrypted("postgres://u@%2Fvar%2Frun/db"), Some(false));
        assert_eq!(encrypted("postgres://u@db.example/db?sslmode=disable"), Some(false));
        assert_eq!(encrypted("postgres://u@db.example/db?sslmode=sometimes"), None);
        assert_eq!(encrypted("postgres://u@db.example/db?sslrootcert=/nowhere"), None);
        assert_eq!(encrypted("mysql://u@db.example"), None);
    }
}
