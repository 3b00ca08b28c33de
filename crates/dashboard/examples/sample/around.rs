#![expect(clippy::too_many_lines, reason = "invented data is long and has no branches")]

use kale_dashboard::view::{
    form::Field,
    parts::{Band, Banner, Chip, Empty, JobProgress, Link, PersonaTag, Segment, Swatch, Toast, Tone},
    shell::{Crumb, Plain, Section, Shell},
    sign_in::{CheckMailPage, CompaniesPage, CompanyChoice, LinkPage, SignInPage},
    today::{Movement, SetupTask, TaskState, TodayPage},
};
use kale_domain::{access::Role, persona::Colour, user::Theme};

use super::{Page, fragment, page};

/// Who the personas are: name, colour, how many of that colour came before, customers.
pub(crate) const PERSONAS: [(&str, Colour, usize, u64); 7] = [
    ("New on a monthly plan", Colour::Sun, 0, 1412),
    ("Fibre without support", Colour::Stem, 0, 1187),
    ("High bill, monthly", Colour::Stem, 1, 604),
    ("Household bundle", Colour::Sky, 0, 1020),
    ("Settled", Colour::Leaf, 0, 1530),
    ("Yearly contract", Colour::Leaf, 1, 890),
    ("Phone only", Colour::Slate, 0, 322),
];
pub(crate) const ALL: u64 = 7043;
pub(crate) const UNASSIGNED: u64 = 78;

pub(crate) fn tag(nth: usize, typed: &str) -> PersonaTag {
    match PERSONAS.get(nth) {
        Some((name, colour, shade, _)) => PersonaTag {
            name: format!("{name}{typed}"),
            swatch: Swatch::of(*colour, *shade),
            locked: false,
        },
        None => PersonaTag {
            name: "Unassigned".to_owned(),
            swatch: Swatch::NONE,
            locked: false,
        },
    }
}

pub(crate) fn band(typed: &str, current: Option<usize>) -> Band {
    let mut segments: Vec<Segment> = PERSONAS
        .iter()
        .enumerate()
        .map(|(nth, (_, _, _, count))| Segment {
            label: tag(nth, typed).name,
            swatch: tag(nth, typed).swatch,
            weight: *count,
            value: kale_dashboard::view::format::number(*count),
            note: kale_dashboard::view::format::percent(*count, ALL),
            href: format!("/customers?filter[persona]=per_{nth}"),
            current: current == Some(nth),
        })
        .collect();
    segments.push(Segment {
        label: "Unassigned".to_owned(),
        swatch: Swatch::NONE,
        weight: UNASSIGNED,
        value: UNASSIGNED.to_string(),
        note: "1%".to_owned(),
        href: "/customers?filter[persona]=none".to_owned(),
        current: false,
    });
    Band {
        figure: "7,043".to_owned(),
        caption: "customers, $456,117 monthly recurring revenue, by persona".to_owned(),
        segments,
    }
}

pub(crate) fn shell(section: Section, title: &str, crumbs: Vec<Crumb>, typed: &str) -> Shell {
    Shell {
        title: title.to_owned(),
        section,
        crumbs,
        nav: Shell::navigation(
            |permission| permission.allows(Role::RetentionAdmin),
            |section| match section {
                Section::Customers => ("7,043".to_owned(), false),
                Section::Jobs => ("1".to_owned(), true),
                _ => (String::new(), false),
            },
        ),
        company: format!("Northwind Telecom{typed}"),
        may_switch: true,
        acting: false,
        impersonated_until: None,
        user: format!("Ada Okafor{typed}"),
        email: "ada@northwind.example".to_owned(),
        role: Role::RetentionAdmin.title(),
        theme: Theme::Auto,
        csrf: "sample-token".to_owned(),
        toasts: Vec::new(),
    }
}

pub(crate) fn crumb(label: &str, href: &str) -> Crumb {
    Crumb {
        label: label.to_owned(),
        href: href.to_owned(),
    }
}

pub(crate) fn empty(icon: &'static str, text: &str, action: Option<Link>, other: Option<Link>) -> Empty {
    Empty {
        icon,
        text: text.to_owned(),
        action,
        other,
    }
}

pub(crate) fn chip(label: &str, tone: Tone) -> Chip {
    Chip {
        label: label.to_owned(),
        tone,
    }
}

pub(crate) fn job(title: &str, note: &str, percent: Option<u8>, target: &'static str) -> JobProgress {
    JobProgress {
        job: "job_01h455vb4pex5vsknk084sn02q".to_owned(),
        title: title.to_owned(),
        note: note.to_owned(),
        percent,
        href: "/jobs/job_01h455vb4pex5vsknk084sn02q".to_owned(),
        may_cancel: true,
        refresh: "/jobs".to_owned(),
        target,
    }
}

pub(crate) fn plain(title: &str) -> Plain {
    Plain {
        title: title.to_owned(),
        theme: Theme::Auto,
        csrf: "sample-token".to_owned(),
    }
}

