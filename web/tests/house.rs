//! People, passwords, and the catalog with its draft, as a browser meets them.

mod lab;

use ::lab::catalog::Catalog;
use ::lab::journey::draft::DraftCatalog;
use ::lab::people::Actor;
use axum::http::StatusCode;
use lab::{Lab, Page};

/// The address of somebody's page.
fn of(lab: &Lab, name: &str) -> String {
    let found = lab.store.read(|sql| {
        use ::lab::command::Look;
        store::DatabaseLook(sql).person_signing_in(name)
    });
    format!("/people/{}", found.expect("read").expect("on record").id)
}

fn shown_once(page: &Page) -> String {
    let (_, after) = page.text.split_once("id=\"one-time\">").expect("a password");
    after.split('<').next().expect("a password").to_owned()
}

async fn tries(lab: &Lab, name: &str, password: &str) -> Page {
    lab.send_form("/sign-in", "", &[("name", name), ("password", password)]).await
}

#[tokio::test]
async fn a_person_is_added_gets_a_password_once_and_must_choose_another() {
    let lab = Lab::open("people");
    let lou = lab.sign_in("lou").await;
    let form = [("request", "1"), ("sign_in", "zoe"), ("shown", "Zoe Lab"), ("role", "MLS")];
    let added = lab.send_and_follow("/people", &lou, &form).await;
    added.says(&["Zoe Lab", "Added Zoe Lab as MLS.", "works here"]);
    let zoe = of(&lab, "zoe");
    let given = lab.send_form(&format!("{zoe}/password"), &lou, &[("request", "2")]).await;
    assert_eq!(given.status, StatusCode::OK);
    let password = shown_once(&given);
    assert!(!lab.get(&zoe, &lou).await.text.contains(&password), "it is shown once");
    let again = lab.send_form(&format!("{zoe}/password"), &lou, &[("request", "2")]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "sent twice, nothing else is given");
    let cookie = tries(&lab, "zoe", &password).await.cookie.expect("it lets in");
    for path in ["/", "/review", "/catalog"] {
        assert_eq!(lab.get(path, &cookie).await.to.as_deref(), Some("/password"), "{path}");
    }
    let verify = lab.send_form("/review/clean", &cookie, &[]).await;
    assert_eq!(verify.to.as_deref(), Some("/password"), "nothing else is done either");
    let choose = |old: &str, new: &str, again: &str| {
        let form = [("old", old), ("new", new), ("again", again)];
        form.map(|(name, value)| (name, value.to_owned()))
    };
    let long = "x".repeat(1025);
    for (old, new, again, said) in [
        (password.as_str(), "short", "short", "8 characters or more"),
        (&password, &password, &password, "another than the old one"),
        (&password, "a long sentence", "a long sentense", "the same password once more"),
        (&password, &long, &long, "1024 characters or fewer"),
        ("nonsense", "a long sentence", "a long sentence", "the password you signed in with"),
    ] {
        let form = choose(old, new, again);
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
        lab.send_form("/password", &cookie, &form).await.says(&[said]);
    }
    let form = choose(&password, "a long sentence", "a long sentence");
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
    lab.send_and_follow("/password", &cookie, &form).await.says(&["Your password was changed"]);
    assert_eq!(lab.get("/review", &cookie).await.status, StatusCode::OK);
    assert!(tries(&lab, "zoe", &password).await.cookie.is_none());
    assert!(tries(&lab, "zoe", "a long sentence").await.cookie.is_some());
}

