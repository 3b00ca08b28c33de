//! A token's page, in a browser. Looking at it writes nothing, so that whoever opens an address for somebody else, such as
//! a scanner of mail, leaves no trace; the session begins with the first step, and that step is taken with it.

use kale_domain::id::SessionId;
use kale_flow::{
    session::{Changed, Channel, Session, SessionState, Stepped},
    step::Step,
    text::Locale,
    walk::{EXPIRED_AFTER, Refusal},
};
use kale_persistence::{
    StoreError,
    sessions::{self, Served, id_on_page},
};

use super::{NoSession, Seen, SessionError, Sessions, scene::Scene, start::Way};
use crate::viewer::Ticket;

/// What the page of a token shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Opened {
    /// A walk: one under way or over, or one that begins with its first step.
    Walk(Box<Seen>),
    /// None, and nothing is wrong.
    Nothing(NoSession),
}

/// A step as a page posts it.
#[derive(Debug, Clone)]
pub struct PagePost {
    /// The session that the page was of. The caller has checked that a page of ours was.
    pub session: SessionId,
    /// The version whose card it showed.
    pub version: Option<u32>,
    /// What is done.
    pub step: Step,
    /// What the browser asks for.
    pub reader: Option<Locale>,
}

/// What came of a step that a page posted.
#[derive(Debug, Clone, PartialEq)]
pub enum PageStep {
    /// It was taken.
    Taken(Box<Seen>),
    /// The workflow was published anew before the walk began: this first card is to be shown now.
    Renewed(Box<Seen>),
    /// No session could begin, and nothing is wrong.
    Nothing(NoSession),
}

impl Sessions {
    /// What the page of a token shows now. Nothing is written: no session begins, and none is come back to.
    pub async fn look(&self, ticket: &Ticket, reader: Option<&Locale>) -> Result<Opened, SessionError> {
        let now = self.store.now();
        let customer = match self.way(ticket, ticket.claims.may_begin(now)).await? {
            Way::Nothing(why) => return Ok(Opened::Nothing(why)),
            Way::Open(session, customer) if session.state_at(now) == SessionState::Expired => customer,
            Way::Fresh(customer) => customer,
            Way::Own(session) | Way::Open(session, _) => {
                let session = *session;
                let scene = self.scene(ticket.reach(), &ticket.company, &session).await?;
                let session = session.idled(now).map_or(session, |changed| changed.session);
                return Ok(Opened::Walk(Box::new(scene.seen(session))));
            }
        };
        let id = id_on_page(&ticket.claims);
        let unbegun = self
            .unbegun(ticket, *customer, id, Channel::Hosted, reader)
            .await?;
        Ok(match unbegun {
            Some((scene, begun)) => Opened::Walk(Box::new(scene.seen(begun.session))),
            None => Opened::Nothing(NoSession::NoLiveWorkflow),
        })
    }

    /// Takes a step that a page posted; the first one begins the session.
    ///
    /// A page is shown only while its token may begin a session. Whoever was shown it may take their time: its first
    /// step counts for as long after that as a session waits for its next one.
    pub async fn step_on_page(&self, ticket: &Ticket, post: &PagePost) -> Result<PageStep, SessionError> {
        // Where somebody began or changed it in between, the step may be one that was taken, on the second look.
        let attempt = async || self.attempt_on_page(ticket, post).await;
        self.store.retried(SessionError::is_lost_race, attempt).await
    }

    async fn attempt_on_page(&self, ticket: &Ticket, post: &PagePost) -> Result<PageStep, SessionError> {
        let (claims, now) = (&ticket.claims, self.store.now());
        let waited_for = claims.expires_at.saturating_add(EXPIRED_AFTER);
        let may_begin = waited_for.is_ok_and(|until| now < until);
        match self.way(ticket, may_begin).await? {
            Way::Nothing(why) => Ok(PageStep::Nothing(why)),
            Way::Own(session) if session.id == post.session => self.next(ticket, post).await,
            Way::Open(session, _) if session.state_at(now) == SessionState::Expired => {
                self.write_over(ticket, &session).await
            }
            Way::Open(session, _) if session.id == post.session => {
                self.come_back(ticket, *session, true).await?;
                self.next(ticket, post).await
            }
            // They went on in another session, on another device or with another token.
            Way::Own(session) | Way::Open(session, _) if id_on_page(claims) == post.session => {
                self.elsewhere(ticket, *session, post).await
            }
            Way::Own(_) | Way::Open(..) => Err(SessionError::Refused),
            Way::Fresh(customer) => {
                if let Some(session) = sessions::get(&self.store, ticket.tenant(), post.session).await?
                    && session.customer == customer.id
                {
                    // A page of a session that has ended in the meantime, unless it began just now.
                    return match sessions::served(&self.store, ticket.tenant(), claims).await? {
                        Served::Nothing => self.elsewhere(ticket, session, post).await,
                        Served::Session(_) | Served::Another => Err(StoreError::Stale.into()),
                    };
                }
                if id_on_page(claims) != post.session {
                    return Err(SessionError::Refused);
                }
                let reader = post.reader.as_ref();
                let unbegun = self.unbegun(ticket, *customer, post.session, Channel::Hosted, reader);
                match unbegun.await? {
                    Some((scene, begun)) => self.first(ticket, &scene, begun, post).await,
                    None => Ok(PageStep::Nothing(NoSession::NoLiveWorkflow)),
                }
            }
        }
    }

    /// A step of a session that has begun.
    async fn next(&self, ticket: &Ticket, post: &PagePost) -> Result<PageStep, SessionError> {
        let seen = self.attempt(ticket, post.session, &post.step).await?;
        Ok(PageStep::Taken(Box::new(seen)))
    }

    /// Begins a session and takes its first step, in one go.
    async fn first(
        &self,
        ticket: &Ticket,
        scene: &Scene,
        begun: Changed,
        post: &PagePost,
    ) -> Result<PageStep, SessionError> {
        let again = |session: Session| Box::new(scene.seen(session));
        if post.version != Some(begun.session.walk.version) {
            return Ok(PageStep::Renewed(again(begun.session)));
        }
        let (flow, now) = (&scene.version.flow, self.store.now());
        match begun.session.step(flow, &post.step, &scene.situation(), now) {
            Ok(Stepped::Changed(changed)) => {
                let both = begun.and(*changed);
                let session = self.insert(ticket, scene, both).await?;
                Ok(PageStep::Taken(again(session)))
            }
            // No walk that has not begun has a last step.
            Ok(Stepped::Repeated(session)) => Ok(PageStep::Renewed(again(*session))),
            Err(refusal) => Err(SessionError::Step {
                refusal,
                seen: again(begun.session),
            }),
        }
    }

    /// That this is not where they stand.
    async fn elsewhere(
        &self,
        ticket: &Ticket,
        session: Session,
        post: &PagePost,
    ) -> Result<PageStep, SessionError> {
        let scene = self.scene(ticket.reach(), &ticket.company, &session).await?;
        let now = self.store.now();
        let session = session.idled(now).map_or(session, |changed| changed.session);
        let refusal = Refusal::OutOfStep {
            expected: session.walk.step,
            got: post.step.step,
        };
        Err(SessionError::Step {
            refusal,
            seen: Box::new(scene.seen(session)),
        })
    }
}
