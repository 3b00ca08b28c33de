//! The files that are part of the binary. A test compares this list with the folder.

/// Name and text, in the order of application: the position is the number.
pub(super) const FILES: &[(&str, &str)] = &[
    ("0001_core", include_str!("../../../../migrations/0001_core.json")),
    ("0002_jobs", include_str!("../../../../migrations/0002_jobs.json")),
    (
        "0003_experts",
        include_str!("../../../../migrations/0003_experts.json"),
    ),
    (
        "0004_persona_tally",
        include_str!("../../../../migrations/0004_persona_tally.json"),
    ),
    (
        "0005_removed_customers",
        include_str!("../../../../migrations/0005_removed_customers.json"),
    ),
    (
        "0006_notifications",
        include_str!("../../../../migrations/0006_notifications.json"),
    ),
    (
        "0007_workflows",
        include_str!("../../../../migrations/0007_workflows.json"),
    ),
    (
        "0008_viewer",
        include_str!("../../../../migrations/0008_viewer.json"),
    ),
    (
        "0009_sessions",
        include_str!("../../../../migrations/0009_sessions.json"),
    ),
    (
        "0010_measures",
        include_str!("../../../../migrations/0010_measures.json"),
    ),
    (
        "0011_quiet_jobs",
        include_str!("../../../../migrations/0011_quiet_jobs.json"),
    ),
    (
        "0012_origins",
        include_str!("../../../../migrations/0012_origins.json"),
    ),
    (
        "0013_audit_chain",
        include_str!("../../../../migrations/0013_audit_chain.json"),
    ),
    ("0014_mail", include_str!("../../../../migrations/0014_mail.json")),
    (
        "0015_sign_in",
        include_str!("../../../../migrations/0015_sign_in.json"),
    ),
    (
        "0016_identity",
        include_str!("../../../../migrations/0016_identity.json"),
    ),
];
