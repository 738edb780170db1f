//! The page: the files that were built into `dist/`, with the headers that it needs.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::keys::KeyId;

#[cfg(feature = "embed-page")]
mod embedded {
    /// The built page.
    #[derive(rust_embed::RustEmbed)]
    #[folder = "../dist"]
    pub(super) struct Dist;
}

/// The built page in memory. It is small, and read once.
pub(crate) struct Page {
    files: HashMap<String, File>,
}

/// What the name of a compressed file ends with, after that of the file that it is of.
const COMPRESSED: &str = ".br";

/// How long a compressed answer becomes.
const PLAIN_LENGTH: HeaderName = HeaderName::from_static("inkognito-length");

struct File {
    mime: HeaderValue,
    plain: Content,
    /// The same compressed with Brotli, where the build found that worth it.
    brotli: Option<Content>,
}

struct Content {
    bytes: Bytes,
    etag: HeaderValue,
}

impl Page {
    /// The page in a folder, or else the one built in; `None` where there is neither.
    /// It may reach `connect_src` besides its own host.
    pub(crate) fn load(
        folder: Option<&Path>,
        connect_src: &[HeaderValue],
    ) -> anyhow::Result<Option<Self>> {
        let mut files = match folder {
            Some(folder) => {
                let mut files = HashMap::new();
                read_folder(folder, "", &mut files)
                    .with_context(|| format!("cannot read the page in {}", folder.display()))?;
                files
            }
            None => Self::embedded()?,
        };
        if files.is_empty() && folder.is_none() {
            return Ok(None);
        }
        pair_up(&mut files);
        let Some(index) = files.get_mut("index.html") else {
            bail!("there is no index.html in the page's folder: build it with `cargo xtask build`");
        };
        // It states the policy as well, for hosts that send no headers.
        let text = allow(std::str::from_utf8(&index.plain.bytes)?, connect_src)?;
        if text.as_bytes() != index.plain.bytes {
            *index = File::new("index.html", text.into())?;
        }
        Ok(Some(Self { files }))
    }

    #[cfg(feature = "embed-page")]
    fn embedded() -> anyhow::Result<HashMap<String, File>> {
        use rust_embed::RustEmbed;
        let file = |path: std::borrow::Cow<'static, str>| {
            let found =
                embedded::Dist::get(&path).context("a file that was built in is not there")?;
            let file = File::new(&path, found.data.into_owned())?;
            Ok((path.into_owned(), file))
        };
        embedded::Dist::iter().map(file).collect()
    }

    #[cfg(not(feature = "embed-page"))]
    fn embedded() -> anyhow::Result<HashMap<String, File>> {
        Ok(HashMap::new())
    }

    /// The file at a path, `None` if there is none.
    pub(crate) fn get(&self, path: &str, request: &HeaderMap) -> Option<Response> {
        let path = path.strip_prefix('/')?;
        let file = match path {
            "" => self.files.get("index.html"),
            _ => self.files.get(path),
        }?;
        let brotli = file.brotli.as_ref().filter(|_| takes_brotli(request));
        let content = brotli.unwrap_or(&file.plain);
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, file.mime.clone());
        headers.insert(header::ETAG, content.etag.clone());
        if file.brotli.is_some() {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        if request.get(header::IF_NONE_MATCH) == Some(&content.etag) {
            return Some((StatusCode::NOT_MODIFIED, headers).into_response());
        }
        if brotli.is_some() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
            // The page tells how far loading is, in bytes as they come out.
            headers.insert(PLAIN_LENGTH, file.plain.bytes.len().into());
        }
        Some((headers, content.bytes.clone()).into_response())
    }
}

/// Whether a request accepts Brotli by name (RFC 9110, section 12.5.3; RFC 7932).
fn takes_brotli(request: &HeaderMap) -> bool {
    let accepted = request.get_all(header::ACCEPT_ENCODING).into_iter();
    let accepted = accepted.filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().strip_prefix("q=").map(str::parse::<f32>);
        name.trim().eq_ignore_ascii_case("br") && matches!(weight, Some(Ok(q)) if q > 0.0)
    })
}

/// Gives each compressed file to the one that it is of.
fn pair_up(files: &mut HashMap<String, File>) {
    let compressed: Vec<_> = files
        .extract_if(|path, _| path.ends_with(COMPRESSED))
        .collect();
    for (path, file) in compressed {
        let of = path.strip_suffix(COMPRESSED);
        if let Some(of) = of.and_then(|path| files.get_mut(path)) {
            of.brotli = Some(file.plain);
        }
    }
}

impl File {
    fn new(path: &str, bytes: Vec<u8>) -> anyhow::Result<Self> {
        let mime = mime_guess::from_path(path).first_or_octet_stream();
        let text = mime.type_() == "text";
        let mime = if text {
            format!("{mime}; charset=utf-8")
        } else {
            mime.to_string()
        };
        let etag = format!("\"{}\"", &KeyId::of(&bytes).to_string()[..32]);
        Ok(Self {
            mime: HeaderValue::try_from(mime)?,
            plain: Content {
                etag: HeaderValue::try_from(etag)?,
                bytes: bytes.into(),
            },
            brotli: None,
        })
    }
}