#[tokio::test]
async fn who_is_suspended_is_out_and_a_change_has_its_reason() {
    let lab = Lab::open("suspended");
    let (lou, ben) = (lab.sign_in("lou").await, lab.sign_in("ben").await);
    let page = of(&lab, "ben");
    let standing = format!("{page}/standing");
    let silent = [("request", "1"), ("standing", "suspended"), ("standing-reason", "")];
    lab.send_form(&standing, &lou, &silent).await.says(&["Reason is empty."]);
    assert_eq!(lab.get("/", &ben).await.status, StatusCode::OK);
    let form = [("request", "2"), ("standing", "suspended"), ("standing-reason", "inquiry")];
    lab.send_and_follow(&standing, &lou, &form).await.says(&["suspended from now on"]);
    assert_eq!(lab.get("/", &ben).await.status, StatusCode::SEE_OTHER);
    let back = [("request", "3"), ("standing", "works here"), ("standing-reason", "cleared")];
    lab.send_and_follow(&standing, &lou, &back).await.says(&["works here from now on"]);
    let ben = lab.sign_in("ben").await;
    let role = [("request", "4"), ("role", "MLS"), ("role-reason", "passed the board")];
    lab.send_and_follow(&format!("{page}/role"), &lou, &role).await.says(&["Ben is MLS"]);
    lab.get("/", &ben).await.says(&["MLS"]);
    lab.send_and_follow(&format!("{page}/sessions"), &lou, &[]).await.says(&["everywhere"]);
    assert_eq!(lab.get("/", &ben).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn only_those_who_may_look_after_people() {
    let lab = Lab::open("may-people");
    let (cy, fay) = (lab.sign_in("cy").await, lab.sign_in("fay").await);
    assert_eq!(lab.get("/people", &cy).await.status, StatusCode::FORBIDDEN);
    let list = lab.get("/people", &fay).await;
    list.says(&["ben", "MLT"]);
    assert!(!list.text.contains("Add a person"), "a manager looks");
    let page = of(&lab, "ben");
    for act in ["role", "standing", "password", "sessions"] {
        let answer = lab.send_form(&format!("{page}/{act}"), &fay, &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{act}");
    }
    lab.get("/may", &fay).await.says(&["Who may do what", "verifying results", "may"]);
}

fn files(name: &str) -> Vec<(String, String)> {
    let starter = Catalog::starter_files().iter();
    let to = format!("name = \"{name}\"");
    starter
        .map(|(file, text)| ((*file).into(), text.replacen("name = \"Potassium\"", &to, 1)))
        .collect()
}

#[tokio::test]
async fn a_test_is_found_with_everything_it_is_judged_by() {
    let lab = Lab::open("catalog");
    let ivy = lab.sign_in("ivy").await;
    lab.get("/catalog?q=potas", &ivy).await.says(&["/catalog/test/K", "Potassium", "release 1"]);
    let test = lab.get("/catalog/test/K", &ivy).await;
    test.says(&["Potassium", "mmol/L", "Reference intervals", "Critical limits", "Delta limit"]);
    test.says(&["3.5 to 5.1", "Unchanged in these releases."]);
    lab.get("/catalog/test/CREA", &ivy).await.says(&["Sources"]);
    assert_eq!(lab.get("/catalog/test/XYZ", &ivy).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    lab.get("/catalog/draft", &ivy).await.says(&["No draft waits."]);
}

#[tokio::test]
async fn a_draft_is_compared_and_released_by_the_director() {
    let lab = Lab::open("draft");
    let draft = DraftCatalog { files: files("Potassium, plasma"), note: "for the report".into() };
    lab.done(Actor::System, draft);
    let (dora, eli) = (lab.sign_in("dora").await, lab.sign_in("eli").await);
    let page = lab.get("/catalog/draft", &dora).await;
    page.says(&["test K", "<del>Potassium</del>", "<ins>Potassium, plasma</ins>"]);
    assert!(!page.text.contains("/catalog/release"), "a supervisor does not release");
    lab.get("/catalog", &eli).await.says(&["Draft waits"]);
    let number = lab.get("/catalog/draft", &eli).await.hidden("draft");
    let silent = [("request", "1"), ("draft", number.as_str()), ("release-reason", " ")];
    lab.send_form("/catalog/release", &eli, &silent).await.says(&["Reason is empty."]);
    let form = [("request", "2"), ("draft", number.as_str()), ("release-reason", "approved")];
    let done = lab.send_and_follow("/catalog/release", &eli, &form).await;
    done.says(&["Release 2 of the catalog is in force.", "release 2", "approved"]);
    lab.get("/catalog/test/K", &eli).await.says(&["Potassium, plasma", "Release 2"]);
    let late = [("request", "3"), ("draft", number.as_str()), ("release-reason", "again")];
    lab.send_form("/catalog/release", &eli, &late).await.says(&["released as 2"]);
    let draft = DraftCatalog { files: files("Kalium"), note: "no".into() };
    lab.done(Actor::System, draft);
    let number = lab.get("/catalog/draft", &dora).await.hidden("draft");
    let away = [("request", "4"), ("draft", number.as_str()), ("discard-reason", "not approved")];
    lab.send_and_follow("/catalog/discard", &dora, &away).await.says(&["was put away"]);
}
