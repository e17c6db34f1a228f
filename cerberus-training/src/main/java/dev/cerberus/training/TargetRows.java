package dev.cerberus.training;

import java.nio.ByteBuffer;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HalfFloats;
import dev.cerberus.hf.ModelFileException;
import dev.cerberus.hf.TensorInfo;

/**
 * Rows of a target model's tables, read one by one from the mapped file.
 */
final class TargetRows {

    private TargetRows() {
    }

    /**
     * Returns some rows of a matrix.
     * @param checkpoint the target's weights
     * @param name the tensor, [rows, width]
     * @param rows which rows
     * @return the values, [rows, width]
     */
    static float[] read(Checkpoint checkpoint, String name, int[] rows) {
        TensorInfo info = checkpoint.info(name);
        ByteBuffer data = checkpoint.data(name);
        int width = Math.toIntExact(info.shape().get(1));
        float[] values = new float[Math.multiplyExact(rows.length, width)];
        int at = 0;
        for (int row : rows) {
            int from = Math.multiplyExact(row, width);
            for (int i = from; i < from + width; i++) {
                values[at++] = switch (info.dtype()) {
                    case F32 -> data.getFloat(Float.BYTES * i);
                    case F16 -> HalfFloats.fromFloat16(data.getShort(Short.BYTES * i));
                    case BF16 -> HalfFloats.fromBFloat16(data.getShort(Short.BYTES * i));
                    case F64, I64, I32, I16, I8, U8,
                            BOOL ->
                        throw new ModelFileException(checkpoint.directory(),
                                "tensor " + name + " is of type " + info.dtype() + " where floats are needed",
                                "store it as F32, F16 or BF16");
                };
            }
        }
        return values;
    }

}
