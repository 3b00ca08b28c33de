//! Files that are no CSV, known by how they begin.

const SAVE_AS_CSV: &str = "open it in a spreadsheet program, save the sheet as CSV (UTF-8) and upload that";
const UNPACK: &str = "unpack it and upload the CSV file that is in it";
const EXPORT: &str = "export the data as CSV (UTF-8) and upload that";

/// First bytes, what they belong to, and what to do.
const MAGIC: &[(&[u8], &str, &str)] = &[
    (b"\x1f\x8b", "a gzip archive", UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Excel workbook (.xls)",
        SAVE_AS_CSV,
    ),
    (b"%PDF", "a PDF document", EXPORT),
    (b"{\\rtf", "an RTF document", EXPORT),
    (b"\x89PNG", "a PNG image", EXPORT),
    (b"\xff\xd8\xff", "a JPEG image", EXPORT),
    (b"GIF87a", "a GIF image", EXPORT),
    (b"GIF89a", "a GIF image", EXPORT),
    (b"RIFF", "an image, sound or film", EXPORT),
    (b"PAR1", "a Parquet file", EXPORT),
    (b"SQLite format 3\x00", "an SQLite database", EXPORT),
];

/// How a text begins that is no CSV, in lower case.
const TEXTS: &[(&str, &str)] = &[
    ("<!doctype", "a web page"),
    ("<html", "a web page"),
    ("<?xml", "an XML document"),
    ("{\"", "a JSON document"),
    ("[{", "a JSON document"),
];

/// What the file is instead of CSV, and what its owner should do; `None` where it may be CSV.
pub(crate) fn looks_like(start: &[u8]) -> Option<(&'static str, &'static str)> {
    if start.starts_with(b"PK\x03\x04") {
        let workbook = start.windows(3).any(|window| window == b"xl/");
        return Some(if workbook {
            ("an Excel workbook (.xlsx)", SAVE_AS_CSV)
        } else {
            ("a zip archive", UNPACK)
        });
    }
    if let Some((_, what, advice)) = MAGIC.iter().find(|(magic, _, _)| start.starts_with(magic)) {
        return Some((what, advice));
    }
    let text: Vec<u8> = start
        .trim_ascii_start()
        .iter()
        .take(16)
        .map(u8::to_ascii_lowercase)
        .collect();
    TEXTS
        .iter()
        .find(|(begin, _)| text.starts_with(begin.as_bytes()))
        .map(|(_, what)| (*what, EXPORT))
}
