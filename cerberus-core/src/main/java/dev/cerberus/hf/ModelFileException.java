package dev.cerberus.hf;

import java.nio.file.Path;

/**
 * Thrown when a file of a model is missing, damaged or not supported.
 *
 * <p>
 * The message is one sentence: file, problem, action. The three parts are also available
 * on their own, so that a failure analyzer can print them apart.
 */
public class ModelFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int SHOWN_CHARACTERS = 500;

    private final String file;

    private final String problem;

    private final String action;

    /**
     * Creates an exception about one file.
     * @param file the file or directory, as the user named it
     * @param problem what is wrong, without a full stop
     * @param action what to change, as an imperative without a full stop
     */
    public ModelFileException(Path file, String problem, String action) {
        this(file.toString(), problem, action);
    }

    /**
     * Creates an exception about one file with the failure that revealed it.
     * @param file the file or directory, as the user named it
     * @param problem what is wrong, without a full stop
     * @param action what to change, as an imperative without a full stop
     * @param cause the failure underneath
     */
    public ModelFileException(Path file, String problem, String action, Throwable cause) {
        this(file.toString(), problem, action);
        initCause(cause);
    }

    /**
     * Creates an exception about a location that is no path.
     * @param location the location, as the user named it
     * @param problem what is wrong, without a full stop
     * @param action what to change, as an imperative without a full stop
     * @param cause the failure underneath
     */
    public ModelFileException(String location, String problem, String action, Throwable cause) {
        this(location, problem, action);
        initCause(cause);
    }

    ModelFileException(String file, String problem, String action) {
        super(file + ": " + shortened(problem) + "; " + action);
        this.file = file;
        this.problem = shortened(problem);
        this.action = action;
    }

    /** A problem may quote the file, which may hold anything at any length. */
    private static String shortened(String problem) {
        String line = problem.replaceAll("\\s+", " ");
        return (line.length() <= 2 * SHOWN_CHARACTERS) ? line
                : line.substring(0, SHOWN_CHARACTERS) + "…" + line.substring(line.length() - SHOWN_CHARACTERS);
    }

    /** The file, directory or location that the problem is in. */
    public String file() {
        return this.file;
    }

    /** What is wrong. */
    public String problem() {
        return this.problem;
    }

    /** What to change. */
    public String action() {
        return this.action;
    }

}
