package dev.cerberus.djl;

import ai.djl.pytorch.jni.JniUtils;

/**
 * The number of threads on which libtorch runs an operator, which is a matter of the
 * thread that calls it.
 */
/*
 * Libtorch's OpenMP keeps a team of helpers for every thread that has ever run an
 * operator on more threads than one, until that thread ends. As soon as the teams have
 * more threads together than the machine has processors, helpers do not wait awake for
 * the next operator any more, but sleep: a step, which is some hundred operators one
 * after another, then takes twice as long on two threads as on one. So the threads that
 * load a model run on themselves alone, and the one that takes the steps is the only one
 * with a team.
 */
final class OperatorThreads {

    private static final ThreadLocal<Integer> OWN = ThreadLocal.withInitial(() -> 0);

    private OperatorThreads() {
    }

    /**
     * Sets the number for operators that the calling thread runs from now on.
     * @param threads 1 or more; libtorch must be loaded
     */
    static void use(int threads) {
        if (OWN.get() != threads) {
            JniUtils.setNumThreads(threads);
            JniUtils.getNumThreads(); // else a first operator would take the latest
                                      // number of all
            OWN.set(threads);
        }
    }

    /** Returns the number for operators that the calling thread runs. */
    static int own() {
        return JniUtils.getNumThreads();
    }

}
