//! `kale admin verify-audit` and `erase-audit-entry`.

use anyhow::{Context as _, Result, bail};
use kale_application::audit::{AuditLog, ChainOf};
use kale_domain::company::Slug;
use kale_persistence::{Store, access};

use crate::cli::{EraseAuditEntry, VerifyAudit};

/// Verifies the chains that were asked for and says what is wrong; fails where something is.
#[expect(clippy::print_stdout, reason = "what the command line prints is its answer")]
pub(crate) async fn verify(store: &Store, options: &VerifyAudit) -> Result<()> {
    if options.expect_head.is_some() && options.company.is_none() && !options.installation {
        bail!("--expect-head is that of one chain: name it with --company or --installation");
    }
    let log = AuditLog::new(store.clone());
    let all = log.chains(access::operator()).await?;
    let asked: Vec<(Option<Slug>, ChainOf)> = match (&options.company, options.installation) {
        (None, false) => all,
        (company, _) => vec![one(all, company.as_deref())?],
    };
    let mut wrong = 0;
    for (slug, chain) in asked {
        let name = slug.as_ref().map_or("installation", Slug::as_str);
        let verified = log.verify(chain, options.expect_head).await?;
        for flaw in &verified.flaws {
            println!("{name}: {flaw}");
        }
        let more = verified.wrong - u64::try_from(verified.flaws.len()).unwrap_or(u64::MAX);
        if more > 0 {
            println!("{name}: {more} more flaws");
        }
        let head = verified
            .head
            .map_or_else(|| "none".to_owned(), |head| head.to_string());
        println!(
            "{name}: {} entries, {} erased, {} not sealed yet, {} flaws, head {head}",
            verified.links, verified.erased, verified.waiting, verified.wrong
        );
        wrong += verified.wrong;
    }
    if wrong > 0 {
        bail!("the audit log is not what was sealed");
    }
    Ok(())
}

/// Erases what an entry said.
pub(crate) async fn erase(store: &Store, options: &EraseAuditEntry) -> Result<()> {
    let log = AuditLog::new(store.clone());
    let operator = access::operator();
    let (_, chain) = one(log.chains(operator).await?, options.company.as_deref())?;
    Ok(log.erase(operator, chain, options.entry).await?)
}

/// The chain of that company, or of the installation.
fn one(all: Vec<(Option<Slug>, ChainOf)>, company: Option<&str>) -> Result<(Option<Slug>, ChainOf)> {
    all.into_iter()
        .find(|(slug, _)| slug.as_ref().map(Slug::as_str) == company)
        .with_context(|| format!("there is no company `{}`", company.unwrap_or_default()))
}
