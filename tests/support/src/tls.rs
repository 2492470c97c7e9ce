//! A private certificate authority, new for each stand-in.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The name of the certificate authority, for tests that look at messages.
pub const CERTIFICATE_AUTHORITY: &str = "Stand-in Test CA";

/// The certificate of a stand-in that speaks TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// For this computer, and valid.
    Good,
    /// For another host.
    OtherHost,
    /// Valid until 2020.
    Expired,
}

/// A server's configuration, and the authority's certificate as PEM.
pub(crate) fn configuration(certificate: Certificate) -> (Arc<ServerConfig>, String) {
    let authority_key = KeyPair::generate().expect("a key can be generated");
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, CERTIFICATE_AUTHORITY);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority = parameters.self_signed(&authority_key).expect("the parameters make a certificate");
    let issuer = Issuer::new(parameters, authority_key);

    // The last name is not this computer: only a proxy leads there.
    let names: &[&str] = match certificate {
        Certificate::OtherHost => &["other.example"],
        Certificate::Good | Certificate::Expired => &["localhost", "127.0.0.1", "stand-in.example"],
    };
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut parameters = CertificateParams::new(names).expect("the names are valid");
    if certificate == Certificate::Expired {
        parameters.not_after = rcgen::date_time_ymd(2020, 1, 1);
    }
    parameters.distinguished_name.push(DnType::CommonName, "localhost");
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Python 3.13 refuses a leaf without it.
    parameters.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate().expect("a key can be generated");
    let leaf = parameters.signed_by(&key, &issuer).expect("the authority can sign");

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let private_key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let configuration = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring knows the default versions")
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], private_key)
        .expect("the key belongs to the certificate");
    (Arc::new(configuration), authority.pem())
}
