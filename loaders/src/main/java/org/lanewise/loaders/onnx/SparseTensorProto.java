package org.lanewise.loaders.onnx;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A sparse tensor in a file ({@code SparseTensorProto}), read as the dense one it stands for. Its elements must be in the order of their positions, none twice, as the ONNX specification says.
 *
 * @param values the elements that are not zero, shape (NNZ)
 * @param indices where they are, {@code INT64}: positions in row-major order, shape (NNZ), or coordinates, shape (NNZ, rank)
 * @param shape of the dense tensor
 */
record SparseTensorProto(TensorProto values, TensorProto indices, Shape shape) {
    static SparseTensorProto read(ProtoReader in) {
        TensorProto values = null;
        TensorProto indices = null;
        Longs dims = new Longs();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> values = TensorProto.read(in.message());
                case 2 -> indices = TensorProto.read(in.message());
                case 3 -> in.varints(dims::add);
                default -> in.skip();
            }
        }
        return checked(in, values, indices, dims);
    }

    private static SparseTensorProto checked(
            ProtoReader in, @Nullable TensorProto values, @Nullable TensorProto indices, Longs dims) {
        if (values == null || indices == null) {
            throw in.source().fail(in.start(), "a sparse tensor without values or indices");
        }
        String problem = null;
        int rank = dims.size();
        Shape shape = Shape.scalar();
        int count = values.shape().size();
        if (rank == 0 || rank > Limits.DIMS) {
            problem = rank + " dimensions";
        } else {
            try {
                shape = Shape.of(dims.toArray());
            } catch (IllegalArgumentException e) {
                throw in.source().fail(in.start(), "sparse tensor '" + values.name() + "': " + e.getMessage(), e);
            }
            if (shape.size() > Limits.SPARSE_ELEMENTS) {
                problem = "shape " + shape + " has more than " + Limits.SPARSE_ELEMENTS + " elements";
            } else if (values.shape().rank() != 1) {
                problem = "values of shape " + values.shape() + ", expected one dimension";
            } else if (indices.type() != DataType.INT64) {
                problem = "indices of type " + indices.type().onnxName() + ", expected int64";
            } else if (!isIndexShape(indices.shape(), count, rank)) {
                problem = count + " values need indices [" + count + "] or [" + count + "," + rank + "], got "
                        + indices.shape();
            }
        }
        if (problem != null) {
            throw in.source().fail(in.start(), "sparse tensor '" + values.name() + "': " + problem);
        }
        SparseTensorProto sparse = new SparseTensorProto(values, indices, shape);
        sparse.positions();
        return sparse;
    }

    private static boolean isIndexShape(Shape shape, int count, int rank) {
        return shape.rank() == 1 && shape.dim(0) == count
                || shape.rank() == 2 && shape.dim(0) == count && shape.dim(1) == rank;
    }

    /** The name, which the values carry. */
    String name() {
        return values.name();
    }

    /** The dense tensor. */
    Tensor tensor() {
        Tensor dense = Tensor.allocate(values.type(), shape);
        Tensor elements = values.tensor();
        int[] positions = positions();
        for (int i = 0; i < positions.length; i++) {
            dense.copyFrom(positions[i], elements, i, 1);
        }
        return dense;
    }

    /** A constant that is made dense when asked for. */
    Initializer initializer() {
        return Initializer.lazy(values.type(), shape, this::tensor);
    }

    private int[] positions() {
        long[] index = indices.tensor().toLongArray();
        int count = values.shape().size();
        int rank = indices.shape().rank() == 1 ? 1 : shape.rank();
        int[] positions = new int[count];
        for (int i = 0; i < count; i++) {
            long position = 0;
            for (int axis = 0; axis < rank; axis++) {
                int dim = indices.shape().rank() == 1 ? shape.size() : shape.dim(axis);
                long coordinate = index[i * rank + axis];
                if (coordinate < 0 || coordinate >= dim) {
                    throw indices.source()
                            .fail(
                                    indices.message().offset(),
                                    "sparse tensor '" + name() + "': index " + coordinate + " is outside 0.."
                                            + (dim - 1));
                }
                position = position * dim + coordinate;
            }
            positions[i] = (int) position;
            if (i > 0 && positions[i] <= positions[i - 1]) {
                throw indices.source()
                        .fail(
                                indices.message().offset(),
                                "sparse tensor '" + name() + "': element " + i + " is at " + position + " after one at "
                                        + positions[i - 1] + ", expected ascending positions, each once");
            }
        }
        return positions;
    }
}
