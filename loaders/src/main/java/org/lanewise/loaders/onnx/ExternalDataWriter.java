package org.lanewise.loaders.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.tensor.DataType;

/** Lays out the elements of tensors in a file of their own. */
final class ExternalDataWriter {
    /** Smaller tensors stay in the model: the entry that points to them would not be much smaller. */
    private static final int MIN_BYTES = 1024;
    /** Tensors start at multiples of this, the page size of most machines, so that they can be mapped one by one. */
    private static final int ALIGNMENT = 4096;

    private final String location;
    private final List<Initializer> tensors = new ArrayList<>();
    private long size;

    /** For a file of this name next to the model. */
    ExternalDataWriter(String location) {
        this.location = location;
    }

    boolean takes(Initializer tensor) {
        return tensor.type() != DataType.STRING && tensor.bytes() >= MIN_BYTES;
    }

    boolean isEmpty() {
        return tensors.isEmpty();
    }

    /** Adds a tensor and returns the entries that say where it will be. */
    Map<String, String> add(Initializer tensor) {
        long offset = aligned(size);
        tensors.add(tensor);
        size = offset + tensor.bytes();
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("location", location);
        entries.put("offset", Long.toString(offset));
        entries.put("length", Long.toString(tensor.bytes()));
        return entries;
    }

    /** Writes the file. */
    void writeTo(OutputStream out) throws IOException {
        long at = 0;
        for (Initializer tensor : tensors) {
            long offset = aligned(at);
            out.write(new byte[(int) (offset - at)]);
            RawData.encode(tensor.tensor(), out);
            at = offset + tensor.bytes();
        }
    }

    private static long aligned(long position) {
        return (position + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
