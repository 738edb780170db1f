// What is left to do once the whole site is there: Trunk calls this, as Trunk.toml says.
import "./precache.mjs";
import "./compress.mjs";
