//! What staff are told of a session.

use kale_domain::{
    access::Role,
    customer::Customer,
    id::{NotificationId, UserId},
    notification::{Notification, NotificationKind, Severity},
    subscriber::Mode,
    user::UserStatus,
};
use kale_flow::{
    effect::Effect,
    element::{CallAction, ElementKind, Notified},
    outcome::Outcome,
    session::Changed,
};
use kale_persistence::{Store, StoreError, Tenant, Tx, users};

use super::scene::Scene;

/// Notifications that wait for the transaction of what they tell.
#[derive(Debug, Default)]
pub(super) struct Notices {
    to: Vec<UserId>,
    all: Vec<Notice>,
    link: String,
    session: String,
}

#[derive(Debug)]
struct Notice {
    kind: NotificationKind,
    severity: Severity,
    title: String,
}

impl Notices {
    /// What a change tells the experts of the customer, else the company's admins. Tries (test mode) tell nobody.
    pub(super) async fn of(
        store: &Store,
        tenant: Tenant,
        scene: &Scene,
        changed: &Changed,
    ) -> Result<Self, StoreError> {
        let found = changed.effects.iter().filter_map(|effect| notice(scene, effect));
        let notices: Vec<Notice> = found.collect();
        if notices.is_empty() || changed.session.mode == Mode::Test {
            return Ok(Self::default());
        }
        Ok(Self {
            to: recipients(store, tenant, scene.customer.as_ref()).await?,
            all: notices,
            link: format!("/customers/{}", changed.session.customer),
            session: changed.session.id.to_string(),
        })
    }

    /// Tells it, once a session and kind.
    pub(super) async fn tell(&self, tx: &mut Tx) -> Result<(), StoreError> {
        for notice in &self.all {
            for user in &self.to {
                let notification = Notification {
                    id: NotificationId::from_uuid(tx.fresh_id()),
                    user: *user,
                    kind: notice.kind,
                    severity: notice.severity,
                    title: notice.title.clone(),
                    body: String::new(),
                    link: self.link.clone(),
                    dedupe_key: notice.kind.once_of(&self.session),
                    created_at: tx.now(),
                    read_at: None,
                };
                tx.notify(notification).await?;
            }
        }
        Ok(())
    }
}

async fn recipients(
    store: &Store,
    tenant: Tenant,
    customer: Option<&Customer>,
) -> Result<Vec<UserId>, StoreError> {
    let mut active = users::list(store, tenant).await?;
    active.retain(|user| user.status == UserStatus::Active);
    let experts = customer.map_or(&[][..], |customer| &customer.experts);
    let theirs: Vec<UserId> = active
        .iter()
        .map(|user| user.id)
        .filter(|id| experts.contains(id))
        .collect();
    if !theirs.is_empty() {
        return Ok(theirs);
    }
    let admins = active.iter().filter(|user| user.role == Role::RetentionAdmin);
    Ok(admins.map(|user| user.id).collect())
}

fn notice(scene: &Scene, effect: &Effect) -> Option<Notice> {
    let who = scene.label();
    let (kind, severity, title) = match *effect {
        Effect::HandOffAsked { .. } => (
            NotificationKind::SessionNeedsYou,
            Severity::Warning,
            format!("{who} asks for a person"),
        ),
        Effect::CallFollowed { card, element } => {
            let elements = &scene.version.flow.card(card)?.elements;
            let element = elements.iter().find(|one| one.id == element)?;
            match &element.kind {
                ElementKind::CallToAction(call) if tells_somebody(&call.action) => (
                    NotificationKind::CtaClicked,
                    Severity::Warning,
                    format!("{who} wants to be contacted"),
                ),
                _ => return None,
            }
        }
        Effect::Ended {
            outcome: Outcome::Cancelled,
        } => (
            NotificationKind::SessionCancelled,
            Severity::Warning,
            format!("{who} cancelled"),
        ),
        Effect::Ended {
            outcome: Outcome::Saved | Outcome::Contracted,
        } => (
            NotificationKind::SessionSaved,
            Severity::Info,
            format!("{who} stays for now"),
        ),
        _ => return None,
    };
    Some(Notice {
        kind,
        severity,
        title,
    })
}

const fn tells_somebody(action: &CallAction) -> bool {
    match action {
        CallAction::Notify {
            who: Notified::RetentionAdmin | Notified::RetentionExpert,
        }
        | CallAction::BookCall => true,
        CallAction::Link { .. } => false,
    }
}
