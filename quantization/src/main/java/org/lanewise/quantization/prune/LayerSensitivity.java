package org.lanewise.quantization.prune;

import java.util.List;

/**
 * What pruning a layer alone does to the outputs of the model.
 *
 * @param name its node's name
 * @param operator its operator
 * @param weights how many it has
 * @param points by share of zeros, ascending
 */
public record LayerSensitivity(String name, String operator, long weights, List<Point> points) {
    /** Copies the list. */
    public LayerSensitivity {
        points = List.copyOf(points);
    }

    /**
     * The outputs with a share of a layer's weights pruned.
     *
     * @param share of its weights that are zero
     * @param zeros how many these are
     * @param sqnr of the outputs in dB; infinite where nothing changed
     * @param cosine of the outputs, -1 to 1
     * @param agreement share of rows of the first output with the same largest element
     * @param lostPoints percent of labelled rows by which fewer are answered right; NaN without labels
     */
    public record Point(double share, long zeros, double sqnr, double cosine, double agreement, double lostPoints) {}
}
