package org.lanewise.runtime.optimize;

import java.util.List;
import org.lanewise.runtime.graph.GraphEditor.Entry;

/**
 * What a pass did and what it refused.
 *
 * @param pass the name of the pass
 * @param entries its edits and refusals, in order
 */
public record PassReport(String pass, List<Entry> entries) {
    /** Copies the list. */
    public PassReport {
        entries = List.copyOf(entries);
    }

    /** What was done. */
    public List<Entry> edits() {
        return entries.stream().filter(entry -> !entry.refused()).toList();
    }

    /** What nearly fitted the pass and was left as it is. */
    public List<Entry> refusals() {
        return entries.stream().filter(Entry::refused).toList();
    }
}
