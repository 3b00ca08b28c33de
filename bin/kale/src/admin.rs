//! `kale admin`: companies, people and the audit log, by whoever runs the installation.

use anyhow::{Context as _, Result, anyhow, bail};
use kale_application::{
    installation::{NewCompany, NewUser, Setup},
    keys::ask_to_rotate,
};
use kale_config::Settings;
use kale_domain::{access::Role, company::Industry, money::Currency, secret::Token, user::User};
use kale_persistence::{Store, access, sign_ins};

use crate::{
    audit,
    cli::{Admin, AdminAction, InvitationLink, PeopleAction},
    command::settings,
    database, keys, sources,
};

/// Does what was asked for; prints a sign-in link for each person that was set up.
#[expect(clippy::print_stdout, reason = "what the command line prints is its answer")]
pub(crate) async fn run(admin: &Admin) -> Result<()> {
    let settings = settings(&admin.common, None)?;
    let database = database::open(&settings, sources::system()).await?;
    database::migrate(&database.store).await?;
    let users = match &admin.action {
        AdminAction::VerifyAudit(options) => return audit::verify(&database.store, options).await,
        AdminAction::RotateKeys => return rotate_keys(&settings, &database.store).await,
        AdminAction::EraseAuditEntry(options) => return audit::erase(&database.store, options).await,
        AdminAction::InvitationLink(options) => {
            let (user, token) = invitation(&Setup::new(database.store.clone()), options).await?;
            let url = settings.base_url.as_str().trim_end_matches('/');
            println!(
                "{} ({}): {url}/sign-in/invitation/{}",
                user.name,
                user.role.title(),
                token.reveal()
            );
            return Ok(());
        }
        AdminAction::People(action) => people(&Setup::new(database.store.clone()), action).await?,
    };
    if users.is_empty() {
        bail!("nobody with that address may sign in");
    }
    let url = settings.base_url.as_str().trim_end_matches('/');
    for user in users {
        let token = sign_ins::mint_link(&database.store, user.id, None).await?.token;
        println!(
            "{} ({}): {url}/sign-in/link/{}",
            user.name,
            user.role.title(),
            token.reveal()
        );
    }
    Ok(())
}

/// Has the secrets sealed anew by a worker.
#[expect(clippy::print_stdout, reason = "what the command line prints is its answer")]
async fn rotate_keys(settings: &Settings, store: &Store) -> Result<()> {
    let ring = keys::open(settings, store).await?.ring;
    ask_to_rotate(store, access::operator(), &ring).await?;
    println!(
        "secrets are being sealed anew with key {}; `kale doctor` says when the keys before it can go",
        ring.current().id()
    );
    Ok(())
}

async fn invitation(setup: &Setup, options: &InvitationLink) -> Result<(User, Token)> {
    let invited = setup
        .invite_again(
            access::operator(),
            &options.company.parse()?,
            &options.email.parse()?,
        )
        .await?;
    invited.ok_or_else(|| anyhow!("nobody with that address is invited to that company"))
}

async fn people(setup: &Setup, action: &PeopleAction) -> Result<Vec<User>> {
    let operator = access::operator();
    match action {
        PeopleAction::CreateCompany {
            name,
            slug,
            industry,
            email,
            person,
        } => {
            let known = Industry::ALL.into_iter().find(|known| known.key() == industry);
            let new = NewCompany {
                name: name.clone(),
                slug: slug.parse()?,
                industry: known.ok_or_else(|| {
                    let all: Vec<&str> = Industry::ALL.into_iter().map(Industry::key).collect();
                    anyhow!("`{industry}` is no industry; choose one of {}", all.join(", "))
                })?,
                time_zone: "UTC".to_owned(),
                currency: Currency::USD,
            };
            let (tenant, _) = setup
                .create_company(operator, new)
                .await
                .context("the company was not made")?;
            let user = NewUser {
                email: email.parse()?,
                name: person.clone(),
                role: Role::RetentionAdmin,
            };
            let user = setup
                .create_user(operator, Some(tenant), user)
                .await
                .context("the person was not made")?;
            Ok(vec![user])
        }
        PeopleAction::CreateKaleAdmin { email, person } => {
            let user = NewUser {
                email: email.parse()?,
                name: person.clone(),
                role: Role::KaleAdmin,
            };
            let user = setup
                .create_user(operator, None, user)
                .await
                .context("the person was not made")?;
            Ok(vec![user])
        }
        PeopleAction::SignInLink { email } => Ok(setup.users_of(&email.parse()?).await?),
    }
}