fn read_folder(
    folder: &Path,
    prefix: &str,
    files: &mut HashMap<String, File>,
) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read_folder(&entry.path(), &format!("{name}/"), files)?;
        } else {
            let file = File::new(&name, fs::read(entry.path())?)?;
            files.insert(name, file);
        }
    }
    Ok(())
}

/// The headers of every answer, as the page's sources name them; the page may reach `connect_src`
/// besides its own host.
pub(crate) fn headers(connect_src: &[HeaderValue]) -> anyhow::Result<HeaderMap> {
    let headers: HashMap<String, String> =
        serde_json::from_str(include_str!("../../www/headers.json"))?;
    headers
        .into_iter()
        .map(|(name, value)| {
            let value = allow(&value, connect_src)?;
            Ok((HeaderName::try_from(name)?, HeaderValue::try_from(value)?))
        })
        .collect()
}

/// A text in which a policy lets the page connect to its own host alone, with `origins` added.
fn allow(text: &str, origins: &[HeaderValue]) -> anyhow::Result<String> {
    const OWN: &str = "connect-src 'self'";
    let mut sources = OWN.to_owned();
    for origin in origins {
        sources.push(' ');
        sources.push_str(origin.to_str()?);
    }
    Ok(text.replace(OWN, &sources))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_the_origins_that_it_is_told() {
        let policy = |origins: &[HeaderValue]| {
            let headers = headers(origins).unwrap();
            headers[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .to_owned()
        };
        assert!(policy(&[]).contains("connect-src 'self';"));
        let origin = HeaderValue::from_static("https://example.org");
        assert!(policy(&[origin]).contains("connect-src 'self' https://example.org;"));
    }

    #[test]
    fn files_are_found_by_their_path_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        fs::write(folder.path().join("index.html"), "connect-src 'self'").unwrap();
        fs::write(folder.path().join("sub/module.wasm"), "wasm").unwrap();
        let origin = HeaderValue::from_static("https://example.org");
        let page = Page::load(Some(folder.path()), &[origin]).unwrap().unwrap();
        let none = HeaderMap::new();
        let mime = |path| {
            page.get(path, &none)
                .map(|r| r.headers()[header::CONTENT_TYPE].clone())
        };
        assert_eq!(mime("/").unwrap(), "text/html; charset=utf-8");
        assert_eq!(mime("/sub/module.wasm").unwrap(), "application/wasm");
        for path in [
            "",
            "/sub",
            "/sub/",
            "//index.html",
            "/../index.html",
            "/none",
        ] {
            assert!(mime(path).is_none(), "{path}");
        }
        assert_eq!(
            page.files["index.html"].plain.bytes,
            "connect-src 'self' https://example.org"
        );

        let first = page.get("/", &none).unwrap();
        let mut again = HeaderMap::new();
        again.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        assert_eq!(
            page.get("/", &again).unwrap().status(),
            StatusCode::NOT_MODIFIED
        );
    }

    #[test]
    fn who_takes_brotli_gets_it_and_nobody_else_does() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("index.html", "connect-src 'self'"),
            ("index.html.br", "packed"),
            ("app.js", "plain"),
            ("app.js.br", "packed"),
            ("stray.br", "of nothing"),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let page = Page::load(Some(folder.path()), &[]).unwrap().unwrap();
        let ask = |path: &str, accept: &'static str| {
            let mut request = HeaderMap::new();
            request.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accept));
            page.get(path, &request)
        };
        let coding = |accept| {
            let response = ask("/app.js", accept).unwrap();
            assert_eq!(response.headers()[header::VARY], "accept-encoding");
            assert_eq!(
                response.headers()[header::CONTENT_TYPE],
                "text/javascript; charset=utf-8"
            );
            let coding = response.headers().get(header::CONTENT_ENCODING).cloned();
            let length = response.headers().get(PLAIN_LENGTH).map(|n| n.as_bytes());
            assert_eq!(length, coding.is_some().then_some(&b"5"[..]));
            coding
        };
        for accept in ["br", "gzip, deflate, br, zstd", "gzip;q=0.5, BR ; q=0.2"] {
            assert_eq!(coding(accept).unwrap(), "br", "{accept}");
        }
        for accept in ["", "gzip", "br;q=0", "brotli", "br;q=nonsense", "*"] {
            assert!(coding(accept).is_none(), "{accept}");
        }
        assert!(ask("/app.js.br", "br").is_none());
        assert!(ask("/stray.br", "br").is_none());

        // each has a tag of its own
        let tag = |accept| ask("/", accept).unwrap().headers()[header::ETAG].clone();
        assert_ne!(tag("br"), tag(""));
        let mut again = HeaderMap::new();
        again.insert(header::IF_NONE_MATCH, tag("br"));
        assert_eq!(page.get("/", &again).unwrap().status(), StatusCode::OK);
        again.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("br"));
        let unchanged = page.get("/", &again).unwrap();
        assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);

        // one that is changed on the way is sent as it has become
        let origin = HeaderValue::from_static("https://example.org");
        let page = Page::load(Some(folder.path()), &[origin]).unwrap().unwrap();
        assert!(page.files["index.html"].brotli.is_none());
        assert!(page.files["app.js"].brotli.is_some());
    }

    #[test]
    fn a_folder_without_a_page_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Page::load(Some(folder.path()), &[]).is_err());
        assert!(Page::load(Some(&folder.path().join("none")), &[]).is_err());
    }
}
