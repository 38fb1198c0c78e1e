package org.lanewise.testmodels.check;

/**
 * What became of a test.
 *
 * @param name the test's
 * @param status the verdict
 * @param reason why it did not pass, empty if it did
 */
public record TestResult(String name, Status status, String reason) {
    /** The verdicts. */
    public enum Status {
        PASS,
        /** An output is not what is expected. */
        FAIL,
        /** The model needs what is not implemented. */
        UNSUPPORTED,
        /** Loading or running failed. */
        ERROR,
        /** Its output is random. */
        SKIPPED
    }

    /** Whether it counts as failed. */
    public boolean failed() {
        return status != Status.PASS && status != Status.SKIPPED;
    }

    /** One line: name, verdict, reason. */
    @Override
    public String toString() {
        return reason.isEmpty() ? name + "  " + status : name + "  " + status + "  " + reason;
    }
}
