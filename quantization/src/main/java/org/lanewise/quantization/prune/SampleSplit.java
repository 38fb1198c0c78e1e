package org.lanewise.quantization.prune;

import java.util.Map;
import java.util.function.Consumer;
import org.lanewise.quantization.CalibrationData;
import org.lanewise.runtime.tensor.OnnxValue;

/**
 * One of two parts of samples: every tenth with all its variants, or the others. Labels are left out.
 *
 * @param data all samples
 * @param isHeldOut whether it is the part of every tenth
 */
record SampleSplit(CalibrationData data, boolean isHeldOut) implements CalibrationData {
    private static final int PART = 10;

    private boolean has(long index) {
        return index % Math.max(1, data.originals()) % PART == PART - 1 == isHeldOut;
    }

    private long sizeOf(long all) {
        return isHeldOut ? all / PART : all - all / PART;
    }

    @Override
    public long size() {
        long originals = Math.max(1, data.originals());
        return data.size() / originals * sizeOf(originals) + sizeOf(data.size() % originals);
    }

    @Override
    public long originals() {
        return sizeOf(data.originals());
    }

    @Override
    public void forEach(long limit, Consumer<Map<String, OnnxValue>> action) {
        long[] index = {0};
        long[] given = {0};
        data.forEach(data.size(), sample -> {
            if (has(index[0]++) && given[0]++ < limit) {
                action.accept(sample);
            }
        });
    }
}
