//! Files that tests upload.

/// The 7,043 telecom subscribers; `tests/data/README.md` says where they come from.
pub const TELCO: &[u8] = include_bytes!("../../../tests/data/telco_customers.csv");

/// A multipart body with one file, and its content type.
#[must_use]
pub fn multipart(name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let boundary = "kale-test-part";
    let mut body = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: text/csv\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}
