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

struct File {
    bytes: Bytes,
    mime: HeaderValue,
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
        let Some(index) = files.get_mut("index.html") else {
            bail!("there is no index.html in the page's folder: build it with `cargo xtask build`");
        };
        // It states the policy as well, for hosts that send no headers.
        let text = allow(std::str::from_utf8(&index.bytes)?, connect_src)?;
        *index = File::new("index.html", text.into())?;
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
        let headers = [
            (header::CONTENT_TYPE, file.mime.clone()),
            (header::ETAG, file.etag.clone()),
        ];
        if request.get(header::IF_NONE_MATCH) == Some(&file.etag) {
            return Some((StatusCode::NOT_MODIFIED, headers).into_response());
        }
        Some((headers, file.bytes.clone()).into_response())
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
        Ok(Self {
            mime: HeaderValue::try_from(mime)?,
            etag: HeaderValue::try_from(format!("\"{}\"", &KeyId::of(&bytes).to_string()[..32]))?,
            bytes: bytes.into(),
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
            page.files["index.html"].bytes,
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
    fn a_folder_without_a_page_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Page::load(Some(folder.path()), &[]).is_err());
        assert!(Page::load(Some(&folder.path().join("none")), &[]).is_err());
    }
}
