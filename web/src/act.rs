//! The step from a request to the door of the laboratory and back, and to the record for a look.
//!
//! What must stay true: a command is carried under the person's own name; a form sent twice is
//! done once, and a form changed and sent again is another request; every look at a patient is
//! noted.

use lab::catalog::Catalog;
use lab::command::Command;
use lab::patient::Patient;
use lab::people::Actor;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use store::engine::Sql;
use store::fault::Fault;
use store::session::Note;
use store::{Act, Answer, Done};
use tokio::sync::oneshot;

use crate::answer::Trouble;
use crate::app::App;
use crate::call::Call;

impl Call {
    /// Carries a command through the door in the person's name. `part` tells apart the commands
    /// of one form.
    pub(crate) async fn ask(
        &self,
        command: impl Into<Command>,
        part: &str,
    ) -> Result<Done, Trouble> {
        let act = Act {
            request: self.request_number(part)?,
            actor: self.actor()?,
            now: self.now,
            command: command.into(),
        };
        carry(&self.app, act).await
    }

    /// The same form with the same content is the same request: the person, the form's own number
    /// and a digest of what was sent.
    fn request_number(&self, part: &str) -> Result<String, Trouble> {
        let mut content = Sha256::new();
        for (name, value) in &self.form.0 {
            for text in [name, value] {
                content.update(text.len().to_le_bytes());
                content.update(text);
            }
        }
        content.update(&self.here);
        let digest = store::hexadecimal(&content.finalize());
        let person = self.who()?.person.id;
        Ok(format!("web:{person}:{}:{}:{part}", self.request(), &digest[..16]))
    }

    /// Asks the record, on a thread that may wait.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Sql) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Trouble> {
        let store = Arc::clone(self.app.store());
        Ok(waiting(move || store.read(ask)).await?)
    }

    /// The catalog in force.
    pub(crate) async fn catalog(&self) -> Result<Arc<Catalog>, Trouble> {
        let app = self.app.clone();
        Ok(waiting(move || app.catalog()).await?)
    }

    /// Notes that this person looked at these patients on this page.
    pub(crate) fn looked_at<'a>(&self, patients: impl IntoIterator<Item = &'a Patient>) {
        let Some(who) = &self.who else { return };
        let person = who.person.id;
        for patient in patients {
            if self.app.first_look(person, (patient.id, self.route), self.now) {
                let page = self.route.to_owned();
                let note = Note::Looked { person, patient: patient.id, page, at: self.now };
                self.app.store().note(note);
            }
        }
    }
}

/// Carries a command through the door and waits for the answer without holding a thread.
pub(crate) async fn carry(app: &App, act: Act) -> Result<Done, Trouble> {
    let name = act.command.ask().name();
    let (answer, answered) = oneshot::channel();
    app.store().ask(act, move |reply| {
        let _ = answer.send(reply);
    });
    let gone = |_| Answer::Failed(Fault::new("the pen is down"));
    match answered.await.unwrap_or_else(gone) {
        Answer::Done(done) => {
            app.news().forget_for(&name);
            app.meter().command(name, if done.again { "again" } else { "done" });
            Ok(done)
        }
        Answer::Refused(refusal) => {
            app.meter().command(name, refusal.code());
            Err(Trouble::Refused(refusal))
        }
        Answer::Failed(fault) => {
            app.meter().command(name, "failed");
            Err(Trouble::Failed(fault))
        }
    }
}

/// Carries a command in the name of Meniscus itself.
pub(crate) async fn carry_as(app: &App, actor: Actor, command: Command) -> Result<Done, Trouble> {
    let request = format!("web:{}", crate::session::token()?);
    carry(app, Act { request, actor, now: app.now(), command }).await
}

/// Does something that waits on a thread that may.
pub(crate) async fn waiting<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Fault::new("an assertion of Meniscus failed")))
}
