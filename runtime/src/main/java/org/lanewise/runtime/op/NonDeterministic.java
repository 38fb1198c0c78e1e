package org.lanewise.runtime.op;

/** An operator whose outputs may differ between runs on the same inputs ({@code RandomNormal}): never computed ahead of a run. */
public interface NonDeterministic {}
