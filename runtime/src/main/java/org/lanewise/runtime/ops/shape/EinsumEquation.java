package org.lanewise.runtime.ops.shape;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An equation of {@code Einsum}, such as {@code bij,bjk->bik}: a label for each axis of the operands, labels of the result; what is missing in the result is
 * summed. {@code ...} stands for any number of axes that broadcast. Without an arrow the result has the axes of {@code ...}, then the labels that occur once,
 * in alphabetical order.
 *
 * @param operands terms of the operands, {@code '.'} for the ellipsis
 * @param result the term of the result, {@code null} when it follows from the operands
 */
record EinsumEquation(List<String> operands, String result) {
    /** Labels of the axes that an ellipsis stands for are negative: -1 is the last of them. */
    record Bound(int[][] operands, int[] result) {}

    /**
     * Parses.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    static EinsumEquation parse(String text) {
        if (text.replace("...", "").indexOf('.') >= 0) {
            throw new IllegalArgumentException("equation '" + text + "' has an unexpected '.'");
        }
        String compact = text.replace(" ", "").replace("...", ".");
        int arrow = compact.indexOf("->");
        String left = arrow < 0 ? compact : compact.substring(0, arrow);
        List<String> operands = List.of(left.split(",", -1));
        for (String term : operands) {
            check(term, text);
        }
        String result = arrow < 0 ? implied(left) : compact.substring(arrow + 2);
        check(result, text);
        for (int i = 0; i < result.length(); i++) {
            if (left.indexOf(result.charAt(i)) < 0 && result.charAt(i) != '.' || result.indexOf(result.charAt(i), i + 1) >= 0) {
                throw new IllegalArgumentException(
                        "equation '" + text + "': '" + result.charAt(i) + "' of the result is in no operand, or twice in the result");
            }
        }
        return new EinsumEquation(operands, result);
    }

    private static void check(String term, String text) {
        for (int i = 0; i < term.length(); i++) {
            char c = term.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!letter && (c != '.' || term.indexOf('.') != i)) {
                throw new IllegalArgumentException("equation '" + text + "' has an unexpected '" + c + "'");
            }
        }
    }

    private static String implied(String left) {
        StringBuilder labels = new StringBuilder(left.indexOf('.') < 0 ? "" : ".");
        left.chars()
                .filter(c -> c != ',' && c != '.' && left.indexOf(c) == left.lastIndexOf(c))
                .sorted()
                .forEach(c -> labels.append((char) c));
        return labels.toString();
    }

    /**
     * The labels of every axis, for operands of these ranks.
     *
     * @throws IllegalArgumentException if a rank does not fit its term
     */
    Bound bind(int[] ranks) {
        if (ranks.length != operands.size()) {
            throw new IllegalArgumentException("the equation has " + operands.size() + " operands, the node " + ranks.length);
        }
        int[][] labels = new int[ranks.length][];
        int widest = 0;
        for (int i = 0; i < ranks.length; i++) {
            String term = operands.get(i);
            boolean open = term.indexOf('.') >= 0;
            int hidden = ranks[i] - term.length() + (open ? 1 : 0);
            if (hidden < 0 || !open && hidden > 0) {
                throw new IllegalArgumentException(
                        "operand " + i + " has rank " + ranks[i] + ", its term is '" + term.replace(".", "...") + "'");
            }
            labels[i] = expand(term, hidden);
            widest = Math.max(widest, hidden);
        }
        return new Bound(labels, expand(result, widest));
    }

    private static int[] expand(String term, int hidden) {
        List<Integer> labels = new ArrayList<>();
        for (char c : term.toCharArray()) {
            if (c == '.') {
                for (int i = hidden; i > 0; i--) {
                    labels.add(-i);
                }
            } else {
                labels.add((int) c);
            }
        }
        return labels.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Whether {@code label} is among {@code labels}. */
    static boolean has(int[] labels, int label) {
        return Arrays.stream(labels).anyMatch(other -> other == label);
    }
}
