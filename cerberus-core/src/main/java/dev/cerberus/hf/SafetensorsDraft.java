package dev.cerberus.hf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A safetensors file whose tensors are known and whose bytes are written as they come, in
 * any order. It appears when all of them are there. Thread-safe but for
 * {@link #complete()} and {@link #close()}.
 */
final class SafetensorsDraft implements AutoCloseable {

    private final WholeFile file;

    private final long dataBegin;

    private final Map<String, TensorInfo> tensors = new HashMap<>();

    private final Set<String> missing = ConcurrentHashMap.newKeySet();

    private SafetensorsDraft(WholeFile file, long dataBegin, List<TensorInfo> tensors) {
        this.file = file;
        this.dataBegin = dataBegin;
        tensors.forEach((tensor) -> this.tensors.put(tensor.name(), tensor));
        this.missing.addAll(this.tensors.keySet());
    }

    /**
     * Begins to write a file.
     * @param target its name; its directory is created if needed
     * @param metadata free-form entries
     * @param tensors all tensors, one behind the other from byte 0 on
     * @return the draft; the caller closes it
     * @throws IOException if there can be no such file
     */
    static SafetensorsDraft begin(Path target, Map<String, String> metadata, List<TensorInfo> tensors)
            throws IOException {
        WholeFile file = WholeFile.begin(target);
        try {
            ByteBuffer header = SafetensorsHeader.of(metadata, tensors);
            int length = header.remaining();
            write(file, header, 0);
            return new SafetensorsDraft(file, length, tensors);
        }
        catch (IOException | RuntimeException ex) {
            file.close();
            throw ex;
        }
    }

    /**
     * Writes a tensor.
     * @param name its name, written once
     * @param data its bytes, little-endian
     * @throws IOException if it can not be written
     */
    void write(String name, ByteBuffer data) throws IOException {
        TensorInfo tensor = this.tensors.get(name);
        if (tensor == null || tensor.bytes() != data.remaining()) {
            throw new IllegalArgumentException("a tensor " + name + " of " + data.remaining() + " bytes is not wanted");
        }
        write(this.file, data.duplicate(), this.dataBegin + tensor.begin());
        this.missing.remove(name);
    }

    private static void write(WholeFile file, ByteBuffer data, long position) throws IOException {
        int begin = data.position();
        while (data.hasRemaining()) {
            file.channel().write(data, position + data.position() - begin);
        }
    }

    /**
     * Has the file appear.
     * @throws IOException if it does not, or a tensor was not written
     */
    void complete() throws IOException {
        if (!this.missing.isEmpty()) {
            throw new IOException(this.missing.size() + " tensors were not written");
        }
        this.file.complete();
    }

    /** Removes what was not completed. */
    @Override
    public void close() throws IOException {
        this.file.close();
    }

}
