//! `/settings/team`: the people of the company.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::{
    access::{ImpersonationError, SignIns},
    team::{MemberChanges, NewMember, Team, TeamError, TeamFilter},
};
use kale_domain::{
    access::Role,
    email::Email,
    error::{Classify as _, ErrorKind, FieldError},
    id::UserId,
    user::{User, UserStatus},
};
use kale_web::{InstallationAdmin, NoQuery, Path, Problem, etag::etag, permission::ManageUsers};

use super::tabs;
use crate::{
    frame::{Form, Frame, Here, is_kale_admin},
    view::{
        form::{Choice, Field, Problems, Select},
        format,
        parts::{Chip, Tone},
        settings::{PersonRow, TeamPage},
        shell::Section,
    },
    words::sentence,
};

const HERE: &str = "/settings/team";

/// What stands in the form.
struct Typed {
    name: String,
    email: String,
    role: String,
}

#[tracing::instrument(name = "dashboard.team.list", skip_all)]
pub(crate) async fn list(
    here: Here<ManageUsers>,
    team: Data<Team>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let typed = Typed {
        name: String::new(),
        email: String::new(),
        role: Role::RetentionExpert.name().to_owned(),
    };
    let page = page(&here, &team, &typed, &[]).await?;
    here.frame.page(StatusCode::OK, page.render())
}

#[tracing::instrument(name = "dashboard.team.invite", skip_all)]
pub(crate) async fn invite(
    here: Here<ManageUsers>,
    team: Data<Team>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let typed = Typed {
        name: form.get("name").to_owned(),
        email: form.get("email").trim().to_owned(),
        role: form.get("role").to_owned(),
    };
    let wrong = match typed.read() {
        Ok(new) => match team.invite(here.tenant(), here.caller(), new).await {
            Ok(handed) => {
                let said = format!("{} is invited.", handed.user.name);
                return Ok(here.frame.see_other_saying(HERE, said, Tone::Leaf));
            }
            Err(TeamError::Invalid(wrong)) => wrong,
            Err(taken @ TeamError::Taken(_)) => {
                vec![FieldError::new("#/email", "taken", taken.to_string())]
            }
            Err(error) => return Err(error.into()),
        },
        Err(wrong) => wrong,
    };
    let page = page(&here, &team, &typed, &wrong).await?;
    here.frame.page(StatusCode::UNPROCESSABLE_ENTITY, page.render())
}

#[tracing::instrument(name = "dashboard.team.role", skip_all)]
pub(crate) async fn change_role(
    here: Here<ManageUsers>,
    team: Data<Team>,
    Path(id): Path<UserId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    // Who is not there is not there, whatever was typed.
    let _there = team.get(here.tenant(), id).await?;
    let Some(role) = role_named(form.get("role")) else {
        let wrong = FieldError::new("#/role", "unknown-value", "Choose a role of the list.");
        return Err(Problem::validation(vec![wrong]));
    };
    let changes = MemberChanges {
        name: None,
        role: Some(role),
    };
    match team
        .change(here.tenant(), here.caller(), id, form.version()?, changes)
        .await
    {
        Ok(user) => {
            let said = format!("{} is a {} now.", user.name, user.role.title().to_lowercase());
            Ok(here.frame.see_other_saying(HERE, said, Tone::Leaf))
        }
        Err(error) => refused(&here, error),
    }
}

#[tracing::instrument(name = "dashboard.team.invite_again", skip_all)]
pub(crate) async fn invite_again(
    here: Here<ManageUsers>,
    team: Data<Team>,
    Path(id): Path<UserId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    match team.invite_again(here.tenant(), here.caller(), id).await {
        Ok(handed) => {
            let said = format!("{} has a new invitation.", handed.user.name);
            Ok(here.frame.see_other_saying(HERE, said, Tone::Leaf))
        }
        Err(error) => refused(&here, error),
    }
}

#[tracing::instrument(name = "dashboard.team.deactivate", skip_all)]
pub(crate) async fn deactivate(
    here: Here<ManageUsers>,
    team: Data<Team>,
    Path(id): Path<UserId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    match team.deactivate(here.tenant(), here.caller(), id).await {
        Ok(user) => {
            let said = format!("{} can’t sign in any more.", user.name);
            Ok(here.frame.see_other_saying(HERE, said, Tone::Leaf))
        }
        Err(error) => refused(&here, error),
    }
}

#[tracing::instrument(name = "dashboard.team.reactivate", skip_all)]
pub(crate) async fn reactivate(
    here: Here<ManageUsers>,
    team: Data<Team>,
    Path(id): Path<UserId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    match team.reactivate(here.tenant(), here.caller(), id).await {
        Ok(user) => {
            let said = format!("{} can sign in again.", user.name);
            Ok(here.frame.see_other_saying(HERE, said, Tone::Leaf))
        }
        Err(error) => refused(&here, error),
    }
}

