/** Reads and writes model files. */
module org.lanewise.loaders {
    requires transitive org.lanewise.runtime;
    requires static org.jspecify;
}