fn sign_in(typed: &str) -> Vec<Page> {
    let email = || Field::new("email", "Work e-mail");
    vec![
        page(
            "sign-in",
            &SignInPage {
                plain: plain("Sign in"),
                email: email(),
                next: String::new(),
                banner: None,
            },
        ),
        page(
            "sign-in-error",
            &SignInPage {
                plain: plain("Sign in"),
                email: email()
                    .value(format!("ada{typed}"))
                    .error("An e-mail address has an @: ada@company.com"),
                next: "/customers".to_owned(),
                banner: Some(Banner {
                    text: "You are signed out.".to_owned(),
                    tone: Tone::Leaf,
                    action: None,
                }),
            },
        ),
        page(
            "sign-in-mail",
            &CheckMailPage {
                plain: plain("Check your mail"),
                email: format!("ada@northwind.example{typed}"),
                code: Some(Field::new("code", "Code").hint("Six digits from the message")),
                valid_for: "15 minutes".to_owned(),
                next: String::new(),
                mailbox: Some("/mail".to_owned()),
            },
        ),
        page(
            "sign-in-link",
            &LinkPage {
                plain: plain("Sign in"),
                token: format!("t{typed}"),
                same_browser: true,
                problem: String::new(),
            },
        ),
        page(
            "sign-in-link-old",
            &LinkPage {
                plain: plain("Sign in"),
                token: String::new(),
                same_browser: true,
                problem: "It was used already, or it is older than 15 minutes.".to_owned(),
            },
        ),
        page(
            "sign-in-companies",
            &CompaniesPage {
                plain: plain("Choose a company"),
                email: "ada@northwind.example".to_owned(),
                companies: [
                    ("Northwind Telecom", "today"),
                    ("Halden Media", "12 Nov 2026"),
                    ("Fjord Fitness", ""),
                ]
                .map(|(name, last)| CompanyChoice {
                    id: "cmp_01h455vb4pex5vsknk084sn02q".to_owned(),
                    name: format!("{name}{typed}"),
                    initials: kale_dashboard::view::format::initials(name),
                    role: Role::RetentionAdmin.title(),
                    last_seen: last.to_owned(),
                })
                .into(),
                next: String::new(),
            },
        ),
    ]
}

fn checklist(typed: &str) -> Vec<SetupTask> {
    [
        (
            TaskState::Done,
            "Upload customer data",
            "7,043 customers from telco_customers.csv",
            "Open",
            "/data",
        ),
        (
            TaskState::Next,
            "Check the personas",
            "Seven rules came with your industry. 78 customers match none of them.",
            "Check",
            "/personas",
        ),
        (
            TaskState::Open,
            "Make an API key",
            "So that your systems keep customers fresh between uploads.",
            "Make key",
            "/settings/api-keys",
        ),
        (
            TaskState::Blocked,
            "Invite your team",
            "Possible once the personas are checked.",
            "",
            "",
        ),
    ]
    .map(|(state, title, text, label, href)| SetupTask {
        state,
        title: title.to_owned(),
        text: format!("{text}{typed}"),
        action: (!label.is_empty()).then(|| Link::new(label, href)),
    })
    .into()
}

fn today(typed: &str) -> Vec<Page> {
    let no_movements = || {
        empty(
            "history",
            "Nobody moved. Movements appear when customers or rules change.",
            None,
            None,
        )
    };
    let moves =
        [(0, 5, 214_u64), (0, 4, 96), (7, 0, 61), (1, 2, 28), (5, 4, 13)].map(|(from, to, count)| Movement {
            from: tag(from, typed),
            to: tag(to, typed),
            count: count.to_string(),
            width: kale_dashboard::view::format::width(count, 214),
            href: "/customers?filter[persona]=per_0".to_owned(),
        });
    let full = TodayPage {
        shell: Shell {
            toasts: vec![Toast {
                text: "Signed in.".to_owned(),
                tone: Tone::Leaf,
                action: None,
            }],
            ..shell(Section::Today, "Today", vec![], typed)
        },
        lede: format!("412 of 7,043 customers changed persona in the last 7 days. 61 are new.{typed}"),
        band: Some(band(typed, None)),
        checklist: checklist(typed),
        checklist_note: "1 of 4 done".to_owned(),
        running: vec![job(
            "Applying persona rules",
            "3,200 of 7,043 customers",
            Some(45),
            "#today",
        )],
        files: super::data::rows(typed),
        work: super::system::rows(typed),
        nothing: None,
        span: "in the last 7 days".to_owned(),
        movements: moves.into(),
        no_movements: no_movements(),
    };
    let new = TodayPage {
        shell: Shell {
            acting: true,
            ..shell(Section::Today, "Today", vec![], typed)
        },
        lede: "Welcome. Three steps until you see who your customers are.".to_owned(),
        band: None,
        checklist: checklist(typed),
        checklist_note: "0 of 4 done".to_owned(),
        running: vec![],
        files: vec![],
        work: vec![],
        nothing: Some(empty(
            "users",
            "Customers appear here once they are assigned to you.",
            None,
            None,
        )),
        span: "in the last 7 days".to_owned(),
        movements: vec![],
        no_movements: no_movements(),
    };
    vec![
        page("today", &full),
        page("today-new", &new),
        fragment("fragment-today", &full.as_body()),
    ]
}

pub(crate) fn pages(typed: &str) -> Vec<Page> {
    let mut all = sign_in(typed);
    all.extend(today(typed));
    all.extend(super::problems::errors(typed));
    all
}
