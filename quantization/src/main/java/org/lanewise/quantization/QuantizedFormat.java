package org.lanewise.quantization;

/** How a statically quantized model is written. */
public enum QuantizedFormat {
    /** The operators of the fp32 model between {@code QuantizeLinear} and {@code DequantizeLinear}; runtimes fuse them. Standard operators only. */
    QDQ,
    /**
     * Operators that compute on integers: {@code QLinearConv}, {@code QLinearMatMul} and those of {@code com.microsoft} ({@code QGemm}, {@code QLinearAdd}, ...). What has no such operator stays as in
     * {@link #QDQ}.
     */
    QOPERATOR
}
