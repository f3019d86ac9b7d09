//! A small laboratory system for the instruments to talk to: wire's own host sessions on a
//! loopback port, which keeps each message once and can break the line at random moments.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use simlab::chance::Chance;
use wire::driver::named;
use wire::frame::{astm, mllp};
use wire::reading::{Message, Protocol};
use wire::record::hl7;
use wire::worklist::{self, Answer};

/// What the host does and knows.
#[derive(Default)]
pub struct Manner {
    /// The probability to break the line before a write or after a read.
    pub breaks: f64,
    /// The codes to answer for each label; a label that is not here is unknown.
    pub orders: BTreeMap<String, Vec<String>>,
    /// The acknowledgement code given first to each new HL7 message, instead of AA.
    pub first_answer: Option<hl7::Code>,
}

pub struct Host {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    protocol: Protocol,
    manner: Manner,
    /// Every result message once, in the order kept.
    kept: Mutex<Vec<Vec<u8>>>,
    /// How many messages came in all, repeats and questions too.
    came: AtomicU64,
    answered_before: Mutex<Vec<Vec<u8>>>,
    connections: AtomicU64,
    closed: AtomicBool,
    started: Instant,
}

impl Host {
    pub fn open(protocol: Protocol, manner: Manner) -> Host {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared {
            protocol,
            manner,
            kept: Mutex::default(),
            came: AtomicU64::new(0),
            answered_before: Mutex::default(),
            connections: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            started: Instant::now(),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if serving.closed.load(Ordering::SeqCst) {
                    return;
                }
                let number = serving.connections.fetch_add(1, Ordering::SeqCst);
                let serving = Arc::clone(&serving);
                std::thread::spawn(move || Talk::new(&serving, stream, number).go());
            }
        });
        Host { address, shared }
    }

    pub fn kept(&self) -> Vec<Message> {
        let driver = match self.shared.protocol {
            Protocol::Astm => "sysmex_xn",
            _ => "hl7_oru",
        };
        let driver = named(driver).expect("a driver of that name");
        let kept = self.shared.kept.lock().expect("whole");
        kept.iter().map(|text| driver.read(text)).collect()
    }

    pub fn kept_bytes(&self) -> Vec<Vec<u8>> {
        self.shared.kept.lock().expect("whole").clone()
    }

    /// The labels of the results kept, sorted, with repeats.
    pub fn labels(&self) -> Vec<String> {
        let specimens = self.kept().into_iter().flat_map(|message| message.specimens);
        let mut labels: Vec<String> = specimens.map(|specimen| specimen.id).collect();
        labels.sort();
        labels
    }

    pub fn came(&self) -> u64 {
        self.shared.came.load(Ordering::SeqCst)
    }

    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// One connection, from the host's end.
struct Talk<'a> {
    shared: &'a Shared,
    stream: TcpStream,
    chance: Chance,
}

impl<'a> Talk<'a> {
    fn new(shared: &'a Shared, stream: TcpStream, number: u64) -> Self {
        stream.set_nodelay(true).expect("a socket");
        stream.set_read_timeout(Some(Duration::from_millis(20))).expect("a socket");
        Talk { shared, stream, chance: Chance::of(1, "host", number) }
    }

    /// Until the line ends, by whichever end.
    fn go(mut self) {
        let _ = match self.shared.protocol {
            Protocol::Astm => self.astm(),
            _ => self.hl7(),
        };
    }

    fn now(&self) -> u64 {
        self.shared.started.elapsed().as_millis() as u64
    }

    fn perhaps_break(&mut self) -> io::Result<()> {
        if self.chance.yes(self.shared.manner.breaks) {
            return Err(io::Error::other("broken on purpose"));
        }
        Ok(())
    }

    fn read(&mut self) -> io::Result<Vec<u8>> {
        if self.shared.closed.load(Ordering::SeqCst) {
            return Err(io::Error::other("closed"));
        }
        let mut space = [0; 4096];
        match self.stream.read(&mut space) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                self.perhaps_break()?;
                Ok(space[..count].to_vec())
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.perhaps_break()?;
        self.stream.write_all(bytes)
    }

    fn keep(&self, message: &[u8]) {
        let mut kept = self.shared.kept.lock().expect("whole");
        if !kept.iter().any(|one| one == message) {
            kept.push(message.to_vec());
        }
    }

    fn astm(&mut self) -> io::Result<()> {
        let mut session = astm::Session::new(astm::Role::Host);
        loop {
            let bytes = self.read()?;
            session.receive(self.now(), &bytes);
            session.tick(self.now());
            while let Some(action) = session.next_action() {
                match action {
                    astm::Action::Write(bytes) => self.write(&bytes)?,
                    astm::Action::Keep(received) => {
                        self.shared.came.fetch_add(1, Ordering::SeqCst);
                        let answer = self.take(&received.text);
                        session.kept(self.now());
                        if let Some(answer) = answer {
                            session.send(self.now(), answer);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// Keeps results; the answer to a question.
    fn take(&self, text: &[u8]) -> Option<Vec<u8>> {
        let driver = named("sysmex_xn").expect("a driver of that name");
        let message = driver.read(text);
        let Some(query) = message.queries.first() else {
            self.keep(text);
            return None;
        };
        let answer = |label: &String| {
            let tests = self.shared.manner.orders.get(label)?.clone();
            let patient = worklist::Patient { id: "MRN7".to_owned(), ..Default::default() };
            Some(Answer {
                specimen: label.clone(),
                tests,
                patient: Some(patient),
                ..Answer::default()
            })
        };
        let answers: Vec<Answer> = query.specimens.iter().filter_map(answer).collect();
        Some(driver.answer(query, &answers, "2026-11-24T08:00:00"))
    }

    fn hl7(&mut self) -> io::Result<()> {
        let mut session = mllp::Session::new();
        loop {
            let bytes = self.read()?;
            session.receive(&bytes);
            while let Some(action) = session.next_action() {
                match action {
                    mllp::Action::Write(bytes) => self.write(&bytes)?,
                    mllp::Action::Keep(message) => {
                        self.shared.came.fetch_add(1, Ordering::SeqCst);
                        let code = self.code(&message);
                        if code == hl7::Code::Accept {
                            self.keep(&message);
                        }
                        let text = String::from_utf8_lossy(&message);
                        let parsed = hl7::Message::parse(&text).expect("HL7");
                        session.reply(&hl7::acknowledge(&parsed, code, "", "20261124080000"));
                    }
                    mllp::Action::Trouble(_) => {}
                }
            }
        }
    }

    fn code(&self, message: &[u8]) -> hl7::Code {
        let mut before = self.shared.answered_before.lock().expect("whole");
        match self.shared.manner.first_answer {
            Some(code) if !before.iter().any(|one| one == message) => {
                before.push(message.to_vec());
                code
            }
            _ => hl7::Code::Accept,
        }
    }
}
