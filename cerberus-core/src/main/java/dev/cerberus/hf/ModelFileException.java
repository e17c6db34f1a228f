package dev.cerberus.hf;

import java.nio.file.Path;
import java.util.List;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.AdvisedException;
import dev.cerberus.advice.Remedy;

/**
 * Thrown when a file of a model is missing, damaged or not supported.
 *
 * <p>
 * The message is one sentence: file, problem, action. The three parts are also available
 * on their own, so that a failure analyzer can print them apart.
 */
public class ModelFileException extends AdvisedException {

    private static final long serialVersionUID = 1L;

    private static final int SHOWN_CHARACTERS = 500;

    private final String file;

    private final String problem;

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

    /**
     * Creates an exception that advises to change settings.
     * @param location the file, directory or location, as the user named it
     * @param problem what is wrong, without a full stop
     * @param remedies what helps, the nearest first
     */
    public ModelFileException(String location, String problem, List<Remedy> remedies) {
        super(new Advice(location + ": " + shortened(problem), remedies));
        this.file = location;
        this.problem = shortened(problem);
    }

    ModelFileException(String file, String problem, String action) {
        this(file, problem, List.of(Remedy.of(action)));
    }

    /** A problem may quote the file, which may hold anything at any length. */
    private static String shortened(String problem) {
        String line = problem.replaceAll("\\s+", " ");
        return (line.length() <= 2 * SHOWN_CHARACTERS) ? line
                : line.substring(0, SHOWN_CHARACTERS) + "…" + line.substring(line.length() - SHOWN_CHARACTERS);
    }

    /**
     * Returns this exception with one thing more that helps.
     * @param remedy the remedy
     * @return another exception, with this one as its cause
     */
    public ModelFileException or(Remedy remedy) {
        ModelFileException more = new ModelFileException(this.file, this.problem, advice().or(remedy).remedies());
        more.initCause(this);
        return more;
    }

    /** The file, directory or location that the problem is in. */
    public String file() {
        return this.file;
    }

    /** What is wrong. */
    public String problem() {
        return this.problem;
    }

}
