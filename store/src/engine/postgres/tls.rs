//! The way to the server kept secret: TLS, and whether the server has to prove who it is.
//!
//! What must stay true: who asks for `verify-full` is connected to nobody who cannot prove by a
//! certificate that it is that host; who asks for `require` is never connected in plain.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::fault::Fault;

/// How the connection is kept, as libpq names it.
// PostgreSQL documentation, "libpq: SSL Support", table of sslmode descriptions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Secrecy {
    /// In plain (`disable`): for a server on the same machine.
    Plain,
    /// Encrypted where the server offers it (`prefer`); anybody may be at the other end.
    #[default]
    Offered,
    /// Encrypted, or not at all (`require`); whoever stands between may be at the other end.
    Encrypted,
    /// Encrypted, and the server proves that it is the host (`verify-full`): by an authority of
    /// this file, or by one that the machine trusts.
    Proven(Option<PathBuf>),
}

impl Secrecy {
    /// Reads the two words of the address.
    pub fn read(mode: Option<&str>, roots: Option<&str>) -> Result<Secrecy, Fault> {
        match mode {
            Some("disable") => Ok(Secrecy::Plain),
            None | Some("prefer") => Ok(Secrecy::Offered),
            Some("require") => Ok(Secrecy::Encrypted),
            Some("verify-full") => Ok(Secrecy::Proven(roots.map(PathBuf::from))),
            Some(_) => Err(Fault::new(
                "the sslmode of the database's address is none of disable, prefer, require and \
                 verify-full",
            )),
        }
    }

    /// What the connection is asked to be.
    pub const fn mode(&self) -> SslMode {
        match self {
            Secrecy::Plain => SslMode::Disable,
            Secrecy::Offered => SslMode::Prefer,
            Secrecy::Encrypted | Secrecy::Proven(_) => SslMode::Require,
        }
    }

    /// Who encrypts.
    ///
    /// # Errors
    /// The authorities that are trusted cannot be read.
    pub fn connector(&self) -> Result<MakeRustlsConnect, Fault> {
        let provider = Arc::new(ring::default_provider());
        let verifier: Arc<dyn ServerCertVerifier> = match self {
            Secrecy::Proven(roots) => {
                let roots = Arc::new(trusted(roots.as_deref())?);
                WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider))
                    .build()
                    .map_err(Fault::new)?
            }
            _ => Arc::new(Anybody(Arc::clone(&provider))),
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(Fault::new)?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Ok(MakeRustlsConnect::new(config))
    }
}

/// The authorities of a file, or those of the machine.
fn trusted(file: Option<&Path>) -> Result<RootCertStore, Fault> {
    let mut roots = RootCertStore::empty();
    let found: Vec<CertificateDer<'static>> = match file {
        None => rustls_native_certs::load_native_certs().certs,
        Some(file) => {
            let told = |error| {
                Fault::new(format!("{error}")).during(&format!("reading {}", file.display()))
            };
            let all = CertificateDer::pem_file_iter(file).map_err(told)?;
            all.collect::<Result<_, _>>().map_err(told)?
        }
    };
    // One that cannot be read proves nobody; the others still do.
    let (taken, _) = roots.add_parsable_certificates(found);
    if taken > 0 {
        return Ok(roots);
    }
    let place = file.map_or("the machine".to_owned(), |file| file.display().to_string());
    Err(Fault::new(format!(
        "{place} has no certificate of an authority; name a file with one by sslrootcert"
    )))
}

/// Takes any certificate for the server's, as `require` does; that the server holds its key is
/// still proven.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod test;
