package org.lanewise.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Measures a work in Lanewise and in ONNX Runtime in turns, so that what else the machine does hits both alike.
 *
 * @param threads of each
 * @param alternating whether each runtime has a process of its own, of which one works at a time: threads that one leaves spinning do not slow the other
 * @param seconds time for all of them together
 * @param warmUp least seconds of warm-up for Lanewise, which goes on until runs become no faster; ONNX Runtime, which has no compiler to wait for, gets a
 *     quarter
 * @param tune whether to look for better options than ONNX Runtime's defaults
 */
record Measurement(int threads, boolean alternating, double seconds, double warmUp, boolean tune) {
    private static final double ROUND_SECONDS = 0.05;
    private static final double REMOTE_ROUND_SECONDS = 0.1;

    /** Longer than idle threads of ONNX Runtime spin. */
    private static final long PAUSE_MILLIS = 20;

    static final double PEER_WARM_UP = 0.25;
    private static final int LEAST_ROUNDS = 3;

    /** Warm-up ends when this many windows were no faster, and after some multiple of its least time in any case. */
    private static final int FLAT_WINDOWS = 8;

    private static final double WINDOW_SECONDS = 0.25;
    private static final double IMPROVEMENT = 0.98;
    private static final double LONGEST_WARM_UP = 6;

    /** Measures. {@code progress} is told what is being done. */
    Row of(Work work, Consumer<String> progress) throws Exception {
        progress.accept("opening");
        Workload workload = Workload.of(work.name());
        try (Runner lanewise = open(LocalRunner.LANEWISE, work.name(), workload);
                Runner standard = open(OrtOptions.DEFAULT, work.name(), workload)) {
            Map<String, float[]> expected = standard.outputs();
            Map<String, float[]> got = lanewise.outputs();
            progress.accept("warm-up");
            warmUp(lanewise);
            run(standard, warmUp * PEER_WARM_UP);
            String options = tune ? tuned(standard, work.name(), workload, progress) : OrtOptions.DEFAULT;
            progress.accept("measuring");
            if (options.equals(OrtOptions.DEFAULT)) {
                return row(work, options, rounds(List.of(lanewise, standard)), expected, got);
            }
            try (Runner tuned = open(options, work.name(), workload)) {
                run(tuned, warmUp * PEER_WARM_UP);
                return row(work, options, rounds(List.of(lanewise, standard, tuned)), expected, got);
            }
        }
    }

    Runner open(String runtime, String work, Workload workload) throws Exception {
        return alternating ? RemoteRunner.start(runtime, work, threads) : LocalRunner.open(runtime, workload, threads);
    }

    /** The name of the tuned options that did best in a short trial. */
    String tuned(Runner standard, String work, Workload workload, Consumer<String> progress) throws Exception {
        double trial = Math.min(0.5, seconds / 8);
        String best = OrtOptions.DEFAULT;
        double bestTime = Double.POSITIVE_INFINITY;
        for (String name : OrtOptions.tuned(threads)) {
            progress.accept("trying " + name);
            try (Runner candidate = open(name, work, workload)) {
                run(candidate, trial);
                double time = Times.of(run(candidate, trial)).median();
                if (time < bestTime) {
                    best = name;
                    bestTime = time;
                }
            }
        }
        run(standard, trial);
        return best;
    }

    void warmUp(Runner runner) throws Exception {
        long start = System.nanoTime();
        double best = Double.POSITIVE_INFINITY;
        int flat = 0;
        double passed = 0;
        while (passed < warmUp || flat < FLAT_WINDOWS && passed < LONGEST_WARM_UP * warmUp) {
            double median = Times.of(run(runner, WINDOW_SECONDS)).median();
            flat = median < best * IMPROVEMENT ? 0 : flat + 1;
            best = Math.min(best, median);
            passed = (System.nanoTime() - start) / 1e9;
        }
    }

    /** Runs for so long, in rounds, as one round is cut off after some number of runs. */
    static double[] run(Runner runner, double seconds) throws Exception {
        double[] last;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        double left = seconds;
        do {
            last = runner.run(left);
            left = (end - System.nanoTime()) / 1e9;
        } while (left > 0);
        return last;
    }

    /** The times of each runner in each round. */
    List<List<double[]>> rounds(List<Runner> runners) throws Exception {
        List<List<double[]>> times = new ArrayList<>();
        runners.forEach(runner -> times.add(new ArrayList<>()));
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (int round = 0; round < LEAST_ROUNDS || System.nanoTime() < end; round++) {
            for (int i = 0; i < runners.size(); i++) {
                // Every other round in the reverse order: nobody always follows the same
                int index = round % 2 == 0 ? i : runners.size() - 1 - i;
                if (alternating) {
                    Thread.sleep(PAUSE_MILLIS);
                }
                double length = alternating ? REMOTE_ROUND_SECONDS : ROUND_SECONDS;
                times.get(index).add(runners.get(index).run(length));
            }
        }
        return times;
    }

    private Row row(
            Work work,
            String options,
            List<List<double[]>> times,
            Map<String, float[]> expected,
            Map<String, float[]> got) {
        Times lanewise = times(times.get(0));
        Times standard = times(times.get(1));
        Times tried = times(times.getLast());
        boolean better = tried.median() < standard.median();
        Times tuned = better ? tried : standard;
        Times ratio = ratio(times.get(0), better ? times.getLast() : times.get(1));
        Difference difference = Difference.of(expected, got);
        return new Row(
                work.label(),
                work.name(),
                threads,
                alternating ? "alternating" : "interleaved",
                lanewise,
                standard,
                tuned,
                better ? options : OrtOptions.DEFAULT,
                ratio,
                standard.median() / lanewise.median(),
                difference.largest(),
                difference.accepted(),
                work.target(threads),
                null);
    }

    static Times times(List<double[]> rounds) {
        return Times.of(rounds.stream().flatMapToDouble(Arrays::stream).toArray());
    }

    /** Their time over ours: the ratio of the medians, and the spread between rounds. */
    static Times ratio(List<double[]> ours, List<double[]> theirs) {
        Times spread = Times.of(ratios(ours, theirs));
        return new Times(spread.p10(), times(theirs).median() / times(ours).median(), spread.p90());
    }

    private static double[] ratios(List<double[]> ours, List<double[]> theirs) {
        double[] ratios = new double[ours.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = Times.of(theirs.get(i)).median() / Times.of(ours.get(i)).median();
        }
        return ratios;
    }
}
