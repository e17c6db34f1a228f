package dev.cerberus.advice;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A problem, and what helps against it. Immutable and thread-safe.
 *
 * @param problem what is wrong and where, without a full stop
 * @param remedies what to change, the nearest first; any one of them helps
 */
public record Advice(String problem, List<Remedy> remedies) implements Serializable {

    /**
     * Copies the list.
     */
    public Advice {
        remedies = List.copyOf(remedies);
    }

    /**
     * Returns an advice.
     * @param problem what is wrong and where, without a full stop
     * @param remedies what to change, the nearest first
     * @return the advice
     */
    public static Advice of(String problem, Remedy... remedies) {
        return new Advice(problem, List.of(remedies));
    }

    /**
     * Returns what a failure advises.
     * @param failure the failure
     * @return its advice; its message alone if it gives none
     */
    public static Advice of(Throwable failure) {
        return (failure instanceof Advised advised) ? advised.advice() : of(String.valueOf(failure.getMessage()));
    }

    /**
     * Returns this advice against a problem that has another one as its cause.
     * @param beginning what stands before this problem
     * @return the advice
     */
    public Advice after(String beginning) {
        return new Advice(beginning + this.problem, this.remedies);
    }

    /**
     * Returns this advice with one thing more that helps.
     * @param remedy the remedy, after the others
     * @return the advice
     */
    public Advice or(Remedy remedy) {
        return new Advice(this.problem, Stream.concat(this.remedies.stream(), Stream.of(remedy)).toList());
    }

    /**
     * Returns the whole text in the words of a front.
     * @param names what the front calls settings
     * @return problem and remedies, without a full stop
     */
    public String in(SettingNames names) {
        return with(action(names));
    }

    /** Returns the whole text with its second half as it was told. */
    String with(String action) {
        return action.isEmpty() ? this.problem : this.problem + "; " + action;
    }

    /**
     * Returns the remedies in the words of a front.
     * @param names what the front calls settings
     * @return imperatives, without a full stop; empty if nothing there helps
     */
    public String action(SettingNames names) {
        List<String> told = new ArrayList<>(
                this.remedies.stream().map((remedy) -> remedy.in(names)).flatMap(Optional::stream).toList());
        if (told.size() > 1) {
            told.set(told.size() - 1, "or " + told.get(told.size() - 1));
        }
        return String.join(", ", told);
    }

}
