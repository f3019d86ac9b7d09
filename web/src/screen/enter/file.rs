//! Filing what was typed: each result by a command of its own.
//!
//! What must stay true: a refusal keeps none of the others back; what was filed is told, what was
//! refused comes back as it was typed.

use lab::accession::Looked;
use lab::command::Look;
use lab::journey::analyze::EnterResult;
use lab::refusal::Refusal;
use lab::value::TestId;

use super::{Place, Refused, choose, screen};
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::words;

/// `POST /enter`: files each result that was typed.
pub(crate) async fn file(call: Call) -> Reply {
    let catalog = call.catalog().await?;
    let place = match Place::of(&call.form, &catalog) {
        Ok(Some(place)) => place,
        Ok(None) => return Ok(answer::see("/enter")),
        Err(refusal) => return choose(&call, &catalog, Some(&refusal)).await,
    };
    let typed = typed(&call);
    if typed.is_empty() {
        call.refused("Nothing was typed.");
        return Ok(answer::see(&place.address()));
    }
    let (filed, refused) = file_each(&call, typed).await?;
    tell(&call, &filed, refused.len());
    if refused.is_empty() {
        return Ok(answer::see(&place.address()));
    }
    screen(&call, &place, &refused).await
}

/// The fields that hold something, by their test.
pub(super) fn typed(call: &Call) -> Vec<(TestId, String)> {
    let fields = call.form.beginning("value-").filter(|(_, typed)| !typed.is_empty());
    fields.filter_map(|(id, typed)| Some((TestId(id.parse().ok()?), typed.to_owned()))).collect()
}

/// Files each; the codes of what was filed, and what was refused.
pub(super) async fn file_each(
    call: &Call,
    typed: Vec<(TestId, String)>,
) -> Result<(Vec<String>, Refused), Trouble> {
    let ids: Vec<TestId> = typed.iter().map(|(test, _)| *test).collect();
    let codes = call.read(move |sql| {
        let look = store::DatabaseLook(sql);
        ids.into_iter().map(|id| look.test(id)).collect::<Result<Vec<_>, _>>()
    });
    let (mut filed, mut refused) = (Vec::new(), Refused::new());
    for ((test, typed), known) in typed.into_iter().zip(codes.await?) {
        let Some(known) = known else {
            let name = test.to_string();
            refused.insert(test, Refusal::NoSuch { what: "test".into(), name });
            continue;
        };
        let looked_at = Looked::read(call.form.get(&format!("seen-{test}"))).unwrap_or_default();
        let command = EnterResult { test, looked_at, typed, not_performed: String::new() };
        match call.ask(command, &format!("enter {test}")).await {
            Ok(_) => filed.push(known.code.0),
            Err(Trouble::Refused(refusal)) => {
                refused.insert(test, refusal);
            }
            Err(failed) => return Err(failed),
        }
    }
    Ok((filed, refused))
}

/// The most results that are named when they are filed; of more the number is told.
const NAMED: usize = 6;

/// Says what was filed and how much was not.
pub(super) fn tell(call: &Call, filed: &[String], refused: usize) {
    let not = words::count(refused, "result was refused", "results were refused");
    let number = words::count(filed.len(), "result", "results");
    let one_test = filed.windows(2).any(|pair| pair.first() == pair.last());
    match refused {
        0 if one_test || filed.len() > NAMED => call.done(format!("Filed {number}.")),
        0 => call.done(format!("Filed {}.", filed.join(", "))),
        _ if filed.is_empty() => call.refused(format!("Nothing was filed: {not}.")),
        _ => call.refused(format!("Filed {number}; {not}.")),
    }
}