#[tracing::instrument(name = "dashboard.team.remove", skip_all)]
pub(crate) async fn remove(
    here: Here<ManageUsers>,
    team: Data<Team>,
    Path(id): Path<UserId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let user = team.get(here.tenant(), id).await?;
    match team.remove(here.tenant(), here.caller(), id).await {
        Ok(()) => {
            let said = match user.status {
                UserStatus::Invited => format!("The invitation of {} is taken back.", user.name),
                _ => format!("{} is removed.", user.name),
            };
            Ok(here.frame.see_other_saying(HERE, said, Tone::Leaf))
        }
        Err(error) => refused(&here, error),
    }
}

/// Has a Kale admin see what somebody sees.
#[tracing::instrument(name = "dashboard.team.impersonate", skip_all)]
pub(crate) async fn impersonate(
    frame: Frame,
    admin: InstallationAdmin,
    sign_ins: Data<SignIns>,
    Path(id): Path<UserId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let begun = sign_ins
        .impersonate(admin.installation, &admin.caller, id, form.get("reason"))
        .await;
    match begun {
        Ok(_) => Ok(frame.see_other("/")),
        Err(error @ (ImpersonationError::Invalid(_) | ImpersonationError::NotActive(_))) => {
            let said = sentence(&error.to_string());
            Ok(frame.see_other_saying(HERE, said, Tone::Sun))
        }
        // Nobody is there who is in no company.
        Err(ImpersonationError::NoCompany) => Err(Problem::not_found()),
        Err(error) => Err(error.into()),
    }
}

/// Back to the list with why nothing was changed, where that is what somebody has to know; else the problem.
fn refused(here: &Here<ManageUsers>, error: TeamError) -> Result<HttpResponse, Problem> {
    let why = match &error {
        TeamError::LastAdmin | TeamError::NotNow { .. } => error.to_string(),
        error if error.kind() == ErrorKind::Stale => {
            "somebody else changed this person in between".to_owned()
        }
        _ => return Err(error.into()),
    };
    let said = format!("Nothing was changed. {}", sentence(&why));
    Ok(here.frame.see_other_saying(HERE, said, Tone::Sun))
}

fn role_named(name: &str) -> Option<Role> {
    Role::OF_COMPANIES.into_iter().find(|role| role.name() == name)
}

impl Typed {
    fn read(&self) -> Result<NewMember, Vec<FieldError>> {
        match (self.email.parse::<Email>(), role_named(&self.role)) {
            (Ok(email), Some(role)) => Ok(NewMember {
                email,
                name: self.name.clone(),
                role,
            }),
            (email, role) => {
                let no_email = email
                    .err()
                    .map(|error| FieldError::new("#/email", "no-email", error.to_string()));
                let no_role = role
                    .is_none()
                    .then(|| FieldError::new("#/role", "unknown-value", "Choose a role of the list."));
                Err(no_email.into_iter().chain(no_role).collect())
            }
        }
    }
}

fn roles() -> [Choice; 2] {
    Role::OF_COMPANIES.map(|role| Choice::new(role.name(), role.title()))
}

async fn page(
    here: &Here<ManageUsers>,
    team: &Team,
    typed: &Typed,
    wrong: &[FieldError],
) -> Result<TeamPage, Problem> {
    let all = team.list(here.tenant(), TeamFilter::default()).await?;
    let problems = Problems::of(wrong);
    let field =
        |name: &str, label: &str, value: &str| Field::new(name, label).value(value).error(problems.at(name));
    let own = here.caller().user();
    Ok(TeamPage {
        shell: here.shell(Section::Settings, "Team"),
        people: all.iter().map(|user| row(here, user, own)).collect(),
        name: field("name", "Name", &typed.name),
        email: field("email", "E-mail", &typed.email)
            .hint("The invitation goes there. It works for seven days."),
        role: Select::new(
            field("role", "Role", &typed.role)
                .hint("Retention admins run the company. Experts look after their customers."),
            roles(),
        ),
        tabs: tabs(here, HERE),
        problems,
    })
}

fn row(here: &Here<ManageUsers>, user: &User, own: Option<UserId>) -> PersonRow {
    let (label, tone) = match user.status {
        UserStatus::Invited => ("Invited", Tone::Sun),
        UserStatus::Active => ("Active", Tone::Leaf),
        UserStatus::Deactivated => ("Deactivated", Tone::Plain),
    };
    let about = match user.invitation {
        Some(invitation)
            if user.status == UserStatus::Invited && here.frame.now() < invitation.expires_at =>
        {
            format!("invited until {}", here.instant(invitation.expires_at))
        }
        Some(_) if user.status == UserStatus::Invited => "the invitation has ended".to_owned(),
        _ => {
            let day = format::date(user.created_at.to_zoned(here.zone()).date());
            format!("since {day}")
        }
    };
    PersonRow {
        id: user.id.to_string(),
        initials: format::initials(&user.name),
        name: user.name.clone(),
        about: format!("{}, {about}", user.email),
        own: own == Some(user.id),
        role: user.role.title(),
        roles: roles()
            .map(|choice| choice.chosen_if(user.role.name()))
            .into_iter()
            .collect(),
        etag: etag(user.version),
        may_impersonate: user.status == UserStatus::Active && is_kale_admin(here.caller()),
        state: Chip {
            label: label.to_owned(),
            tone,
        },
        status: user.status,
    }
}
