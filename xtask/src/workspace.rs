//! The folders of the checkout.

use std::env;
use std::path::{Path, PathBuf};

/// The folders that the tasks read and write.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Finds the checkout in which `cargo run` started this program, or else the one in which it
    /// was built.
    pub(crate) fn locate() -> Self {
        let manifest =
            env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let manifest = PathBuf::from(manifest);
        let root = manifest.parent().map_or(manifest.clone(), Path::to_owned);
        Self { root }
    }

    /// Returns the root of the checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the folder of the page's sources, an npm package.
    pub(crate) fn www(&self) -> PathBuf {
        self.root.join("www")
    }

    /// Returns the folder of the built page, which Trunk writes.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Returns the folder of modules and scripts for Trunk to copy. `www/index.html` and
    /// `www/tsconfig.json` name it, so it does not move with `CARGO_TARGET_DIR`.
    pub(crate) fn site(&self) -> PathBuf {
        self.root.join("target/site")
    }

    /// Returns the folder of the downloads and results of the benchmarks.
    pub(crate) fn bench(&self) -> PathBuf {
        self.root.join("target/bench")
    }

    /// Returns the root under which `cargo install` puts this project's tools.
    pub(crate) fn tools(&self) -> PathBuf {
        self.root.join(".tools")
    }

    /// Returns a folder for cargo's output beside that of the programs for this machine. Flags and
    /// toolchain differ, and neither build should undo the other.
    pub(crate) fn cargo_output(&self, name: &str) -> PathBuf {
        let target = env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
        self.root.join(target).join(name)
    }
}
