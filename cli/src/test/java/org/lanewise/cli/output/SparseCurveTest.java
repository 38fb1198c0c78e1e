package org.lanewise.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lanewise.cli.measure.ZeroPattern;
import org.lanewise.cli.output.SparseCurve.Point;

final class SparseCurveTest {
    /** Dense takes 100 us and is predicted to. */
    private static SparseCurve curve(double[] micros, double[] predicted) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < micros.length; i++) {
            points.add(new Point(ZeroPattern.ANYWHERE.get(i), "sparse", 1e3 * micros[i], 1e3 * predicted[i]));
        }
        points.add(new Point(ZeroPattern.STRUCTURED.getFirst(), "sparse", 1e3, 1e3));
        return new SparseCurve("product", "1x1x1", "gemm", 1e5, 1e5, points);
    }

    @Test
    void breakEvenIsInterpolatedBetweenShares() {
        double[] measured = {150, 120, 90, 60};
        double[] predicted = {150, 130, 120, 80};
        SparseCurve curve = curve(measured, predicted);
        assertEquals(0.4 + 0.1 * 20 / 30, curve.breakEven(false), 1e-9);
        assertEquals(0.5 + 0.1 * 20 / 40, curve.breakEven(true), 1e-9);
        assertEquals("47 %", SparseTable.share(curve, false));
        assertEquals("<= 30 %", SparseTable.share(curve(new double[] {99, 50}, measured), false));
        assertEquals("none", SparseTable.share(curve(new double[] {150, 120}, measured), false));
        // Noise below the last crossing does not count
        assertEquals(
                0.5 + 0.1 * 5 / 20,
                curve(new double[] {90, 80, 105, 85}, measured).breakEven(false),
                1e-9);
    }

    @Test
    void aChoiceLosesWhereThePredictionIsOnTheWrongSide() {
        SparseCurve curve = curve(new double[] {150, 120, 80, 60}, new double[] {90, 98, 120, 70});
        List<Point> points = curve.points();
        assertTrue(curve.isChosen(points.get(0)));
        assertEquals(0.5, curve.loss(points.get(0)), 1e-9);
        assertFalse(curve.isChosen(points.get(1))); // expected to gain, but too little
        assertEquals(0, curve.loss(points.get(1)));
        assertEquals(0.25, curve.loss(points.get(2)), 1e-9);
        assertEquals(0, curve.loss(points.get(3)));
        assertEquals(0.5, curve.loss(), 1e-9);
        assertTrue(SparseTable.hint(List.of(curve)).getLast().contains("--no-sparse"));
        SparseCurve timid = curve(new double[] {150, 80}, new double[] {150, 120});
        assertTrue(SparseTable.hint(List.of(timid)).getLast().contains("dense is chosen"));
        assertEquals(
                1,
                SparseTable.hint(List.of(curve(new double[] {104}, new double[] {90})))
                        .size());
    }

    @Test
    void tableNamesPatternsAndGains() {
        SparseCurve curve = curve(new double[] {150, 120, 90, 60, 25}, new double[] {150, 130, 120, 80, 20});
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        SparseTable.print(curve, out);
        SparseTable.summary(List.of(curve), out);
        List<String> lines = text.toString().lines().toList();
        assertEquals("      30 %      150.0      150.0    0.67       0.67    +0 %  sparse", lines.get(3));
        assertEquals("       2:4        1.0        1.0  100.00     100.00    +0 %  sparse", lines.get(8));
        assertTrue(lines.get(5).endsWith("choice loses 11 %"), lines.get(5));
        assertTrue(lines.get(12).matches("product +47 % +55 % +4.00 +- +- +- +25 % +11 %"), lines.get(12));
    }
}
