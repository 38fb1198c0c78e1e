package org.lanewise.runtime.op;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Node;

class OperatorCatalogTest {
    private static String refused(String op, int opset, Map<String, Attribute> attributes) {
        Node node = new Node("n", "", op, opset, List.of("x"), List.of("y"), attributes);
        return assertThrows(InferenceException.class, () -> OperatorCatalog.create(node))
                .getMessage();
    }

    @Test
    void attributesThatDoNotFitAreRefusedWhateverAnOperatorThrows() {
        String message = refused(
                "Slice",
                1,
                Map.of("starts", new Attribute.IntsValue(new long[2]), "ends", new Attribute.IntsValue(new long[1])));
        assertTrue(message.contains("Slice 'n'") && message.contains("have 2, 1, 2 and 2 values"), message);
        refused("Split", 18, Map.of("num_outputs", new Attribute.IntValue(1L << 40)));
    }

    @Test
    void theOldReshapeNeedsItsShape() {
        String message = refused("Reshape", 1, Map.of());
        assertTrue(message.contains("required attribute 'shape' is missing"), message);
    }
}
