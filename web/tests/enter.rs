//! Results entered by hand: each filed for itself, refused ones with their reason in their row, the
//! differential counted to its target.

mod lab;

use ::lab::value::Priority;
use axum::http::StatusCode;
use lab::{Lab, Ordered, Page};

/// The fields of an entry page: for each test the name of its field and the version seen.
fn field(page: &Page, label: &str) -> (String, String) {
    let before = page.text.split(&format!("aria-label=\"Result of {label}")).next();
    let before = before.expect("a field");
    let name = before.rsplit("name=\"value-").next().expect("a name");
    let id = name.split('"').next().expect("a number").to_owned();
    let seen = page.hidden(&format!("seen-{id}"));
    (id, seen)
}

fn received(lab: &Lab, record: &str, codes: &[&str]) -> Ordered {
    let ordered = lab.order(record, codes, Priority::Routine);
    lab.receive(&ordered);
    ordered
}

/// Sends texts for these tests of the page.
async fn file(lab: &Lab, cookie: &str, page: &Page, typed: &[(&str, &str)]) -> Page {
    let mut form = vec![("request".to_owned(), page.hidden("request"))];
    for name in ["number", "test"] {
        if page.text.contains(&format!("name=\"{name}\" value=")) {
            form.push((name.to_owned(), page.hidden(name)));
        }
    }
    for (label, text) in typed {
        let (id, seen) = field(page, label);
        form.push((format!("seen-{id}"), seen));
        form.push((format!("value-{id}"), (*text).to_owned()));
    }
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    lab.send_and_follow("/enter", cookie, &form).await
}

