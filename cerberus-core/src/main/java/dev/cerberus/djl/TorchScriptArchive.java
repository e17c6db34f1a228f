package dev.cerberus.djl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writer of the archive in which libtorch expects a TorchScript module, for a module that
 * consists of methods only.
 *
 * <p>
 * The archive carries no weight: a program receives its weights as arguments. Equal
 * sources give equal bytes.
 */
final class TorchScriptArchive {

    /*
     * The archive is a zip whose entries are stored, not deflated, under one top folder:
     *
     * m/data.pkl the module object: an instance of __torch__.M with no attributes
     * m/code/__torch__.py the source of class M m/constants.pkl the tensors that the
     * source refers to: none m/version the version of the operator set
     *
     * The two pickles are written as the opcodes they consist of; no pickler is needed
     * for an empty object.
     */

    private static final String CLASS_HEADER = "class M(Module):\n  __parameters__ = []\n  __buffers__ = []\n";

    private static final LocalDateTime FIXED_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private TorchScriptArchive() {
    }

    /**
     * Builds the archive of a module with the given methods.
     * @param methodSource definitions of the methods in TorchScript's serialised dialect,
     * with any common indentation; the first parameter of each is {@code self}
     * @return the bytes of the archive
     * @throws IllegalArgumentException if the source is blank
     */
    static byte[] of(String methodSource) {
        if (methodSource.isBlank()) {
            throw new IllegalArgumentException("The TorchScript source is blank: it must define at least one method");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            // PROTO 2, GLOBAL __torch__ M, EMPTY_TUPLE, NEWOBJ, EMPTY_DICT, BUILD, STOP
            store(zip, "m/data.pkl", ascii("\u0080\u0002c__torch__\nM\n)\u0081}b."));
            store(zip, "m/code/__torch__.py", (CLASS_HEADER + methodSource.stripTrailing().stripIndent().indent(2))
                .getBytes(StandardCharsets.UTF_8));
            // PROTO 2, EMPTY_TUPLE, STOP
            store(zip, "m/constants.pkl", ascii("\u0080\u0002)."));
            store(zip, "m/version", ascii("3\n"));
        }
        catch (IOException ex) {
            throw new UncheckedIOException("Could not write a TorchScript archive into memory", ex);
        }
        return bytes.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(FIXED_TIME);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

}
