package org.lanewise.kernels.conv;

import org.lanewise.kernels.Simd;

/**
 * The matrices of F(4, 3) at the points 0, 1, -1, i, -i and infinity, and how {@link WinogradWhole} lays out transformed values.
 *
 * <p>{@code Y = A^T ((G w) * (B^T x))}. The product of the differences between one of the five finite points and the others is the derivative of {@code t^5 - t} there, -1 at 0 and 4 at the others: no factor of 3, as with the
 * points +-2, so G has multiples of 1/4 and the other matrices 0 and +-1. The values at i and -i are conjugate, so one complex product {@code (c + ie) (u + iv)} stands for both, with twice the weights, computed as three
 * real ones (Karatsuba): {@code (c + e) u}, {@code c (v - u)} and {@code e (u + v)}; their first sum is the imaginary part and the first less the third the real part. So there are seven products along an axis. The points are those of Meng and
 * Brothers, Efficient Winograd Convolution via Integer Arithmetic (2019).
 */
final class WinogradWholeForm {
    /** Pixels along one side of a tile. */
    static final int TILE = 4;

    /** Inputs along one side. */
    static final int INPUTS = 6;

    /** Products along one side. */
    static final int POINTS = 7;

    static final int POSITIONS = POINTS * POINTS;

    /** Tiles whose values of a position lie side by side: rows of a product whose addresses differ by constants. */
    static final int GROUP = 16;

    /** Distance of two positions of a group: a line more than there are values, so that positions do not share cache sets. */
    static final int STEP = (GROUP + 1) * Simd.LANES;

    /** Values of a group: a vector of channels of every position of a line and tile. */
    static final int LINE = POINTS * STEP;

    /** The same of what lines become: {@link #TILE} sums for each. */
    static final int SUMS = POINTS * TILE * STEP;

    /** Distance of two lines of the pixels of the tiles of a group after the transform down the columns. */
    static final int COLUMNS = (GROUP * TILE + INPUTS - TILE + 1) * Simd.LANES;

    /** Values of these lines. */
    static final int PATCH = POINTS * COLUMNS;

    private static final double[][] G = {
        {1, 0, 0},
        {0.25, 0.25, 0.25},
        {0.25, -0.25, 0.25},
        {0.5, 0, -0.5},
        {-0.5, 0.5, 0.5},
        {0.5, 0.5, -0.5},
        {0, 0, 1}
    };

    /** Binary digits behind the point of each row of {@link #G}. */
    private static final int[] DIGITS = {0, 2, 2, 1, 1, 1, 0};

    private static final int[][] B = {
        {1, 0, 0, 0, -1, 0},
        {0, 1, 1, 1, 1, 0},
        {0, -1, 1, -1, 1, 0},
        {0, -1, -1, 1, 1, 0},
        {0, 0, -1, 0, 1, 0},
        {0, -1, 0, 1, 0, 0},
        {0, -1, 0, 0, 0, 1}
    };

    private static final int[][] A = {
        {1, 1, 1, 1, 0, -1, 0},
        {0, 1, -1, -1, -1, 0, 0},
        {0, 1, 1, -1, 0, 1, 0},
        {0, 1, -1, 1, 1, 0, 1}
    };

    private WinogradWholeForm() {}

    /** A row of G. */
    static double[] g(int point) {
        return G[point].clone();
    }

    /** Binary digits behind the point that products of a position along one axis have. */
    static int digits(int point) {
        return DIGITS[point];
    }

    /** An element of B^T. */
    static int b(int point, int input) {
        return B[point][input];
    }

    /** An element of A^T. */
    static int a(int output, int point) {
        return A[output][point];
    }
}
