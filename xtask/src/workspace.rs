//! Where things are in the checkout.

use std::env;
use std::path::{Path, PathBuf};

/// The folders that the chores read and write.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The checkout that this program was started from (by `cargo run`) or, failing that, built in.
    pub(crate) fn locate() -> Self {
        let manifest =
            env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let manifest = PathBuf::from(manifest);
        let root = manifest.parent().map_or(manifest.clone(), Path::to_owned);
        Self { root }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The page's sources, an npm package.
    pub(crate) fn www(&self) -> PathBuf {
        self.root.join("www")
    }

    /// The page as Trunk leaves it.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// What the build leaves for Trunk to copy. `www/index.html` and `www/tsconfig.json` name this
    /// folder, so it does not move with `CARGO_TARGET_DIR`.
    pub(crate) fn site(&self) -> PathBuf {
        self.root.join("target/site")
    }

    /// What the benchmarks fetch and measure.
    pub(crate) fn bench(&self) -> PathBuf {
        self.root.join("target/bench")
    }

    /// The root under which `cargo install` puts the project's own tools.
    pub(crate) fn tools(&self) -> PathBuf {
        self.root.join(".tools")
    }

    /// A folder for cargo's output, apart from that of the programs built for this machine: flags
    /// and toolchain differ, and neither build should undo the other's.
    pub(crate) fn cargo_output(&self, name: &str) -> PathBuf {
        let target = env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
        self.root.join(target).join(name)
    }
}
