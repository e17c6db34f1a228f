package dev.cerberus.hf;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A kind of model by the name that GGUF files have for it.
 */
/*
 * llama.cpp turns neighbours of a head where Hugging Face turns halves. For some kinds
 * its converter interleaves the rows of queries and keys accordingly, for the others it
 * turns halves as well.
 */
enum GgufArchitecture {

    LLAMA("llama", Architecture.LLAMA, true), MISTRAL3("mistral3", Architecture.MINISTRAL3, true),
    SMOLLM3("smollm3", Architecture.SMOLLM3, true), GRANITE("granite", Architecture.GRANITE, true),
    MINICPM("minicpm", Architecture.MINICPM, true), QWEN2("qwen2", Architecture.QWEN2, false),
    QWEN3("qwen3", Architecture.QWEN3, false), PHI3("phi3", Architecture.PHI3, false),
    OLMO2("olmo2", Architecture.OLMO2, false), GEMMA2("gemma2", Architecture.GEMMA2, false),
    GEMMA3("gemma3", Architecture.GEMMA3, false);

    private final String fileName;

    private final Architecture architecture;

    private final boolean interleaved;

    GgufArchitecture(String fileName, Architecture architecture, boolean interleaved) {
        this.fileName = fileName;
        this.architecture = architecture;
        this.interleaved = interleaved;
    }

    static Optional<GgufArchitecture> of(String name) {
        return Arrays.stream(values()).filter((value) -> value.fileName.equals(name)).findFirst();
    }

    /** The names of all kinds. */
    static String known() {
        return Arrays.stream(values()).map((value) -> value.fileName).sorted().collect(Collectors.joining(", "));
    }

    /**
     * The architecture of a model; some have a name of their own with a sliding window.
     * @param window whether the file states a sliding window
     */
    Architecture architecture(boolean window) {
        return switch (this) {
            case LLAMA -> window ? Architecture.MISTRAL : this.architecture;
            case OLMO2 -> window ? Architecture.OLMO3 : this.architecture;
            default -> this.architecture;
        };
    }

    /** Whether the halves of query and key heads lie interleaved, row by row. */
    boolean interleaved() {
        return this.interleaved;
    }

    /** Whether norms are stored as what they multiply by, where Hugging Face adds one. */
    boolean normsAreWhole() {
        return this == GEMMA2 || this == GEMMA3;
    }

    /** Whether attention and feed-forward part have norms on both sides. */
    boolean normsAround() {
        return this == GEMMA2 || this == GEMMA3;
    }

    /** Whether query, key and value are one tensor, gate and up another. */
    boolean fused() {
        return this == PHI3;
    }

}
