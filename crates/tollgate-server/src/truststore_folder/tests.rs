//! Where truststores are looked for.

use std::os::unix::fs::symlink;

use proptest::prelude::*;

use super::*;

/// Texts with what leads out of folders.
fn uris() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("..".to_owned()),
        Just(".".to_owned()),
        Just(String::new()),
        Just("bucket".to_owned()),
        Just("a.pem".to_owned()),
        Just("C:".to_owned()),
        Just("..\\..".to_owned()),
        Just("%2e%2e".to_owned()),
        "[a-z./\\\\:\\x00-\\x20]{0,6}",
        ".{0,6}",
    ];
    let path = prop::collection::vec(part, 0..6);
    let prefix = prop_oneof![4 => Just("s3://"), 1 => Just("s3:/"), 1 => Just("/"), 1 => Just("")];
    (prefix, path).prop_map(|(prefix, path)| format!("{prefix}{}", path.join("/")))
}

proptest! {
    #[test]
    fn nothing_outside_of_the_folder_is_read_or_watched(
        uri in uris(),
        folder in prop_oneof![Just("/srv/objects"), Just("objects"), Just("../objects"), Just("a/./b")],
    ) {
        let folder = Path::new(folder);
        for watched in watched(folder, &uri) {
            prop_assert!(watched.starts_with(folder), "{}", watched.display());
        }
        if let Ok(uri) = uri.parse::<S3Uri>() {
            let place = place(folder, &uri);
            let below = place.strip_prefix(folder).expect("it is below the folder");
            let parts: Vec<_> = below.components().collect();
            prop_assert!(parts.iter().all(|part| matches!(part, Component::Normal(_))));
            // One for the bucket, and one for each part of the key: none is lost.
            prop_assert_eq!(parts.len(), 1 + uri.key().split('/').count());
        }
    }
}

#[test]
fn links_do_not_lead_out_of_the_folder() {
    let name = format!("tollgate-truststores-{}", std::process::id());
    let all = std::env::temp_dir().join(name);
    let folder = all.join("objects");
    fs::create_dir_all(folder.join("bucket/deep")).expect("the folder is ours");
    fs::create_dir_all(all.join("other/bucket")).expect("the folder is ours");
    // A folder whose name begins with that of the other.
    fs::create_dir_all(all.join("objects-2")).expect("the folder is ours");
    for file in [
        "objects/bucket/a",
        "objects/bucket/deep/b",
        "objects-2/c",
        "other/bucket/d",
    ] {
        fs::write(all.join(file), "").expect("the folder is ours");
    }
    for (link, to) in [
        ("bucket/within", "deep/b"),
        (
            "bucket/absolute",
            all.join("other/bucket/d").to_str().expect("it is text"),
        ),
        ("bucket/relative", "../../objects-2/c"),
        ("bucket/folder", "../../other"),
        ("bucket/nowhere", "none"),
        ("bucket/loop", "loop"),
        ("linked", "../other/bucket"),
    ] {
        symlink(to, folder.join(link)).expect("the folder is ours");
    }
    let found = |folder: &Path, uri: &str| {
        let uri = uri.parse().expect("it is a URI");
        within(folder, place(folder, &uri)).map_err(|error| error.to_string())
    };
    for (uri, expected) in [
        ("s3://bucket/a", Ok("objects/bucket/a")),
        ("s3://bucket/deep/b", Ok("objects/bucket/deep/b")),
        ("s3://bucket/within", Ok("objects/bucket/deep/b")),
        ("s3://bucket/absolute", Err("leads out of")),
        ("s3://bucket/relative", Err("leads out of")),
        ("s3://bucket/folder/bucket/d", Err("leads out of")),
        ("s3://linked/d", Err("leads out of")),
        ("s3://bucket/deep", Err("is no file")),
        ("s3://bucket/nowhere", Err("cannot read")),
        ("s3://bucket/loop", Err("cannot read")),
        ("s3://bucket/none", Err("cannot read")),
        ("s3://none/a", Err("cannot read")),
    ] {
        match (found(&folder, uri), expected) {
            (Ok(file), Ok(expected)) => {
                let expected = all.join(expected).canonicalize().expect("it is there");
                assert_eq!(file, expected, "{uri}");
            }
            (Err(error), Err(expected)) => assert!(error.contains(expected), "{uri}: {error}"),
            (found, _) => panic!("{uri}: {found:?}"),
        }
    }
    // The folder itself may be a link.
    symlink(&folder, all.join("link")).expect("the folder is ours");
    assert!(found(&all.join("link"), "s3://bucket/a").is_ok());

    let names = |uri: &str| -> Vec<String> {
        let files = watched(&folder, uri);
        let below = files
            .iter()
            .map(|one| one.strip_prefix(&all).expect("it is below"));
        below.map(|one| one.display().to_string()).collect()
    };
    let (objects, bucket) = ("objects", "objects/bucket");
    for (uri, expected) in [
        ("s3://bucket/a", vec![objects, bucket, "objects/bucket/a"]),
        (
            "s3://bucket/none",
            vec![objects, bucket, "objects/bucket/none"],
        ),
        (
            "s3://bucket/none/a/b",
            vec![objects, bucket, "objects/bucket/none"],
        ),
        ("s3://none/a", vec![objects, "objects/none"]),
        ("s3://bucket/../a", vec![]),
    ] {
        assert_eq!(names(uri), expected, "{uri}");
    }
    fs::remove_dir_all(all).expect("it is ours");
}
