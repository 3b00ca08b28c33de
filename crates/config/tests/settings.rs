//! The settings as an operator meets them.

use std::{fs, path::PathBuf};

use kale_config::{ConfigError, Flags, IdentitySettings, LogFormat, MailSettings, Settings};
use secrecy::{ExposeSecret, SecretString};

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn read(env: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    Settings::read(&Flags::default(), variables(env), None)
}

fn variables(env: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    let owned: Vec<_> = env
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    owned.into_iter()
}

fn places(error: &ConfigError) -> Vec<&str> {
    error
        .problems()
        .iter()
        .map(|problem| problem.place.as_str())
        .collect()
}

#[test]
fn without_any_setting_the_defaults_run_on_this_machine_only() {
    let settings = read(&[("HOME", "/home/anna"), ("PATH", "/bin")]).unwrap();
    assert!(
        settings.mongodb_uri.is_none() && settings.secret_keys.is_none() && settings.admin_listen.is_none()
    );
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.base_url.as_str(), "http://127.0.0.1:8080");
    assert_eq!(settings.data_dir, PathBuf::from("kale-data"));
    assert_eq!(settings.log, "info");
    assert_eq!(settings.log_format, LogFormat::Json);
    assert_eq!(settings.cache_dir, PathBuf::from("/home/anna/.cache/kale"));
    assert_eq!(settings.search_path.as_deref(), Some("/bin".as_ref()));
    assert!(settings.allowed_origins.is_empty());
    assert!(settings.warnings().is_empty());
}

#[test]
fn a_flag_beats_a_variable_which_beats_the_file_which_beats_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kale.toml");
    fs::write(
        &file,
        "listen = \"127.0.0.1:1\"\nlog = \"debug\"\ndata_dir = \"/file\"\n",
    )
    .unwrap();
    let flags = Flags {
        listen: Some("127.0.0.1:3".to_owned()),
        ..Flags::default()
    };
    let env = [("KALE_LISTEN", "127.0.0.1:2"), ("KALE_LOG", "warn")];

    let settings = Settings::read(&flags, variables(&env), Some(&file)).unwrap();

    assert_eq!(settings.listen.port(), 3);
    assert_eq!(settings.log, "warn");
    assert_eq!(settings.data_dir, PathBuf::from("/file"));
    assert_eq!(settings.log_format, LogFormat::Json);
}

#[test]
fn every_mistake_of_all_places_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kale.toml");
    fs::write(&file, "listne = \"x\"\nlog_format = \"xml\"\nmongod = 7\n").unwrap();
    let flags = Flags {
        base_url: Some("kale.example.com".to_owned()),
        ..Flags::default()
    };
    let env = [
        ("KALE_LISTEN", "localhost"),
        ("KALE_SECRET_KEY", "hunter2"),
        ("KALE_MONGODB_URI", "postgres://anna:hunter2@db"),
        (
            "KALE_ALLOWED_ORIGINS",
            "*,https://ok.example.com,https://bad.example.com/x",
        ),
    ];

    let error = Settings::read(&flags, variables(&env), Some(&file)).unwrap_err();

    let file = file.display();
    let mut told = places(&error);
    told.sort_unstable();
    let mut expected = vec![
        format!("`listne` in {file}"),
        format!("`log_format` in {file}"),
        format!("`mongod` in {file}"),
        "--base-url".to_owned(),
        "KALE_ALLOWED_ORIGINS".to_owned(),
        "KALE_ALLOWED_ORIGINS".to_owned(),
        "KALE_LISTEN".to_owned(),
        "KALE_MONGODB_URI".to_owned(),
        "KALE_SECRET_KEY".to_owned(),
    ];
    expected.sort_unstable();
    assert_eq!(told, expected);
    let text = error.to_string();
    assert!(
        text.starts_with("9 things are wrong with the settings:\n"),
        "{text}"
    );
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn a_secret_is_read_from_a_file_without_its_line_break() {
    let folder = tempfile::tempdir().unwrap();
    let (key, uri) = (folder.path().join("key"), folder.path().join("uri"));
    fs::write(&key, format!("{KEY}\n")).unwrap();
    fs::write(&uri, "mongodb://db:27017/?replicaSet=rs0\n").unwrap();

    let settings = read(&[
        ("KALE_SECRET_KEY_FILE", key.to_str().unwrap()),
        ("KALE_MONGODB_URI_FILE", uri.to_str().unwrap()),
    ])
    .unwrap();

    assert_eq!(settings.secret_keys.as_ref().unwrap().current().expose()[31], 31);
    assert_eq!(
        settings.mongodb_uri.as_ref().unwrap().expose_secret(),
        "mongodb://db:27017/?replicaSet=rs0"
    );
    assert!(settings.warnings().is_empty());
}

