//! Files below a folder, and no others.

use std::io;
use std::path::{Component, Path, PathBuf};

use tollgate::vtl::Loader;

use super::MOST_BYTES;
use crate::text_file;

/// A folder whose files templates may read.
#[derive(Debug)]
pub(super) struct Root(PathBuf);

impl Root {
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        folder.canonicalize().map(Self)
    }
}

impl Loader for Root {
    /// The text of a file below the folder; `None` for absolute names, for those with `..`, for links
    /// that lead out of the folder, and for what is no file of text or too long.
    fn load(&self, name: &str) -> Option<String> {
        let name = Path::new(name);
        let goes_down = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !name.components().all(goes_down) {
            return None;
        }
        let file = self.0.join(name).canonicalize().ok()?;
        if !file.starts_with(&self.0) || !file.is_file() {
            return None;
        }
        text_file::read(&file, MOST_BYTES).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_files_below_the_folder_are_read() {
        let outer = std::env::temp_dir().join(format!("tollgate-root-{}", std::process::id()));
        let root = outer.join("root");
        fs::create_dir_all(root.join("sub")).unwrap();
        fs::write(outer.join("secret.vm"), "secret").unwrap();
        fs::write(root.join("a.vm"), "a").unwrap();
        fs::write(root.join("sub/b.vm"), "b").unwrap();
        fs::write(root.join("binary"), [0xff]).unwrap();
        let long = fs::File::create(root.join("long")).unwrap();
        long.set_len(MOST_BYTES + 1).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::symlink;
            symlink("../secret.vm", root.join("out.vm")).unwrap();
            symlink("..", root.join("up")).unwrap();
            symlink("sub/b.vm", root.join("in.vm")).unwrap();
            symlink("loop", root.join("loop")).unwrap();
        }
        let loader = Root::new(&root).unwrap();
        let absolute = root.join("a.vm").canonicalize().unwrap();
        for (name, expected) in [
            ("a.vm", Some("a")),
            ("./sub/./b.vm", Some("b")),
            ("sub/../a.vm", None),
            ("../secret.vm", None),
            ("..", None),
            (absolute.to_str().unwrap(), None),
            ("/etc/passwd", None),
            ("none.vm", None),
            ("sub", None),
            ("", None),
            ("a.vm/", None),
            ("a\0.vm", None),
            ("binary", None),
            ("long", None),
            ("out.vm", None),
            ("up/secret.vm", None),
            ("up/root/a.vm", cfg!(unix).then_some("a")),
            ("in.vm", cfg!(unix).then_some("b")),
            ("loop", None),
        ] {
            assert_eq!(loader.load(name).as_deref(), expected, "{name}");
        }
        fs::remove_dir_all(outer).unwrap();
    }
}
