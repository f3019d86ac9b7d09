//! The way in, on a real record: what was kept is filed at last, what is not understood stays in
//! sight, and nobody is taken for somebody else.

use lab::value::InstrumentId;
use store::message::{Listed, one};
use store::query::unclaimed_open;
use store::scratch::Scratch;

use super::said::LONG;
use super::*;

struct Bench {
    store: Arc<Store>,
    intake: Intake,
    scratch: Scratch,
}

fn bench(name: &str) -> Bench {
    bench_on(name, std::env::var("MENISCUS_TEST_POSTGRES").ok().as_deref())
}

fn bench_on(name: &str, server: Option<&str>) -> Bench {
    let scratch = Scratch::new(name, server).expect("a place for the test");
    let store = Arc::new(Store::open(scratch.place()).expect("the record opens"));
    Bench { intake: Intake::new(Arc::clone(&store)), store, scratch }
}

fn results(sender: &str) -> String {
    format!(
        "H|\\^&|||{sender}|||||||P|1\rP|1\rO|1|99||^^^GLU\rR|1|^^^GLU|5.1|mmol/L||N||F\rL|1|N\r"
    )
}

impl Bench {
    async fn keep(&self, text: &str) -> Kept {
        let bytes = text.as_bytes();
        self.intake.keep(bytes.to_vec(), bytes, &Origin::default()).await.expect("kept")
    }

    async fn send(&self, text: &str) -> MessageId {
        let kept = self.keep(text).await;
        let id = kept.id;
        self.intake.file(kept).await;
        id
    }

    fn read(&self, id: MessageId) -> Listed {
        // What was sent to the pen before this is on the disk after it.
        self.store.ready().expect("the pen works");
        self.store.read(|sql| one(sql, id)).expect("read").expect("the message")
    }

    fn waiting(&self) -> Vec<InstrumentId> {
        let entries = self.store.read(|sql| unclaimed_open(sql, 50)).expect("read");
        entries.into_iter().map(|entry| entry.instrument).collect()
    }

    fn instruments(&self) -> Vec<Instrument> {
        let lines = self.store.read(|sql| instruments(sql)).expect("read");
        lines.into_iter().map(|line| line.instrument).collect()
    }

    async fn own(&self, name: &str, sender: &str) {
        let command = AddInstrument {
            name: name.into(),
            driver: "astm_plain".into(),
            sender: sender.into(),
            codes: [("GLU".to_owned(), "GLU".into())].into(),
            ..AddInstrument::default()
        };
        self.intake.carry(name.into(), Actor::System, command.into()).await.expect("added");
    }
}

#[tokio::test]
async fn what_was_kept_and_not_filed_is_filed_when_it_comes_again() {
    let bench = bench("resend");
    let text = results("Meter 1");
    let lost = bench.keep(&text).await;
    assert!(bench.waiting().is_empty(), "kept, and never filed");
    assert_eq!(bench.send(&text).await, lost.id);
    assert_eq!((bench.waiting().len(), bench.read(lost.id).fate.as_str()), (1, "filed"));
    assert!(bench.keep(&text).await.settled);
    assert_eq!(bench.send(&text).await, lost.id);
    assert_eq!((bench.waiting().len(), bench.read(lost.id).resent), (1, 3), "filed once");
}

#[tokio::test]
async fn what_was_kept_and_not_filed_is_taken_up_in_pages() {
    let bench = bench("pages");
    let count = usize::try_from(PAGE).expect("a number") * 2 + 7;
    for n in 0..count {
        bench.keep(&results(&format!("Meter 1^{n}"))).await;
    }
    let early = Moment::from_micros(setup::now().micros() - 60_000_000);
    assert_eq!(bench.intake.take_up(early).await, Ok(0), "what just came is on its way");
    let late = Moment::from_micros(i64::MAX);
    assert_eq!(bench.intake.take_up(late).await, Ok(count));
    bench.store.ready().expect("the pen works");
    assert_eq!(bench.intake.take_up(late).await, Ok(0));
}

