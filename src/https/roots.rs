//! Reads the trusted root certificates: a PEM file that the user named, or the system's store.
//!
//! On Linux, the system's bundle is read as one file. OpenSSL by default also reads the directory
//! beside it, which takes as long as the whole request.

use std::io::{self, Read as _};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustls_native_certs::{CertificateResult, load_native_certs};
use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

use super::failure::Failure;
use crate::error::{ConfigurationError, Error, ServiceErrorKind};
use crate::platform;

/// The bundles of Linux distributions and BSDs, as Go and OpenSSL look for them.
const BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/ssl/cert.pem",
];

/// How long to wait for the system's store: a keychain asks its daemon.
const NATIVE_STORE_PATIENCE: Duration = Duration::from_secs(5);

/// The most bytes that are read of a bundle. No bundle is larger, but `/dev/zero` is endless.
const LARGEST_BUNDLE: u64 = 16 << 20;

/// Whether a certificate that cannot be read is an error.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Strictness {
    /// The user chose these certificates, so each must be usable.
    Every,
    /// A system's store may hold certificates that rustls cannot read.
    Any,
}

/// The certificates in the PEM file `path`, the value of `setting`.
pub(super) fn read_given(setting: &str, path: &Path, strictness: Strictness) -> Result<RootCertStore, Error> {
    let bad = |cause: String| {
        Error::Configuration(ConfigurationError::BadConnectionSetting {
            setting: setting.to_owned(),
            value: path.display().to_string(),
            cause,
        })
    };
    let pem = read_file(path).map_err(|error| bad(error.to_string()))?;
    parse(&pem, strictness).map_err(bad)
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let mut pem = Vec::new();
    // `open_regular` does not wait for the other end of a FIFO.
    platform::open_regular(path)?.take(LARGEST_BUNDLE).read_to_end(&mut pem)?;
    Ok(pem)
}

/// The certificates in `pem`, or the reason why they cannot be used.
fn parse(pem: &[u8], strictness: Strictness) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for (index, certificate) in CertificateDer::pem_slice_iter(pem).enumerate() {
        let added = certificate
            .map_err(|error| error.to_string())
            .and_then(|certificate| roots.add(certificate).map_err(|error| error.to_string()));
        if let (Err(error), Strictness::Every) = (added, strictness) {
            return Err(format!("certificate {} in it is damaged: {error}", index + 1));
        }
    }
    if roots.is_empty() {
        return Err("there is no certificate in PEM format in it".to_owned());
    }
    Ok(roots)
}

/// The system's trusted certificates: on Linux those in one file, unless `reads_directory` is set.
pub(super) fn system_roots(reads_directory: bool) -> Result<RootCertStore, Failure> {
    let mut cause = None;
    if cfg!(target_os = "linux") && !reads_directory {
        for path in BUNDLES {
            match read_file(Path::new(path)).map(|pem| parse(&pem, Strictness::Any)) {
                Ok(Ok(roots)) => return Ok(roots),
                Ok(Err(damaged)) => cause = cause.or(Some(format!("{path}: {damaged}"))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => match Failure::exhausted(&error) {
                    Some(exhausted) => return Err(exhausted),
                    None => cause = cause.or(Some(format!("{path}: {error}"))),
                },
            }
        }
    }
    let native = native_certificates()?;
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(native.certs);
    if roots.is_empty() {
        let cause = cause.or_else(|| native.errors.first().map(ToString::to_string));
        let cause = cause.map(|cause| format!(" ({cause})")).unwrap_or_default();
        return Err(Failure::new(
            ServiceErrorKind::Untrusted { issuer: None },
            format!(
                "this system has no trusted certificates{cause}; they come in a package `ca-certificates`"
            ),
        ));
    }
    Ok(roots)
}

/// The system's store. A keychain asks its daemon, so it is read on a thread of its own, or on this
/// one if no thread can be started.
fn native_certificates() -> Result<CertificateResult, Failure> {
    let (sender, receiver) = mpsc::channel();
    let load = move || drop(sender.send(load_native_certs()));
    match thread::Builder::new().spawn(load) {
        Ok(_) => receiver.recv_timeout(NATIVE_STORE_PATIENCE).map_err(|_| {
            Failure::new(ServiceErrorKind::Connection, "the system's trust store did not answer in time")
        }),
        Err(_) => Ok(load_native_certs()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_certificate_is_an_error_in_a_chosen_bundle_only() {
        let pem = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(parse(pem, Strictness::Every).unwrap_err().starts_with("certificate 1 in it is damaged"));
        assert!(parse(pem, Strictness::Any).unwrap_err().starts_with("there is no certificate"));
    }
}