#[tokio::test]
async fn a_refused_value_says_why_in_its_row_and_the_others_are_filed() {
    let lab = Lab::open("enter");
    let ben = lab.sign_in("ben").await;
    let ordered = received(&lab, "1", &["SOD", "K", "CL"]);
    let tube = &ordered.specimens[0].1;
    let page = lab.get(&format!("/enter?number={tube}"), &ben).await;
    page.says(&["Family1, Ada", "data-draft", "value=\"\" data-entry"]);
    let answer = file(&lab, &ben, &page, &[("SOD", "141"), ("K", "four"), ("CL", "<70")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    answer.says(&["Filed 2 results; 1 result was refused.", "value=\"four\"", "aria-invalid"]);
    answer.says(&[
        "This is no result for K; expected: a number such as 7.2",
        "class=\"error\" id=\"why-",
    ]);
    assert!(!answer.text.contains("Result of SOD"), "what was filed is gone from the column");
    let whole = lab.get(&format!("/accession/{}", ordered.accession), &ben).await;
    whole.says(&["141", "&lt;70"]);
    let again = file(&lab, &ben, &answer, &[("K", "4.1")]).await;
    again.says(&["Filed K.", "Nothing waits to be entered here."]);
}

#[tokio::test]
async fn one_test_is_entered_for_all_who_wait_for_it() {
    let lab = Lab::open("column");
    let ben = lab.sign_in("ben").await;
    received(&lab, "1", &["UHCG"]);
    received(&lab, "2", &["UHCG"]);
    lab.order("3", &["UHCG"], Priority::Stat);
    lab.get("/enter", &ben).await.says(&["href=\"/enter?test=UHCG\"", ">2</td>"]);
    let page = lab.get("/enter?find=uhcg", &ben).await;
    page.says(&["Family1, Ada", "Family2, Ada", "Negative\tneg\tn\t-", "2 specimens wait"]);
    assert!(!page.text.contains("Family3"), "it was not received");
    let typed = [("UHCG of Family1, Ada, 1", "neg"), ("UHCG of Family2, Ada, 2", "perhaps")];
    let answer = file(&lab, &ben, &page, &typed).await;
    answer.says(&["Filed 1 result; 1 result was refused.", "value=\"perhaps\"", "Family2, Ada"]);
    answer.says(&["one of Negative, Positive, Indeterminate"]);
    assert!(!answer.text.contains("Family1"));
}

#[tokio::test]
async fn what_another_filed_meanwhile_is_not_overwritten() {
    let lab = Lab::open("meanwhile");
    let ben = lab.sign_in("ben").await;
    let ordered = received(&lab, "1", &["K"]);
    let page = lab.get(&format!("/enter?number={}", ordered.specimens[0].1), &ben).await;
    let typed = [("K", "4.1")];
    lab.measure(&ordered, &[("K", "5.0", "mmol/L")]);
    let answer = file(&lab, &ben, &page, &typed).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
    answer.says(&["Nothing was filed: 1 result was refused.", "data-refusal="]);
}

#[tokio::test]
async fn the_flags_and_the_calculated_tests_are_shown_before_anything_is_filed() {
    let lab = Lab::open("judged");
    let ben = lab.sign_in("ben").await;
    let ordered = received(&lab, "1", &["LYTES"]);
    let number = ordered.specimens[0].1.to_string();
    let page = lab.get(&format!("/enter?number={number}"), &ben).await;
    let typed = [("SOD", "140"), ("K", "6.9"), ("CL", "100"), ("CO2", "25")];
    let mut form = vec![("number".to_owned(), number)];
    for (code, text) in typed {
        form.push((format!("value-{}", field(&page, code).0), text.to_owned()));
    }
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let judged = lab.send_form("/enter/judged", &ben, &form).await;
    judged.says(&["<b>AGAP</b>", ">15<", "calculated", "HH", "Critical: the physician"]);
    let whole = lab.get(&format!("/accession/{}", ordered.accession), &ben).await;
    assert!(!whole.text.contains(">15<"), "nothing was filed");
    let fewer = lab.send_form("/enter/judged", &ben, &form[..2]).await;
    assert!(!fewer.text.contains("AGAP"), "its inputs are coming: {}", fewer.text);
}

/// Sends the counts of a differential.
async fn counted(lab: &Lab, cookie: &str, page: &Page, counts: &[(&str, &str)]) -> Page {
    let mut form = vec![("request".to_owned(), page.hidden("request"))];
    form.push(("number".to_owned(), page.hidden("number")));
    for part in page.text.split("name=\"seen-").skip(1) {
        let id = part.split('"').next().unwrap_or_default();
        form.push((format!("seen-{id}"), page.hidden(&format!("seen-{id}"))));
    }
    form.extend(counts.iter().map(|(code, n)| (format!("count-{code}"), (*n).to_owned())));
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    lab.send_and_follow("/enter/differential", cookie, &form).await
}

#[tokio::test]
async fn a_differential_is_filed_when_it_has_its_cells_and_not_before() {
    let lab = Lab::open("differential");
    let ben = lab.sign_in("ben").await;
    let ordered = received(&lab, "1", &["CBC", "MDIFF"]);
    lab.measure(&ordered, &[("WBC", "60.0", "10*3/uL")]);
    let at = format!("/enter/differential?number={}", ordered.specimens[0].1);
    lab.get(&format!("/enter?number={}", ordered.specimens[0].1), &ben)
        .await
        .says(&["Count a differential"]);
    let page = lab.get(&at, &ben).await;
    page.says(&["data-counter=\"200\"", "data-wbc=\"60.0\"", "data-threshold=\"5\""]);
    let short = counted(&lab, &ben, &page, &[("MSEG", "99"), ("MLYMPH", "1")]).await;
    short.says(&["A count of 100", "200 leukocytes, no more and no fewer", "value=\"99\""]);
    let counts = [("MSEG", "33"), ("MLYMPH", "67"), ("MMONO", "100"), ("NRBCM", "24")];
    counted(&lab, &ben, &page, &counts).await.says(&["Filed 12 results."]);
    let whole = lab.get(&format!("/accession/{}", ordered.accession), &ben).await;
    for (code, share) in [("MSEG", "17"), ("MLYMPH", "33"), ("MMONO", "50"), ("NRBCM", "12")] {
        let row = whole.text.split(&format!("<b>{code}</b>")).nth(1).expect(code);
        let row = row.split("</tr>").next().unwrap_or_default();
        assert!(
            row.contains(&format!(">{share}<")) || row.contains(&format!(">{share}.0<")),
            "{code}: {row}"
        );
    }
}

#[tokio::test]
async fn without_a_differential_the_counter_says_how_to_get_one() {
    let lab = Lab::open("no-differential");
    let ben = lab.sign_in("ben").await;
    let ordered = received(&lab, "1", &["CBC"]);
    let at = format!("/enter/differential?number={}", ordered.accession);
    lab.get(&at, &ben).await.says(&["Add MDIFF to the order."]);
    let amy = lab.sign_in("amy").await;
    assert_eq!(lab.get(&at, &amy).await.status, StatusCode::FORBIDDEN);
}