#[tokio::test]
async fn a_message_understood_in_part_stays_in_sight() {
    let bench = bench("partly");
    let partly = results("Meter 1").replace("L|1|N", "R|2||7.7\rX|what is this\rL|1|N");
    let (partly, whole) = (bench.send(&partly).await, bench.send(&results("Meter 2")).await);
    assert_eq!((bench.read(partly).fate.as_str(), bench.waiting().len()), ("partly", 2));
    assert_eq!(bench.read(whole).fate, "filed");
    let garbage = bench.send("no message at all").await;
    assert_eq!(bench.read(garbage).fate, "unreadable");
    assert_eq!(bench.send("no message at all").await, garbage, "it is kept once");
    assert_eq!(bench.read(garbage).resent, 1);
    let listed = bench.store.read(|sql| store::query::troubled_messages(sql, 9)).expect("read");
    let ids: Vec<MessageId> = listed.iter().map(|listed| listed.id).collect();
    assert_eq!(ids, [garbage, partly]);
}

#[tokio::test]
async fn a_question_that_comes_again_is_another_message() {
    let bench = bench("question");
    let question = "H|\\^&|||Meter 1|||||||P|1\rQ|1|^99||ALL\rL|1|N\r";
    let (first, second) = (bench.send(question).await, bench.send(question).await);
    assert!(first != second);
    assert_eq!(bench.read(second).fate, "answered");
}

#[tokio::test]
async fn an_unknown_sender_never_becomes_an_instrument_of_its_name() {
    let bench = bench("namesake");
    bench.own("Meter", "METER^A").await;
    bench.own("Other (unknown)", "OTHER^A").await;
    bench.own("Other", "OTHER^B").await;
    bench.send(&results("Meter")).await;
    bench.send(&results("Meter").replace("5.1", "5.2")).await;
    bench.send(&results("Other")).await;
    let long = "L".repeat(200);
    bench.send(&results(&long)).await;
    let all = bench.instruments();
    let name = |id: &InstrumentId| all.iter().find(|own| own.id == *id).expect("listed").clone();
    let mut names: Vec<String> = bench.waiting().iter().map(|id| name(id).name).collect();
    names.sort();
    let cut = "L".repeat(60);
    assert_eq!(names, [&cut, "Meter (unknown)", "Meter (unknown)", "Other (unknown 2)"]);
    assert!(bench.waiting().iter().all(|id| name(id).codes.is_empty()), "no code is guessed");
}

#[tokio::test]
async fn a_long_message_is_read_apart_and_filed_the_same() {
    let bench = bench("long");
    let remark = format!("C|1|I|{}\rL|1|N", "x".repeat(LONG));
    let id = bench.send(&results("Meter 1").replace("L|1|N", &remark)).await;
    assert_eq!((bench.read(id).fate.as_str(), bench.waiting().len()), ("filed", 1));
}

#[tokio::test]
async fn after_a_restore_beside_it_readings_go_by_the_code_maps_of_the_restored_record() {
    let bench = bench_on("restored", None);
    bench.own("Meter", "METER").await;
    let folder = bench.scratch.folder();
    let copy = folder.join("copy.db");
    bench.store.copy_to(&copy).expect("copied");
    bench.own("Newer", "METER^1").await;
    let known = bench.intake.instruments().await.expect("read");
    assert_eq!(known.len(), 2, "both are known");
    let live = folder.join(store::FILE);
    store::engine::replace::replace(&live, &copy, &folder.join("kept.db")).expect("restored");
    // The pen hears of it with the next batch.
    let id = bench.keep("no message at all").await.id;
    bench.read(id);
    let known = bench.intake.instruments().await.expect("read");
    let names: Vec<&str> = known.iter().map(|own| own.name.as_str()).collect();
    assert_eq!(names, ["Meter"]);
}