#[test]
fn a_secret_file_that_is_missing_empty_or_doubled_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty");
    fs::write(&empty, "\n").unwrap();
    for (path, also) in [
        ("/nowhere/key", ""),
        (empty.to_str().unwrap(), ""),
        ("/nowhere/key", KEY),
    ] {
        let error = read(&[("KALE_SECRET_KEY_FILE", path), ("KALE_SECRET_KEY", also)]).unwrap_err();
        assert_eq!(places(&error), ["KALE_SECRET_KEY_FILE"]);
        assert!(!error.to_string().contains(KEY));
    }
}

#[test]
fn debug_shows_no_secret() {
    let settings = Settings::read(
        &Flags {
            mongodb_uri: Some(SecretString::from("mongodb://anna:hunter2@db/")),
            ..Flags::default()
        },
        variables(&[("KALE_SECRET_KEY", KEY)]),
        None,
    )
    .unwrap();
    let shown = format!("{settings:?}");
    assert!(
        !shown.contains("hunter2") && !shown.contains("0102") && !shown.contains("1, 2"),
        "{shown}"
    );
    assert!(shown.contains("REDACTED"), "{shown}");
}

#[test]
fn cookies_are_secure_except_over_http_on_this_machine() {
    for (base_url, secure) in [
        ("http://127.0.0.1:8080", false),
        ("http://localhost:8080", false),
        ("http://[::1]:8080", false),
        ("https://localhost", true),
        ("https://kale.example.com", true),
        ("http://kale.example.com", true),
    ] {
        assert_eq!(
            read(&[("KALE_BASE_URL", base_url)]).unwrap().secure_cookies(),
            secure,
            "{base_url}"
        );
    }
    assert!(read(&[("KALE_LISTEN", "0.0.0.0:8080")]).unwrap().secure_cookies());
}

#[test]
fn a_free_port_reaches_the_default_base_url_and_no_given_one() {
    let address = "127.0.0.1:43210".parse().unwrap();
    let mut settings = read(&[("KALE_LISTEN", "127.0.0.1:0")]).unwrap();
    settings.listening_on(address);
    assert_eq!(
        settings.base_url.join("/sign-in"),
        "http://127.0.0.1:43210/sign-in"
    );

    let mut settings = read(&[
        ("KALE_LISTEN", "127.0.0.1:0"),
        ("KALE_BASE_URL", "https://kale.example.com"),
    ])
    .unwrap();
    settings.listening_on(address);
    assert_eq!(settings.base_url.as_str(), "https://kale.example.com");
}

#[test]
fn origins_are_a_list_in_a_variable_and_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kale.toml");
    fs::write(
        &file,
        "allowed_origins = [\"https://a.example.com\", \"https://B.example.com/\"]",
    )
    .unwrap();
    let from_file = Settings::read(&Flags::default(), variables(&[]), Some(&file)).unwrap();
    let listed = (
        "KALE_ALLOWED_ORIGINS",
        "https://a.example.com, https://b.example.com,https://a.example.com",
    );
    let from_variable = read(&[listed]).unwrap();
    assert_eq!(from_file.allowed_origins, from_variable.allowed_origins);
    assert_eq!(from_file.allowed_origins.len(), 2);
}

