use kale_dashboard::view::{
    docs::{DocsErrorsPage, DocsPage, ErrorDoc, LicencesPage},
    form::Field,
    parts::{Band, Banner, Empty, JobProgress, Link, PersonaTag, Segment, Swatch, Toast, Tone},
    problem::{ErrorPage, NoPermissionPage, ProblemFragment, ToastsFragment},
    shell::{Crumb, Plain, Section, Shell},
    sign_in::{CheckMailPage, CompaniesPage, CompanyChoice, LinkPage, SignInPage},
    today::{Movement, SetupTask, TaskState, TodayPage},
};
use kale_domain::{access::Role, persona::Colour, user::Theme};

use super::{Page, fragment, page};

/// Who the personas are: name, colour, how many of that colour came before, customers.
pub const PERSONAS: [(&str, Colour, usize, u64); 7] = [
    ("New on a monthly plan", Colour::Sun, 0, 1412),
    ("Fibre without support", Colour::Stem, 0, 1187),
    ("High bill, monthly", Colour::Stem, 1, 604),
    ("Household bundle", Colour::Sky, 0, 1020),
    ("Settled", Colour::Leaf, 0, 1530),
    ("Yearly contract", Colour::Leaf, 1, 890),
    ("Phone only", Colour::Slate, 0, 322),
];
pub const ALL: u64 = 7043;
pub const UNASSIGNED: u64 = 78;

pub fn tag(nth: usize, typed: &str) -> PersonaTag {
    match PERSONAS.get(nth) {
        Some((name, colour, shade, _)) => PersonaTag {
            name: format!("{name}{typed}"),
            swatch: Swatch::of(*colour, *shade),
            locked: false,
        },
        None => PersonaTag { name: "Unassigned".to_owned(), swatch: Swatch::NONE, locked: false },
    }
}

pub fn band(typed: &str, current: Option<usize>) -> Band {
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
    Band { figure: "7,043".to_owned(), caption: "customers, $456,117 monthly recurring revenue, by persona".to_owned(), segments }
}

pub fn shell(section: Section, title: &str, crumbs: Vec<Crumb>, typed: &str) -> Shell {
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
        user: format!("Ada Okafor{typed}"),
        email: "ada@northwind.example".to_owned(),
        role: Role::RetentionAdmin.title(),
        theme: Theme::Auto,
        csrf: "sample-token".to_owned(),
        toasts: Vec::new(),
    }
}

pub fn crumb(label: &str, href: &str) -> Crumb {
    Crumb { label: label.to_owned(), href: href.to_owned() }
}

pub fn empty(icon: &'static str, text: &str, action: Option<Link>, other: Option<Link>) -> Empty {
    Empty { icon, text: text.to_owned(), action, other }
}

