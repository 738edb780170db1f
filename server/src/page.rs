//! The page: the files that the build put into `dist/`, and the headers of every response.
//!
//! Relies on the files being complete at the start, when all are read. Not for the API's responses.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use headers::{ContentEncoding, ETag, HeaderMapExt, IfNoneMatch, Vary};
use sha2::{Digest, Sha256};

#[cfg(feature = "embed-page")]
mod embedded {
    /// The built page.
    #[derive(rust_embed::RustEmbed)]
    #[folder = "../dist"]
    pub(super) struct Dist;
}

/// The built page, in memory.
pub(crate) struct Page {
    files: HashMap<String, File>,
}

/// The ending that the name of a compressed file adds to that of the plain file.
const COMPRESSED: &str = ".br";

/// The header with the plain length of a compressed file. The page shows from it how much of a
/// module has loaded.
const PLAIN_LENGTH: HeaderName = HeaderName::from_static("inkognito-length");

/// A file of the page.
struct File {
    mime: HeaderValue,
    plain: Content,
    /// The content compressed with Brotli, if the build made one.
    brotli: Option<Content>,
}

/// The content of a file in one encoding.
struct Content {
    bytes: Bytes,
    etag: ETag,
}

impl Page {
    /// Loads the page from a folder, or else the page built into the program. Returns `None` if
    /// there is neither. Besides its own host, the page may connect to `connect_src`.
    ///
    /// # Errors
    /// Fails if a file of the folder cannot be read, or if the page has no `index.html`.
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
        attach_compressed(&mut files);
        let Some(index) = files.get_mut("index.html") else {
            bail!("there is no index.html in the page's folder: build it with `cargo xtask build`");
        };
        // The file states the policy as well, for hosts that send no headers.
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
            let found = embedded::Dist::get(&path).context("an embedded file is missing")?;
            let file = File::new(&path, found.data.into_owned())?;
            Ok((path.into_owned(), file))
        };
        embedded::Dist::iter().map(file).collect()
    }

    #[cfg(not(feature = "embed-page"))]
    fn embedded() -> anyhow::Result<HashMap<String, File>> {
        Ok(HashMap::new())
    }

    /// Returns the response for the file at `path`; `None` if there is no such file. The headers of
    /// the `request` choose the encoding, and may ask for a file only if it has changed.
    pub(crate) fn get(&self, path: &str, request: &HeaderMap) -> Option<Response> {
        let path = path.strip_prefix('/')?;
        let file = match path {
            "" => self.files.get("index.html"),
            _ => self.files.get(path),
        }?;
        let brotli = file.brotli.as_ref().filter(|_| accepts_brotli(request));
        let content = brotli.unwrap_or(&file.plain);
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, file.mime.clone());
        headers.typed_insert(content.etag.clone());
        if file.brotli.is_some() {
            headers.typed_insert(Vary::from(header::ACCEPT_ENCODING));
        }
        let condition = request.typed_get::<IfNoneMatch>();
        if condition.is_some_and(|condition| !condition.precondition_passes(&content.etag)) {
            return Some((StatusCode::NOT_MODIFIED, headers).into_response());
        }
        if brotli.is_some() {
            headers.typed_insert(ContentEncoding::brotli());
            headers.insert(PLAIN_LENGTH, file.plain.bytes.len().into());
        }
        Some((headers, content.bytes.clone()).into_response())
    }
}

/// Returns whether a request accepts Brotli by name (RFC 9110, section 12.5.3; RFC 7932).
fn accepts_brotli(request: &HeaderMap) -> bool {
    let accepted = request.get_all(header::ACCEPT_ENCODING).into_iter();
    let accepted = accepted.filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().strip_prefix("q=").map(str::parse::<f32>);
        name.trim().eq_ignore_ascii_case("br") && matches!(weight, Some(Ok(q)) if q > 0.0)
    })
}

/// Moves each compressed file into the plain file of the same name.
fn attach_compressed(files: &mut HashMap<String, File>) {
    let compressed: Vec<_> = files
        .extract_if(|path, _| path.ends_with(COMPRESSED))
        .collect();
    for (path, file) in compressed {
        let plain = path.strip_suffix(COMPRESSED);
        if let Some(plain) = plain.and_then(|path| files.get_mut(path)) {
            plain.brotli = Some(file.plain);
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
        let hash = base16ct::lower::encode_string(&Sha256::digest(&bytes)[..16]);
        let etag = format!("\"{hash}\"");
        Ok(Self {
            mime: HeaderValue::try_from(mime)?,
            plain: Content {
                etag: etag.parse()?,
                bytes: bytes.into(),
            },
            brotli: None,
        })
    }
}

/// Reads all files below `folder`. `prefix` is the path of `folder` within the page.
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

/// Returns the headers of every response, from the page's sources. Besides its own host, the page
/// may connect to `connect_src`. With `cross_origin`, pages of other origins may read responses.
///
/// # Errors
/// Fails if a name or a value is not that of an HTTP header.
pub(crate) fn headers(
    connect_src: &[HeaderValue],
    cross_origin: bool,
) -> anyhow::Result<HeaderMap> {
    let headers: HashMap<String, String> =
        serde_json::from_str(include_str!("../../www/headers.json"))?;
    let headers = headers.into_iter().map(|(name, value)| {
        let value = allow(&value, connect_src)?;
        Ok((HeaderName::try_from(name)?, HeaderValue::try_from(value)?))
    });
    let mut headers = headers.collect::<anyhow::Result<HeaderMap>>()?;
    if cross_origin {
        let policy = HeaderValue::from_static("cross-origin");
        headers.insert("cross-origin-resource-policy", policy);
    }
    Ok(headers)
}

/// Adds `origins` to the hosts that the policy in `text` lets the page connect to.
fn allow(text: &str, origins: &[HeaderValue]) -> anyhow::Result<String> {
    const OWN_HOST: &str = "connect-src 'self'";
    let mut sources = OWN_HOST.to_owned();
    for origin in origins {
        sources.push(' ');
        sources.push_str(origin.to_str()?);
    }
    Ok(text.replace(OWN_HOST, &sources))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_the_allowed_origins() {
        let policy = |origins: &[HeaderValue]| {
            let headers = headers(origins, false).unwrap();
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
    fn only_files_have_a_response() {
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
    fn only_clients_that_accept_brotli_get_it() {
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

        // Each encoding has its own entity tag.
        let tag = |accept| ask("/", accept).unwrap().headers()[header::ETAG].clone();
        assert_ne!(tag("br"), tag(""));
        let mut again = HeaderMap::new();
        again.insert(header::IF_NONE_MATCH, tag("br"));
        assert_eq!(page.get("/", &again).unwrap().status(), StatusCode::OK);
        again.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("br"));
        let unchanged = page.get("/", &again).unwrap();
        assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);

        // A changed file has no compressed content.
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
