package dev.cerberus.hf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A reading position in the header of a GGUF file that never reads beyond its end. What
 * is being read is named in messages. Not thread-safe.
 */
final class GgufCursor {

    // Many times what any vocabulary takes; a length that lies may say anything up to
    // the size of the file.
    private static final long MAX_TEXT_BYTES = 256L << 20;

    // An object, and its place in a list.
    private static final long BYTES_PER_TEXT = 48;

    private final Path file;

    private final ByteBuffer bytes;

    private long textBytes;

    GgufCursor(Path file, ByteBuffer bytes) {
        this.file = file;
        this.bytes = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    int position() {
        return this.bytes.position();
    }

    int remaining() {
        return this.bytes.remaining();
    }

    /** Reads an unsigned number of 32 bits. */
    long u32(String what) {
        need(what, Integer.BYTES);
        return Integer.toUnsignedLong(this.bytes.getInt());
    }

    /**
     * Reads an unsigned number of 64 bits.
     * @throws ModelFileException if it has no place in a signed one, which no honest
     * length, count or offset comes near
     */
    long u64(String what) {
        need(what, Long.BYTES);
        long value = this.bytes.getLong();
        if (value < 0) {
            throw damaged(what + " is " + Long.toUnsignedString(value) + ", beyond any file");
        }
        return value;
    }

    /**
     * Reads how many things follow.
     * @param minBytes the least number of bytes that each takes
     */
    int count(String what, long minBytes) {
        long count = u64(what);
        if (count > remaining() / minBytes) {
            throw damaged(what + " is " + count + ", but only " + remaining() + " bytes follow");
        }
        return (int) count;
    }

    /** Reads a text; malformed UTF-8 is refused. */
    String name(String what) {
        ByteBuffer text = textBytes(what);
        try {
            return StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(text)
                .toString();
        }
        catch (CharacterCodingException ex) {
            throw damaged(what + " is not UTF-8");
        }
    }

    /** Reads a text; malformed UTF-8 becomes U+FFFD. */
    String text(String what) {
        return StandardCharsets.UTF_8.decode(textBytes(what)).toString();
    }

    /**
     * Reads texts; malformed UTF-8 becomes U+FFFD. There may be hundreds of thousands, so
     * what each is called is asked for only if it is damaged.
     * @param count how many
     * @param what names each by its index
     */
    List<String> texts(int count, IntFunction<String> what) {
        requireRoom(what.apply(0), count * BYTES_PER_TEXT);
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(isWhole() ? wholeText() : text(what.apply(i)));
        }
        return Collections.unmodifiableList(texts);
    }

    /** Returns whether a text follows, with all of its bytes. */
    private boolean isWhole() {
        if (remaining() < Long.BYTES) {
            return false;
        }
        long length = this.bytes.getLong(this.bytes.position());
        return length >= 0 && length <= remaining() - Long.BYTES && hasRoom(length + BYTES_PER_TEXT);
    }

    private String wholeText() {
        byte[] text = new byte[(int) this.bytes.getLong()];
        this.textBytes += text.length + BYTES_PER_TEXT;
        this.bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private ByteBuffer textBytes(String what) {
        int length = count("the length of " + what, 1);
        requireRoom(what, length + BYTES_PER_TEXT);
        this.textBytes += length + BYTES_PER_TEXT;
        return take(what, length);
    }

    private boolean hasRoom(long more) {
        return this.textBytes + more <= MAX_TEXT_BYTES;
    }

    private void requireRoom(String what, long more) {
        if (!hasRoom(more)) {
            throw damaged("with " + what + " its texts take more than " + (MAX_TEXT_BYTES >> 20) + " MiB");
        }
    }

    /** Takes so many bytes, as a little-endian view. */
    ByteBuffer take(String what, int length) {
        need(what, length);
        ByteBuffer taken = this.bytes.slice(this.bytes.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        this.bytes.position(this.bytes.position() + length);
        return taken;
    }

    private void need(String what, int count) {
        if (count > this.bytes.remaining()) {
            throw damaged("it ends within " + what);
        }
    }

    ModelFileException damaged(String problem) {
        return refused("is damaged or truncated: " + problem, "fetch the file again");
    }

    ModelFileException refused(String problem, String action) {
        return new ModelFileException(this.file, problem, action);
    }

}
