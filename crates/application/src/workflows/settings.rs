//! What a workflow is beside its cards, and its ways between live, paused and archived.

use std::collections::{BTreeMap, BTreeSet};

use kale_domain::{audit::AuditAction, error::FieldError, id::WorkflowId};
use kale_flow::{
    text::Locale,
    workflow::{NotNow, Trigger, Workflow, WorkflowState},
};
use kale_persistence::{Tenant, workflows};

use super::{Workflows, error::WorkflowError};
use crate::access::Caller;

/// The longest name, in characters.
const NAME: usize = 80;
/// In how many languages a workflow may be.
const LANGUAGES: usize = 50;

/// What to change. What is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkflowChanges {
    /// What staff call it: 1 to 80 characters.
    pub name: Option<String>,
    /// What starts a session of it.
    pub trigger: Option<Trigger>,
    /// The language that has to be complete.
    pub default_locale: Option<Locale>,
    /// The other languages, whose gaps are listed.
    pub locales: Option<BTreeSet<Locale>>,
    /// The exit profiles that have to hold beside `base`.
    pub exit_profiles: Option<BTreeSet<String>>,
}

impl Workflows {
    /// Changes the settings; [`StoreError::Stale`] where they are no longer at `version`. They hold for what is
    /// published from now on.
    pub async fn change(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: WorkflowId,
        version: u64,
        changes: WorkflowChanges,
    ) -> Result<Workflow, WorkflowError> {
        let before = self.get(tenant, id).await?;
        before.state.editable()?;
        let known: Vec<String> = Self::exit_profiles()?
            .into_iter()
            .map(|profile| profile.key)
            .collect();
        let after = applied(&before, version, changes, &known)?;
        self.store
            .transaction::<_, WorkflowError>(tenant, async |tx| {
                let changed = workflows::update(&self.store, tx, &after).await?;
                let entry = caller.entry(tx, AuditAction::WorkflowChanged, id);
                tx.audit(entry.changed(shown(&before), shown(&changed))).await?;
                Ok(changed)
            })
            .await
    }

    /// No session starts any more; those under way go on.
    pub async fn pause(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: WorkflowId,
    ) -> Result<Workflow, WorkflowError> {
        self.turn(
            tenant,
            caller,
            id,
            AuditAction::WorkflowPaused,
            WorkflowState::paused,
        )
        .await
    }

    /// Sessions start again, with the version of before.
    pub async fn resume(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: WorkflowId,
    ) -> Result<Workflow, WorkflowError> {
        self.turn(
            tenant,
            caller,
            id,
            AuditAction::WorkflowResumed,
            WorkflowState::resumed,
        )
        .await
    }

    /// Ends a workflow for good. What was walked stays.
    pub async fn archive(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: WorkflowId,
    ) -> Result<Workflow, WorkflowError> {
        self.turn(
            tenant,
            caller,
            id,
            AuditAction::WorkflowArchived,
            WorkflowState::archived,
        )
        .await
    }

    async fn turn(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: WorkflowId,
        action: AuditAction,
        to: fn(WorkflowState) -> Result<WorkflowState, NotNow>,
    ) -> Result<Workflow, WorkflowError> {
        // Where somebody changed it in between, the question is asked anew.
        let attempt = async || {
            let before = self.get(tenant, id).await?;
            let after = Workflow {
                state: to(before.state)?,
                ..before.clone()
            };
            self.store
                .transaction::<_, WorkflowError>(tenant, async |tx| {
                    let turned = workflows::update(&self.store, tx, &after).await?;
                    let mut entry = caller.entry(tx, action, id);
                    entry
                        .before
                        .insert("state".to_owned(), before.state.name().to_owned());
                    entry
                        .after
                        .insert("state".to_owned(), after.state.name().to_owned());
                    tx.audit(entry).await?;
                    Ok(turned)
                })
                .await
        };
        self.store.retried(WorkflowError::is_lost_race, attempt).await
    }
}

fn applied(
    before: &Workflow,
    version: u64,
    changes: WorkflowChanges,
    profiles: &[String],
) -> Result<Workflow, WorkflowError> {
    let mut wrong = changes.name.as_deref().map(name_errors).unwrap_or_default();
    for key in changes.exit_profiles.iter().flatten() {
        if !profiles.contains(key) {
            let key: String = key.chars().take(48).collect();
            let message = format!("`{key}` is no exit profile; there are {}", profiles.join(", "));
            wrong.push(FieldError::new(
                "#/exit_profiles",
                "unknown-exit-profile",
                message,
            ));
        }
    }
    if changes
        .locales
        .as_ref()
        .is_some_and(|locales| locales.len() > LANGUAGES)
    {
        let message = format!("at most {LANGUAGES} languages");
        wrong.push(FieldError::new("#/locales", "too-many", message));
    }
    if !wrong.is_empty() {
        return Err(WorkflowError::Invalid(wrong));
    }
    let mut after = before.clone();
    after.version = version;
    if let Some(name) = changes.name {
        name.trim().clone_into(&mut after.name);
    }
    after.trigger = changes.trigger.unwrap_or(after.trigger);
    let demands = &mut after.demands;
    if let Some(locale) = changes.default_locale {
        demands.default_locale = locale;
    }
    if let Some(locales) = changes.locales {
        demands.locales = locales;
    }
    demands.locales.remove(&demands.default_locale);
    if let Some(mut profiles) = changes.exit_profiles {
        // It always holds.
        profiles.remove("base");
        demands.exit_profiles = profiles;
    }
    Ok(after)
}

pub(super) fn name_errors(name: &str) -> Vec<FieldError> {
    if (1..=NAME).contains(&name.trim().chars().count()) {
        return Vec::new();
    }
    let message = format!("a name has 1 to {NAME} characters");
    vec![FieldError::new("#/name", "length", message)]
}

/// As the audit log shows it.
fn shown(workflow: &Workflow) -> BTreeMap<String, String> {
    let Workflow {
        name,
        trigger,
        demands,
        ..
    } = workflow;
    let locales: Vec<&str> = demands.locales.iter().map(Locale::as_str).collect();
    let profiles: Vec<&str> = demands.exit_profiles.iter().map(String::as_str).collect();
    [
        ("name", name.clone()),
        ("trigger", trigger.name().to_owned()),
        ("default_locale", demands.default_locale.to_string()),
        ("locales", locales.join(", ")),
        ("exit_profiles", profiles.join(", ")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}