#[test]
fn limits_and_proxies_are_read_and_mistakes_in_them_refused() {
    let settings = read(&[
        ("KALE_REQUESTS_PER_SECOND", "25"),
        ("KALE_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7,fd00::/8"),
    ])
    .unwrap();
    assert_eq!(settings.requests_per_second.get(), 25);
    let proxies: Vec<String> = settings.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["10.0.0.0/8", "192.0.2.7/32", "fd00::/8"]);
    assert_eq!(read(&[]).unwrap().requests_per_second.get(), 100);

    let refused = read(&[
        ("KALE_REQUESTS_PER_SECOND", "0"),
        ("KALE_TRUSTED_PROXIES", "10.0.0.0/33, everybody"),
    ]);
    let problems = refused.unwrap_err().to_string();
    for part in ["KALE_REQUESTS_PER_SECOND", "10.0.0.0/33", "everybody"] {
        assert!(problems.contains(part), "{problems}");
    }
}

#[test]
fn an_empty_variable_counts_as_absent() {
    let settings = read(&[
        ("KALE_LISTEN", ""),
        ("KALE_MONGODB_URI", " "),
        ("KALE_SECRET_KEY_FILE", ""),
    ])
    .unwrap();
    assert_eq!(settings.listen.port(), 8080);
    assert!(settings.mongodb_uri.is_none());
}

#[test]
fn what_is_probably_not_meant_is_warned_of() {
    let warnings = read(&[("KALE_LISTNE", "x"), ("KALE_BASE_URL", "http://kale.example.com")])
        .unwrap()
        .warnings();
    assert_eq!(warnings.len(), 2);
    assert!(
        warnings[0].contains("KALE_LISTNE") && warnings[1].contains("https"),
        "{warnings:?}"
    );
}

#[test]
fn a_named_file_that_is_missing_or_broken_is_refused_without_repeating_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kale.toml");
    assert!(Settings::read(&Flags::default(), variables(&[]), Some(&file)).is_err());
    fs::write(&file, "secret_key = hunter2").unwrap();
    let error = Settings::read(&Flags::default(), variables(&[]), Some(&file))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("is not TOML at line 1") && !error.contains("hunter2"),
        "{error}"
    );
}

#[test]
fn metrics_are_never_served_on_the_public_address() {
    let error = read(&[("KALE_LISTEN", "0.0.0.0:80"), ("KALE_ADMIN_LISTEN", "0.0.0.0:80")]).unwrap_err();
    assert!(error.to_string().contains("an address of their own"), "{error}");
}

#[test]
fn the_process_itself_can_be_read() {
    // Cargo sets PATH for every test; a setting of Kale would be a mistake of whoever runs the tests.
    let settings = Settings::from_process(&Flags::default(), None).unwrap();
    assert!(settings.search_path.is_some());
}

#[test]
fn mail_is_off_sent_or_kept() {
    assert!(matches!(read(&[]).unwrap().mail, MailSettings::Off));
    assert!(matches!(
        read(&[("KALE_MAIL", "keep")]).unwrap().mail,
        MailSettings::Keep
    ));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("smtp");
    fs::write(&file, "smtps://anna:hunter2@mail.example.com\n").unwrap();
    let env = [
        ("KALE_SMTP_URL_FILE", file.to_str().unwrap()),
        ("KALE_MAIL_FROM", "Kale <kale@example.com>"),
    ];
    let settings = read(&env).unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"));
    let MailSettings::Smtp(smtp) = settings.mail else {
        panic!("it is sent");
    };
    assert_eq!(
        (smtp.url.host.as_str(), smtp.from.as_str()),
        ("mail.example.com", "Kale <kale@example.com>")
    );
}

