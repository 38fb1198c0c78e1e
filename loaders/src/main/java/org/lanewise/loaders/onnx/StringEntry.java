package org.lanewise.loaders.onnx;

import java.util.Map;

/** A key and its value ({@code StringStringEntryProto}). */
record StringEntry(String key, String value) {
    static StringEntry read(ProtoReader in) {
        String key = "";
        String value = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> key = in.name();
                case 2 -> value = in.text();
                default -> in.skip();
            }
        }
        return new StringEntry(key, value);
    }

    /** Adds the entry; a later one of the same key wins. */
    void putInto(Map<String, String> map) {
        map.put(key, value);
    }
}
