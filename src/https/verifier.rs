//! Verifies a server's certificate with webpki, and remembers why a certificate was refused.
//!
//! The decision is webpki's alone.

use std::sync::{Arc, Mutex, PoisonError};

use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{CertificateError, DigitallySignedStruct, Error as TlsError, SignatureScheme};

use super::certificate;
use super::failure::Failure;
use crate::error::ServiceErrorKind;
use crate::timestamp::Timestamp;

/// webpki's verifier, which also stores why it refused a certificate, and the certificate's issuer.
#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) verifier: Arc<WebPkiServerVerifier>,
    pub(super) rejection: Arc<Mutex<Option<Failure>>>,
}

impl ServerCertVerifier for Verifier {
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
                // The issuer of the last certificate in the chain is the root that is not trusted.
                let top = intermediates.last().unwrap_or(end_entity);
                let kind = ServiceErrorKind::Untrusted { issuer: certificate::issuer(top) };
                *self.rejection.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some(Failure::new(kind, reason(error)));
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

/// Why a certificate is refused, for people.
fn reason(error: &TlsError) -> String {
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
            // rustls shows a name as `DnsName("other.example")`.
            let plain = |name: &'_ String| name.split('"').nth(1).unwrap_or(name).to_owned();
            let names: Vec<String> = presented.iter().take(3).map(plain).collect();
            format!("the certificate is for another host: {}", names.join(", "))
        }
        other => format!("the certificate is not valid: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn words(cause: CertificateError) -> String {
        reason(&TlsError::InvalidCertificate(cause))
    }

    #[test]
    fn each_reason_to_refuse_a_certificate_has_its_message() {
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
}
