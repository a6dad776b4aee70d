//! Texts from files.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// Reads the text of a file that has no more than so many bytes.
pub(crate) fn read(file: &Path, most_bytes: u64) -> io::Result<String> {
    let mut text = String::new();
    let length = File::open(file)?
        .take(most_bytes + 1)
        .read_to_string(&mut text)?;
    if length as u64 > most_bytes {
        let message = format!("it has more than {most_bytes} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(text)
}
