//! What stands around every page: navigation, top bar, the person and the company.

use kale_domain::{access::Permission, user::Theme};

use super::parts::Toast;

/// The part of the dashboard a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What to do and what moved.
    Today,
    /// The customers.
    Customers,
    /// What subscribers walked.
    Sessions,
    /// What subscribers walk through, and what it is made of.
    Workflows,
    /// Why subscribers leave.
    Reasons,
    /// What they are offered.
    Offers,
    /// What became of sessions.
    Analytics,
    /// The personas.
    Personas,
    /// Uploads.
    Data,
    /// Background work.
    Jobs,
    /// The audit log.
    Audit,
    /// Company and keys.
    Settings,
    /// What belongs to whoever looks; the menu of the person leads there.
    Account,
}

impl Section {
    const ALL: [Self; 12] = [
        Self::Today,
        Self::Customers,
        Self::Sessions,
        Self::Workflows,
        Self::Reasons,
        Self::Offers,
        Self::Analytics,
        Self::Personas,
        Self::Data,
        Self::Jobs,
        Self::Audit,
        Self::Settings,
    ];

    /// The word in the navigation.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Customers => "Customers",
            Self::Sessions => "Sessions",
            Self::Workflows => "Workflows",
            Self::Reasons => "Reasons",
            Self::Offers => "Offers",
            Self::Analytics => "Analytics",
            Self::Personas => "Personas",
            Self::Data => "Data",
            Self::Jobs => "Jobs",
            Self::Audit => "Audit",
            Self::Settings => "Settings",
            Self::Account => "Account",
        }
    }

    /// Where it lives.
    #[must_use]
    pub const fn href(self) -> &'static str {
        match self {
            Self::Today => "/",
            Self::Customers => "/customers",
            Self::Sessions => "/sessions",
            Self::Workflows => "/workflows",
            Self::Reasons => "/reasons",
            Self::Offers => "/offers",
            Self::Analytics => "/analytics",
            Self::Personas => "/personas",
            Self::Data => "/data",
            Self::Jobs => "/jobs",
            Self::Audit => "/audit",
            Self::Settings => "/settings",
            Self::Account => "/account",
        }
    }

    /// The name of its icon.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Today => "layout-dashboard",
            Self::Customers | Self::Account => "users",
            Self::Sessions => "play",
            Self::Workflows => "git-branch",
            Self::Reasons => "list-checks",
            Self::Offers => "tag",
            Self::Analytics => "chart-column",
            Self::Personas => "id-card",
            Self::Data => "upload",
            Self::Jobs => "activity",
            Self::Audit => "scroll-text",
            Self::Settings => "settings",
        }
    }

    /// The heading of its group; empty for the first.
    #[must_use]
    pub const fn group(self) -> &'static str {
        match self {
            Self::Today | Self::Customers | Self::Sessions => "",
            Self::Workflows | Self::Reasons | Self::Offers => "Build",
            Self::Analytics => "Measure",
            Self::Personas | Self::Data => "Set up",
            Self::Jobs | Self::Audit | Self::Settings | Self::Account => "System",
        }
    }

    const fn needs(self) -> Option<Permission> {
        match self {
            Self::Today | Self::Account => None,
            Self::Customers => Some(Permission::ReadCustomers),
            Self::Sessions => Some(Permission::ReadSessions),
            Self::Workflows => Some(Permission::ReadWorkflows),
            Self::Reasons => Some(Permission::ReadReasons),
            Self::Offers => Some(Permission::ReadOffers),
            Self::Analytics => Some(Permission::ReadAnalytics),
            Self::Personas => Some(Permission::ReadPersonas),
            Self::Data => Some(Permission::ReadUploads),
            Self::Jobs => Some(Permission::ReadJobs),
            Self::Audit => Some(Permission::ReadAudit),
            Self::Settings => Some(Permission::ManageCompany),
        }
    }
}

