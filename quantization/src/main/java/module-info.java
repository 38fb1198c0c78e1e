/** Makes models smaller and compares them with what they were. */
module org.lanewise.quantization {
    requires transitive org.lanewise.runtime;
    requires static org.jspecify;

    exports org.lanewise.quantization;
    exports org.lanewise.quantization.compare;
    exports org.lanewise.quantization.prune;
}