pub fn job(title: &str, note: &str, percent: Option<u8>, target: &'static str) -> JobProgress {
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

fn plain(title: &str) -> Plain {
    Plain { title: title.to_owned(), theme: Theme::Auto, csrf: "sample-token".to_owned() }
}

fn sign_in(typed: &str) -> Vec<Page> {
    let email = || Field::new("email", "Work e-mail");
    vec![
        page("sign-in", &SignInPage { plain: plain("Sign in"), email: email(), next: String::new(), banner: None }),
        page(
            "sign-in-error",
            &SignInPage {
                plain: plain("Sign in"),
                email: email().value(format!("ada{typed}")).error("An e-mail address has an @: ada@company.com"),
                next: "/customers".to_owned(),
                banner: Some(Banner { text: "You are signed out.".to_owned(), tone: Tone::Leaf, action: None }),
            },
        ),
        page(
            "sign-in-mail",
            &CheckMailPage {
                plain: plain("Check your mail"),
                email: format!("ada@northwind.example{typed}"),
                code: Field::new("code", "Code").hint("Six digits from the message"),
                valid_for: "15 minutes".to_owned(),
                next: String::new(),
                mailbox: Some("/mail".to_owned()),
            },
        ),
        page(
            "sign-in-link",
            &LinkPage { plain: plain("Sign in"), token: format!("t{typed}"), same_browser: true, problem: String::new() },
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
                companies: [("Northwind Telecom", "today"), ("Halden Media", "12 Nov 2026"), ("Fjord Fitness", "")]
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

fn errors(typed: &str) -> Vec<Page> {
    let error = |status, title: &str, detail: &str| ErrorPage {
        plain: plain(title),
        status,
        title: title.to_owned(),
        detail: format!("{detail}{typed}"),
        request_id: "01JD8Q5ZT7N4".to_owned(),
        action: Link::new("Go to Today", "/"),
    };
    vec![
        page("error-404", &error(404, "This page does not exist", "It may have been deleted, or it belongs to another company.")),
        page("error-403", &error(403, "This is not for your role", "Ask a retention admin of your company.")),
        page("error-500", &error(500, "Something broke on our side", "Nothing you typed was saved. Try again in a moment; the log has the details under the request below.")),
        page(
            "no-permission",
            &NoPermissionPage {
                shell: shell(Section::Today, "Audit", vec![], typed),
                empty: empty("lock", "Only retention admins read the audit log. Ada Okafor is one.", Some(Link::new("Go to Today", "/")), None),
                request_id: "01JD8Q5ZT7N4".to_owned(),
            },
        ),
        fragment(
            "fragment-problem",
            &ProblemFragment {
                title: "The list could not be loaded.".to_owned(),
                detail: format!("The database did not answer in time.{typed}"),
                request_id: "01JD8Q5ZT7N4".to_owned(),
                retry: "/customers".to_owned(),
            },
        ),
        fragment(
            "fragment-toasts",
            &ToastsFragment { toasts: vec![Toast { text: format!("Saved.{typed}"), tone: Tone::Leaf, action: None }] },
        ),
        page("docs", &DocsPage { plain: plain("API"), spec: "/openapi.json".to_owned() }),
        page(
            "docs-errors",
            &DocsErrorsPage {
                plain: plain("Errors"),
                errors: [
                    ("unknown-parameter", 400, "A parameter is not known here", "The message names it; compare with the description of the route."),
                    ("not-signed-in", 401, "No credential, or one that is not good any more", "Send a bearer token; make a new key if this one was revoked."),
                    ("stale-version", 412, "Somebody changed the thing in between", "Read it again, apply your change and send the new version in If-Match."),
                    ("validation", 422, "The request breaks a rule", "Every place that is wrong stands in `errors` with a pointer."),
                ]
                .map(|(code, status, title, advice)| ErrorDoc {
                    code: code.to_owned(),
                    status,
                    title: title.to_owned(),
                    advice: advice.to_owned(),
                })
                .into(),
            },
        ),
        page("licenses", &LicencesPage { plain: plain("Licences"), text: kale_dashboard::assets::licences() }),
    ]
}

fn checklist(typed: &str) -> Vec<SetupTask> {
    [
        (TaskState::Done, "Upload customer data", "7,043 customers from telco_customers.csv", "Open", "/data"),
        (TaskState::Next, "Check the personas", "Seven rules came with your industry. 78 customers match none of them.", "Check", "/personas"),
        (TaskState::Open, "Make an API key", "So that your systems keep customers fresh between uploads.", "Make key", "/settings/api-keys"),
        (TaskState::Blocked, "Invite your team", "Possible once the personas are checked.", "", ""),
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
    let no_movements = || empty("history", "Nobody moved. Movements appear when customers or rules change.", None, None);
    let moves = [(0, 5, 214_u64), (0, 4, 96), (7, 0, 61), (1, 2, 28), (5, 4, 13)].map(|(from, to, count)| Movement {
        from: tag(from, typed),
        to: tag(to, typed),
        count: count.to_string(),
        width: kale_dashboard::view::format::width(count, 214),
        href: "/customers?filter[persona]=per_0".to_owned(),
    });
    let full = TodayPage {
        shell: Shell {
            toasts: vec![Toast { text: "Signed in.".to_owned(), tone: Tone::Leaf, action: None }],
            ..shell(Section::Today, "Today", vec![], typed)
        },
        lede: format!("412 of 7,043 customers changed persona in the last 7 days. 61 are new.{typed}"),
        band: Some(band(typed, None)),
        checklist: checklist(typed),
        checklist_note: "1 of 4 done".to_owned(),
        running: vec![job("Applying persona rules", "3,200 of 7,043 customers", Some(45), "#today")],
        span: "in the last 7 days".to_owned(),
        movements: moves.into(),
        no_movements: no_movements(),
    };
    let new = TodayPage {
        shell: Shell { acting: true, ..shell(Section::Today, "Today", vec![], typed) },
        lede: "Welcome. Three steps until you see who your customers are.".to_owned(),
        band: None,
        checklist: checklist(typed),
        checklist_note: "0 of 4 done".to_owned(),
        running: vec![],
        span: "in the last 7 days".to_owned(),
        movements: vec![],
        no_movements: no_movements(),
    };
    vec![page("today", &full), page("today-new", &new), fragment("fragment-today", &full.as_body())]
}

pub fn pages(typed: &str) -> Vec<Page> {
    let mut all = sign_in(typed);
    all.extend(today(typed));
    all.extend(errors(typed));
    all
}
