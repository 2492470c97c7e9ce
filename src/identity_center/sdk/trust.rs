//! Whom we trust: a PEM file that was named, else the system's store.
//!
//! The system's bundle is read as one file. Reading the directory beside it too,
//! as OpenSSL's defaults would have it, costs as much as the whole request.

use std::io::{self, Read as _};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use rustls_native_certs::{CertificateResult, load_native_certs};
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore, SignatureScheme,
};

use super::certificate;
use super::failure::Failure;
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::identity_center::ServiceErrorKind;
use crate::platform;
use crate::request::ConnectionSettings;
use crate::timestamp::Timestamp;

/// Where Linux distributions and BSDs keep their bundle, as Go and OpenSSL look for it.
const BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/ssl/cert.pem",
];

/// A keychain that asks its daemon must not hang us.
const NATIVE_STORE_PATIENCE: Duration = Duration::from_secs(5);

/// No bundle is larger; `/dev/zero` is.
const LARGEST_BUNDLE: u64 = 16 << 20;

/// The certificates that servers are checked against.
#[derive(Debug)]
pub(super) struct Trust {
    given: Option<Arc<RootCertStore>>,
    /// `SSL_CERT_DIR` asks for more than one file.
    directory: bool,
    tls: OnceLock<Result<Tls, Failure>>,
}

/// A TLS configuration, and why its verifier last said no.
#[derive(Debug, Clone)]
pub(super) struct Tls {
    pub config: Arc<ClientConfig>,
    rejection: Arc<Mutex<Option<Failure>>>,
}

impl Tls {
    /// Why the last certificate was refused, once.
    pub fn take_rejection(&self) -> Option<Failure> {
        self.rejection.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Trust {
    /// Reads a PEM file that the user named; the system's store is left for later.
    ///
    /// # Errors
    /// [`ConfigurationError::BadConnectionSetting`](crate::error::ConfigurationError::BadConnectionSetting) for a file that cannot be used.
    pub fn new(context: &Context, settings: &ConnectionSettings) -> Result<Self, Error> {
        let given = if let Some(path) = &settings.ca_bundle {
            let from_environment = context.variable_os("AWS_CA_BUNDLE").is_some();
            let setting = if from_environment { "AWS_CA_BUNDLE" } else { "ca_bundle" };
            Some(read_given(setting, path, Strictness::Every)?)
        } else {
            // Whole stores, made for every program of this user or computer.
            let store = ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"]
                .into_iter()
                .find_map(|setting| Some((setting, context.variable_os(setting)?)));
            let read = |(setting, path)| read_given(setting, Path::new(&path), Strictness::Any);
            store.map(read).transpose()?
        };
        let directory = context.variable_os("SSL_CERT_DIR").is_some();
        Ok(Self { given: given.map(Arc::new), directory, tls: OnceLock::new() })
    }

    /// The TLS configuration, made at first use.
    ///
    /// # Errors
    /// [`Failure`] when this system has no trust store.
    pub fn tls(&self) -> Result<&Tls, Failure> {
        let made = self.tls.get_or_init(|| {
            let roots = match &self.given {
                Some(roots) => Arc::clone(roots),
                None => Arc::new(system_roots(self.directory)?),
            };
            client(roots).map_err(|error| Failure::new(ServiceErrorKind::Connection, error))
        });
        made.as_ref().map_err(Clone::clone)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Strictness {
    /// Somebody chose these certificates: each has to be usable.
    Every,
    /// A system's store may hold one that we cannot read.
    Any,
}

fn read_given(setting: &str, path: &Path, strictness: Strictness) -> Result<RootCertStore, Error> {
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
    // A FIFO in its place must not hold us up.
    platform::open_regular(path)?.take(LARGEST_BUNDLE).read_to_end(&mut pem)?;
    Ok(pem)
}

/// The certificates in `pem`, or what is wrong with them.
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

fn system_roots(directory: bool) -> Result<RootCertStore, Failure> {
    let mut cause = None;
    if cfg!(target_os = "linux") && !directory {
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

/// A keychain may ask its daemon, so it is read on a thread; without one, on the spot.
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

fn client(roots: Arc<RootCertStore>) -> Result<Tls, String> {
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider))
        .build()
        .map_err(|error| error.to_string())?;
    let rejection = Arc::new(Mutex::new(None));
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Witness { verifier, rejection: Arc::clone(&rejection) }))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Tls { config: Arc::new(config), rejection })
}

/// webpki's verifier, unchanged; besides, it remembers whom a refused certificate names.
#[derive(Debug)]
struct Witness {
    verifier: Arc<WebPkiServerVerifier>,
    rejection: Arc<Mutex<Option<Failure>>>,
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        self.verifier
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            .inspect_err(|error| {
                // The last certificate's issuer is the root that is missing here.
                let top = intermediates.last().unwrap_or(end_entity);
                let kind = ServiceErrorKind::Untrusted { issuer: certificate::issuer(top) };
                *self.rejection.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some(Failure::new(kind, rejection(error)));
            })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.verifier.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.verifier.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

/// A refused certificate in words a person can act on.
fn rejection(error: &TlsError) -> String {
    let TlsError::InvalidCertificate(cause) = error else { return error.to_string() };
    let date = |time: &UnixTime| Timestamp::from_unix(i64::try_from(time.as_secs()).unwrap_or(i64::MAX));
    match cause {
        CertificateError::UnknownIssuer => {
            "that issuer is not among the certificates trusted here".to_owned()
        }
        CertificateError::BadSignature => {
            "a trusted issuer has the same name, but did not sign this certificate".to_owned()
        }
        CertificateError::Expired => "the certificate has expired; is the clock right?".to_owned(),
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("the certificate expired at {}; is the clock right?", date(not_after))
        }
        CertificateError::NotValidYet => "the certificate is not valid yet; is the clock right?".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("the certificate is not valid before {}; is the clock right?", date(not_before))
        }
        CertificateError::NotValidForName => "the certificate is for another host".to_owned(),
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names: Vec<&str> = presented.iter().take(3).map(String::as_str).collect();
            format!("the certificate is for another host: {}", names.join(", "))
        }
        other => format!("the certificate is not valid: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(cause: CertificateError) -> String {
        rejection(&TlsError::InvalidCertificate(cause))
    }

    #[test]
    fn reasons_to_refuse_a_certificate_are_told_apart() {
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let (time, bound) = (at(1_795_240_000), at(1_795_233_600));
        assert_eq!(
            words(CertificateError::ExpiredContext { time, not_after: bound }),
            "the certificate expired at 2026-11-21T04:00:00Z; is the clock right?"
        );
        assert_eq!(
            words(CertificateError::NotValidYetContext { time, not_before: bound }),
            "the certificate is not valid before 2026-11-21T04:00:00Z; is the clock right?"
        );
        assert_eq!(
            words(CertificateError::UnknownIssuer),
            "that issuer is not among the certificates trusted here"
        );
        assert_eq!(words(CertificateError::NotValidForName), "the certificate is for another host");
    }

    #[test]
    fn one_bad_certificate_spoils_a_chosen_bundle_but_not_the_systems() {
        let pem = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(parse(pem, Strictness::Every).unwrap_err().starts_with("certificate 1 in it is damaged"));
        assert!(parse(pem, Strictness::Any).unwrap_err().starts_with("there is no certificate"));
    }
}
