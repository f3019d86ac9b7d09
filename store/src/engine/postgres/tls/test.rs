//! A listener that speaks as far as a server does until it knows who connects.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::*;
use crate::engine::Address;
use crate::engine::server::has_laboratory;

/// What the server said to being asked for TLS, and what it heard then.
#[derive(Debug, PartialEq, Eq)]
enum Heard {
    /// The user's name, after TLS was made.
    Secretly,
    /// The user's name, for all to read.
    InPlain,
    /// Nothing.
    Nothing,
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificate").join(name)
}

/// A server that has a certificate, or none.
fn server(encrypts: bool) -> (SocketAddr, JoinHandle<Heard>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    let serving = std::thread::spawn(move || {
        let (line, _) = listener.accept().expect("a caller");
        serve(line, encrypts).unwrap_or(Heard::Nothing)
    });
    (address, serving)
}

fn serve(mut line: TcpStream, encrypts: bool) -> std::io::Result<Heard> {
    // PostgreSQL documentation, "Message Formats": SSLRequest is eight bytes, the last four of them
    // 80877103; it is answered by S or N.
    let mut asked = [0; 8];
    line.read_exact(&mut asked)?;
    if asked[4..] != 80_877_103_u32.to_be_bytes() {
        return Ok(Heard::InPlain);
    }
    if !encrypts {
        line.write_all(b"N")?;
        return Ok(if names_user(&mut line)? { Heard::InPlain } else { Heard::Nothing });
    }
    line.write_all(b"S")?;
    let chain = CertificateDer::pem_file_iter(file("server.pem")).expect("its certificate");
    let chain = chain.collect::<Result<Vec<_>, _>>().expect("certificates");
    let key = PrivateKeyDer::from_pem_file(file("server.key")).expect("its key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a key that fits");
    let made = ServerConnection::new(Arc::new(config)).expect("a connection");
    let mut secret = StreamOwned::new(made, line);
    Ok(if names_user(&mut secret)? { Heard::Secretly } else { Heard::Nothing })
}

fn names_user(line: &mut impl Read) -> std::io::Result<bool> {
    let mut said = [0; 256];
    let count = line.read(&mut said)?;
    Ok(String::from_utf8_lossy(&said[..count]).contains("meniscus-test"))
}

/// Connects by an address that ends in these words; what is told, and what the server heard.
fn connect(host: &str, encrypts: bool, words: &str) -> (String, Heard) {
    let (address, serving) = server(encrypts);
    let url = format!("postgresql://meniscus-test@{host}:{}/lab{words}", address.port());
    let told = match Address::read(&url) {
        Ok(address) => has_laboratory(&address).expect_err("it goes no further").to_string(),
        Err(fault) => panic!("{fault}"),
    };
    (told, serving.join().expect("served"))
}

fn proven(authority: &str) -> String {
    format!("?sslmode=verify-full&sslrootcert={}", file(authority).display())
}

#[test]
fn who_asks_for_a_proof_is_connected_to_the_host_alone() {
    let (_, heard) = connect("localhost", true, &proven("authority.pem"));
    assert_eq!(heard, Heard::Secretly);
    let (told, heard) = connect("localhost", true, &proven("stranger.pem"));
    assert_eq!(heard, Heard::Nothing);
    assert!(told.contains("UnknownIssuer"), "{told}");
    // The certificate names localhost, and no number.
    let (told, heard) = connect("127.0.0.1", true, &proven("authority.pem"));
    assert_eq!(heard, Heard::Nothing);
    assert!(told.contains("not valid for name"), "{told}");
}

#[test]
fn who_asks_for_secrecy_is_never_connected_in_plain() {
    for (words, encrypts, expected) in [
        ("?sslmode=require", true, Heard::Secretly),
        ("?sslmode=require", false, Heard::Nothing),
        (proven("authority.pem").as_str(), false, Heard::Nothing),
        ("?sslmode=prefer", true, Heard::Secretly),
        ("?sslmode=prefer", false, Heard::InPlain),
        ("", true, Heard::Secretly),
        ("?connect_timeout=3", false, Heard::InPlain),
        ("?sslmode=disable&connect_timeout=3", true, Heard::InPlain),
    ] {
        let (told, heard) = connect("localhost", encrypts, words);
        assert_eq!(heard, expected, "{words}: {told}");
    }
}

#[test]
fn what_is_no_authority_or_no_mode_is_told_at_once() {
    let url = |words: &str| format!("postgresql://meniscus-test@localhost/lab?{words}");
    for (words, expected) in [
        ("sslmode=verify-ca", "disable, prefer, require and verify-full"),
        ("sslmode=verify-full&sslrootcert=/nowhere/ca.pem", "reading /nowhere/ca.pem"),
    ] {
        let fault = Address::read(&url(words)).expect_err("refused").to_string();
        assert!(fault.contains(expected), "{fault}");
    }
    let key = file("server.key");
    let words = format!("sslmode=verify-full&sslrootcert={}", key.display());
    let fault = Address::read(&url(&words)).expect_err("a key is no authority").to_string();
    assert!(fault.contains("no certificate of an authority"), "{fault}");
}
