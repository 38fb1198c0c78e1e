package org.lanewise.runtime.ops.contrib;

import org.lanewise.kernels.attention.CacheRows;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;

/**
 * How a cache of keys and values is stored: as the type of the query, or quantized with scales that are inputs, {@link CacheRows}.
 *
 * @param bits 0 where the cache is not quantized, else 8 ({@code INT8}) or 4 ({@code UINT8}, two values a byte)
 * @param perChannel whether each column of each head has a scale of its own
 */
record CacheFormat(int bits, boolean perChannel) {
    /** Reads {@code k_quant_type}, {@code v_quant_type} and {@code kv_cache_bit_width}. */
    static CacheFormat read(NodeSpec spec) {
        String type = spec.stringAttribute("k_quant_type", "NONE");
        String other = spec.stringAttribute("v_quant_type", "NONE");
        long bits = spec.intAttribute("kv_cache_bit_width", 0);
        if (!type.equals(other)) {
            throw spec.refuse(
                    "k_quant_type " + type + " and v_quant_type " + other + " differ, which is not supported");
        }
        boolean perChannel = switch (type) {
            case "NONE", "PER_TENSOR" -> false;
            case "PER_CHANNEL" -> true;
            default -> throw spec.refuse("k_quant_type is " + type + ", expected NONE, PER_TENSOR or PER_CHANNEL");
        };
        boolean fits = type.equals("NONE") ? bits == 0 : bits == 4 || bits == Byte.SIZE;
        if (!fits) {
            throw spec.refuse("kv_cache_bit_width is " + bits + ", expected "
                    + (type.equals("NONE") ? "0 where k_quant_type is NONE" : "4 or 8"));
        }
        return new CacheFormat((int) bits, perChannel);
    }

    boolean isQuantized() {
        return bits != 0;
    }

    /** The type of the cache in a model whose query is {@code type}. */
    DataType type(DataType type) {
        return bits == 0 ? type : bits == Byte.SIZE ? DataType.INT8 : DataType.UINT8;
    }

    /** Elements of a row of {@code size} values, or an unknown number of them. */
    long columns(long size) {
        return bits == 0 || size < 0 ? size : CacheRows.bytes(bits, (int) size);
    }

    /** Scales that {@code heads} heads of {@code size} columns have. */
    int scales(int heads, int size) {
        return perChannel ? heads * size : 1;
    }
}
