/** Tensors, graphs, operators, passes, scheduler and session. */
module org.lanewise.runtime {
    requires transitive org.lanewise.kernels;
    requires static java.desktop; // only to decode images
    requires static org.jspecify;

    exports org.lanewise.runtime;
    exports org.lanewise.runtime.tensor;
    exports org.lanewise.runtime.graph;
    exports org.lanewise.runtime.op;
    exports org.lanewise.runtime.session;
    exports org.lanewise.runtime.schedule;
    exports org.lanewise.runtime.trace;
    exports org.lanewise.runtime.optimize;

    uses org.lanewise.runtime.session.ModelFormat;
}
