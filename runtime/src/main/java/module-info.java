/** Runs operator graphs: tensors, graph, operators, passes, session. */
module org.lanewise.runtime {
    requires transitive org.lanewise.kernels;
    requires static org.jspecify;
}
