//! What letters say, whole.

use super::*;
use crate::{Code, Link};

fn sender() -> Sender {
    "Kale <kale@northwind.example>".parse().unwrap()
}

fn sign_in_mail(company: Option<&str>) -> Mail {
    Mail::SignIn(SignIn {
        to: "ada@northwind.example".parse().unwrap(),
        company: company.map(str::to_owned),
        link: Link::new("https://kale.example/sign-in/link/kale_lnk_1_abc".to_owned()),
        code: Some(Code::new("402913".to_owned())),
        expires_at: Timestamp::UNIX_EPOCH,
    })
}

fn invitation_mail(company: &str, invited_by: &str) -> Mail {
    Mail::Invitation(Invitation {
        to: "maya@northwind.example".parse().unwrap(),
        company: company.to_owned(),
        invited_by: invited_by.to_owned(),
        role: Role::RetentionExpert,
        link: Link::new("https://kale.example/invitations/abc".to_owned()),
        expires_at: "2026-12-09T01:00:00Z".parse().unwrap(),
        time_zone: "America/Los_Angeles".to_owned(),
    })
}

fn written(mail: &Mail) -> Letter {
    Letter::write(mail, "key", &sender()).unwrap()
}

#[test]
fn the_sign_in_mail_is_as_it_was_looked_at() {
    let letter = written(&sign_in_mail(Some("Northwind")));
    assert_eq!(letter.subject, "Sign in to Northwind");
    assert_eq!(letter.html, include_str!("snapshots/sign_in.html"));
    assert_eq!(letter.text, include_str!("snapshots/sign_in.txt"));
}

#[test]
fn the_invitation_is_as_it_was_looked_at() {
    let letter = written(&invitation_mail("Northwind", "Ada Okafor"));
    assert_eq!(letter.subject, "Ada Okafor invites you to Northwind");
    assert_eq!(letter.html, include_str!("snapshots/invitation.html"));
    assert_eq!(letter.text, include_str!("snapshots/invitation.txt"));
}

#[test]
fn a_kale_admin_signs_in_to_kale() {
    assert_eq!(written(&sign_in_mail(None)).subject, "Sign in to Kale");
}

#[test]
fn the_last_day_is_that_of_the_company() {
    let text = written(&invitation_mail("Northwind", "Ada Okafor")).text;
    assert!(text.contains("until Tuesday, 8 December 2026."), "{text}");
    assert_eq!(
        day("2026-12-09T01:00:00Z".parse().unwrap(), "Nowhere/At_All"),
        "Wednesday, 9 December 2026"
    );
}

#[test]
fn a_name_that_would_end_a_line_of_the_head_makes_no_letter() {
    for bad in [
        "Ada\r\nBcc: eve@evil.example",
        "Ada\nX-Mailer: evil",
        "Ada\rx",
        "A\0da",
        "A\u{2028}da",
        "A\u{85}da",
    ] {
        for mail in [
            sign_in_mail(Some(bad)),
            invitation_mail(bad, "Ada"),
            invitation_mail("Northwind", bad),
        ] {
            let refused = Letter::write(&mail, "key", &sender());
            assert!(matches!(refused, Err(LetterError::NotOneLine)), "{bad:?}");
        }
    }
}

#[test]
fn names_and_links_are_text_and_never_markup() {
    let hostile = "<b onmouseover=\"x\">'&</b>";
    let mut mail = invitation_mail(hostile, hostile);
    if let Mail::Invitation(invitation) = &mut mail {
        invitation.link = Link::new("https://kale.example/\"><script>x</script>".to_owned());
    }
    let letter = written(&mail);
    assert!(
        !letter.html.contains("<b ") && !letter.html.contains("<script"),
        "{}",
        letter.html
    );
    assert!(
        letter.html.contains("&#60;b onmouseover=&#34;x&#34;&#62;"),
        "{}",
        letter.html
    );
    // Plain text has no markup to escape.
    assert!(letter.text.contains(hostile));
}

#[test]
fn the_same_mail_is_the_same_bytes_each_time() {
    let at = "2026-03-01T09:00:00Z".parse().unwrap();
    let bytes = || {
        written(&sign_in_mail(Some("Northwind")))
            .message(at)
            .unwrap()
            .formatted()
    };
    let raw = String::from_utf8(bytes()).unwrap();
    assert_eq!(bytes(), bytes());
    for line in [
        "Date: Sun, 01 Mar 2026 09:00:00 +0000\r\n",
        "From: Kale <kale@northwind.example>\r\n",
        "To: ada@northwind.example\r\n",
        "Subject: Sign in to Northwind\r\n",
        "Content-Type: multipart/alternative;",
        "Content-Type: text/plain; charset=utf-8\r\n",
        "Content-Type: text/html; charset=utf-8\r\n",
    ] {
        assert!(raw.contains(line), "{line} is not in:\n{raw}");
    }
    assert!(
        raw.contains(&format!("Message-ID: {}\r\n", MessageId::of("key", &sender()))),
        "{raw}"
    );
    // Control: another key is another letter.
    let other = Letter::write(&sign_in_mail(Some("Northwind")), "other", &sender()).unwrap();
    assert_ne!(other.message(at).unwrap().formatted(), bytes());
}

#[test]
fn what_is_no_ascii_is_encoded_in_the_head() {
    let raw = written(&invitation_mail("Nørdwind", "Zoë"))
        .message(Timestamp::UNIX_EPOCH)
        .unwrap()
        .formatted();
    let head = String::from_utf8(raw).unwrap();
    let head = head.split("\r\n\r\n").next().unwrap();
    assert!(head.is_ascii() && head.contains("Subject: =?utf-8?"), "{head}");
}
