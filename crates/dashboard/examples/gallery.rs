//! Writes every page with invented data, and the assets, into a folder: `cargo run --example gallery -- <folder>`.
//! Serve that folder with any static server to look at the pages.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

#[path = "sample/mod.rs"]
#[expect(clippy::indexing_slicing, reason = "invented data of a known size")]
mod sample;

fn main() -> io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "expected a folder to write to",
        ));
    };
    for page in sample::pages("") {
        let place = if page.fragment {
            folder.join("fragments")
        } else {
            folder.clone()
        };
        write(
            &place.join(page.name).with_extension("html"),
            page.html.as_bytes(),
        )?;
    }
    for (path, asset) in kale_dashboard::assets::all() {
        let url = kale_dashboard::assets::url(path);
        write(&folder.join(url.trim_start_matches('/')), &asset.bytes)?;
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, bytes)
}
