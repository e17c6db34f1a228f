package dev.cerberus.template;

/** A test. */
@FunctionalInterface
interface Test {

    /**
     * Applies the test.
     * @param value what stands in front of {@code is}
     * @param arguments its arguments
     * @param rendering the rendering
     * @return whether it holds
     */
    boolean test(Object value, Arguments arguments, Rendering rendering);

}
