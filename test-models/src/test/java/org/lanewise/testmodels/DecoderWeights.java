package org.lanewise.testmodels;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The weights of a decoder as Llama has them: embedding (vocabulary, dim), which is the classifier, too, and layers. Matrices are (inputs, outputs), as {@code MatMul} wants them.
 *
 * @param cos of the angles of rotary embeddings, (positions, size / 2)
 * @param sin likewise
 */
record DecoderWeights(
        int dim,
        int heads,
        int keyHeads,
        int positions,
        FloatTensor embedding,
        List<Layer> layers,
        FloatTensor norm,
        FloatTensor cos,
        FloatTensor sin) {
    private static final int START = 1;

    /** One layer: projections of attention, and gate, up and down of its feed-forward part. */
    record Layer(
            FloatTensor attentionNorm,
            FloatTensor q,
            FloatTensor k,
            FloatTensor v,
            FloatTensor o,
            FloatTensor forwardNorm,
            FloatTensor gate,
            FloatTensor down,
            FloatTensor up) {}

    int size() {
        return dim / heads;
    }

    int vocabulary() {
        return embedding.shape().dim(0);
    }

    /** A checkpoint of llama2.c, its first format: seven sizes, then kinds of weights, each for all layers, matrices (outputs, inputs). */
    static DecoderWeights read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int dim = bytes.getInt();
        int hidden = bytes.getInt();
        int count = bytes.getInt();
        int heads = bytes.getInt();
        int keyHeads = bytes.getInt();
        int vocabulary = bytes.getInt();
        int positions = bytes.getInt();
        int keys = dim / heads * keyHeads;
        FloatTensor embedding = Tensor.of(floats(bytes, vocabulary * dim), vocabulary, dim);
        int[][] sizes = {
            {dim}, {dim, dim}, {keys, dim}, {keys, dim}, {dim, dim}, {dim}, {hidden, dim}, {dim, hidden}, {hidden, dim}
        };
        List<List<FloatTensor>> kinds = new ArrayList<>();
        for (int[] size : sizes) {
            List<FloatTensor> kind = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                kind.add(size.length == 1 ? Tensor.of(floats(bytes, dim), dim) : transposed(bytes, size[0], size[1]));
            }
            kinds.add(kind);
        }
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = i;
            layers.add(layer(kinds.stream().map(kind -> kind.get(at)).toList()));
        }
        FloatTensor norm = Tensor.of(floats(bytes, dim), dim);
        int half = dim / heads / 2;
        FloatTensor cos = Tensor.of(floats(bytes, positions * half), positions, half);
        FloatTensor sin = Tensor.of(floats(bytes, positions * half), positions, half);
        return new DecoderWeights(dim, heads, keyHeads, positions, embedding, List.copyOf(layers), norm, cos, sin);
    }

    /** A tiny decoder of random weights. */
    static DecoderWeights random(long seed) {
        Random random = new Random(seed);
        int dim = 24;
        int keys = 12;
        int hidden = 40;
        int positions = 32;
        int half = 3;
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            layers.add(layer(List.of(
                    near(random, dim),
                    gaussian(random, dim, dim),
                    gaussian(random, dim, keys),
                    gaussian(random, dim, keys),
                    gaussian(random, dim, dim),
                    near(random, dim),
                    gaussian(random, dim, hidden),
                    gaussian(random, hidden, dim),
                    gaussian(random, dim, hidden))));
        }
        float[] cos = new float[positions * half];
        float[] sin = new float[positions * half];
        for (int i = 0; i < cos.length; i++) {
            double angle = i / half * Math.pow(10_000, -(i % half) / (double) half);
            cos[i] = (float) Math.cos(angle);
            sin[i] = (float) Math.sin(angle);
        }
        return new DecoderWeights(
                dim,
                4,
                2,
                positions,
                gaussian(random, 37, dim),
                List.copyOf(layers),
                near(random, dim),
                Tensor.of(cos, positions, half),
                Tensor.of(sin, positions, half));
    }

    private static Layer layer(List<FloatTensor> all) {
        return new Layer(
                all.get(0),
                all.get(1),
                all.get(2),
                all.get(3),
                all.get(4),
                all.get(5),
                all.get(6),
                all.get(7),
                all.get(8));
    }

    private static FloatTensor near(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = 1 + (float) random.nextGaussian() / 10;
        }
        return Tensor.of(values, n);
    }

    private static FloatTensor gaussian(Random random, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() / Math.sqrt(rows));
        }
        return Tensor.of(values, rows, columns);
    }

    private static float[] floats(ByteBuffer bytes, int count) {
        float[] values = new float[count];
        bytes.asFloatBuffer().get(values);
        bytes.position(bytes.position() + count * Float.BYTES);
        return values;
    }

    private static FloatTensor transposed(ByteBuffer bytes, int rows, int columns) {
        return transposed(Tensor.of(floats(bytes, rows * columns), rows, columns));
    }

    /** A matrix with rows and columns exchanged. */
    static FloatTensor transposed(FloatTensor matrix) {
        int rows = matrix.shape().dim(0);
        int columns = matrix.shape().dim(1);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i % columns * rows + i / columns] = matrix.get(i);
        }
        return Tensor.of(values, columns, rows);
    }

    /** The text of tokens that follow the start token, by a tokenizer file of llama2.c: the longest length, then score, length and bytes of each token. */
    static byte[] text(Path tokenizer, int[] tokens) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(tokenizer)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.getInt();
        List<String> words = new ArrayList<>();
        while (bytes.hasRemaining()) {
            bytes.getFloat();
            byte[] word = new byte[bytes.getInt()];
            bytes.get(word);
            words.add(new String(word, StandardCharsets.ISO_8859_1));
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < tokens.length && tokens[i] != START; i++) {
            String word = words.get(tokens[i]);
            if (word.matches("<0x[0-9A-F]{2}>")) {
                word = String.valueOf((char) Integer.parseInt(word.substring(3, 5), 16));
            }
            text.append(i == 0 && word.startsWith(" ") ? word.substring(1) : word); // the start token takes the blank
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