#[test]
fn kept_mail_is_for_this_machine_only() {
    for elsewhere in [
        ("KALE_LISTEN", "0.0.0.0:8080"),
        ("KALE_BASE_URL", "https://kale.example.com"),
    ] {
        let error = read(&[("KALE_MAIL", "keep"), elsewhere]).unwrap_err();
        assert_eq!(places(&error), ["KALE_MAIL"], "{elsewhere:?}");
    }
}

#[test]
fn every_mistake_about_mail_is_told_at_once() {
    let env = [
        ("KALE_SMTP_URL", "https://anna:hunter2@mail.example.com"),
        ("KALE_MAIL", "keep"),
        ("KALE_MAIL_FROM", "nobody"),
    ];
    let error = read(&env).unwrap_err();
    assert_eq!(places(&error), ["KALE_SMTP_URL", "KALE_MAIL_FROM", "KALE_MAIL"]);
    assert!(!error.to_string().contains("hunter2"), "{error}");

    let nobody = read(&[("KALE_SMTP_URL", "smtp://mail.example.com")]).unwrap_err();
    assert_eq!(places(&nobody), ["mail_from"]);
    drop(read(&[("KALE_MAIL", "throw away")]).unwrap_err());
}

#[test]
fn workos_is_switched_on_with_what_it_needs_and_no_secret_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    fs::write(&key, "sk_test_secret\n").unwrap();
    let env = [
        ("KALE_IDENTITY", "workos"),
        ("KALE_WORKOS_CLIENT_ID", "client_01"),
        ("KALE_WORKOS_API_KEY_FILE", key.to_str().unwrap()),
        ("KALE_WORKOS_WEBHOOK_SECRET", "hook_secret, hook_secret_2"),
    ];
    let settings = Settings::read(&Flags::default(), variables(&env), None).unwrap();
    let IdentitySettings::WorkOs(workos) = &settings.identity else {
        panic!("{settings:?}");
    };
    assert_eq!(workos.base_url.as_str(), "https://api.workos.com");
    assert_eq!(workos.client_id, "client_01");
    assert_eq!(workos.webhook_secrets.len(), 2);
    assert!(!format!("{settings:?}").contains("secret\""), "{settings:?}");
    assert!(!format!("{settings:?}").contains("sk_test"), "{settings:?}");

    // The flag wins, and then nothing of it is asked for.
    let flags = Flags {
        identity: Some("local".to_owned()),
        ..Flags::default()
    };
    let local = Settings::read(&flags, variables(&env), None).unwrap();
    assert!(matches!(local.identity, IdentitySettings::Local));
}

#[test]
fn what_workos_lacks_is_named() {
    let said = |env: &[(&str, &str)]| {
        let read = Settings::read(&Flags::default(), variables(env), None);
        read.unwrap_err().to_string()
    };
    let missing = said(&[("KALE_IDENTITY", "workos")]);
    assert!(
        missing.contains("workos_client_id") && missing.contains("workos_api_key"),
        "{missing}"
    );
    let complete = [
        ("KALE_IDENTITY", "workos"),
        ("KALE_WORKOS_CLIENT_ID", "client_01"),
        ("KALE_WORKOS_API_KEY", "sk_secret"),
    ];
    for (name, text, expected) in [
        ("KALE_IDENTITY", "auth0", "neither `local` nor `workos`"),
        (
            "KALE_WORKOS_BASE_URL",
            "http://workos.example.com",
            "must be https",
        ),
        ("KALE_WORKOS_WEBHOOK_SECRET", "a,b,c", "more than two"),
        ("KALE_WORKOS_CLIENT_ID", "client 1", "no client"),
    ] {
        let mut env = complete.to_vec();
        env.retain(|(other, _)| *other != name);
        env.push((name, text));
        let said = said(&env);
        assert!(said.contains(expected) && !said.contains("sk_secret"), "{said}");
    }
}