/// One line of the navigation.
#[derive(Debug, Clone)]
pub struct NavItem {
    /// Which part it leads to.
    pub section: Section,
    /// A small number behind it; empty for none.
    pub count: String,
    /// Whether the number asks for attention: something waits or failed.
    pub hot: bool,
}

/// Lines under one heading.
#[derive(Debug, Clone)]
pub struct NavGroup {
    /// The heading; empty for the first group.
    pub label: &'static str,
    /// The lines.
    pub items: Vec<NavItem>,
}

/// A step of the path in the top bar.
#[derive(Debug, Clone)]
pub struct Crumb {
    /// The word.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

/// Everything around a signed-in page.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The title of the page, also the last crumb.
    pub title: String,
    /// The part of the dashboard.
    pub section: Section,
    /// The steps before the page itself, without the company.
    pub crumbs: Vec<Crumb>,
    /// The navigation, with what this person may see.
    pub nav: Vec<NavGroup>,
    /// The company's name; empty for a Kale admin who is in none.
    pub company: String,
    /// Whether this e-mail belongs to other companies too.
    pub may_switch: bool,
    /// Whether a Kale admin acts inside the company; a bar on every page says so.
    pub acting: bool,
    /// Until when a Kale admin sees what this person sees, `14:30`; a bar on every page says so.
    pub impersonated_until: Option<String>,
    /// The person's name.
    pub user: String,
    /// The person's e-mail.
    pub email: String,
    /// The person's role in words.
    pub role: &'static str,
    /// How the dashboard looks for them.
    pub theme: Theme,
    /// The token every form carries.
    pub csrf: String,
    /// What the last request did, said once.
    pub toasts: Vec<Toast>,
}

impl Shell {
    /// The navigation of somebody with these permissions. `count` gives the small number of a part, where it has one,
    /// and whether it asks for attention.
    pub fn navigation(
        may: impl Fn(Permission) -> bool,
        count: impl Fn(Section) -> (String, bool),
    ) -> Vec<NavGroup> {
        let mut groups: Vec<NavGroup> = Vec::new();
        for section in Section::ALL
            .into_iter()
            .filter(|section| section.needs().is_none_or(&may))
        {
            let (count, hot) = count(section);
            let item = NavItem { section, count, hot };
            match groups.last_mut().filter(|group| group.label == section.group()) {
                Some(group) => group.items.push(item),
                None => groups.push(NavGroup {
                    label: section.group(),
                    items: vec![item],
                }),
            }
        }
        groups
    }

    /// The letters that stand for the person.
    #[must_use]
    pub fn user_initials(&self) -> String {
        super::format::initials(&self.user)
    }

    /// The letters that stand for the company.
    #[must_use]
    pub fn company_initials(&self) -> String {
        super::format::initials(&self.company)
    }
}

/// What a page without navigation needs: sign-in, errors, documentation.
#[derive(Debug, Clone)]
pub struct Plain {
    /// The title of the page.
    pub title: String,
    /// How it looks.
    pub theme: Theme,
    /// The token every form carries; empty on pages without forms.
    pub csrf: String,
}

/// The word for `data-theme`.
#[must_use]
pub const fn theme_name(theme: &Theme) -> &'static str {
    match theme {
        Theme::Auto => "auto",
        Theme::Light => "light",
        Theme::Dark => "dark",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kale_domain::access::Role;

    #[test]
    fn an_expert_sees_no_page_they_may_not_open() {
        let groups = Shell::navigation(|p| p.allows(Role::RetentionExpert), |_| (String::new(), false));
        let labels: Vec<_> = groups
            .iter()
            .flat_map(|group| &group.items)
            .map(|item| item.section.label())
            .collect();

        assert_eq!(
            labels,
            [
                "Today",
                "Customers",
                "Sessions",
                "Workflows",
                "Reasons",
                "Offers",
                "Personas"
            ]
        );
    }
}
