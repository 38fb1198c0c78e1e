package org.lanewise.runtime.op;

/** An operator whose first output is its first input under another shape: nothing is copied ({@code Reshape}, {@code Squeeze}, {@code Identity}). */
public interface Views {}
