package org.lanewise.testmodels;

import org.lanewise.runtime.session.SessionOptions;

/** The ways to run a model that must all give right answers. */
enum Setting {
    RAW_ONE_THREAD(SessionOptions.DEFAULT.raw().withThreads(1)),
    RAW_TWO_THREADS(SessionOptions.DEFAULT.raw().withThreads(2)),
    OPTIMIZED_ONE_THREAD(SessionOptions.DEFAULT.withThreads(1)),
    OPTIMIZED_TWO_THREADS(SessionOptions.DEFAULT.withThreads(2));

    private final SessionOptions options;

    Setting(SessionOptions options) {
        this.options = options;
    }

    SessionOptions options() {
        return options;
    }
}
