use rcgen::string::{BmpString, Ia5String, TeletexString};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, DnValue, KeyPair, SerialNumber, date_time_ymd,
};

use super::*;

fn certified(change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(2019, 5, 28);
    params.not_after = date_time_ymd(2121, 8, 5);
    change(&mut params);
    let key = KeyPair::generate().expect("it works in tests");
    let certificate = params.self_signed(&key).expect("it works in tests");
    certificate.der().to_vec()
}

fn shown(der: &[u8]) -> PeerCertificate {
    Certificate::read(der).expect("it is a certificate").shown()
}

#[test]
fn names_stand_in_their_order() {
    let utf8 = |text: &str| DnValue::Utf8String(text.to_owned());
    let of_domain = || vec![0, 9, 2342, 19_200_300, 100, 1, 25];
    let rows: Vec<(Vec<(DnType, DnValue)>, &str)> = vec![
        (vec![], ""),
        (
            vec![
                (DnType::CountryName, utf8("US")),
                (DnType::StateOrProvinceName, utf8("Washington")),
                (DnType::LocalityName, utf8("Seattle")),
                (DnType::OrganizationName, utf8("Example & Sons")),
                (DnType::OrganizationalUnitName, utf8("Security")),
                (DnType::CommonName, utf8("My Client")),
            ],
            "C=US,ST=Washington,L=Seattle,O=Example & Sons,OU=Security,CN=My Client",
        ),
        // Values that would like to be more than that.
        (
            vec![(DnType::CommonName, utf8("a,CN=admin+O=x"))],
            r"CN=a\,CN=admin\+O=x",
        ),
        (
            vec![(DnType::CommonName, utf8("#\"a\\<b>;\n\u{7f}# "))],
            r#"CN=\#\"a\\\<b\>\;\0A\7F#\ "#,
        ),
        (vec![(DnType::CommonName, utf8("  "))], r"CN=\ \ "),
        (
            vec![(DnType::CommonName, utf8("J\u{fc}rgen"))],
            "CN=J\u{fc}rgen",
        ),
        (
            vec![(
                DnType::CommonName,
                DnValue::BmpString(BmpString::try_from("J\u{fc}rgen").unwrap()),
            )],
            "CN=J\u{fc}rgen",
        ),
        (
            vec![(
                DnType::CommonName,
                DnValue::TeletexString(TeletexString::try_from("Tom").unwrap()),
            )],
            "CN=Tom",
        ),
        (
            vec![
                (
                    DnType::CustomDnType(of_domain()),
                    DnValue::Ia5String(Ia5String::try_from("example").unwrap()),
                ),
                (
                    DnType::CustomDnType(vec![1, 3, 6, 1, 4, 1, 99_999]),
                    utf8("x"),
                ),
                (DnType::CustomDnType(vec![2, 5, 4, 99]), utf8("y")),
            ],
            "DC=example,1.3.6.1.4.1.99999=x,2.5.4.99=y",
        ),
    ];
    for (parts, expected) in rows {
        let der = certified(|params| {
            params.distinguished_name = DistinguishedName::new();
            for (kind, value) in parts {
                params.distinguished_name.push(kind, value);
            }
        });
        let shown = shown(&der);
        assert_eq!(&*shown.subject_dn, expected);
        assert_eq!(shown.issuer_dn, shown.subject_dn);
    }
}

#[test]
fn several_members_of_a_part_belong_together() {
    let member = |last: u8, value: &[u8]| {
        let kind = [OBJECT_IDENTIFIER, 3, 0x55, 4, last];
        let content = [&kind[..], value].concat();
        [
            &[SEQUENCE, u8::try_from(content.len()).unwrap()][..],
            &content,
        ]
        .concat()
    };
    // A value of no kind of text is shown whole.
    let members = [member(3, b"\x0c\x01a"), member(10, b"\x05\x00")].concat();
    let part = [&[SET, u8::try_from(members.len()).unwrap()][..], &members].concat();
    assert_eq!(distinguished_name(&part), "CN=a+O=#0500");
    // An odd half of a character does no harm.
    assert_eq!(
        attribute(Der(&member(3, b"\x1e\x03\x00a\x00")[2..])).as_deref(),
        Some("CN=a\\00")
    );
}

#[test]
fn numbers_and_dates_are_those_of_openssl() {
    for (bytes, expected) in [
        (&[1][..], "1"),
        (&[0, 0xa1], "161"),
        (
            &[0x7f, 255, 255, 255, 255, 255, 255, 255],
            "9223372036854775807",
        ),
        (&[0, 0x80, 0, 0, 0, 0, 0, 0, 1], "80:00:00:00:00:00:00:01"),
        (
            &[0, 0xa1, 2, 3, 4, 5, 6, 7, 8, 9],
            "a1:02:03:04:05:06:07:08:09",
        ),
        (&[0], "0"),
        (&[0xff], "ff"),
        (&[], "0"),
    ] {
        assert_eq!(serial_number(bytes), expected, "{bytes:x?}");
    }
    let der = certified(|params| params.serial_number = Some(SerialNumber::from(4711_u64)));
    let shown = shown(&der);
    assert_eq!(&*shown.serial_number, "4711");
    // One before 2050 and one behind have forms of their own.
    assert_eq!(&*shown.not_before, "May 28 00:00:00 2019 GMT");
    assert_eq!(&*shown.not_after, "Aug  5 00:00:00 2121 GMT");
    let certificate = Certificate::read(&der).unwrap();
    for (unix, expected) in [
        (1_559_001_599, false),
        (1_559_001_600, true),
        (4_783_795_200, true),
        (4_783_795_201, false),
        (u64::MAX, false),
    ] {
        assert_eq!(certificate.holds_at(unix), expected, "{unix}");
    }
}

#[test]
fn the_text_is_the_certificate() {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    let der = certified(|_| ());
    let pem = shown(&der).pem;
    let read = CertificateDer::from_pem_slice(pem.as_bytes()).expect("it is PEM");
    assert_eq!(read.as_ref(), der);
    assert!(pem.lines().all(|line| line.len() <= 64), "{pem}");
}

#[test]
fn what_is_cut_off_or_changed_is_no_harm() {
    let der = certified(|_| ());
    for length in 0..der.len() {
        assert!(Certificate::read(&der[..length]).is_none(), "{length}");
    }
    for at in 0..der.len() {
        let mut changed = der.clone();
        for bit in 0..8 {
            changed[at] ^= 1 << bit;
            if let Some(read) = Certificate::read(&changed) {
                drop(read.shown());
            }
        }
    }
}
