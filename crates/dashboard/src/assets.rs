//! The files a browser needs, embedded in the binary.
//!
//! Addresses look like `/assets/<digest>/js/app.js`. The digest covers every file, so a style sheet or a module names
//! its neighbours by a relative address and each of them may be kept for ever: a changed file changes all addresses.

mod style_sheet;

use std::{borrow::Cow, collections::BTreeMap, fmt::Write as _, sync::LazyLock};

use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// One file as it is sent.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type, with the character set where it is text.
    pub mime: String,
    /// A strong entity tag, quotes included.
    pub etag: String,
}

/// A file and how long it may be kept.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// The file.
    pub asset: &'static Asset,
    /// Whether the address names this very content, so that it never changes.
    pub immutable: bool,
}

impl Found {
    /// The value of `Cache-Control`.
    #[must_use]
    pub const fn cache_control(self) -> &'static str {
        if self.immutable {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        }
    }
}

struct Table {
    digest: String,
    assets: BTreeMap<String, Asset>,
    urls: BTreeMap<String, String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut all = Sha256::new();
    let mut assets = BTreeMap::new();
    let mut styles = BTreeMap::new();
    for path in Files::iter() {
        let Some(file) = Files::get(&path) else { continue };
        let hash = file.metadata.sha256_hash();
        all.update(path.as_bytes());
        all.update(hash);
        if style_sheet::PARTS.contains(&path.as_ref()) {
            styles.insert(path, file.data);
            continue;
        }
        let mime = match file.metadata.mimetype() {
            text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
            other => other.to_owned(),
        };
        let etag = etag(&hash);
        assets.insert(
            path.into_owned(),
            Asset {
                bytes: file.data,
                mime,
                etag,
            },
        );
    }
    assets.insert(style_sheet::WHOLE.to_owned(), whole(&styles));
    let digest = hex::encode(all.finalize())
        .get(..12)
        .unwrap_or_default()
        .to_owned();
    let urls = assets
        .keys()
        .map(|path| (path.clone(), format!("/assets/{digest}/{path}")))
        .collect();
    Table { digest, assets, urls }
});

/// The one style sheet of all pages.
fn whole(parts: &BTreeMap<Cow<'static, str>, Cow<'static, [u8]>>) -> Asset {
    let mut joined = String::new();
    for bytes in style_sheet::PARTS.iter().filter_map(|path| parts.get(*path)) {
        joined.push_str(&String::from_utf8_lossy(bytes));
        joined.push('\n');
    }
    let bytes = style_sheet::compact(&joined).into_bytes();
    Asset {
        etag: etag(&Sha256::digest(&bytes)),
        mime: "text/css; charset=utf-8".to_owned(),
        bytes: Cow::Owned(bytes),
    }
}

fn etag(hash: &[u8]) -> String {
    format!("\"{}\"", hex::encode(hash).get(..32).unwrap_or_default())
}

/// The address of a file, by its path under `assets/`; empty for a file that does not exist (a test renders every
/// page and looks each address up).
#[must_use]
pub fn url(path: &str) -> &'static str {
    TABLE.urls.get(path).map_or("", String::as_str)
}

/// The file behind what follows `/assets/` in an address. An older digest still gets the present file, to be asked
/// for again next time: a page from before a release keeps working.
#[must_use]
pub fn find(tail: &str) -> Option<Found> {
    let (digest, path) = tail.split_once('/')?;
    let asset = TABLE.assets.get(path)?;
    Some(Found {
        asset,
        immutable: digest == TABLE.digest,
    })
}

/// Every path under `assets/` with its file.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Asset)> {
    TABLE.assets.iter().map(|(path, asset)| (path.as_str(), asset))
}

/// A package whose files we pass on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThirdParty {
    /// Its name in the npm registry.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Its licence, as an SPDX expression.
    pub licence: &'static str,
    /// Where its files lie, under `assets/vendor/`.
    pub folder: &'static str,
}

/// Every vendored package; `assets/vendor.toml` lists their files and hashes.
pub const THIRD_PARTY: [ThirdParty; 4] = [
    ThirdParty {
        name: "htmx.org",
        version: "4.0.1",
        licence: "0BSD",
        folder: "htmx.org-4.0.1",
    },
    ThirdParty {
        name: "@fontsource-variable/instrument-sans",
        version: "5.3.0",
        licence: "OFL-1.1",
        folder: "instrument-sans-5.3.0",
    },
    ThirdParty {
        name: "lucide-static",
        version: "1.62.0",
        licence: "ISC",
        folder: "lucide-static-1.62.0",
    },
    ThirdParty {
        name: "swagger-ui-dist",
        version: "5.35.0",
        licence: "Apache-2.0",
        folder: "swagger-ui-dist-5.35.0",
    },
];

