//! The TLS configuration of this run: which certificates are trusted.
//!
//! A PEM file that the user named is used alone; else the system's store. `roots` reads both,
//! `verifier` checks a server's certificate.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::failure::Failure;
use super::roots::{Strictness, read_given, system_roots};
use super::verifier::Verifier;
use crate::context::Context;
use crate::error::{Error, ServiceErrorKind};
use crate::request::ConnectionSettings;

/// The certificates that servers are checked against.
#[derive(Debug)]
pub struct Trust {
    /// The certificates in the file that the user named.
    given: Option<Arc<RootCertStore>>,
    /// `SSL_CERT_DIR` is set: the system's store is read from that directory, not from one file.
    reads_directory: bool,
    tls: OnceLock<Result<Tls, Failure>>,
}

/// A TLS configuration, and the reason why its verifier last refused a certificate.
#[derive(Debug, Clone)]
pub struct Tls {
    pub config: Arc<ClientConfig>,
    rejection: Arc<Mutex<Option<Failure>>>,
}

impl Tls {
    /// Takes the reason why the last certificate was refused.
    pub fn take_rejection(&self) -> Option<Failure> {
        self.rejection.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Trust {
    /// Reads the PEM file that the user named. The system's store is not read yet.
    ///
    /// # Errors
    /// [`ConfigurationError::BadConnectionSetting`](crate::error::ConfigurationError::BadConnectionSetting)
    /// for a file that cannot be used.
    pub fn new(context: &Context, settings: &ConnectionSettings) -> Result<Self, Error> {
        let given = if let Some(path) = &settings.ca_bundle {
            let from_environment = context.variable_os("AWS_CA_BUNDLE").is_some();
            let setting = if from_environment { "AWS_CA_BUNDLE" } else { "ca_bundle" };
            Some(read_given(setting, path, Strictness::Every)?)
        } else {
            // These name whole stores, for all programs of the user or the computer.
            let store = ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"]
                .into_iter()
                .find_map(|setting| Some((setting, context.variable_os(setting)?)));
            let read = |(setting, path)| read_given(setting, Path::new(&path), Strictness::Any);
            store.map(read).transpose()?
        };
        let reads_directory = context.variable_os("SSL_CERT_DIR").is_some();
        Ok(Self { given: given.map(Arc::new), reads_directory, tls: OnceLock::new() })
    }

    /// The TLS configuration, made at first use.
    ///
    /// # Errors
    /// [`Failure`] if this system has no trusted certificates.
    pub fn tls(&self) -> Result<&Tls, Failure> {
        let made = self.tls.get_or_init(|| {
            let roots = match &self.given {
                Some(roots) => Arc::clone(roots),
                None => Arc::new(system_roots(self.reads_directory)?),
            };
            client(roots).map_err(|error| Failure::new(ServiceErrorKind::Connection, error))
        });
        made.as_ref().map_err(Clone::clone)
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
        .with_custom_certificate_verifier(Arc::new(Verifier { verifier, rejection: Arc::clone(&rejection) }))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Tls { config: Arc::new(config), rejection })
}
