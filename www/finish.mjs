// The last steps of the build, on the whole site. Trunk calls this, as Trunk.toml says.
import "./precache.mjs";
import "./compress.mjs";