/// The licences of everything vendored, as one text.
#[must_use]
pub fn licences() -> String {
    let mut text = String::new();
    for package in THIRD_PARTY {
        let ThirdParty {
            name,
            version,
            licence,
            folder,
        } = package;
        // Writing to a `String` can't fail.
        if writeln!(text, "{name} {version} ({licence})\n").is_err() {
            break;
        }
        let prefix = format!("vendor/{folder}/");
        for (path, asset) in all() {
            let file = path.strip_prefix(&prefix).unwrap_or_default();
            if file.contains("LICENSE") || file == "NOTICE" {
                text.push_str(&String::from_utf8_lossy(&asset.bytes));
                text.push_str("\n\n");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_its_file_for_ever() {
        let url = url("css/kale.css");
        let found = find(url.strip_prefix("/assets/").unwrap()).unwrap();

        assert!(found.immutable);
        assert_eq!(found.asset.mime, "text/css; charset=utf-8");
        assert!(!found.asset.bytes.is_empty());
    }

    #[test]
    fn every_part_stands_in_the_one_style_sheet() {
        let whole = &find("x/css/kale.css").unwrap().asset.bytes;
        let whole = std::str::from_utf8(whole).unwrap();
        for sign in ["@layer reset,tokens", ".app{", ".btn{", ".ctable"] {
            assert!(whole.contains(sign), "{sign}");
        }
        for part in style_sheet::PARTS {
            assert!(Files::get(part).is_some(), "{part}");
        }
        assert_eq!(whole.matches('{').count(), whole.matches('}').count());
    }

    #[test]
    fn an_older_address_still_finds_the_file_but_not_for_ever() {
        assert!(!find("000000000000/css/kale.css").unwrap().immutable);
    }

    #[test]
    fn nothing_outside_the_folder_is_found() {
        for tail in ["", "css/kale.css", "x/../Cargo.toml", "x/vendor", "x/"] {
            assert!(find(tail).is_none(), "{tail}");
        }
    }

    #[test]
    fn every_vendored_file_is_the_published_one() {
        let list = include_str!("../assets/vendor.toml");
        let mut files = 0;
        for (folder, line) in list.split("folder = \"").skip(1).flat_map(|part| {
            let (folder, rest) = part.split_once('"').unwrap();
            rest.lines()
                .filter(|line| line.contains("sha256"))
                .map(move |line| (folder, line))
        }) {
            let quoted: Vec<&str> = line.split('"').collect();
            let path = format!(
                "{}/assets/vendor/{folder}/{}",
                env!("CARGO_MANIFEST_DIR"),
                quoted[1]
            );
            assert_eq!(
                hex::encode(Sha256::digest(std::fs::read(&path).unwrap())),
                quoted[5],
                "{path}"
            );
            files += 1;
        }
        assert!(files > 50);
    }

    #[test]
    fn the_third_party_list_is_that_of_the_vendor_file() {
        let list = include_str!("../assets/vendor.toml");
        assert_eq!(list.matches("[[package]]").count(), THIRD_PARTY.len());
        for package in THIRD_PARTY {
            for (key, value) in [
                ("name", package.name),
                ("version", package.version),
                ("licence", package.licence),
                ("folder", package.folder),
            ] {
                assert!(
                    list.contains(&format!("{key} = \"{value}\"")),
                    "{key} of {}",
                    package.name
                );
            }
        }
        assert!(licences().contains("SIL OPEN FONT LICENSE"));
    }

    fn gzipped(paths: &[&str]) -> usize {
        use std::{
            io::Write as _,
            process::{Command, Stdio},
        };
        let mut sum = 0;
        for path in paths {
            let bytes = &find(&format!("x/{path}")).unwrap().asset.bytes;
            let mut child = Command::new("gzip")
                .arg("-c")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut stdin = child.stdin.take().unwrap();
            let copy = bytes.to_vec();
            let writer = std::thread::spawn(move || stdin.write_all(&copy));
            sum += child.wait_with_output().unwrap().stdout.len();
            writer.join().unwrap().unwrap();
        }
        sum
    }

    #[test]
    fn a_page_stays_within_its_budget() {
        let scripts: Vec<&str> = all()
            .map(|(path, _)| path)
            .filter(|path| path.starts_with("js/") && *path != "js/docs.js" || path.ends_with("htmx.min.js"))
            .collect();
        let styles: Vec<&str> = all()
            .map(|(path, _)| path)
            .filter(|path| path.starts_with("css/") && !path.starts_with("css/docs/"))
            .collect();

        assert!(scripts.len() > 5 && gzipped(&scripts) <= 60 * 1024);
        assert_eq!(styles, [style_sheet::WHOLE]);
        assert!(gzipped(&styles) <= 13 * 1024);
    }
}
