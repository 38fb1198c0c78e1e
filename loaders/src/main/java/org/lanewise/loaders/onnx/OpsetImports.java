package org.lanewise.loaders.onnx;

import java.util.Map;

/** Imports of operator sets ({@code OperatorSetIdProto}). */
final class OpsetImports {
    private OpsetImports() {}

    /** Adds one import; of several for one domain the highest counts. */
    static void read(ProtoReader in, Map<String, Integer> opsets) {
        String domain = "";
        long version = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> domain = in.name();
                case 2 -> version = in.int64();
                default -> in.skip();
            }
        }
        if (version < 1 || version > Integer.MAX_VALUE) {
            throw in.source().fail(in.start(), "version " + version + " of operator set '" + domain + "'");
        }
        opsets.merge(domain(domain), (int) version, Math::max);
    }

    /** The ONNX domain, which has two names, as the empty string. */
    static String domain(String domain) {
        return domain.equals("ai.onnx") ? "" : domain;
    }
}
